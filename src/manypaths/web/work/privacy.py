"""The privacy officer's desk: looks that a person says were not right, one of them, and its answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import agreements, incidents, reviewing
from manypaths.consent import queries as consent
from manypaths.consent import reviews as queries
from manypaths.consent.reviews import OpenedReview, ReviewLine
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules import reviews as rules
from manypaths.lib.dates import days_until, local_date
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.people import queries as people
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.offering import offer
from manypaths.web.work.emergency_lines import emergencies_here
from manypaths.web.work.flags import to_explain
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.petition_lines import petitions_here
from manypaths.web.work.words import BASES, CLASSES, PURPOSES

PAGE = 30


@dataclass(frozen=True)
class Waiting:
    """One line of the desk: when it was asked, and how many days are left, or over."""

    id: UUID
    asked_at: datetime
    due_at: datetime
    days_left: int
    finding: str
    answered_at: datetime | None

    @property
    def days_over(self) -> int:
        """How many days it is late."""
        return -self.days_left


def waiting_here(request: Asked, *, limit: int) -> tuple[list[Waiting], int]:
    """Reviews that wait for this officer, the nearest day first, and how many there are."""
    page = queries.reviews_to_answer(reader=request.reader, waiting=True, limit=limit)
    return [_line(request, one) for one in page.lines], page.total


def _line(request: Asked, one: ReviewLine) -> Waiting:
    left = days_until(one.due_at, now(), zone_of(request))
    finding = rules.word(rules.FINDINGS, one.finding, language())
    return Waiting(one.id, one.asked_at, one.due_at, left, finding, one.answered_at)


@member(Role.PRIVACY_OFFICER)
@require_safe
def desk(request: Asked) -> HttpResponse:
    """What waits, the nearest day first; and what was answered, the newest first, so many on a page."""
    number = page_number(request.GET.get("page"))
    waiting, total = waiting_here(request, limit=200)
    answered = queries.reviews_to_answer(reader=request.reader, waiting=False, limit=PAGE, offset=PAGE * (number - 1))
    urgent, urgent_in_all = emergencies_here(request, waiting=True, limit=200)
    reviewed, _all = emergencies_here(request, waiting=False, limit=PAGE)
    asked, asked_in_all = petitions_here(request, waiting=True, limit=200)
    told, _all = petitions_here(request, waiting=False, limit=PAGE)
    flags, flags_in_all = to_explain(request=request, waiting=True, limit=PAGE)
    explained, _all_explained = to_explain(request=request, waiting=False, limit=PAGE)
    letters = incidents.letters_waiting(reader=request.reader)
    today = local_date(now(), zone_of(request))
    context = {
        "breaches_waiting": len(incidents.waiting_for_incident(reader=request.reader)) + len(letters),
        "agreements_waiting": agreements.waiting_for_our_yes(reader=request.reader, today=today),
        "asked": asked,
        "asked_in_all": asked_in_all,
        "told": told,
        "flags": flags,
        "flags_in_all": flags_in_all,
        "explained": explained,
        "waiting": waiting,
        "waiting_in_all": total,
        "urgent": urgent,
        "urgent_in_all": urgent_in_all,
        "reviewed": reviewed,
        "answered": [_line(request, one) for one in answered.lines],
        "number": number,
        "more": answered.total > PAGE * number,
    }
    return show(request, "privacy", context)


class AnswerForm(forms.Form):
    """What was found, what was done, and the answer that the person reads."""

    finding = forms.ChoiceField(
        label=_("What did you find?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what you found.")},
    )
    deed = forms.ChoiceField(
        label=_("What was done?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what was done.")},
    )
    answer = forms.CharField(
        label=_("Your answer, in plain words"),
        help_text=_("Only the person reads it, on their own page. Say what happened and why."),
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write the answer that the person will read.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "finding", rules.in_words(rules.FINDINGS, language()))
        offer(self, "deed", rules.in_words(rules.DEEDS, language()))


@member(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Asked, review_id: UUID) -> HttpResponse:
    """One review: the look as the log has it, the person's words, and the answer."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.answer_review(review_id=review_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "review_answered", "work:review", review_id)
    return _draw(request, queries.open_review(reader=request.reader, review_id=review_id), form)


def _draw(request: Asked, opened: OpenedReview, form: AnswerForm) -> HttpResponse:
    found, zone = opened.review, zone_of(request)
    ids = {found.membership_id} | ({found.answered_by} if found.answered_by else set())
    names = network.names_of_members(membership_ids=ids)
    context = {
        "review": found,
        "purpose": Purpose.PRIVACY,
        "form": form,
        "name": name_of_held(request, opened.held),
        "held": opened.held,
        "worker": names.get(found.membership_id, ("", "", "")),
        "why": PURPOSES.get(found.purpose, ""),
        "ground": BASES.get(found.basis, ""),
        "looks": [(one.at, [CLASSES.get(kind, kind) for kind in one.classes], one.records) for one in opened.looks],
        "more_looks": found.times - len(opened.looks),
        "wish": rules.word(rules.WISHES, found.wish, language()),
        "finding": rules.word(rules.FINDINGS, found.finding, language()),
        "deed": rules.word(rules.DEEDS, found.deed, language()),
        "answered_by": names.get(found.answered_by, ("", "", ""))[0] if found.answered_by else "",
        "days_left": days_until(found.due_at, now(), zone),
        "should_not": found.finding == rules.SHOULD_NOT,
    }
    return show(request, "review", context, status=REFUSED if form.is_bound and form.errors else 200)


def name_of_held(request: Asked, held: UUID | None) -> str:
    """The name on the page that this place keeps of the person. A place that keeps none learns none."""
    if held is None:
        return ""
    reached = consent.open_records(
        reader=request.reader, records=[held], classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.PRIVACY
    )
    if held not in reached.ids:
        return ""
    return people.names_of(records=[held], sealer=reached.sealer).get(held, "")
