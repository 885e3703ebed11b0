"""Figures that are published together, and the sums that tie them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SMALL = 10
Key = Any
Witness = Mapping[Key, int]


@dataclass(frozen=True)
class Sum:
    """One figure that is the sum of others, published or not: everyone who reads can do this addition."""

    whole: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Figures:
    """All figures that could be shown together, with every sum that ties them. `people` where one may count twice."""

    values: Mapping[Key, int]
    sums: tuple[Sum, ...]
    levels: tuple[tuple[Key, ...], ...]
    people: Mapping[Key, int] = field(default_factory=dict)

    def is_small(self, key: Key) -> bool:
        """True when the figure itself could point at someone."""
        return 1 <= self.values[key] <= SMALL or 1 <= self.people.get(key, 0) <= SMALL

    def could_be(self, key: Key) -> int:
        """How large a figure that is kept back must possibly be."""
        return max(SMALL, self.values[key]) + 1

    def adds_up(self, witness: Witness) -> bool:
        """True when no figure is below zero and every sum holds."""
        return min(witness.values(), default=0) >= 0 and all(
            witness[tie.whole] == sum(witness[part] for part in tie.parts) for tie in self.sums
        )
