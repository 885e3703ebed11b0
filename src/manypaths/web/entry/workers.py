"""Who works for an organisation, kept by its lead; who takes part in a community, kept by its coordinator."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.directory import queries as directory
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import commands, queries, rules
from manypaths.network.rules import TAKING_UP, Reader, Role, factor_is_fresh
from manypaths.people import queries as people
from manypaths.web.entry.body_form import BodyForm
from manypaths.web.entry.forms import RolesForm, WorkerForm
from manypaths.web.entry.handing_over import HANDED, left_behind
from manypaths.web.entry.opening import press_again, prove_first, see, show_reasons, zone
from manypaths.web.entry.roles import NAMES
from manypaths.web.entry.supervising import draw_roles
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

FEW_TOWNS = 3
SECOND_PERSON = 403
ENDED = "ended_worker"
TYPED = "typed_before_proof"
KEPT = ("name", "listed", "contact_name", "display_name", "email", "roles")


def _must_prove(request: Asked, page: str) -> HttpResponse | None:
    """Changing who works here needs a proof of at most five minutes. What was typed stays for the way back."""
    if factor_is_fresh(request.reader, now()):
        return None
    request.session[TYPED] = {name: request.POST.getlist(name) for name in KEPT if name in request.POST}
    return prove_first(request, page)


def _typed(request: Asked) -> dict[str, Any]:
    """What was typed before the proof, for the form that it was typed into."""
    said: dict[str, list[str]] = request.session.pop(TYPED, {})
    return {name: values if name == "roles" else values[0] for name, values in said.items() if values}


@member(Role.ORG_ADMIN)
@require_http_methods(["GET", "POST"])
def workers(request: Asked) -> HttpResponse:
    """Who works here, and a link for one more."""
    reader: Reader = request.reader
    if (elsewhere := _must_prove(request, "entry:workers")) is not None:
        return elsewhere
    typed = _typed(request)
    may_name = reader.has_role(Role.COORDINATOR)
    form = WorkerForm(
        request.POST or None, may_name_coordinators=may_name, watching=queries.watches(reader), initial=typed
    )
    if request.method == "POST" and form.is_valid():
        try:
            code = commands.invite_worker(by=reader, at=now(), **form.cleaned_data)
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            return _link(request, code, form.cleaned_data["display_name"])
    shown = {
        "form": form,
        "rows": _rows(reader),
        "nobody": _nobody_answers(reader),
        "invited": _invited(reader),
        "zone": zone(request),
        "left_behind": left_behind(reader),
        "handed": request.session.pop(HANDED, None),
        "ended": request.session.pop(ENDED, ""),
        "again": press_again(request),
    }
    return render(request, "entry/workers.html", shown)


def _rows(reader: Reader) -> list[dict[str, object]]:
    walked = people.walked_with(reader=reader)
    return [
        {"one": one, "roles": [NAMES[role] for role in one.roles], "people": walked.get(one.membership_id, 0)}
        for one in queries.workers(reader=reader)
    ]


def _invited(reader: Reader) -> list[dict[str, object]]:
    return [
        {"one": one, "roles": [NAMES[role] for role in one.roles]}
        for one in queries.open_invitations(reader=reader, at=now())
    ]


def _nobody_answers(reader: Reader) -> bool:
    """Whether they agreed to answer requests somewhere, and none of them answers and may say yes."""
    answered = any(
        one.answers_requests and any(role in one.roles for role in TAKING_UP) for one in queries.workers(reader=reader)
    )
    return not answered and any(row.answers_requests for row in queries.part_of(reader=reader))


def _link(request: Asked, code: str, name: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("entry:invited", args=[code]))
    return render(request, "entry/worker_link.html", {"address": address, "name": name})


@member(Role.ORG_ADMIN)
@require_http_methods(["GET", "POST"])
def worker_roles(request: Asked, worker: UUID) -> HttpResponse:
    """Change what a worker does here, from their next request on."""
    reader: Reader = request.reader
    if not factor_is_fresh(reader, now()):
        return prove_first(request, "entry:workers")
    one = next((one for one in queries.workers(reader=reader) if one.membership_id == worker), None)
    if one is None:
        raise NotThere
    if one.is_me:
        return _ask_another_lead(request, one)
    data = request.POST if request.method == "POST" else None
    form = RolesForm(
        data, may_name_coordinators=reader.has_role(Role.COORDINATOR), watching=queries.watches(reader),
        initial={"roles": one.roles},
    )  # fmt: skip
    if form.is_valid():
        try:
            commands.change_roles(membership_id=worker, roles=form.chosen_of(one.roles), by=reader, at=now())
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            return see(reverse("entry:workers"))
    return draw_roles(request, one, form)


def _ask_another_lead(request: Asked, me: queries.Worker) -> HttpResponse:
    """Nobody changes what they may do themself: a second lead does it."""
    reasons = list(rules.reasons_not_to_change_roles(request.reader, me.membership_id, frozenset(me.roles), now()))
    return render(request, "422.html", {"reasons": reasons}, status=SECOND_PERSON)


@member(Role.ORG_ADMIN)
@require_POST
def take_back(request: Asked, invitation: UUID) -> HttpResponse:
    """Make a link that was not used yet useless."""
    return _change(request, lambda by, at: commands.take_back_invitation(invitation_id=invitation, by=by, at=at))


@member(Role.ORG_ADMIN)
@require_POST
def end_worker(request: Asked, worker: UUID) -> HttpResponse:
    """End a worker's place here, from their next request on."""
    names = queries.names_of_members(membership_ids=[worker])
    answer = _change(request, lambda by, at: commands.end_membership(membership_id=worker, by=by, at=at))
    if answer["Location"] == reverse("entry:workers"):
        request.session[ENDED] = names[worker][0]
    return answer


