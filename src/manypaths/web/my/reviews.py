"""This was not right: a person asks about a look at them, and reads the answer on the page of who looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.consent import queries as consent
from manypaths.consent import reviewing
from manypaths.consent import reviews as queries
from manypaths.consent.reviews import ReviewView
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import reviews as rules
from manypaths.consent.rules.reviews import State
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.people import queries as people
from manypaths.referrals import queries as referrals
from manypaths.web.my import plain
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import error_page, put_reasons, show, thank, zone_of
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer


class NotRightForm(forms.Form):
    """What the person wants, and their own words if they like."""

    wish = forms.ChoiceField(
        label=_("What do you want?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what you want.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("You can leave this empty. Only those who answer privacy questions there can read it."),
        required=False,
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "wish", rules.in_words(rules.WISHES, spoken()))


@dataclass(frozen=True)
class Said:
    """One review in plain words: which look, what was wanted, where it stands, and the answer."""

    id: UUID
    look: UUID
    name: str
    place: str
    what: str
    first_at: datetime
    asked_at: datetime
    due_at: datetime
    wish: str
    words: str
    is_open: bool
    is_new: bool
    is_late: bool
    is_judged: bool
    finding: str
    deed: str
    answer: str
    answered_at: datetime | None
    answered_by: str


def said_of(request: Asked) -> list[Said]:
    """Everything the person said was not right, newest first."""
    found = queries.own_reviews(reader=request.reader)
    if not found:
        return []
    away = _blocked(request)
    names = _names(found)
    return [_said(one, names, judged=_is_judged(one.organisation_id, one.membership_id, away)) for one in found]


def _blocked(request: Asked) -> frozenset[UUID]:
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    return frozenset(people.blocked_places(reader=request.reader))


def _is_judged(organisation_id: UUID, membership_id: UUID, away: frozenset[UUID]) -> bool:
    """True while somebody there can answer who is not the one who looked. A blocked place can open nothing."""
    judges = network.who_judges(organisation_id=organisation_id, membership_id=membership_id)
    return bool(judges) and organisation_id not in away


def _names(found: Sequence[ReviewView]) -> dict[UUID, tuple[str, str, str]]:
    ids = {one.membership_id for one in found} | {one.answered_by for one in found if one.answered_by}
    return network.names_of_members(membership_ids=ids)


def _said(one: ReviewView, names: dict[UUID, tuple[str, str, str]], *, judged: bool) -> Said:
    nobody = ("", "", "")
    name, _title, place = names.get(one.membership_id, nobody)
    language = spoken()
    return Said(
        id=one.id,
        look=one.look,
        name=name,
        place=place,
        what=plain.what_is_shared(one.classes),
        first_at=one.first_at,
        asked_at=one.asked_at,
        due_at=one.due_at,
        wish=rules.word(rules.WISHES, one.wish, language),
        words=one.words,
        is_open=one.is_open,
        is_new=one.state is State.ANSWERED,
        is_late=one.is_open and now() > one.due_at,
        is_judged=judged,
        finding=rules.word(rules.FINDINGS, one.finding, language),
        deed=rules.word(rules.DEEDS, one.deed, language),
        answer=one.answer,
        answered_at=one.answered_at,
        answered_by=names.get(one.answered_by, nobody)[0] if one.answered_by else "",
    )


@person
@require_http_methods(METHODS)
def not_right(request: Asked, look: UUID) -> HttpResponse:
    """Say that one look was not right. Said before, it leads to where that stands."""
    line = referrals.own_look(reader=request.reader, zone=zone_of(request), look=look)
    before = next((one for one in queries.own_reviews(reader=request.reader) if one.look == look), None)
    if before is not None:
        return thank(request, "said_not_right", "my:looked", anchor=f"said-{before.id}")
    form = NotRightForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review = _ask(request, line, form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "said_not_right", "my:looked", anchor=f"said-{review}")
    return _draw(request, line, form)


def _ask(request: Asked, line: referrals.Looks, said: dict[str, str]) -> UUID:
    assert line.organisation_id is not None and line.membership_id is not None, "only a worker's look is in the list"
    return reviewing.ask_for_review(
        look=line.look, organisation_id=line.organisation_id, membership_id=line.membership_id,
        zone=zone_of(request), wish=said["wish"], words=said["words"], by=request.reader, at=now(),
    )  # fmt: skip


def _draw(request: Asked, line: referrals.Looks, form: NotRightForm) -> HttpResponse:
    worker, place = line.membership_id, line.organisation_id
    names = network.names_of_members(membership_ids={worker} if worker else set())
    name, _title, house = names.get(worker, ("", "", "")) if worker else ("", "", "")
    judged = bool(worker and place and _is_judged(place, worker, _blocked(request)))
    context = {
        "form": form,
        "line": line,
        "name": name,
        "house": house,
        "what": plain.what_is_shared(line.classes),
        "why": plain.PURPOSES.get(line.purpose, ""),
        "ground": plain.ground(line.basis, line.purpose),
        "judged": judged,
        "answered_by": now() + rules.ANSWER_WITHIN,
    }
    return show(request, "not_right", context)


@person
@require_POST
def take_back(request: Asked, review_id: UUID) -> HttpResponse:
    """Take back what was said."""
    try:
        reviewing.withdraw_review(review_id=review_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "said_back", "my:looked")


@person
@require_POST
def read(request: Asked, review_id: UUID) -> HttpResponse:
    """Note that the answer was read."""
    reviewing.close_review(review_id=review_id, by=request.reader, at=now())
    return thank(request, "seen", "my:looked")
