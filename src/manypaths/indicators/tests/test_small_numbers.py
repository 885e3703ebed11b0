"""The attack on published numbers: it must fail on ours, and it must work on the naive way."""

import random
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.indicators.rules.figures import SMALL, Figures
from manypaths.indicators.rules.periods import next_period
from manypaths.indicators.rules.small_numbers import figures_to_show
from manypaths.indicators.rules.tables import (
    ALL,
    REASON,
    SILENCE,
    Cell,
    Count,
    DoesNotAddUp,
    figures_of,
    request_shapes,
    search_shapes,
)
from manypaths.indicators.tests.attacker import Table, interval, leaks
from manypaths.lib.dates import next_month

TABLES = 400


def cross_table(rows: int, columns: int, chance: random.Random) -> Table:
    atoms = {(str(i), str(j)): int(chance.expovariate(1 / 15)) for i in range(rows) for j in range(columns)}
    figures = {}
    for row in (ALL, *map(str, range(rows))):
        for column in (ALL, *map(str, range(columns))):
            figures[Cell("searches", row, column)] = frozenset(
                (i, j) for i, j in atoms if row in (ALL, i) and column in (ALL, j)
            )
    return Table(atoms, figures)


def protected(table: Table, rows: int, columns: int) -> frozenset[object]:
    counts = [Count(cell, table.value(cell)) for cell in table.figures]
    shapes = search_shapes([str(i) for i in range(rows)], [str(j) for j in range(columns)])
    return figures_to_show(figures_of(shapes, counts))


def naive(table: Table) -> set[object]:
    """Hide 1 to 10 and nothing else: what most systems do."""
    return {cell for cell in table.figures if not 1 <= table.value(cell) <= SMALL}


def test_no_hidden_figure_of_400_tables_can_be_worked_out_or_proved_small() -> None:
    chance = random.Random(19)
    tables = [cross_table(6, 4, chance) for _ in range(TABLES)]
    assert leaks(tables, lambda table: protected(table, 6, 4)) == []


def test_the_same_attack_catches_naive_hiding_in_most_tables() -> None:
    chance = random.Random(19)
    tables = [cross_table(6, 4, chance) for _ in range(60)]
    caught = sum(bool(leaks([table], naive)) for table in tables)
    assert caught >= 0.5 * len(tables), caught


def test_someone_who_knows_that_zeros_are_shown_learns_no_more() -> None:
    chance = random.Random(7)
    tables = [cross_table(5, 4, chance) for _ in range(60)]
    for table in tables:
        shown = set(protected(table, 5, 4))
        small = [cell for cell in table.figures if 1 <= table.value(cell) <= SMALL]
        assert all(interval(table, shown, cell, floor=1)[1] > SMALL for cell in small)


# The four tables about requests share totals: they are attacked as one.
KINDS, REASONS, AREAS = ("home", "peer", "clinic"), ("full", "not_eligible"), ("50001", "50023", "unknown")
WORDS, ANSWERS = ("met", "partly"), ("yes", "no", "not_answered")
LEAVES = ("done", "going_on", "ended_early", "ended_unreached", "taken_back", "ended_by_place", "waiting")


def request_table(chance: random.Random, size: float) -> Table:
    """Finest cells: kind, leaf of the result, then area for a gap, days for the reached, both words for the done."""
    atoms = {}
    for kind in KINDS:
        for reason, area in product((*[REASON + r for r in REASONS], SILENCE), AREAS):
            atoms[(kind, reason, area, "", "", "")] = int(chance.expovariate(1 / size))
        for leaf, days in product(LEAVES[:3], ("within_7", "later", "day_unknown")):
            for word, answer in product(WORDS, ANSWERS) if leaf == "done" else [("", "")]:
                atoms[(kind, leaf, "", days, word, answer)] = int(chance.expovariate(1 / size))
        for leaf in LEAVES[3:]:
            atoms[(kind, leaf, "", "", "", "")] = int(chance.expovariate(1 / size))
    shapes = request_shapes(KINDS, REASONS, AREAS, WORDS, ANSWERS)
    figures = {cell: frozenset(a for a in atoms if belongs(a, cell)) for shape in shapes for cell in shape.cells()}
    return Table(atoms, figures)


