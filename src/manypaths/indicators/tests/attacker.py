"""Someone who reads every published figure and can solve equations. Built apart from the rules that it attacks.

Its unknowns are the finest cells, its equations the published figures as sums of finest cells, and it asks of each
hidden figure: what is the least and the most that it can be?
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

SMALL = 10


@dataclass(frozen=True)
class Table:
    """The truth: finest cells with their counts, and each figure as the set of finest cells that it adds."""

    atoms: Mapping[object, int]
    figures: Mapping[object, frozenset[object]]
    below: Mapping[object, int] = field(default_factory=dict)  # figures of which a reader knows that they are smaller

    def value(self, figure: object) -> int:
        return sum(self.atoms[atom] for atom in self.figures[figure])


def leaks(tables: Iterable[Table], shown: Callable[[Table], Iterable[object]], floor: int = 0) -> list[object]:
    """The hidden figures of these tables that are worked out exactly, or proved to lie inside 1 to 10."""
    found = []
    for table in tables:
        published = set(shown(table))
        hidden = [figure for figure in table.figures if figure not in published]
        found += [figure for figure in hidden if _gives_away(table, published, figure, floor)]
    return found


def _gives_away(table: Table, published: set[object], figure: object, floor: int) -> bool:
    most = interval(table, published, figure, floor, signs=(-1,))[0]
    if most > max(SMALL, table.value(figure)):
        return False
    least = interval(table, published, figure, floor, signs=(1,))[0]
    return least == most or (least >= 1 and most <= SMALL)


def interval(
    table: Table, published: set[object], figure: object, floor: int = 0, signs: tuple[int, ...] = (1, -1)
) -> tuple[float, ...]:
    """The least (1) and the most (-1) that a figure can be, in whole numbers, given what is published."""
    atoms = list(table.atoms)
    place = {atom: index for index, atom in enumerate(atoms)}
    lines = [*published, *table.below]
    rows = np.zeros((len(lines) + 1, len(atoms)))
    least, most = np.zeros(len(lines) + 1), np.zeros(len(lines) + 1)
    for line, one in enumerate(lines):
        rows[line, [place[atom] for atom in table.figures[one]]] = 1
        least[line], most[line] = (table.value(one),) * 2 if line < len(published) else (0, table.below[one] - 1)
    aim = np.zeros(len(atoms))
    aim[[place[atom] for atom in table.figures[figure]]] = 1
    low = np.array([min(floor, table.atoms[atom]) for atom in atoms], dtype=float)
    return tuple(_extreme(sign * aim, sign, rows, (least, most), low) for sign in signs)


def _extreme(
    aim: np.ndarray, sign: int, rows: np.ndarray, limits: tuple[np.ndarray, np.ndarray], low: np.ndarray
) -> float:
    result = milp(
        aim,
        constraints=LinearConstraint(rows, *limits),
        integrality=np.ones(len(aim)),
        bounds=Bounds(low, np.full(len(aim), np.inf)),
    )
    if result.status == 3 or result.x is None:
        assert result.status in (3, 4), result.message
        return sign * -float("inf")
    return sign * round(result.fun)
