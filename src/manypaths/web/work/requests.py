"""Requests to one's organisation: the list by age, one request, and the moves as buttons."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent.rules import Purpose
from manypaths.lib.refusals import NotThere, Refused, refuse_if
from manypaths.network.rules import Role
from manypaths.referrals import commands, queries, rules
from manypaths.referrals.queries import OpenMove, RequestView
from manypaths.referrals.rules import Status
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.shapes import Step
from manypaths.web.ui.words import moment
from manypaths.web.work.frame import ANSWERING, REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.words import ASKED, BUTTONS, GO_ON, STATES, WAYS

PAGE = 50
MOVED = 409


class MoveForm(forms.Form):
    """One button of a request, with the reasons or outcomes it asks for."""

    def __init__(self, move: OpenMove, seen: Status, data: Any = None) -> None:
        super().__init__(data, auto_id=f"id_{move.to}_%s")
        goes_on = seen is Status.ON_HOLD and move.to is Status.IN_PROGRESS
        self.move, self.button = move, GO_ON if goes_on else BUTTONS[move.to]
        self.fields["to"] = forms.CharField(widget=forms.HiddenInput, initial=move.to.value)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=seen.value)
        for name, choices in (("reason", move.reasons), ("outcome", move.outcomes)):
            if choices:
                self.fields[name] = forms.ChoiceField(
                    label=self.button.ask, choices=choices, widget=forms.RadioSelect, required=True
                )

    @property
    def asks(self) -> bool:
        """True when it asks for a reason or an outcome before it acts."""
        return bool(self.move.reasons or self.move.outcomes)


@member(*ANSWERING)
@require_safe
def inbox(request: Asked) -> HttpResponse:
    """Open requests: those that wait for an answer first, by when it is due."""
    number = page_number(request.GET.get("page"))
    page = queries.inbox(reader=request.reader, limit=PAGE, offset=PAGE * (number - 1))
    if number > 1 and not page.lines:
        return redirect("work:inbox")
    at = now()
    lines = [(line, STATES[line.status], line.is_overdue(at)) for line in page.lines]
    waiting = [row for row in lines if row[0].status is Status.REQUESTED]
    context = {
        "waiting": waiting,
        "waiting_in_all": queries.waiting_in_all(reader=request.reader),
        "going": [row for row in lines if row[0].status is not Status.REQUESTED],
        "total": page.total,
        "number": number,
        "more": page.total > PAGE * number,
        "answers": request.reader.answers_requests,
        "purpose": Purpose.REFERRAL,
    }
    return show(request, "inbox", context)


@member(*ANSWERING)
@require_safe
def one(request: Asked, referral_id: UUID) -> HttpResponse:
    """One request: what was sent along, where it stands, and what can be done."""
    return _draw(request, queries.received_request(reader=request.reader, referral_id=referral_id))


ACTS: dict[Status, Callable[..., Any]] = {
    Status.ACCEPTED: commands.accept_request,
    Status.REJECTED: commands.reject_request,
    Status.IN_PROGRESS: commands.start_work,
    Status.ON_HOLD: commands.pause_work,
    Status.COMPLETED: commands.complete_request,
    Status.FAILED: commands.fail_request,
    Status.CANCELLED: commands.cancel_request,
}


@member(*ANSWERING)
@require_POST
def move(request: Asked, referral_id: UUID) -> HttpResponse:
    """Move a request. The page never decides: it passes on what was pressed, and shows what the rules say.

    What the person has closed since the page was drawn leads back to the list: one answer, whatever the cause.
    """
    to, seen = _status(request.POST.get("to")), _status(request.POST.get("seen"))
    if to not in ACTS:
        raise NotThere
    try:
        return _move(request, referral_id, to, seen)
    except NotThere:
        return thank(request, "gone", "work:inbox")


def _move(request: Asked, referral_id: UUID, to: Status, seen: Status) -> HttpResponse:
    refuse_if(rules.reasons_not_on_any_page(seen, to))
    more = {name: request.POST.get(name, "") for name in ("reason", "outcome") if _takes(to, name)}
    try:
        made = ACTS[to](referral_id=referral_id, seen=seen, by=request.reader, at=now(), **more)
    except Refused as refused:
        view = queries.received_request(reader=request.reader, referral_id=referral_id)
        return _draw(request, view, pressed=to, refused=refused)
    if to is Status.ACCEPTED:
        return thank(request, to.value, "work:person", made)
    if to in rules.CLOSED:
        return thank(request, to.value, "work:inbox")
    return thank(request, to.value, "work:request", referral_id)


def _takes(to: Status, name: str) -> bool:
    return to in rules.WANT_REASON if name == "reason" else to is Status.COMPLETED


def _status(value: str | None) -> Status:
    try:
        return Status(value or "")
    except ValueError:
        raise NotThere from None


def _draw(
    request: Asked, view: RequestView, *, pressed: Status | None = None, refused: Refused | None = None
) -> HttpResponse:
    status = view.line.status
    request.return_to = reverse("work:request", args=[view.line.id])
    moves = queries.moves_open_to(reader=request.reader, status=status, language=language())
    made = [MoveForm(one, status, request.POST if one.to is pressed else None) for one in moves]
    loose: list[Any] = [] if refused is None else [reason.message for reason in refused.reasons]
    for form in made:
        if refused is not None and form.move.to is pressed and form.asks:
            form.errors.clear()
            put_reasons(form, refused)
            loose = list(form.non_field_errors())
    spoken = language()
    context = {
        "view": view,
        "purpose": Purpose.REFERRAL,
        "line": view.line,
        "state": STATES[status],
        "moves": made,
        "pressed": pressed,
        "loose": loose,
        "overdue": view.line.is_overdue(now()),
        "way": WAYS.get(view.packet.way, "") if view.packet else "",
        "need": rules.word(rules.NEEDS, view.line.need, spoken),
        "reason": rules.word(rules.REASONS, view.reason, spoken),
        "outcome": rules.word(rules.OUTCOMES, view.outcome, spoken),
        "answer": rules.word(rules.ANSWERS, view.line.person_answer, spoken),
        "steps": _steps(request, view),
        "may_say_yes": request.reader.has_role(Role.PEER, Role.CLINICIAN),
    }
    return show(request, "request", context, status=_status_of(refused))


def _status_of(refused: Refused | None) -> int:
    """200 for a page; 409 where somebody else was quicker, which the page now shows; 422 for what cannot be done."""
    if refused is None:
        return 200
    return MOVED if any(reason.code == "moved_meanwhile" for reason in refused.reasons) else REFUSED


def _steps(request: Asked, view: RequestView) -> list[Step]:
    zone, spoken = zone_of(request), language()
    last = len(view.path) - 1
    return [
        Step(
            str(ASKED if step.status is Status.REQUESTED and place < last else STATES[step.status].words),
            "now" if place == last and rules.is_running(step.status) else "done",
            ". ".join(filter(None, (moment(step.at, zone, spoken), rules.word(rules.REASONS, step.reason, spoken)))),
        )
        for place, step in enumerate(view.path)
    ]
