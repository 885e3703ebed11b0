"""Counts what is closed, publishes it once, and keeps the diary of the nights."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.indicators import engine, measures, queries
from manypaths.indicators.models import Figure, NightStep, Release, Wait
from manypaths.indicators.rules import shares
from manypaths.indicators.rules.periods import Period, next_period
from manypaths.indicators.rules.small_numbers import figures_to_show
from manypaths.indicators.rules.tables import ALL, REASON, Cell, Count, Shape, figures_of, request_shapes, search_shapes
from manypaths.lib.dates import local_date, month_of, next_month
from manypaths.network.models import Community
from manypaths.network.rules import SYSTEM

RULE_VERSION = "2026-11"
VIEW_OF = {Release.Topic.REQUESTS: "referrals_facts", Release.Topic.SEARCHES: "directory_gap_facts"}
TABLES_OF = {Release.Topic.REQUESTS: measures.REQUEST_TABLES, Release.Topic.SEARCHES: measures.SEARCH_TABLES}


def take_facts_out(*, address: str, folder: Path) -> int:
    """Write tonight's facts to files, as the role that sees nothing else. Safe to run again."""
    return sum(engine.export_facts(address, folder).values())


def publish_due(*, community: Community, folder: Path, at: datetime) -> int:
    """Publish every closed period of a community that is not yet published, and say how many that were.

    What was published is not counted again: no later change of a fact can show in an old figure.

    Records: indicators.release_published, once each.
    Repeats: safely.
    """
    facts, published = engine.open_facts(folder, community.id, community.county_fips), 0
    for topic in Release.Topic:
        while (period := _next_period(facts, community, topic, at)) is not None:
            _publish(facts, community, topic, period, at)
            published += 1
    return published


def _next_period(facts: engine.Facts, community: Community, topic: str, at: datetime) -> Period | None:
    months = facts.months(VIEW_OF[Release.Topic(topic)])
    last = queries.last_period(community_id=community.id, topic=topic)
    first = last.after if last else min([month_of(local_date(community.founded_at, community.zone)), *months])
    return next_period(first, _totals(first, months), local_date(at, community.zone))


def _totals(first: date, months: dict[date, int]) -> list[int]:
    totals, month = [], first
    for _number in range(12):
        totals.append(months.get(month, 0))
        month = next_month(month)
    return totals


@transaction.atomic
def _publish(facts: engine.Facts, community: Community, topic: str, period: Period, at: datetime) -> None:
    tables = TABLES_OF[Release.Topic(topic)]
    counts = [count for measure in tables for count in facts.counts(measure, period)]
    shapes = _shapes(topic, counts, community.county_fips)
    shown = figures_to_show(figures_of(shapes, counts))
    release = Release.objects.create(
        community=community,
        topic=topic,
        first_month=period.first,
        months=period.months,
        counted_on=local_date(at, community.zone),
        published_at=at,
        rule_version=RULE_VERSION,
    )
    _keep_figures(release, shapes, counts, shown)
    if topic == Release.Topic.REQUESTS:
        _keep_waits(release, facts.waits(measures.WAITS, period), shown)
    audit.record(what="indicators.release_published", by=SYSTEM, subject=release.id, at=at)


def _shapes(topic: str, counts: Sequence[Count], counties: Sequence[str]) -> tuple[Shape, ...]:
    areas = sorted({*counties, *_columns(counts, "places"), *_columns(counts, "searches")})
    if topic == Release.Topic.SEARCHES:
        return search_shapes(_rows(counts, "searches"), areas)
    reasons = [code.removeprefix(REASON) for code in _columns(counts, "results") if code.startswith(REASON)]
    return request_shapes(_rows(counts, "results"), reasons, areas, _rows(counts, "words"), _columns(counts, "words"))


def _rows(counts: Iterable[Count], table: str) -> list[str]:
    return sorted({count.cell.row for count in counts if count.cell.table == table} - {ALL})


def _columns(counts: Iterable[Count], table: str) -> list[str]:
    return sorted({count.cell.column for count in counts if count.cell.table == table} - {ALL})


def _keep_figures(release: Release, shapes: Iterable[Shape], counts: Iterable[Count], shown: frozenset[Any]) -> None:
    value_of = {count.cell: count.value for count in counts}
    cells = dict.fromkeys(cell for shape in shapes for cell in shape.cells())
    Figure.objects.bulk_create(
        [
            Figure(release=release, **cell._asdict(), value=value_of.get(cell, 0) if cell in shown else None)
            for cell in cells
        ]
    )


def _keep_waits(release: Release, rows: Iterable[dict[str, Any]], shown: frozenset[Any]) -> None:
    waits = []
    for row in rows:
        is_shown = Cell("results", row["row"], "reached") in shown
        count, people = int(row["value"]), int(row["people"])
        half = row["half"] if is_shown and shares.may_show_median(count, people) else None
        nine = row["nine_in_ten"] if is_shown and shares.may_show_nine_in_ten(count, people) else None
        waits.append(Wait(release=release, kind=row["row"], typical_days=half, nine_in_ten_days=nine))
    Wait.objects.bulk_create(waits)


def begin_step(*, community_id: UUID | None, night: date, step: str, at: datetime) -> bool:
    """Write that a step of a night begins. False when it already ended in that night.

    Repeats: a step that began and did not end begins again.
    """
    where: dict[str, Any] = {"community_id": community_id, "night": night, "step": step}
    entry, made = NightStep.objects.get_or_create(**where, defaults={"begun_at": at})
    if entry.ended_at is not None:
        return False
    if not made:
        entry.begun_at, entry.fault = at, ""
        entry.save()
    return True


def end_step(*, community_id: UUID | None, night: date, step: str, fault: str = "", at: datetime) -> None:
    """Write that a step ended, or that it could not (the kind of fault, never its words)."""
    where: dict[str, Any] = {"community_id": community_id, "night": night, "step": step}
    NightStep.objects.filter(**where).update(ended_at=None if fault else at, fault=fault[:80])
