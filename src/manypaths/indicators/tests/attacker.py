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
        attack = Attack(table, published, floor)
        found += [figure for figure in table.figures if figure not in published and attack.gives_away(figure)]
    return found


def interval(table: Table, published: set[object], figure: object, floor: int = 0) -> tuple[float, float]:
    """The least and the most that a figure can be, in whole numbers, given what is published."""
    attack = Attack(table, published, floor)
    return attack.extreme(figure, 1), attack.extreme(figure, -1)


class Attack:
    """What one reader of one table knows, and every other truth that they found to be possible."""

    def __init__(self, table: Table, published: set[object], floor: int) -> None:
        self.table, self.atoms = table, list(table.atoms)
        place = {atom: index for index, atom in enumerate(self.atoms)}
        self.rows = {figure: [place[atom] for atom in atoms] for figure, atoms in table.figures.items()}
        self.low = np.array([min(floor, table.atoms[atom]) for atom in self.atoms], dtype=float)
        known = [*published, *table.below]
        matrix = np.zeros((len(known) + 1, len(self.atoms)))
        least, most = np.zeros(len(known) + 1), np.zeros(len(known) + 1)
        for line, one in enumerate(known):
            matrix[line, self.rows[one]] = 1
            exact = line < len(published)
            least[line], most[line] = (table.value(one),) * 2 if exact else (0, table.below[one] - 1)
        self.limits = LinearConstraint(matrix, least, most)
        self.possible: list[np.ndarray] = []

    def gives_away(self, figure: object) -> bool:
        """Whether the figure is worked out exactly, or proved to lie inside 1 to 10."""
        harmless = max(SMALL, self.table.value(figure))
        if any(truth[self.rows[figure]].sum() > harmless for truth in self.possible):
            return False
        most = self.extreme(figure, -1)
        if most > harmless:
            return False
        least = self.extreme(figure, 1)
        return least == most or (least >= 1 and most <= SMALL)

    def extreme(self, figure: object, sign: int) -> float:
        """The least (1) or the most (-1) that a figure can be."""
        aim = np.zeros(len(self.atoms))
        aim[self.rows[figure]] = sign
        bounds = Bounds(self.low, np.full(len(aim), np.inf))
        result = milp(aim, constraints=self.limits, integrality=np.ones(len(aim)), bounds=bounds)
        if result.status == 3 or result.x is None:
            assert result.status in (3, 4), result.message
            return sign * -float("inf")
        self.possible.append(np.round(result.x))
        return float(sign * round(result.fun))
