"""Ask a place for support: one question on a page, check, agree, and what happens next.

Nothing of what is typed is kept in the session or shown to anyone: it is a draft in the person's own record.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import Reader
from manypaths.notices import queries as notices
from manypaths.outcomes import queries as outcomes
from manypaths.people import queries as people
from manypaths.plans import commands as plans_commands
from manypaths.plans import queries as plans
from manypaths.referrals import commands, queries, rules
from manypaths.referrals.queries import RequestView
from manypaths.referrals.rules import PickedPart, Reach
from manypaths.vault.queries import sealer_for
from manypaths.web.my.agreeing import show_agreement, text_shown
from manypaths.web.my.ask_forms import (
    WAY_WORDS,
    LanguageForm,
    NameForm,
    NeedForm,
    ReachForm,
    WordsForm,
    language_name,
    spoken,
)
from manypaths.web.my.frame import CHECK_IN, go, put_reasons, show, thank
from manypaths.web.my.home import own_name
from manypaths.web.my.places import Place, place_of
from manypaths.web.ui.access import anyone, person
from manypaths.web.ui.asked import Asked, community_of
from manypaths.web.ui.clock import now
from manypaths.web.ui.going import bound_for
from manypaths.web.ui.words import day

PAGES = ("need", "name", "reach", "words", "check", "agree")
FORMS: dict[str, type[forms.Form]] = {"need": NeedForm, "name": NameForm, "reach": ReachForm, "language": LanguageForm}
ASIDE = "language"  # no question of its own: it can be changed from the check
WHY: dict[str, Any] = {
    "need": _("So that the right person answers you. It is not a test, and nobody ranks your answer."),
    "name": _("So that they know how to greet you."),
    "reach": _("So that they reach you in a way that is safe for you, and in no other way."),
    "language": _("So that they can talk or write with you in a language that is good for you."),
    "words": _("So that you do not have to tell it twice. It is up to you."),
}


@anyone
@require_safe
def start(request: Asked, service_id: UUID) -> HttpResponse:
    """What asking means, before anything is asked. Whoever has no page yet makes one first and comes back here."""
    reader = request.reader
    if not reader.is_signed_in:
        return redirect(bound_for(reverse("entry:join"), request.get_full_path()))
    if not reader.is_person:
        raise NotThere
    if _running(reader, service_id) is not None:
        return _to_running(request, service_id)
    place = place_of(request, service_id)
    hidden = {name: value for name in ("step", "again") if (value := _uuid(request.GET.get(name)))}
    days, blocked = community_of(request).answer_days, place.organisation_id in kept_away(request)
    return show(request, "ask/start", {"place": place, "hidden": hidden, "days": days, "blocked": blocked})


@person
@require_POST
def begin(request: Asked, service_id: UUID) -> HttpResponse:
    """Begin, or go on where the person stopped."""
    place = place_of(request, service_id)
    if not place.answers_here or place.organisation_id in kept_away(request):
        return go("my:ask", service_id)
    running = _running(request.reader, service_id)
    if running is not None:
        return thank(request, "asked_already", "my:request", running)
    profile = own_name(request)
    commands.begin_request(
        asked=place.asked(community_of(request).id),
        name=profile.name if profile else "",
        reach=_kept_reach(request),
        step_id=_own_step(request.reader, _uuid(request.POST.get("step"))),
        again_of=_uuid(request.POST.get("again")),
        by=request.reader,
        at=now(),
    )
    return go("my:ask_page", service_id, PAGES[0])


def kept_away(request: Asked) -> set[UUID]:
    """The places that must not see the person now. A block beats every yes: they could not read a request."""
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    return people.blocked_places(reader=request.reader)


def _kept_reach(request: Asked) -> Reach | None:
    """The safe way to be reached that the person keeps, to be offered: they can change it before it is sent."""
    record = consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    kept = people.safe_contact(record_id=record, sealer=sealer_for([record]))
    return Reach(kept.way, kept.address, kept.hours, kept.may_leave_message) if kept else None


def _to_running(request: Asked, service_id: UUID) -> HttpResponse:
    """To the request that was sent already: whoever goes back after sending it finds it.

    Refuses: NotThere when none is open there.
    """
    running = _running(request.reader, service_id)
    if running is None:
        raise NotThere
    return thank(request, "asked_already", "my:request", running)


def _running(reader: Reader, service_id: UUID) -> UUID | None:
    """The person's open request to this service."""
    lines = queries.own_requests(reader=reader)
    return next((one.id for one in lines if one.service_id == service_id and rules.is_running(one.status)), None)


def _own_step(reader: Reader, step_id: UUID | None) -> UUID | None:
    """The step, when it is one of the person's own plan."""
    if step_id is None:
        return None
    steps = {step.id for goal in plans.plan_of(reader=reader).goals for step in goal.steps}
    return step_id if step_id in steps else None


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


@person
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Asked, service_id: UUID, name: str) -> HttpResponse:
    """One page of the request: a question, the check, or the agreement."""
    if name not in (*PAGES, ASIDE):
        raise NotThere
    try:
        draft = queries.own_draft(reader=request.reader, service_id=service_id)
    except NotThere:
        return _to_running(request, service_id)
    if name == "check":
        return _check(request, draft)
    if name == "agree":
        return _agree(request, draft)
    return _question(request, draft, name)