def belongs(atom: tuple[str, ...], cell: Cell) -> bool:
    kind, leaf, area, days, word, answer = atom
    above = {"gap": leaf == SILENCE or leaf.startswith(REASON), "reached": leaf in LEAVES[:3], ALL: True}
    above["not_reached"] = not above["reached"]
    above["other"] = leaf in LEAVES[3:]
    if cell.table == "results":
        return cell.row in (ALL, kind) and (above.get(cell.column) or cell.column == leaf)
    if cell.table == "places":
        return cell.row in (ALL, kind) and cell.column == area
    if cell.table == "days":
        return cell.column == days
    return leaf == "done" and cell.row in (ALL, word) and cell.column in (ALL, answer)


def protected_requests(table: Table) -> frozenset[object]:
    counts = [Count(cell, table.value(cell)) for cell in table.figures]
    return figures_to_show(figures_of(request_shapes(KINDS, REASONS, AREAS, WORDS, ANSWERS), counts))


@pytest.mark.parametrize("size", [2, 6, 15])
def test_all_tables_about_requests_hold_when_they_are_attacked_together(size: int) -> None:
    chance = random.Random(size)
    tables = [request_table(chance, size) for _ in range(12)]
    assert leaks(tables, protected_requests) == []


def test_attacking_all_request_tables_together_catches_naive_hiding() -> None:
    chance = random.Random(5)
    tables = [request_table(chance, 8) for _ in range(8)]
    assert sum(bool(leaks([table], naive)) for table in tables) >= 4


def test_tables_full_of_large_figures_hide_nothing() -> None:
    chance = random.Random(1)
    table = cross_table(4, 3, chance)
    table = Table({atom: count + 11 for atom, count in table.atoms.items()}, table.figures)
    assert protected(table, 4, 3) == frozenset(table.figures)


def test_a_community_with_seven_requests_shows_no_figure_that_tells_it() -> None:
    table = Table(
        {("0", "0"): 3, ("0", "1"): 4, ("1", "0"): 0, ("1", "1"): 0}, cross_table(2, 2, random.Random()).figures
    )
    shown = protected(table, 2, 2)
    assert Cell("searches", ALL, ALL) not in shown
    assert all(table.value(cell) == 0 for cell in shown)


def test_twenty_requests_of_three_people_are_kept_back() -> None:
    shape = search_shapes(["a", "b"], ["x", "y"])
    cells = {Cell("searches", r, c): 0 for r in (ALL, "a", "b") for c in (ALL, "x", "y")}
    truth = {("a", "x"): 20, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 50}
    counts = [
        Count(
            cell,
            sum(n for (r, c), n in truth.items() if cell.row in (ALL, r) and cell.column in (ALL, c)),
            3 if cell == Cell("searches", "a", "x") else 40,
        )
        for cell in cells
    ]
    shown = figures_to_show(figures_of(shape, counts))
    assert not {Cell("searches", r, c) for r in "ab" for c in "xy"} & shown
    assert Cell("searches", ALL, ALL) in shown


def test_counts_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(DoesNotAddUp):
        figures_of(search_shapes(["a"], ["x"]), [Count(Cell("searches", "a", "x"), 12)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=5))
def test_any_table_withstands_the_attack(rows: list[list[int]]) -> None:
    base = cross_table(len(rows), 3, random.Random(0))
    table = Table({(str(i), str(j)): n for i, row in enumerate(rows) for j, n in enumerate(row)}, base.figures)
    assert leaks([table], lambda one: protected(one, len(rows), 3)) == []


