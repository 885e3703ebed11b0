"""Each measure against a plain recount in Python, on the same facts."""

import random
import uuid
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from manypaths.indicators import engine, measures
from manypaths.indicators.rules.periods import Period
from manypaths.indicators.rules.tables import figures_of, request_shapes
from manypaths.indicators.tests import facts as made

COMMUNITY, OTHER = uuid.uuid4(), uuid.uuid4()
JUNE = Period(date(2026, 6, 1), 1)


@pytest.fixture(scope="module")
def requests() -> list[dict[str, Any]]:
    chance = random.Random(3)
    return [made.request_fact(COMMUNITY, chance, date(2026, 6, 1), people=200) for _ in range(600)]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory, requests: list[dict[str, Any]]) -> engine.Facts:
    folder, chance = tmp_path_factory.mktemp("facts"), random.Random(4)
    others = [made.request_fact(OTHER, chance, date(2026, 6, 1)) for _ in range(50)]
    later = [made.request_fact(COMMUNITY, chance, date(2026, 7, 1)) for _ in range(50)]
    searches = [
        {"community": str(COMMUNITY), "month": date(2026, 6, 1), "need": kind, "area": area, "times": number}
        for number, (kind, area) in enumerate([("peer_coach", "50023"), ("peer_coach", "25001"), (None, None)], 1)
    ]
    made.write_all(folder, [*requests, *others, *later], searches)
    return engine.open_facts(folder, COMMUNITY, ["50023", "50001"])


def as_dict(ready: engine.Facts, measure: measures.Measure) -> dict[tuple[str, str], tuple[int, int | None]]:
    return {(c.cell.row, c.cell.column): (c.value, c.people) for c in ready.counts(measure, JUNE)}


def recount(rows: list[dict[str, Any]], cells: Any) -> dict[tuple[str, str], tuple[int, int]]:
    counts: Counter[tuple[str, str]] = Counter()
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in rows:
        for cell in cells(fact):
            counts[cell] += 1
            people[cell].add(fact["who"])
    return {cell: (count, len(people[cell])) for cell, count in counts.items()}


def kinds_of(fact: dict[str, Any]) -> tuple[str, str]:
    return (fact["kind"] or "unknown", "*")


def test_requests_by_result_are_counted_for_each_kind_and_each_node(
    ready: engine.Facts, requests: list[dict[str, Any]]
) -> None:
    expected = recount(requests, lambda fact: [(k, n) for k in kinds_of(fact) for n in made.leaf_of(fact)])
    assert as_dict(ready, measures.results.MEASURE) == expected


def test_gaps_are_counted_by_county_and_far_counties_become_one(
    ready: engine.Facts, requests: list[dict[str, Any]]
) -> None:
    def cells(fact: dict[str, Any]) -> list[tuple[str, str]]:
        area = "elsewhere" if fact["area"] == "25001" else fact["area"] or "unknown"
        return [(kind, area) for kind in kinds_of(fact)] if "gap" in made.leaf_of(fact) else []

    assert as_dict(ready, measures.gaps_by_place.MEASURE) == recount(requests, cells)


def test_the_two_words_stand_side_by_side_with_their_totals(
    ready: engine.Facts, requests: list[dict[str, Any]]
) -> None:
    def cells(fact: dict[str, Any]) -> list[tuple[str, str]]:
        word, answer = fact["worker_outcome"] or "not_given", fact["person_answer"] or "not_answered"
        return [(word, answer), (word, "*"), ("*", answer)] if fact["status"] == "completed" else []

    assert as_dict(ready, measures.words.MEASURE) == recount(requests, cells)


def test_reached_within_a_week_is_counted_for_all_kinds_together(
    ready: engine.Facts, requests: list[dict[str, Any]]
) -> None:
    def cells(fact: dict[str, Any]) -> list[tuple[str, str]]:
        if "reached" not in made.leaf_of(fact):
            return []
        days = fact["days_to_first_contact"]
        return [("*", "day_unknown" if days is None else "within_7" if days <= 7 else "later")]

    assert as_dict(ready, measures.within_a_week.MEASURE) == recount(requests, cells)


def test_half_and_nine_in_ten_are_whole_days_on_which_someone_was_reached(
    ready: engine.Facts, requests: list[dict[str, Any]]
) -> None:
    waited: dict[str, list[int]] = defaultdict(list)
    for fact in requests:
        if fact["days_to_first_contact"] is not None:
            for kind in kinds_of(fact):
                waited[kind].append(fact["days_to_first_contact"])
    expected = {
        kind: (len(days), sorted(days)[-(-len(days) // 2) - 1], sorted(days)[-(-len(days) * 9 // 10) - 1])
        for kind, days in waited.items()
    }
    rows = ready.waits(measures.WAITS, JUNE)
    assert {row["row"]: (row["value"], row["half"], row["nine_in_ten"]) for row in rows} == expected


def test_empty_searches_are_added_up_and_have_no_people(ready: engine.Facts) -> None:
    found = as_dict(ready, measures.empty_searches.MEASURE)
    assert found[("*", "*")] == (6, None)
    assert found[("peer_coach", "elsewhere")] == (2, None)
    assert found[("unknown", "unknown")] == (3, None)


def test_all_counts_about_requests_add_up_together(ready: engine.Facts) -> None:
    counts = [count for measure in measures.REQUEST_TABLES for count in ready.counts(measure, JUNE)]
    tables = ("results", "words", "places")
    names = {t: sorted({c.cell.column for c in counts if c.cell.table == t} - {"*"}) for t in tables}
    reasons = [name.removeprefix("reason:") for name in names["results"] if name.startswith("reason:")]
    kinds = sorted({c.cell.row for c in counts if c.cell.table == "results"} - {"*"})
    words = sorted({c.cell.row for c in counts if c.cell.table == "words"} - {"*"})
    figures = figures_of(request_shapes(kinds, reasons, names["places"], words, names["words"]), counts)
    assert sum(figures.values.values()) > 0


def test_months_are_told_to_the_rules_only_for_this_community(ready: engine.Facts) -> None:
    assert ready.months("referrals_facts") == {date(2026, 6, 1): 600, date(2026, 7, 1): 50}
    assert ready.months("directory_gap_facts") == {date(2026, 6, 1): 6}


def test_an_empty_night_counts_nothing(tmp_path: Path) -> None:
    made.write_all(tmp_path, [], [])
    nothing = engine.open_facts(tmp_path, COMMUNITY, [])
    assert all(nothing.counts(measure, JUNE) == [] for measure in (*measures.REQUEST_TABLES, *measures.SEARCH_TABLES))
    assert nothing.waits(measures.WAITS, JUNE) == []
    assert nothing.months("referrals_facts") == {}


def test_every_measure_says_its_version_and_the_facts_it_reads() -> None:
    assert len({measure.id for measure in measures.ALL_MEASURES}) == len(measures.ALL_MEASURES)
    assert all(measure.facts in engine.VIEWS and measure.version for measure in measures.ALL_MEASURES)
