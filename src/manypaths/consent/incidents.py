"""The register of what went wrong with what a place keeps, read by the privacy officers of that place."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials
from manypaths.consent.models import Assessment, BreachLetter, BreachStep, Incident
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.incidents import DeskFacts, Letter
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.vault.queries import Sealer, sealer_of

OPEN = "select open_incident(%s, %s, %s)"
WHAT = "consent.incident.what"
REASON = "consent.assessment.reason"
LETTER = {name: f"consent.breachletter.{name}" for name in ("what", "done", "you", "ask")}


def words_of_factor(name: str) -> str:
    """The label of the words about one factor."""
    return f"consent.assessment.{name}_words"


@dataclass(frozen=True)
class IncidentLine:
    """One incident in the register: days, a number of people, and how far it is. No name and no word.

    `waits_since`: a letter is written, and waits for a second officer. `alone`: one officer told it.
    """

    id: UUID
    found_at: datetime
    people: int
    decision: str
    told_at: datetime | None
    secretary_on: date | None
    media_on: date | None
    waits_since: datetime | None
    alone: bool


@dataclass(frozen=True)
class Waits:
    """A review or an emergency that should not have happened, of which no incident is written down yet."""

    source: str
    id: UUID
    found_at: datetime


@dataclass(frozen=True)
class AssessmentView:
    """One weighing: each factor with its finding and words, the decision and why."""

    factors: list[tuple[str, str, str]]
    decision: str
    reason: str
    at: datetime
    membership_id: UUID


@dataclass(frozen=True)
class Sending:
    """Who wrote a letter and when, who agreed, and when it was told. Not told: it waits for another officer."""

    written_by: UUID
    written_at: datetime
    agreed_by: UUID | None
    at: datetime | None


@dataclass(frozen=True)
class OpenedIncident:
    """One incident as an officer has it open. `held`: the first records of the place that it is about. `needs_two`:
    another officer of the place could agree to a letter, so one must."""

    id: UUID
    source: str
    what: str
    found_at: datetime
    happened_from: date
    happened_until: date | None
    receiver: str
    classes: tuple[str, ...]
    everyone: bool
    people: int
    written_at: datetime
    membership_id: UUID
    held: list[UUID]
    assessments: list[AssessmentView]
    letter: Letter | None
    sent: Sending | None
    needs_two: bool
    steps: dict[str, date]
    sealer: Sealer

    @property
    def told_at(self) -> datetime | None:
        """When the people concerned were told. Nothing: no letter is written, or it waits."""
        return self.sent.at if self.sent else None

    @property
    def decision(self) -> str:
        """What the newest assessment decided. Nothing: it counts as a breach."""
        return self.assessments[0].decision if self.assessments else ""


def incidents_here(*, reader: Reader, limit: int = 30, offset: int = 0) -> tuple[list[IncidentLine], int]:
    """The register of the reader's place, what was found last first, and how many. Finding is not opening.

    Empty for everyone but a privacy officer there.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, limit, offset]
        cursor.execute("select * from incidents_for(%s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    return [IncidentLine(*row[:9]) for row in rows], rows[0][9] if rows else 0


def letters_waiting(*, reader: Reader) -> list[IncidentLine]:
    """Incidents of the reader's place of which a letter waits for a second officer. Empty for anyone else."""
    lines, _all = incidents_here(reader=reader, limit=200)
    return [one for one in lines if one.waits_since and one.decision != rules.LOW]


def waiting_for_incident(*, reader: Reader) -> list[Waits]:
    """What a review found that should not have happened, and no incident is written down of. Empty for anyone else."""
    with connection.cursor() as cursor:
        cursor.execute("select * from waiting_for_incident(%s, %s)", [reader.account_id, reader.membership_id])
        return [Waits(*row) for row in cursor.fetchall()]


def open_incident(*, reader: Reader, incident_id: UUID) -> OpenedIncident:
    """Open one incident for a privacy officer of its place.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone else; absent looks the same.
    Records: one access row, for this one incident
    """
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, incident_id])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    if not found["open"]:
        denials.note(asking)
    if found["open"] != rules.may_open(DeskFacts(*found["facts"])):
        raise WallsDisagree("incident")
    row = Incident.objects.filter(id=incident_id).first() if found["open"] else None
    if row is None:
        raise NotThere
    return _view(row, [UUID(one) for one in found["held"]], sealer_of(found["keys"]))


def _view(row: Incident, held: list[UUID], sealer: Sealer) -> OpenedIncident:
    letter = BreachLetter.objects.filter(incident_id=row.id).first()
    return OpenedIncident(
        id=row.id,
        source=row.source,
        what=sealer.read(row.id, WHAT, row.what),
        found_at=row.found_at,
        happened_from=row.happened_from,
        happened_until=row.happened_until,
        receiver=row.receiver,
        classes=tuple(row.classes),
        everyone=row.everyone,
        people=row.people,
        written_at=row.written_at,
        membership_id=row.membership_id,
        held=held,
        assessments=_assessments(row.id, sealer),
        letter=letter_of(letter, sealer) if letter else None,
        sent=Sending(letter.membership_id, letter.written_at, letter.agreed_by_id, letter.at) if letter else None,
        needs_two=_needs_two(row.id),
        steps=dict(BreachStep.objects.filter(incident_id=row.id).values_list("step", "done_on")),
        sealer=sealer,
    )


def _needs_two(incident_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select letter_needs_two(%s)", [incident_id])
        return bool(cursor.fetchone()[0])


def _assessments(incident_id: UUID, sealer: Sealer) -> list[AssessmentView]:
    rows = Assessment.objects.filter(incident_id=incident_id).order_by("-at", "-id")
    read = sealer.read
    return [
        AssessmentView(
            [
                (name, getattr(row, name), read(incident_id, words_of_factor(name), getattr(row, f"{name}_words")))
                for name in rules.FACTORS
            ],
            row.decision,
            read(incident_id, REASON, row.reason),
            row.at,
            row.membership_id,
        )
        for row in rows
    ]


def letter_of(row: BreachLetter, sealer: Sealer) -> Letter:
    """What the people concerned are told, in words."""
    return Letter(**{name: sealer.read(row.incident_id, label, getattr(row, name)) for name, label in LETTER.items()})
