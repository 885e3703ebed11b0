"""The person's way into the records that places made from their requests: only here stands which are one person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.referrals.rules import HeldFacts, may_open_held

OPEN = "select open_held(%s, %s::uuid[], %s)"
HELD = "held"


@dataclass(frozen=True)
class HeldRecord:
    """One record that a place keeps of the person: since when, and under which law it was begun."""

    id: UUID
    organisation_id: UUID
    origin_law: str
    opened_at: datetime


@dataclass(frozen=True)
class Held:
    """What a person has open of the records that places keep of them, for reading."""

    records: list[HeldRecord]
    opened: Opened


def open_held(*, reader: Reader, classes: Collection[DataClass], records: Collection[UUID] | None = None) -> Held:
    """Open records that places keep of the person, for some classes: those that are named, or all there are.

    To read, not to write: no wall lets anything be written by this opening, except where it says so itself. A safety
    block does not stand between a person and what is kept of them. Notes of counselling stay closed. The rules in code
    and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for anyone who is not here as a person. A record that is not theirs is simply not among them.
    Records: one access row that names every record that was opened; one for what was not.
    """
    if not reader.is_person:
        raise NotThere
    kinds = sorted({str(one) for one in classes})
    asking: denials.Asking = (OPEN, [reader.account_id, None if records is None else list(records), kinds])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    opened = {(UUID(one), kind) for one in found["open"] for kind in found["classes"]}
    if records is not None and opened != {(one, kind) for one in records for kind in kinds}:
        denials.note(asking)
    if opened != set(_decided(found, kinds)):
        raise WallsDisagree("held")
    bases: dict[tuple[UUID, str, UUID | None], str] = {(record, kind, None): HELD for record, kind in opened}
    lines = [HeldRecord(UUID(i), UUID(o), law, datetime.fromisoformat(at)) for i, o, law, at in found["held"]]
    return Held(lines, Opened(bases, keys=tuple(found["keys"])))


def _decided(found: dict[str, Any], kinds: list[str]) -> list[tuple[UUID, str]]:
    facts = [(UUID(one), HeldFacts(found["person"], *known)) for one, *known in found["asked"]]
    return [(one, kind) for one, known in facts for kind in kinds if may_open_held(known, kind)]


def open_held_record(*, reader: Reader, record_id: UUID, classes: Collection[DataClass]) -> tuple[HeldRecord, Opened]:
    """Open one record that a place keeps of the person, for all of some classes.

    Refuses: NotThere where any of them is closed; a record of somebody else and one that does not exist look the same.
    """
    held = open_held(reader=reader, classes=classes, records=[record_id])
    if not held.records or not all(held.opened.allows(record_id, one) for one in classes):
        raise NotThere
    return held.records[0], held.opened