def _question(request: Asked, draft: RequestView, name: str) -> HttpResponse:
    offered = offered_parts(request) if name == "words" else []
    form = _form(name, request.POST or None, draft, offered)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, draft, form, offered)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return go("my:ask_page", draft.line.service_id, _after(name, request))
    context = {
        "form": form,
        "line": draft.line,
        "why": WHY[name],
        "number": PAGES.index(name) + 1 if name in PAGES else 0,
        "back": _before(draft.line.service_id, name),
        "to": "check" if request.GET.get("to") == "check" else "",
    }
    return show(request, "ask/question", context)


def offered_parts(request: Asked) -> list[plans.Part]:
    """What may be picked to go along: parts of the plan, and the newest check-in as its total. Never a pass mark."""
    parts = plans.parts_to_share(reader=request.reader)
    found = outcomes.own_sittings(reader=request.reader, instrument=CHECK_IN)
    counted = [(one.answered_on, one.id, one) for one in found if one.total is not None and one.answered_on is not None]
    if counted:
        answered_on, _id, last = max(counted, key=lambda one: one[:2])
        when = day(answered_on, spoken(), weekday=False, year=True)
        label = _("My check-in of %(day)s") % {"day": when}
        values = {"total": last.total, "least": last.instrument.least_total, "most": last.instrument.most_total}
        parts.append(
            plans.Part(
                f"check-in-{last.id}",
                "outcome",
                label,
                str(_("%(total)s, on a scale from %(least)s to %(most)s") % values),
            )
        )
    return parts


def _form(name: str, data: Any, draft: RequestView, offered: list[plans.Part]) -> forms.Form:
    packet = draft.packet
    before: dict[str, Any] = {**(vars(packet) if packet else {}), "need": draft.line.need}
    if name == "words":
        before["parts"] = [part.key for part in offered if part.text in {kept.body for kept in draft.parts}]
        return WordsForm(data, initial=before, offered=offered)
    return FORMS[name](data, initial=before)


def _keep(request: Asked, draft: RequestView, form: forms.Form, offered: list[plans.Part]) -> None:
    values = dict(form.cleaned_data)
    picked = values.pop("parts", None)
    service = draft.line.service_id
    commands.write_request(service_id=service, changes=values, by=request.reader, at=now())
    if picked is not None:
        parts = [PickedPart(part.kind, str(part.label), part.text) for part in offered if part.key in picked]
        commands.pick_parts(service_id=service, parts=parts, by=request.reader, at=now())


def _after(name: str, request: Asked) -> str:
    return "check" if name == ASIDE or request.GET.get("to") == "check" else PAGES[PAGES.index(name) + 1]


def _before(service_id: UUID, name: str) -> str:
    place = PAGES.index("words" if name == ASIDE else name)
    return (
        reverse("my:ask_page", args=[service_id, PAGES[place - 1]]) if place else reverse("my:ask", args=[service_id])
    )


def _check(request: Asked, draft: RequestView) -> HttpResponse:
    if request.method == "POST":
        return go("my:ask_page", draft.line.service_id, "agree")
    packet = draft.packet
    context = {
        "line": draft.line,
        "packet": packet,
        "parts": draft.parts,
        "need": rules.word(rules.NEEDS, draft.line.need, spoken()),
        "way": WAY_WORDS.get(packet.way, "") if packet else "",
        "language": language_name(packet.language) if packet else "",
        "back": _before(draft.line.service_id, "check"),
    }
    return show(request, "ask/check", context)


def _agree(request: Asked, draft: RequestView) -> HttpResponse:
    service, back = draft.line.service_id, _before(draft.line.service_id, "agree")
    if draft.line.organisation_id in kept_away(request):
        return go("my:ask", service)
    if request.method != "POST":
        return show_agreement(request, "ask/agree", draft, back)
    at = now()
    try:
        sent = commands.send_request(service_id=service, text=text_shown(request, draft), by=request.reader, at=at)
    except Refused as refused:
        return show_agreement(request, "ask/agree", draft, back, refused)
    queue_emails(sent)
    if draft.line.step_id is not None:
        plans_commands.link_request(step_id=draft.line.step_id, referral_id=sent, by=request.reader, at=at)
    return thank(request, "sent", "my:request", sent)


def queue_emails(subject_id: UUID) -> None:
    """Queue the e-mails about one request, in the same transaction. Without a mail server there is nothing to send."""
    if not settings.EMAIL_HOST:
        return
    for notice in notices.to_send(subject_id=subject_id):
        job = jobs.configure_task("send_email", queue="notices", queueing_lock=f"email-{notice}")
        with suppress(AlreadyEnqueued), transaction.atomic():
            job.defer(notice_id=str(notice))


def place_or_none(request: Asked, service_id: UUID) -> Place | None:
    """The place that was asked, when it is still listed."""
    try:
        return place_of(request, service_id)
    except NotThere:
        return None
