"""The person's own requests: where each stands, what went along, and the person's own word at the end."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import Refused
from manypaths.notices import commands as notices_commands
from manypaths.notices import queries as notices
from manypaths.notices.rules import Template
from manypaths.plans import queries as plans
from manypaths.referrals import commands, queries, rules
from manypaths.referrals.queries import RequestView
from manypaths.referrals.rules import Status
from manypaths.web.my.agreeing import show_agreement, text_shown
from manypaths.web.my.alerts import sentences
from manypaths.web.my.ask import kept_away, place_or_none
from manypaths.web.my.ask_forms import WAY_WORDS, language_name, spoken
from manypaths.web.my.emergency import URGENT
from manypaths.web.my.frame import error_page, show, thank, zone_of
from manypaths.web.my.places import Place, others_like
from manypaths.web.my.told import ELSEWHERE
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer
from manypaths.web.ui.once import closes
from manypaths.web.ui.shapes import Step
from manypaths.web.ui.words import moment

# The same state that the organisation sees, said to the one who asked.
STATES: dict[Status, tuple[Any, str, str]] = {
    Status.REQUESTED: (_("Sent"), "send", ""),
    Status.ACCEPTED: (_("They said yes"), "circle-check", "ok"),
    Status.IN_PROGRESS: (_("Started"), "circle-dot", "ok"),
    Status.ON_HOLD: (_("Paused"), "clock", "wait"),
    Status.COMPLETED: (_("Done"), "check", "ok"),
    Status.REJECTED: (_("Not now"), "x", ""),
    Status.FAILED: (_("It did not work out"), "x", ""),
    Status.CANCELLED: (_("Stopped"), "x", ""),
}
WANTS_OTHERS = frozenset({Status.REJECTED, Status.FAILED, Status.CANCELLED})
UNSAID = "rather_not_say"
LATER = (Status.ACCEPTED, Status.IN_PROGRESS, Status.COMPLETED)


class AnswerForm(forms.Form):
    """Did you get what you needed?"""

    answer = forms.ChoiceField(
        label=_("Did you get what you needed?"), widget=forms.RadioSelect(attrs={"look": "picks"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "answer", rules.in_words(rules.ANSWERS, spoken()))


@person
@require_safe
def index(request: Asked) -> HttpResponse:
    """Every request, the newest first, with what is new."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    at = now()
    told = [one for one in notices.waiting(reader=request.reader) if one.is_new]
    news = {one.subject_id for one in told if one.template not in ELSEWHERE}
    lines = queries.own_requests(reader=request.reader)
    rows = [(line, STATES[line.status], line.is_overdue(at), line.id in news) for line in lines]
    answers = [one for one in told if one.template is Template.REVIEW_ANSWERED]
    urgent = [one for one in told if one.template in URGENT]
    papers = [one for one in told if one.template is Template.PAPER_CAME]
    desks = [one for one in told if one.template is Template.PETITION_ANSWERED]
    lookers = sentences(told)
    context: dict[str, Any] = {"rows": rows, "news": len(news), "answers": answers, "urgent": urgent}
    context |= {"papers": papers, "lookers": lookers, "desks": desks}
    context["wrong"] = [one for one in told if one.template is Template.BREACH_TOLD]
    context["signed"] = [one for one in told if one.template is Template.PAPER_CONSENT]
    return show(request, "requests/index", context)


@person
@require_POST
def mark_read(request: Asked) -> HttpResponse:
    """Note that what is new of requests was seen. Whatever else waits is read where it stands, and noted there."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    for one in notices.waiting(reader=request.reader):
        if one.is_new and one.template not in ELSEWHERE:
            notices_commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:requests")


@person
@require_safe
def one(request: Asked, referral_id: UUID) -> HttpResponse:
    """One request: where it stands, what went along, and what the person can do."""
    return _draw(request, queries.own_request(reader=request.reader, referral_id=referral_id))


def _draw(request: Asked, view: RequestView, form: AnswerForm | None = None) -> HttpResponse:
    line, at = view.line, now()
    overdue = line.is_overdue(at)
    closed_without = line.status in WANTS_OTHERS
    asked_before = form or AnswerForm(initial={"answer": line.person_answer})
    words, icon, tone = STATES[line.status]
    blocked = kept_away(request)
    away = {*blocked, line.organisation_id}
    context = {
        "here": reverse("my:request", args=[line.id]),
        "view": view,
        "line": line,
        "words": words,
        "icon": icon,
        "tone": tone,
        "overdue": overdue,
        "path": _path(request, view),
        "reason": rules.word_to_person(rules.REASONS, view.reason, spoken()),
        "outcome": rules.word_to_person(rules.OUTCOMES, view.outcome, spoken()),
        "need": rules.word(rules.NEEDS, line.need, spoken()),
        "way": WAY_WORDS.get(view.packet.way, "") if view.packet else "",
        "language": language_name(view.packet.language) if view.packet else "",
        "sharing": view.shares_at(at),
        "keeps": line.org_record_id is not None,
        "blocked": line.organisation_id in blocked,
        "anew": _walks_anew(request, line.id),
        "may_answer": rules.may_answer(line.status, line.requested_at),
        "may_withdraw": rules.is_running(line.status),
        "withdraw_reasons": rules.reasons_to_take_back(overdue, spoken()),
        "form": asked_before,
        "others": _others(request, line.service_id, away) if overdue or closed_without else None,
        "place": place_or_none(request, line.service_id),
        "step": plans.step_of_request(reader=request.reader, referral_id=line.id),
    }
    return show(request, "requests/one", context)


def _walks_anew(request: Asked, referral_id: UUID) -> notices.Waiting | None:
    """The newest word that someone else there walks with the person, if there is one."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    told = (one for one in notices.waiting(reader=request.reader) if one.template is Template.WALKS_ANEW)
    return next((one for one in told if one.subject_id == referral_id), None)


