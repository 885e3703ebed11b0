"""A card for a medical emergency, and all that was opened in one: who, for whom, why, and what a review found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import emergencies, rescuing
from manypaths.consent import queries as consent
from manypaths.consent.emergencies import EmergencyView
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import emergencies as rules
from manypaths.consent.rules import reviews as words
from manypaths.network import queries as network
from manypaths.network.rules import factor_is_fresh
from manypaths.notices import commands
from manypaths.notices import queries as notices
from manypaths.notices.queries import Waiting
from manypaths.notices.rules import Template
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import prove_first, show, thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.once import closes

URGENT = frozenset({Template.EMERGENCY_OPENED, Template.EMERGENCY_REVIEWED})


@dataclass(frozen=True)
class Reviewed:
    """What one place that keeps a page of the person says of an opening."""

    place: str
    due_at: datetime
    is_late: bool
    is_judged: bool
    finding: str
    deed: str
    answer: str
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True)
class Happened:
    """One emergency in plain words: the four fields that had to be written down, and the reviews of it."""

    id: UUID
    opened_at: datetime
    until: datetime
    by: str
    house: str
    by_card: bool
    recipient: str
    affiliation: str
    discloser: str
    nature: str
    reviews: list[Reviewed]


@person
@require_safe
def emergency(request: Asked) -> HttpResponse:
    """The card, and what happened."""
    reader = request.reader
    context = {
        "made_at": emergencies.own_card(reader=reader),
        "happened": happened_to(request),
        "proved": factor_is_fresh(reader, now()),
        "is_new": bool(news_of(request)),
    }
    return show(request, "emergency", context)


def news_of(request: Asked) -> list[Waiting]:
    """What the person was told of emergencies and has not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    return [one for one in notices.waiting(reader=request.reader) if one.is_new and one.template in URGENT]


@person
@require_POST
def read(request: Asked) -> HttpResponse:
    """Note that the person has read what happened."""
    for one in news_of(request):
        commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:emergency")


def happened_to(request: Asked) -> list[Happened]:
    """Every opening in an emergency, newest first; what one opening opened at several places stands together."""
    found = emergencies.own_emergencies(reader=request.reader)
    ids = {one.membership_id for one in found} | {one.answered_by for one in found if one.answered_by}
    names = network.names_of_members(membership_ids=ids)
    openings: dict[UUID, list[EmergencyView]] = {}
    for one in found:
        openings.setdefault(one.opening, []).append(one)
    return [_happened(opening, rows, names) for opening, rows in openings.items()]


def _happened(opening: UUID, rows: list[EmergencyView], names: dict[UUID, tuple[str, str, str]]) -> Happened:
    first = rows[0]
    name, _title, house = names.get(first.membership_id, ("", "", ""))
    return Happened(
        id=opening,
        opened_at=first.opened_at,
        until=first.opened_at + rules.OPEN_FOR,
        by=name,
        house=house,
        by_card=first.by_card,
        recipient=first.recipient,
        affiliation=first.affiliation,
        discloser=first.discloser,
        nature=first.nature,
        reviews=[_reviewed(one, names) for one in rows],
    )


def _reviewed(one: EmergencyView, names: dict[UUID, tuple[str, str, str]]) -> Reviewed:
    house = network.organisation(organisation_id=one.organisation_id)
    judges: list[Any] = network.who_judges(organisation_id=one.organisation_id, membership_id=one.membership_id)
    return Reviewed(
        place=house.name if house else "",
        due_at=one.due_at,
        is_late=one.is_open and now() > one.due_at,
        is_judged=bool(judges),
        finding=words.word(words.FINDINGS, one.finding, spoken()),
        deed=words.word(words.DEEDS, one.deed, spoken()),
        answer=one.answer,
        answered_at=one.answered_at,
        answered_by=names.get(one.answered_by, ("", "", ""))[0] if one.answered_by else "",
    )


@person
@require_POST
def make_card(request: Asked) -> HttpResponse:
    """Make the card. Its code is shown once."""
    at = now()
    if not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:emergency")
    return show(request, "emergency_card", {"code": rescuing.make_card(by=request.reader, at=at)})


@person
@require_POST
@closes
def drop_card(request: Asked) -> HttpResponse:
    """Make the card useless."""
    rescuing.drop_card(by=request.reader, at=now())
    return thank(request, "card_dropped", "my:emergency")
