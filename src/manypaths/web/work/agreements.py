"""The register of agreements with bodies that do a service for a place: the list, one of them, and a new one."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import agreeing, agreements
from manypaths.consent.agreements import AgreementView
from manypaths.consent.rules import agreements as rules
from manypaths.consent.rules.agreements import State
from manypaths.consent.rules.reviews import in_words, word
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.offering import offer
from manypaths.web.work.breach_forms import DAY, PICKS, picks
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of

PAGE = 30
KEEPERS = (Role.PRIVACY_OFFICER, Role.ORG_ADMIN)
STATES: dict[State, dict[str, Any]] = {
    State.HELD: {"words": _("Held: something is missing"), "tone": "alert", "icon": "triangle-alert"},
    State.WAITING: {"words": _("Waits for the other side"), "tone": "wait", "icon": "clock"},
    State.COMING: {"words": _("Begins later"), "tone": "wait", "icon": "calendar"},
    State.HOLDS: {"words": _("It holds"), "tone": "ok", "icon": "check"},
    State.OVER: {"words": _("Its last day is over"), "tone": "plain", "icon": "clock"},
    State.ENDED: {"words": _("Ended"), "tone": "plain", "icon": "x"},
}


def line(label: Any, help_text: Any, missing: Any, longest: int = rules.LONGEST_NAME) -> forms.CharField:
    """A field for one line."""
    return forms.CharField(
        label=label, help_text=help_text, max_length=longest, error_messages={"required": missing},
    )  # fmt: skip


class AgreementForm(forms.Form):
    """With whom, for what, what the paper says, from when until when, who signed, and where it is kept."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    server = forms.ChoiceField(label=_("Who does something for you?"), required=False)
    server_name = forms.CharField(
        label=_("Their name"),
        help_text=_("Only if they do not take part here."),
        required=False,
        max_length=rules.LONGEST_NAME,
    )
    service = picks(_("What do they do for you?"), _("Choose what they do for you."))
    elements = forms.MultipleChoiceField(
        label=_("What does the paper say?"),
        help_text=_("Mark only what you read there. If something is missing, the agreement is held."),
        widget=forms.CheckboxSelectMultiple(attrs=PICKS),
        required=False,
    )
    starts_on = forms.DateField(
        label=_("It begins on"),
        widget=forms.DateInput(attrs=DAY),
        error_messages={"required": _("Write the day on which it begins.")},
    )
    until = forms.DateField(
        label=_("Its last day"),
        help_text=_("Leave this empty if the paper names none."),
        required=False,
        widget=forms.DateInput(attrs=DAY),
    )
    signed_here = line(_("Who signed for you?"), _("Name and what they do."), _("Write who signed for you."))
    signed_there = line(_("Who signed for them?"), _("Name and what they do."), _("Write who signed for them."))
    evidence = line(
        _("Where is the signed paper kept?"),
        _("So that it can be found: the room, the folder, the number."),
        _("Write where the signed paper is kept."),
        rules.LONGEST_EVIDENCE,
    )

    def __init__(self, data: Any, others: list[tuple[str, str]]) -> None:
        super().__init__(data, initial={"id": uuid4()})
        offer(self, "server", [("", _("Someone who does not take part here")), *others])
        offer(self, "service", in_words(rules.SERVICES, language()))
        offer(self, "elements", in_words(rules.ELEMENTS, language()))

    def terms(self) -> rules.Terms:
        """What was written, as the rules read it."""
        said = self.cleaned_data
        server = UUID(said["server"]) if said["server"] else None
        return rules.Terms(
            server, said["server_name"], said["service"], frozenset(said["elements"]), said["starts_on"], said["until"],
            said["signed_here"], said["signed_there"], said["evidence"],
        )  # fmt: skip


class EndingForm(forms.Form):
    """Why it ends."""

    ending = picks(_("Why does it end?"), _("Choose why it ends."))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        offer(self, "ending", in_words(rules.ENDINGS, language()))


