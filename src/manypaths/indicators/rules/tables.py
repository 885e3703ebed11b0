"""The closed list of figures of each topic, and every sum that ties them. Nothing outside it is ever published."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from manypaths.indicators.rules.figures import Figures, Sum

ALL = "*"
UNKNOWN = "unknown"
ELSEWHERE = "elsewhere"

# How a request stands on the day it is counted. Each node is the sum of the nodes below it.
RESULTS: Mapping[str, tuple[str, ...]] = {
    ALL: ("reached", "not_reached"),
    "reached": ("done", "going_on", "ended_early"),
    "not_reached": ("gap", "other"),
    "other": ("ended_unreached", "taken_back", "ended_by_place", "waiting"),
}
# Reasons of an end that lie with the place. Every other end before a contact was the person's own wish.
OF_THE_PLACE = frozenset({"offer_ended", "left_community"})
REASON = "reason:"
SILENCE = "silence"
UNFOLDED_BY_KIND = frozenset({ALL, "not_reached", "gap"})
BELOW_ALL_ROWS = 3
LEVELS = 8


class Cell(NamedTuple):
    """The name of one figure: which table, which row, which column. `*` is everything."""

    table: str
    row: str
    column: str


@dataclass(frozen=True)
class Count:
    """What was counted for one cell: how many facts, and of how many people where that is known."""

    cell: Cell
    value: int
    people: int | None = None


class DoesNotAddUp(ValueError):
    """The counts of one topic contradict each other: nothing of it is published."""


@dataclass(frozen=True)
class Shape:
    """Rows, columns as a tree, and what a table's totals are called in another table.

    `unfolded` are the nodes that single rows open too; the others they show as one number. None means every node.
    """

    table: str
    rows: tuple[str, ...]
    tree: Mapping[str, tuple[str, ...]]
    unfolded: frozenset[str] | None = None
    row_total_is: tuple[str, str] | None = None
    total_is: Cell | None = None

    def cells(self) -> Iterator[Cell]:
        """Every cell of this table that is not the total of another one."""
        for row in self._rows():
            for column in self._columns(row):
                if self.name(row, column).table == self.table:
                    yield Cell(self.table, row, column)

    def name(self, row: str, column: str) -> Cell:
        """A cell, under the name that it has where it first stands."""
        if column == ALL and self.row_total_is is not None:
            return Cell(self.row_total_is[0], row, self.row_total_is[1])
        if (row, column) == (ALL, ALL) and self.total_is is not None:
            return self.total_is
        return Cell(self.table, row, column)

    def sums(self) -> Iterator[Sum]:
        """Each row and column total, and each node of the tree."""
        for row in self._rows():
            for node, parts in self._nodes(row).items():
                yield Sum(self.name(row, node), tuple(self.name(row, part) for part in parts))
        if self.rows:
            for column in self._columns(self.rows[0]):
                yield Sum(self.name(ALL, column), tuple(self.name(row, column) for row in self.rows))

    def depth(self, cell: Cell) -> int:
        """0 for the total, more for finer cells: all rows before single ones, the main table before the others."""
        before = 0 if self.row_total_is is None and self.total_is is None else BELOW_ALL_ROWS
        if cell.row == ALL:
            return before + self._column_depth(cell.column)
        return before + (1 if cell.column == ALL else BELOW_ALL_ROWS + self._column_depth(cell.column))

    def _rows(self) -> tuple[str, ...]:
        return (ALL, *self.rows)

    def _nodes(self, row: str) -> Mapping[str, tuple[str, ...]]:
        if row == ALL or self.unfolded is None:
            return self.tree
        return {node: parts for node, parts in self.tree.items() if node in self.unfolded}

    def _columns(self, row: str) -> tuple[str, ...]:
        return (ALL, *dict.fromkeys(part for parts in self._nodes(row).values() for part in parts))

    def _column_depth(self, column: str) -> int:
        above = next((node for node, parts in self.tree.items() if column in parts), None)
        return 0 if above is None else 1 + self._column_depth(above)


def request_shapes(kinds: Sequence[str], reasons: Sequence[str], areas: Sequence[str],
                   words: Sequence[str], answers: Sequence[str]) -> tuple[Shape, ...]:  # fmt: skip
    """The four tables about requests. They share totals, so they are protected together."""
    results = {**RESULTS, "gap": (*(f"{REASON}{reason}" for reason in reasons), SILENCE)}
    return (
        Shape("results", tuple(kinds), results, unfolded=UNFOLDED_BY_KIND),
        Shape("places", tuple(kinds), {ALL: tuple(areas)}, row_total_is=("results", "gap")),
        Shape(
            "days",
            (),
            {ALL: ("within_7", "later", "day_unknown")},
            row_total_is=("results", "reached"),
        ),
        Shape("words", tuple(words), {ALL: tuple(answers)}, total_is=Cell("results", ALL, "done")),
    )


def search_shapes(kinds: Sequence[str], areas: Sequence[str]) -> tuple[Shape, ...]:
    """The one table about searches that found nothing."""
    return (Shape("searches", tuple(kinds), {ALL: tuple(areas)}),)


def figures_of(shapes: Iterable[Shape], counts: Iterable[Count]) -> Figures:
    """Put counts in their places and tie them together; a cell nobody counted is zero.

    Refuses: DoesNotAddUp when a total is not the sum of its parts.
    """
    shapes = tuple(shapes)
    found = {count.cell: count for count in counts}
    cells = {cell: shape.depth(cell) for shape in shapes for cell in shape.cells()}
    sums = tuple(tie for shape in shapes for tie in shape.sums() if tie.parts)
    values = {cell: found[cell].value if cell in found else 0 for cell in cells}
    people = {cell: number for cell in cells if cell in found and (number := found[cell].people) is not None}
    levels = tuple(tuple(cell for cell, depth in cells.items() if depth == level) for level in range(LEVELS))
    figures = Figures(values, sums, levels, people)
    if not figures.adds_up(values):
        raise DoesNotAddUp("A total is not the sum of its parts.")
    return figures


def coarser(cell: Cell, tree: Mapping[str, tuple[str, ...]]) -> Iterator[Cell]:
    """The next coarser figures of a cell, nearest first: the same row one node up, then the whole column, then all."""
    column = cell.column
    while column != ALL:
        column = next((node for node, parts in tree.items() if column in parts), ALL)
        yield Cell(cell.table, cell.row, column)
    if cell.row != ALL:
        yield Cell(cell.table, ALL, cell.column)
        yield Cell(cell.table, ALL, ALL)
