"""What was published. No function here takes a reader: there is nobody in it, and everyone reads the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Max, Q

from manypaths.indicators.models import Figure, NightStep, Release, Wait
from manypaths.indicators.rules.periods import LENGTHS, Period, first_figures_on
from manypaths.indicators.rules.shares import Share, share_of
from manypaths.indicators.rules.tables import ALL, REASON, RESULTS, SILENCE, Cell, coarser
from manypaths.lib.dates import local_date, month_of
from manypaths.network.models import Community

# A total that stands in the table of results, under the name that it has there.
TOTAL_OF = {"places": "gap", "days": "reached", "words": "done"}


@dataclass(frozen=True)
class WaitOf:
    """The typical wait of one kind, with how many were reached; None where too few were."""

    kind: str
    reached: int | None
    typical_days: int | None
    nine_in_ten_days: int | None


@dataclass(frozen=True)
class Published:
    """One release as pages read it. A figure that is None is kept back."""

    topic: str
    period: Period
    counted_on: date
    rule_version: str
    figures: Mapping[Cell, int | None]
    waits: tuple[WaitOf, ...]

    def value(self, table: str, row: str, column: str) -> int | None:
        """One figure, or None where it is kept back or was never counted."""
        return self.figures.get(Cell(table, row, column))

    def cell(self, table: str, row: str, column: str) -> Cell:
        """A cell under the name where it stands: some totals stand in the table of results."""
        cell = Cell(table, row, column)
        if cell in self.figures or column != ALL or table not in TOTAL_OF:
            return cell
        return Cell("results", row, TOTAL_OF[table])

    def share(self, table: str, row: str, column: str, of: str = ALL) -> Share | None:
        """One figure as a share of another in its row, with the interval."""
        return share_of(self.value(table, row, column), self.figures.get(self.cell(table, row, of)))

    def rows(self, table: str) -> list[str]:
        """The rows of a table without the total, larger known ones first."""
        return self._ordered({cell.row for cell in self.figures if cell.table == table}, table, by_row=True)

    def columns(self, table: str) -> list[str]:
        """The columns of a table without the total, larger known ones first."""
        return self._ordered({cell.column for cell in self.figures if cell.table == table}, table, by_row=False)

    def reasons(self) -> list[str]:
        """Why no place took up a request: the columns below `gap`."""
        return [one for one in self.columns("results") if one.startswith(REASON) or one == SILENCE]

    def nearest_coarser(self, cell: Cell) -> tuple[Cell, int] | None:
        """The next coarser figure that is shown, for a figure that is kept back."""
        tree = {**RESULTS, "gap": tuple(self.reasons())}
        named = (self.cell(*one) for one in coarser(cell, tree))
        return next(((one, value) for one in named if (value := self.figures.get(one)) is not None), None)

    def _ordered(self, names: set[str], table: str, *, by_row: bool) -> list[str]:
        whole = {"places": "gap"}.get(table, ALL) if by_row else ALL
        home = "results" if table == "places" and by_row else table

        def size(name: str) -> int:
            cell = Cell(home, name, whole) if by_row else Cell(table, ALL, name)
            return self.figures.get(cell) or 0

        return sorted(names - {ALL}, key=lambda name: (-size(name), name))


def latest(*, community_id: UUID, topic: str) -> Published | None:
    """The newest release of a topic, or None while nothing is published."""
    found = Release.objects.filter(community_id=community_id, topic=topic).order_by("-first_month").first()
    return _published(found) if found else None


def one_release(*, community_id: UUID, topic: str, first_month: date) -> Published | None:
    """The release of a topic that begins with a month, or None."""
    found = Release.objects.filter(community_id=community_id, topic=topic, first_month=first_month).first()
    return _published(found) if found else None


def periods(*, community_id: UUID, topic: str) -> list[Period]:
    """Every published period of a topic, newest first."""
    rows = Release.objects.filter(community_id=community_id, topic=topic).order_by("-first_month")
    return [Period(first, months) for first, months in rows.values_list("first_month", "months")]


def last_period(*, community_id: UUID, topic: str) -> Period | None:
    """The newest published period of a topic."""
    return next(iter(periods(community_id=community_id, topic=topic)), None)


def earliest_first_figures(*, community: Community) -> date:
    """The first day on which a young community can have figures."""
    return first_figures_on(month_of(local_date(community.founded_at, community.zone)))


def latest_first_figures(*, community: Community) -> date:
    """The day by which a community has figures, however few requests it had."""
    return Period(month_of(local_date(community.founded_at, community.zone)), LENGTHS[-1]).closed_on


def last_night(*, community_id: UUID) -> tuple[date, datetime] | None:
    """The newest night of which every step that began has ended: the community's own, and those for all."""
    nights = NightStep.objects.filter(community_id=community_id).order_by("-night").values_list("night", flat=True)
    for night in nights.distinct():
        steps = NightStep.objects.filter(Q(community_id=community_id) | Q(community_id=None), night=night)
        ends = list(steps.values_list("ended_at", flat=True))
        ended = [at for at in ends if at is not None]
        if len(ended) == len(ends):
            return night, max(ended)
    return None


@dataclass(frozen=True)
class StepOfNight:
    """One step of a night: where, which, and how it ended. Never what it said."""

    community_id: UUID | None
    night: date
    step: str
    ended_at: datetime | None
    fault: str


def last_steps() -> list[StepOfNight]:
    """The steps of the newest night that began in each community, and of those that are done for all."""
    newest: dict[UUID | None, date] = {}
    for community, night in NightStep.objects.values_list("community_id").annotate(Max("night")):
        newest[community] = night
    rows = NightStep.objects.filter(night__in=set(newest.values()))
    found = rows.order_by("id").values_list("community_id", "night", "step", "ended_at", "fault")
    return [StepOfNight(*row) for row in found if row[1] == newest[row[0]]]


def _published(release: Release) -> Published:
    return _read(release.id)


@lru_cache(maxsize=64)
def _read(release_id: UUID) -> Published:
    """A release never changes, so each process reads it once."""
    release = Release.objects.get(id=release_id)
    figures = {
        Cell(*names): value
        for *names, value in Figure.objects.filter(release=release).values_list("table", "row", "column", "value")
    }
    waits = Wait.objects.filter(release=release).values_list("kind", "typical_days", "nine_in_ten_days")
    return Published(
        topic=release.topic,
        period=Period(release.first_month, release.months),
        counted_on=release.counted_on,
        rule_version=release.rule_version,
        figures=figures,
        waits=tuple(WaitOf(kind, figures.get(Cell("results", kind, "reached")), *days) for kind, *days in waits),
    )
