"""Legal papers: what an order of a court opens, the register of a place, and what the person reads of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials, queries
from manypaths.consent.models import LegalPaper
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass, papers
from manypaths.consent.rules.papers import OrderFacts
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.vault.queries import sealer_for

OPEN = "select open_by_order(%s, %s, %s, %s)"
COURT, CASE = "consent.legalpaper.court", "consent.legalpaper.case_number"


@dataclass(frozen=True)
class OpenedByOrder:
    """What one order opens of the one record it names, and until when."""

    opened: Opened
    classes: frozenset[str]
    until: datetime


class OpensNothing(Exception):
    """A paper that opens nothing of the record that was asked for. `kind` where the paper is one of this place."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class PaperLine:
    """One paper in the register of a place: days and codes, no name and no word."""

    id: UUID
    held: UUID
    kind: str
    section: str
    classes: tuple[str, ...]
    recorded_at: datetime
    until: datetime | None
    silent_until: datetime | None


@dataclass(frozen=True)
class PaperView:
    """One paper as its person reads it."""

    id: UUID
    organisation_id: UUID
    kind: str
    court: str
    case_number: str
    section: str
    ordered_on: date | None
    classes: tuple[str, ...]
    until: datetime | None
    recorded_at: datetime


def open_by_order(*, reader: Reader, paper: UUID, record: UUID) -> OpenedByOrder:
    """Open what a recorded order opens of the record it names, for who answers such papers at the place.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: OpensNothing for a paper that is no order, for another person than it names, after its end, behind a safety
    block · NotThere for everyone whose role opens nothing by an order.
    Records: one access row, with the order as its basis; or one that names what was asked for and stayed closed
    """
    if not papers.opens_by_order(reader.roles):
        raise NotThere
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, paper, record])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    decided = papers.bases_by_order(found["roles"], _facts(found["facts"]), datetime.fromisoformat(found["at"]))
    if decided != {(record, kind, None): f"{papers.BASIS}:{paper}" for kind in found["classes"]}:
        raise WallsDisagree("order")
    if not decided:
        denials.note(asking)
        raise OpensNothing(found["kind"] or "")
    until = datetime.fromisoformat(found["until"])
    return OpenedByOrder(Opened(decided, keys=tuple(found["keys"])), frozenset(found["classes"]), until)


def _facts(row: list[Any] | None) -> OrderFacts | None:
    if row is None:
        return None
    paper, record, is_order, has_mandate, here, names, classes, recorded_at, until, erased, blocked = row
    end = datetime.fromisoformat(until) if until else None
    recorded = datetime.fromisoformat(recorded_at)
    return OrderFacts(
        UUID(paper),
        UUID(record),
        is_order,
        has_mandate,
        here,
        names,
        frozenset(classes),
        recorded,
        end,
        erased,
        blocked,
    )


def papers_here(*, reader: Reader, limit: int = 30, offset: int = 0) -> tuple[list[PaperLine], int]:
    """The papers that came to the reader's place, newest first, and how many. Finding is not opening.

    Empty for everyone but a privacy officer there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from papers_for(%s, %s, %s, %s)", [reader.account_id, reader.membership_id, limit, offset]
        )
        rows = cursor.fetchall()
    lines = [PaperLine(row[0], row[1], row[2], row[3], tuple(row[4]), row[5], row[6], row[7]) for row in rows]
    return lines, rows[0][8] if rows else 0


def own_papers(*, reader: Reader) -> list[PaperView]:
    """Every legal paper about the person of which they may be told, newest first.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    rows = list(LegalPaper.objects.filter(record_id=record).order_by("-recorded_at", "id"))
    sealer = sealer_for([record])
    return [
        PaperView(
            row.id, row.organisation_id, row.kind, sealer.read(record, COURT, row.court),
            sealer.read(record, CASE, row.case_number), row.section, row.ordered_on, tuple(row.classes), row.until,
            row.recorded_at,
        )
        for row in rows
    ]  # fmt: skip
