"""Takes facts out of the database once a night, and runs measures on them. The only reader of fact files.

Facts leave as the role `measures`, with a salt that lives for one run, into Parquet files parted by community and year.
Measures then run on DuckDB in this process. Another backend of Ibis can be handed in: the expressions are the same.
"""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import ibis
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from manypaths.indicators.measures import Measure
from manypaths.indicators.rules.periods import Period
from manypaths.indicators.rules.tables import ELSEWHERE, Cell, Count

TEXT, WHOLE, DAY, YES = pa.string(), pa.int32(), pa.date32(), pa.bool_()
# What leaves the database, column by column, as docs/measures/facts.md says. No measure reads `days_to_answer`,
# `days_open` or `asked_again` yet: they are in the view for the next ones.
VIEWS: dict[str, pa.Schema] = {
    "referrals_facts": pa.schema(
        {
            "community": TEXT,
            "month_requested": DAY,
            "kind": TEXT,
            "area": TEXT,
            "status": TEXT,
            "reason": TEXT,
            "silent": YES,
            "days_to_answer": WHOLE,
            "days_to_first_contact": WHOLE,
            "days_open": WHOLE,
            "worker_outcome": TEXT,
            "person_answer": TEXT,
            "asked_again": YES,
            "who": TEXT,
        }
    ),
    "directory_gap_facts": pa.schema(
        {"community": TEXT, "month": DAY, "need": TEXT, "area": TEXT, "reason": TEXT, "times": WHOLE}
    ),
}
MONTHS = {"referrals_facts": "month_requested", "directory_gap_facts": "month"}
BATCH = 20_000


class ViewsDiffer(Exception):
    """A fact view does not have the columns that were agreed. Nothing leaves the database."""


def export_facts(address: str, folder: Path) -> dict[str, int]:
    """Write every fact view to files below `folder`, and say how many rows each had. Safe to run again.

    Refuses: ViewsDiffer when a view has a column too many or too few. The old files stand until the new are whole.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    with psycopg.connect(address) as night:
        salt = secrets.token_hex(32)
        night.execute("select set_config('manypaths.night_salt', %s, false)", [salt])
        rows = {view: _export_view(night, view, draft / view) for view in VIEWS}
    ready = folder / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    draft.rename(ready)
    return rows


def _export_view(night: psycopg.Connection[Any], view: str, folder: Path) -> int:
    schema, written = VIEWS[view], 0
    folder.mkdir(parents=True, mode=0o700)
    pq.write_table(schema.empty_table(), folder / "empty.parquet")
    for number, (part, rows) in enumerate(_parts(night, view)):
        target = folder / part
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        columns = [list(column) for column in zip(*rows, strict=True)]
        pq.write_table(pa.table(dict(zip(schema.names, columns, strict=True)), schema), target / f"{number}.parquet")
        written += len(rows)
    return written


def _parts(night: psycopg.Connection[Any], view: str) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Rows by community and year, in batches."""
    names, month = VIEWS[view].names, MONTHS[view]
    with night.cursor(name=f"night_{view}") as cursor:
        cursor.itersize = BATCH
        cursor.execute(f"select * from {view} order by community, {month}")  # noqa: S608
        found = [column.name for column in cursor.description or ()]
        if found != names:
            raise ViewsDiffer(f"{view} has {', '.join(found)}; agreed were {', '.join(names)}.")
        while rows := cursor.fetchmany(BATCH):
            for part, group in groupby(map(_plain, rows), key=lambda row: _part_of(names, month, row)):
                yield part, list(group)


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(str(value) if isinstance(value, UUID) else value for value in row)


def _part_of(names: list[str], month: str, row: tuple[Any, ...]) -> str:
    return f"community={row[names.index('community')]}/year={row[names.index(month)].year}"


@dataclass(frozen=True)
class Facts:
    """The facts of one community in one night, ready to be counted."""

    backend: Any
    folder: Path
    community: UUID
    counties: tuple[str, ...]

    def months(self, view: str) -> dict[date, int]:
        """How many facts there are in each month. Only rules see this."""
        facts = self._of(view)
        weight = facts.times.sum() if view == "directory_gap_facts" else facts.count()
        rows = self._rows(facts.group_by(month=MONTHS[view]).aggregate(value=weight))
        return {_day(row["month"]): int(row["value"]) for row in rows}

    def counts(self, measure: Measure, period: Period) -> list[Count]:
        """What a measure counts in a period, cell by cell."""
        rows = self._rows(measure.expression(self._within(measure, period)))
        return [
            Count(Cell(measure.id, row["row"], row["column"]), int(row["value"]), _number(row["people"]))
            for row in rows
        ]

    def waits(self, measure: Measure, period: Period) -> list[dict[str, Any]]:
        """Typical waits in a period, kind by kind."""
        return self._rows(measure.expression(self._within(measure, period)))

    def _within(self, measure: Measure, period: Period) -> ibis.Table:
        facts, month = self._of(measure.facts), MONTHS[measure.facts]
        return facts.filter(facts[month] >= period.first, facts[month] < period.after)

    def _of(self, view: str) -> ibis.Table:
        """One view's facts. Counties outside the community become one: a far county would point at few people."""
        folder = self.folder / view
        files = [folder / "empty.parquet", *sorted((folder / f"community={self.community}").rglob("*.parquet"))]
        facts = self.backend.read_parquet([str(path) for path in files])
        near = facts.area.isin(self.counties) | facts.area.isnull()
        return facts.mutate(area=ibis.ifelse(near, facts.area, ELSEWHERE))

    def _rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.backend.to_pyarrow(expression).to_pylist()
        return found


def open_facts(folder: Path, community: UUID, counties: Sequence[str]) -> Facts:
    """A community's facts as the last export wrote them, on DuckDB."""
    backend = ibis.duckdb.connect()
    backend.raw_sql("set threads = 1")
    return Facts(backend, folder / "ready", community, tuple(counties))


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _day(value: Any) -> date:
    return value if type(value) is date else value.date()
