"""Looks that nothing known explains: what the night found, and the reason that a privacy officer writes down."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manypaths.consent import reviewing, reviews
from manypaths.consent.reviews import FlagLine
from manypaths.consent.rules import Purpose
from manypaths.consent.rules.reviews import FLAG_ANSWERS, LONGEST_WORDS, OPEN_FLAGS, FlagState
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.people import queries as people
from manypaths.referrals import queries
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer
from manypaths.web.work.frame import REFUSED, put_reasons, show, thank, zone_of
from manypaths.web.work.looks import in_words

KINDS: dict[str, Any] = {
    "unexplained": _("They do not walk with this person, and nothing was written down that day."),
    "same_name": _("Worker and person have the same family name."),
    "close": _("The person once showed something to this account, as someone close."),
}
ANSWERS: dict[str, Any] = {
    FlagState.WORK: _("It was part of the work"),
    FlagState.REVIEW: _("Look into it first"),
    FlagState.RIGHT: _("It was right"),
    FlagState.WRONG: _("It was not right"),
}
STATES: dict[str, Any] = {
    **ANSWERS,
    FlagState.WAITS: _("Waits for a reason"),
    FlagState.ALONE: _("Nobody else could answer"),
    FlagState.REVIEW: _("Being looked into"),
}
LOOKS_SHOWN = 100


@dataclass(frozen=True)
class ToExplain:
    """One line of the desk: who looked, on which day, and what asks for a reason. No name of a person."""

    line: FlagLine
    worker: str
    kinds: list[Any]
    state: Any


def to_explain(*, request: Asked, waiting: bool, limit: int, offset: int = 0) -> tuple[list[ToExplain], int]:
    """Looks that ask this officer for a reason, the oldest day first, or those that have one; and how many."""
    found, total = reviews.flags_to_answer(reader=request.reader, waiting=waiting, limit=limit, offset=offset)
    names = network.names_of_members(membership_ids={one.membership_id for one in found})
    return [_line(one, names) for one in found], total


def _line(one: FlagLine, names: dict[UUID, tuple[str, str, str]]) -> ToExplain:
    worker = names.get(one.membership_id, ("", "", ""))[0]
    return ToExplain(one, worker, [KINDS.get(kind, kind) for kind in one.kinds], STATES[one.state])


class ReasonForm(forms.Form):
    """What explains it, in words; or that it is looked into."""

    answer = forms.ChoiceField(
        label=_("What did you find?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what you found.")},
    )
    reason = forms.CharField(
        label=_("The reason"),
        help_text=_("Ask the worker first. Only those who answer privacy questions here read it."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the reason, in your words.")},
    )

    def __init__(self, *args: Any, state: FlagState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "answer", [(one.value, ANSWERS[one]) for one in FLAG_ANSWERS.get(state, ())])


@member(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: Asked, flag_id: UUID) -> HttpResponse:
    """The looks of one worker at one person on one day, and what explains them."""
    line, opened = reviews.open_flag(reader=request.reader, flag_id=flag_id)
    form = ReasonForm(request.POST or None, state=line.state)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.answer_flag(flag_id=flag_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "flag_answered", "work:flag", flag_id)
    zone = zone_of(request)
    looks, _more = queries.looks_of_opened(record_id=line.record_id, opened=opened, zone=zone, limit=LOOKS_SHOWN)
    ids = {line.membership_id} | ({line.answered_by} if line.answered_by else set())
    names = network.names_of_members(membership_ids=ids)
    context = {
        "one": _line(line, names), "form": form, "is_open": line.state in OPEN_FLAGS, "purpose": Purpose.PRIVACY,
        "name": people.names_of(records=[line.record_id], sealer=opened.sealer).get(line.record_id, ""),
        "answered_by": names.get(line.answered_by, ("", "", ""))[0] if line.answered_by else "",
        "looks": in_words([one for one in looks if one.membership_id == line.membership_id and one.on == line.on_day]),
        "is_wrong": line.state is FlagState.WRONG,
    }  # fmt: skip
    return show(request, "flag", context, status=REFUSED if form.is_bound and form.errors else 200)