def test_a_solver_that_lies_hides_figures_and_never_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from manypaths.indicators.rules import small_numbers

    figures = figures_of(search_shapes(["a", "b"], ["x"]), [
        Count(Cell("searches", row, column), n) for row, n in ((ALL, 25), ("a", 5), ("b", 20)) for column in (ALL, "x")
    ])  # fmt: skip
    nonsense = {key: 99 for key in figures.values}
    original = small_numbers._Solver._solve
    calls, optimal = iter(range(1000)), small_numbers.highspy.HighsModelStatus.kOptimal
    monkeypatch.setattr(
        small_numbers._Solver, "_solve",
        lambda self, whole: original(self, whole) if next(calls) < 2 else (optimal, nonsense),
    )  # fmt: skip
    assert figures_to_show(figures) <= {Cell("searches", ALL, ALL), Cell("searches", ALL, "x")}


def test_levels_cover_every_figure_once() -> None:
    shapes = request_shapes(KINDS, REASONS, AREAS, WORDS, ANSWERS)
    figures: Figures = figures_of(shapes, [])
    assert sorted(cell for level in figures.levels for cell in level) == sorted(figures.values)


WORKED = {
    ("housing", "A"): 24, ("housing", "B"): 4, ("housing", "C"): 15,
    ("detox", "A"): 31, ("detox", "B"): 18, ("detox", "C"): 12,
    ("rides", "A"): 12, ("rides", "B"): 20, ("rides", "C"): 16,
}  # fmt: skip


def test_the_worked_table_of_the_prose_is_what_the_rule_gives() -> None:
    rows, columns = ("housing", "detox", "rides"), ("A", "B", "C")
    table = Table(WORKED, {
        Cell("searches", row, column): frozenset((i, j) for i, j in WORKED if row in (ALL, i) and column in (ALL, j))
        for row in (*rows, ALL) for column in (*columns, ALL)
    })  # fmt: skip
    counts = [Count(cell, table.value(cell)) for cell in table.figures]
    hidden = set(table.figures) - figures_to_show(figures_of(search_shapes(rows, columns), counts))
    assert hidden == {Cell("searches", row, column) for row in ("housing", "detox") for column in ("B", "C")}


def published_year(chance: random.Random) -> tuple[Table, set[object]]:
    """A year of small months, the figures of every release made of them, and what the lengths of periods tell."""
    months = [date(2026, 1, 1)]
    while len(months) < 12:
        months.append(next_month(months[-1]))
    kinds, areas = ("a", "b", "c"), ("x", "y")
    atoms = {(month, k, x): int(chance.expovariate(1 / 9)) for month in months for k in kinds for x in areas}
    totals = [sum(n for (month, _k, _x), n in atoms.items() if month == one) for one in months]
    figures: dict[object, frozenset[object]] = {("month", m): frozenset(a for a in atoms if a[0] == m) for m in months}
    shown, below, at = set(), {}, 0
    while at < 12 and (period := next_period(months[at], totals[at:], date(2028, 1, 1))) and at + period.months <= 12:
        own = {a: n for a, n in atoms.items() if a[0] in months[at : at + period.months]}
        cells = {
            Cell("searches", row, column): frozenset(a for a in own if row in (ALL, a[1]) and column in (ALL, a[2]))
            for row in (*kinds, ALL) for column in (*areas, ALL)
        }  # fmt: skip
        counts = [Count(cell, sum(own[a] for a in part)) for cell, part in cells.items()]
        safe = figures_to_show(figures_of(search_shapes(kinds, areas), counts))
        figures |= {(period.first, cell): part for cell, part in cells.items()}
        shown |= {(period.first, cell) for cell in safe}
        for shorter in (length for length in (1, 3, 6) if length < period.months):
            figures[("run", at, shorter)] = frozenset(a for a in own if a[0] in months[at : at + shorter])
            below[("run", at, shorter)] = 100
        at += period.months
    return Table(atoms, figures, below), shown


def test_all_releases_of_a_year_and_their_lengths_together_give_nothing_away() -> None:
    for seed in range(12):
        table, shown = published_year(random.Random(seed))
        assert shown
        assert leaks([table], lambda _table, shown=shown: shown) == []
