"""Pages that persons opened to a desk: read by the person, found and opened by whoever works there today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials, queries
from manypaths.consent.models import DeskOpening
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass, desk
from manypaths.consent.rules.desk import DeskFacts
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader

OPEN = "select open_at_desk(%s, %s, %s::uuid[], %s)"
NOW = "select * from open_at_desk_now(%s, %s, %s)"


@dataclass(frozen=True)
class OwnOpening:
    """One page that the person opened to a desk, or a code of theirs that waits to be typed there."""

    id: UUID
    held_record_id: UUID
    opened_at: datetime | None
    code_until: datetime | None
    until: datetime
    by_code: bool


@dataclass(frozen=True)
class PastOpening:
    """One page that the person opened to a desk once, or a code they made. `opened_at`: None for one nobody typed."""

    id: UUID
    held_record_id: UUID
    made_at: datetime
    by_code: bool
    opened_at: datetime | None
    until: datetime
    ended_at: datetime | None

    @property
    def closed_at(self) -> datetime:
        """When it ended, or ends: by its time, or sooner."""
        return min(self.until, self.ended_at) if self.ended_at else self.until


@dataclass(frozen=True)
class AtDeskNow:
    """One page that is open at the reader's desk now: since when, until when, and of which record."""

    id: UUID
    record_id: UUID
    opened_at: datetime
    until: datetime


@dataclass(frozen=True)
class OpenedAtDesk:
    """What is open because persons stand at the desk."""

    lines: list[AtDeskNow]
    opened: Opened


def own_openings(*, reader: Reader, at: datetime) -> list[OwnOpening]:
    """What the person has open at a desk now, and each code of theirs that can still be typed.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    rows = DeskOpening.objects.filter(record_id=record, ended_at__isnull=True, until__gt=at).order_by("made_at", "id")
    return [_own(row) for row in rows if row.opened_at or (row.code_until and row.code_until > at)]


def every_opening(*, reader: Reader) -> list[PastOpening]:
    """Everything the person ever opened to a desk, the newest first, and each code they made.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    rows = DeskOpening.objects.filter(record_id=record).order_by("-made_at", "id")
    return [
        PastOpening(
            row.id, row.held_record_id, row.made_at, row.code_until is not None, row.opened_at, row.until, row.ended_at
        )
        for row in rows
    ]


def _own(row: DeskOpening) -> OwnOpening:
    by_code = row.code_until is not None
    return OwnOpening(row.id, row.held_record_id, row.opened_at, row.code_until, row.until, by_code)


def open_now(*, reader: Reader, classes: Collection[DataClass]) -> OpenedAtDesk:
    """Open some classes of every page that is open at the reader's desk now; nothing where none is.

    Records: one access row that names them
    """
    with connection.cursor() as cursor:
        cursor.execute(NOW, [reader.account_id, reader.membership_id, desk.AT_ONCE])
        found = [row[0] for row in cursor.fetchall()]
    return _open(reader, found, classes) if found else OpenedAtDesk([], Opened())


def open_page(*, reader: Reader, opening: UUID) -> tuple[AtDeskNow, Opened]:
    """Open one page that a person opened to the reader's desk: named fields of what their role may open by it.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for whoever does not work there in such a role, after closing, once it is ended, and behind a
    safety block; absent looks the same.
    Records: one access row, with the opening as its basis
    """
    kinds = desk.opens_at_desk(reader.roles) or {DataClass.PRESENCE.value}
    found = _open(reader, [opening], [DataClass(one) for one in kinds])
    if not found.lines:
        raise NotThere
    return found.lines[0], found.opened


def _open(reader: Reader, openings: list[UUID], classes: Collection[DataClass]) -> OpenedAtDesk:
    kinds = sorted(one.value for one in classes)
    asking: denials.Asking = (OPEN, [reader.account_id, reader.membership_id, openings, kinds])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    facts = [_facts(row) for row in found["facts"]]
    decided = desk.bases_at_desk(found["roles"], facts, kinds, datetime.fromisoformat(found["at"]))
    if decided != _opened(found):
        raise WallsDisagree("desk")
    opened = Opened(decided, keys=tuple(found["keys"]))
    lines = [AtDeskNow(one.id, one.record, one.opened_at, one.until) for one in facts
             if one.record in opened.ids and one.opened_at is not None]  # fmt: skip
    if len(lines) < len(openings):
        denials.note(asking)
    return OpenedAtDesk(lines, opened)


def _facts(row: list[Any]) -> DeskFacts:
    opened_at = datetime.fromisoformat(row[3]) if row[3] else None
    return DeskFacts(UUID(row[0]), UUID(row[1]), row[2], opened_at, datetime.fromisoformat(row[4]), *row[5:8])


def _opened(found: dict[str, Any]) -> dict[tuple[UUID, str, UUID | None], str]:
    pairs = zip(found["open"], found["bases"], strict=True)
    return {(UUID(record), kind, None): basis for record, basis in pairs for kind in found["classes"]}
