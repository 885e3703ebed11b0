"""Records that are open because of a medical emergency, and what is kept of it for its reviewer and its person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials, queries
from manypaths.consent.models import Emergency, EmergencyCard
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass, emergencies
from manypaths.consent.rules.emergencies import EmergencyFacts
from manypaths.consent.rules.reviews import OfficerFacts, may_answer
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.vault.queries import Sealer, sealer_for, sealer_of

OPEN = "select open_emergency(%s, %s, %s)"
OPEN_REVIEW = "select open_emergency_review(%s, %s, %s)"
RECIPIENT, AFFILIATION = "consent.emergency.recipient", "consent.emergency.affiliation"
DISCLOSER, NATURE = "consent.emergency.discloser", "consent.emergency.nature"
ANSWER = "consent.emergency.answer"


@dataclass(frozen=True)
class OpenedEmergency:
    """What is open now to who wrote an emergency down, each record with who holds it, and until when."""

    opened: Opened
    holders: dict[UUID, UUID]
    until: datetime

    @property
    def records(self) -> list[UUID]:
        """Every record that is open."""
        return list(self.holders)


@dataclass(frozen=True)
class EmergencyView:
    """One emergency as its person and its reviewer read it: the four documented fields, and the review."""

    id: UUID
    opening: UUID
    record_id: UUID
    organisation_id: UUID
    membership_id: UUID
    by_card: bool
    recipient: str
    affiliation: str
    discloser: str
    nature: str
    opened_at: datetime
    due_at: datetime
    finding: str
    deed: str
    answer: str
    answered_at: datetime | None
    answered_by: UUID | None

    @property
    def is_open(self) -> bool:
        """True while nobody has reviewed it."""
        return not self.finding

    @property
    def until(self) -> datetime:
        """When it closed by itself."""
        return self.opened_at + emergencies.OPEN_FOR


@dataclass(frozen=True)
class EmergencyLine:
    """One emergency in an officer's list: days and a finding, no name and no word."""

    id: UUID
    opened_at: datetime
    due_at: datetime
    finding: str
    answered_at: datetime | None


@dataclass(frozen=True)
class EmergencyPage:
    """A page of emergencies, and how many there are in all."""

    lines: list[EmergencyLine]
    total: int


@dataclass(frozen=True)
class EmergencyToReview:
    """One emergency as an officer has it open, and the record that their place holds."""

    emergency: EmergencyView
    held: UUID
    sealer: Sealer


def open_emergency(*, reader: Reader, opening: UUID) -> OpenedEmergency:
    """Open what one recorded emergency opens, within its hour, for who recorded it.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone else, after the hour, and behind a safety block; absent looks the same.
    Records: one access row, with the emergency as its basis
    """
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, opening])
    found = _ask(asking)
    facts = [EmergencyFacts(UUID(row[0]), UUID(row[1]), row[2], _day(row[3]), *row[4:6]) for row in found["facts"]]
    at = _day(found["at"])
    decided = emergencies.bases_in_emergency(found["roles"], facts, at, takes_part=found["takes_part"])
    if decided != _opened(found):
        raise WallsDisagree("emergency")
    if not decided:
        denials.note(asking)
        raise NotThere
    holders = {UUID(record): UUID(holder) for record, holder in found["holders"]}
    until = min(one.opened_at for one in facts if one.record in holders) + emergencies.OPEN_FOR
    return OpenedEmergency(Opened(decided, keys=tuple(found["keys"])), holders, until)


def _ask(asking: tuple[str, list[Any]]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    return found


def _opened(found: dict[str, Any]) -> dict[tuple[UUID, str, UUID | None], str]:
    pairs = zip(found["open"], found["bases"], strict=True)
    return {(UUID(record), kind, None): basis for record, basis in pairs for kind in found["classes"]}


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def own_card(*, reader: Reader) -> datetime | None:
    """When the person made the card that counts now; None without one.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    return EmergencyCard.objects.filter(record_id=record).values_list("made_at", flat=True).first()


def own_emergencies(*, reader: Reader) -> list[EmergencyView]:
    """Every emergency in which something of the person was opened, newest first.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    rows = list(Emergency.objects.filter(record_id=record).order_by("-opened_at", "id"))
    sealer = sealer_for([record])
    return [_view(row, sealer) for row in rows]


def emergencies_to_review(*, reader: Reader, waiting: bool, limit: int = 30, offset: int = 0) -> EmergencyPage:
    """Emergencies that this reader may review, the nearest day first; or those that were reviewed.

    Finding is not opening. Empty for everyone but a privacy officer of the place that holds the record.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, waiting, limit, offset]
        cursor.execute("select * from emergencies_for(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    return EmergencyPage([EmergencyLine(*row[:5]) for row in rows], rows[0][5] if rows else 0)


def open_review(*, reader: Reader, emergency_id: UUID) -> EmergencyToReview:
    """Open what is kept of one emergency for whoever may review it. The person sees this look like any other.

    Refuses: NotThere for everyone else, for who opened it, and behind a safety block; absent looks the same.
    Records: one access row, for this one emergency under the person's own record
    """
    asking: tuple[str, list[Any]] = (OPEN_REVIEW, [reader.account_id, reader.membership_id, emergency_id])
    found = _ask(asking)
    if not found["open"]:
        denials.note(asking)
    if found["open"] != may_answer(OfficerFacts(*found["facts"])):
        raise WallsDisagree("review of an emergency")
    row = Emergency.objects.filter(id=emergency_id).first() if found["open"] else None
    if row is None:
        raise NotThere
    sealer = sealer_of(found["keys"])
    return EmergencyToReview(_view(row, sealer), UUID(found["held"]), sealer)


def _view(row: Emergency, sealer: Sealer) -> EmergencyView:
    record = row.record_id
    return EmergencyView(
        id=row.id,
        opening=row.opening,
        record_id=record,
        organisation_id=row.organisation_id,
        membership_id=row.membership_id,
        by_card=row.by_card,
        recipient=sealer.read(record, RECIPIENT, row.recipient),
        affiliation=sealer.read(record, AFFILIATION, row.affiliation),
        discloser=sealer.read(record, DISCLOSER, row.discloser),
        nature=sealer.read(record, NATURE, row.nature),
        opened_at=row.opened_at,
        due_at=row.due_at,
        finding=row.finding,
        deed=row.deed,
        answer=sealer.read(record, ANSWER, row.answer),
        answered_at=row.answered_at,
        answered_by=row.answered_by_id,
    )