def _others(request: Asked, service_id: UUID, away: set[UUID]) -> list[Place]:
    """Other places that answer here, without those that are away, and what the person is asking for already."""
    asked = {line.service_id for line in queries.own_requests(reader=request.reader) if rules.is_running(line.status)}
    return [place for place in others_like(request, service_id, away) if place.service_id not in asked]


def _path(request: Asked, view: RequestView) -> list[Step]:
    """Sent, read, each answer with its day and reason, and what may still come."""
    zone, language = zone_of(request), spoken()
    running = rules.is_running(view.line.status)
    steps = [_step(place, zone, language, last=view.path[-1] is place and running) for place in view.path]
    if view.grant and view.line.status is Status.REQUESTED:
        read_at = queries.looks_on_grant(reader=request.reader, grant_id=view.grant.id).first_at
        steps += [Step(str(_("They have read it")), "done", moment(read_at, zone, language))] if read_at else []
    if running:
        reached = {place.status for place in view.path}
        ahead = [status for status in LATER if status not in reached and not _is_behind(status, view.line.status)]
        coming = {Status.ACCEPTED: _("Their answer"), Status.IN_PROGRESS: _("It starts"), Status.COMPLETED: _("Done")}
        steps += [Step(str(coming[status])) for status in ahead]
    return steps


def _is_behind(status: Status, here: Status) -> bool:
    return status is Status.ACCEPTED and here is not Status.REQUESTED


def _step(place: queries.Step, zone: str, language: str, *, last: bool) -> Step:
    closed_without = place.status in WANTS_OTHERS
    given = "" if place.reason == UNSAID else place.reason
    reason = rules.word_to_person(rules.REASONS, given, language)
    note = ". ".join(part for part in (moment(place.at, zone, language), reason) if part)
    state = "off" if closed_without else "now" if last else "done"
    return Step(str(STATES[place.status][0]), state, note)


@person
@require_POST
def answer(request: Asked, referral_id: UUID) -> HttpResponse:
    """Keep the person's own word. It can be changed."""
    given = request.POST.get("answer", "")
    try:
        commands.answer_request(referral_id=referral_id, answer=given, by=request.reader, at=now())
    except Refused as refused:
        form = AnswerForm(request.POST)
        form.is_valid()
        form.errors.clear()
        for reason in refused.reasons:
            form.add_error("answer", str(reason.message))
        return _draw(request, queries.own_request(reader=request.reader, referral_id=referral_id), form)
    return thank(request, "answered", "my:request", referral_id)


@person
@require_POST
def withdraw(request: Asked, referral_id: UUID) -> HttpResponse:
    """Take a request back."""
    reason = request.POST.get("reason") or UNSAID
    try:
        commands.withdraw_request(referral_id=referral_id, reason=reason, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "taken_back", "my:request", referral_id)


@person
@require_POST
@closes
def stop_sharing(request: Asked, referral_id: UUID) -> HttpResponse:
    """Stop sharing what went along."""
    commands.stop_sharing(referral_id=referral_id, by=request.reader, at=now())
    return thank(request, "stopped", "my:request", referral_id)


@person
@require_http_methods(["GET", "HEAD", "POST"])
def agree_anew(request: Asked, referral_id: UUID) -> HttpResponse:
    """Read the words again, and agree for another 90 days: before the last day, or after sharing has ended."""
    view = queries.own_request(reader=request.reader, referral_id=referral_id)
    back = reverse("my:request", args=[referral_id])
    if request.method != "POST":
        return show_agreement(request, "requests/agree", view, back) if view.is_open else redirect(back)
    try:
        commands.agree_anew(referral_id=referral_id, text=text_shown(request, view), by=request.reader, at=now())
    except Refused as refused:
        return show_agreement(request, "requests/agree", view, back, refused)
    return thank(request, "longer", "my:request", referral_id)