@member(Role.ORG_ADMIN)
@require_POST
def worker_answers(request: Asked, worker: UUID) -> HttpResponse:
    """Say whether a worker answers requests."""
    answers = request.POST.get("answers") == "yes"
    return _change(
        request, lambda by, at: commands.set_member_answers(membership_id=worker, answers=answers, by=by, at=at)
    )


def _change(request: Asked, act: Callable[..., None]) -> HttpResponse:
    elsewhere = _must_prove(request, "entry:workers")
    if elsewhere is None:
        act(request.reader, now())
    return elsewhere or see(reverse("entry:workers"))


@member(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def bodies(request: Asked) -> HttpResponse:
    """Who takes part in the community, and a link for one more organisation."""
    reader: Reader = request.reader
    if reader.community_id is None:
        raise NotThere
    rows = queries.bodies(reader=reader, community_id=reader.community_id)
    typed = _typed(request)
    listed = _listed_like(request.POST.get("name", typed.get("name", "")))
    form = BodyForm(request.POST or None, listed=listed, initial=typed)
    if request.method == "POST" and form.is_valid():
        if (elsewhere := _must_prove(request, "entry:bodies")) is not None:
            return elsewhere
        try:
            code = commands.invite_organisation(community_id=reader.community_id, by=reader, at=now(), **form.invited())
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            name = form.cleaned_data["contact_name"]
            return _link(request, code, name) if code else render(request, "entry/invited_inside.html")
    shown = {"form": form, "rows": rows, "zone": zone(request), "again": press_again(request)}
    return render(request, "entry/bodies.html", shown)


def _listed_like(name: str) -> list[tuple[str, str]]:
    """Organisations of the directory with a name like this, each with the towns where it offers something."""
    return [(str(one.organisation_id), _with_towns(one)) for one in queries.named_like(name=name)]


def _with_towns(one: queries.Listed) -> str:
    offered = directory.listings_of(organisation_id=one.organisation_id)
    towns = sorted({", ".join(part for part in (each.city, each.state) if part) for each in offered} - {""})
    return f"{one.name} ({'; '.join(towns[:FEW_TOWNS])})" if towns else one.name