@member(*KEEPERS)
@require_safe
def register(request: Asked) -> HttpResponse:
    """All agreements of the place, on either side, the newest first."""
    number = page_number(request.GET.get("page"))
    found, total = agreements.agreements_here(
        reader=request.reader, today=_today(request), limit=PAGE, offset=PAGE * (number - 1)
    )
    context = {"lines": [_in_words(one) for one in found], "number": number, "more": total > PAGE * number}
    return show(request, "agreements", context | _way_back(request))


def _way_back(request: Asked) -> dict[str, Any]:
    judges = request.reader.has_role(Role.PRIVACY_OFFICER)
    return {"back": reverse("work:privacy") if judges else reverse("entry:taking_part"), "to_privacy": judges}


def _today(request: Asked) -> date:
    return local_date(now(), zone_of(request))


def _in_words(view: AgreementView) -> dict[str, Any]:
    return {
        "view": view, "other": view.server if view.ours else view.program, "state": STATES[view.state],
        "service": word(rules.SERVICES, view.service, language()),
        "missing": [word(rules.ELEMENTS, one, language()) for one in view.missing],
        "ending": word(rules.ENDINGS, view.ending, language()),
    }  # fmt: skip


@member(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Write one down."""
    form = AgreementForm(request.POST if request.method == "POST" else None, _others(request))
    prove = _prove(request, is_pressed=form.is_bound)
    if not prove and form.is_bound and form.is_valid():
        try:
            found = _write(request, form)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "agreement", "work:agreement", found)
    status = REFUSED if prove or form.errors else 200
    return show(request, "agreement_new", {"form": form, "prove": prove}, status=status)


def _write(request: Asked, form: AgreementForm) -> UUID:
    community = request.reader.community_id
    if community is None:
        raise NotThere
    return agreeing.write_agreement(
        agreement_id=form.cleaned_data["id"] or uuid4(), terms=form.terms(), community_id=community,
        by=request.reader, at=now(),
    )  # fmt: skip


def _others(request: Asked) -> list[tuple[str, str]]:
    community, mine = request.reader.community_id, request.reader.organisation_id
    if community is None:
        return []
    return [(str(one), name) for one, name in network.taking_part(community_id=community) if one != mine]


def _prove(request: Asked, *, is_pressed: bool) -> str:
    """Where to prove that it is oneself, where a press of the button waits for that."""
    return reverse("entry:second_factor") if is_pressed and not factor_is_fresh(request.reader, now()) else ""


@member(*KEEPERS)
@require_safe
def one(request: Asked, agreement_id: UUID) -> HttpResponse:
    """One of them, with all that was written down."""
    return _draw(request, agreement_id, EndingForm())


def _draw(request: Asked, agreement_id: UUID, form: EndingForm, problem: str = "", prove: str = "") -> HttpResponse:
    view = agreements.agreement(reader=request.reader, agreement_id=agreement_id, today=_today(request))
    context = {"line": _in_words(view), "form": form, "problem": problem, "prove": prove}
    return show(request, "agreement", context, status=REFUSED if problem or prove or form.errors else 200)


@member(*KEEPERS)
@require_POST
def confirm(request: Asked, agreement_id: UUID) -> HttpResponse:
    """Say yes for the side that does the service."""
    if prove := _prove(request, is_pressed=True):
        return _draw(request, agreement_id, EndingForm(), prove=prove)
    try:
        agreeing.confirm_agreement(agreement_id=agreement_id, today=_today(request), by=request.reader, at=now())
    except Refused as refused:
        return _draw(request, agreement_id, EndingForm(), _said(refused))
    return thank(request, "agreement_confirmed", "work:agreement", agreement_id)


def _said(refused: Refused) -> str:
    return " ".join(str(one.message) for one in refused.reasons)


@member(*KEEPERS)
@require_POST
def end(request: Asked, agreement_id: UUID) -> HttpResponse:
    """End it, for either side."""
    form = EndingForm(request.POST)
    if prove := _prove(request, is_pressed=True):
        return _draw(request, agreement_id, form, prove=prove)
    if form.is_valid():
        try:
            agreeing.end_agreement(
                agreement_id=agreement_id, **form.cleaned_data, today=_today(request), by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "agreement_ended", "work:agreement", agreement_id)
    return _draw(request, agreement_id, form)
