"""Whether two kinds of tries can be told apart by their time: medians, held against what two equal kinds differ by.

Each round asks three times in an order drawn by chance: for what is there and closed, and for two things that were made
up. What the two made-up ones differ by is noise. The bound is that difference and the noise of it: the largest, in 999
of 1,000, of what it becomes when rounds are drawn anew (bootstrap of whole rounds, so that a slow moment stays one).
What differs by more than the bound, or by more than a tenth of the time itself, can be told apart.
"""

import random
import statistics
from dataclasses import dataclass, field

DRAWN, OF_1000 = 1_000, 999
MOST = 0.10
Round = tuple[float, float, float]


@dataclass(frozen=True)
class Compared:
    """Medians in seconds, and the bound that the two made-up ones give."""

    closed: float
    made_up: float
    other: float
    bound: float

    @property
    def differs(self) -> float:
        """By how much what is closed differs from what is made up."""
        return abs(self.closed - self.made_up)

    @property
    def share(self) -> float:
        """The same as a part of the whole time."""
        return self.differs / self.made_up

    @property
    def told_apart(self) -> bool:
        """Whether time tells one from the other."""
        return self.differs > self.bound or self.share > MOST

    def __str__(self) -> str:
        ms = [f"{1000 * one:.2f}" for one in (self.closed, self.made_up, self.other, self.differs, self.bound)]
        return f"{ms[0]} / {ms[1]} / {ms[2]} ms, differs by {ms[3]} ({100 * self.share:.1f} %), bound {ms[4]}"


@dataclass
class Tries:
    """The times of one place, round by round: closed, made up, made up."""

    rounds: list[Round] = field(default_factory=list)

    def compare(self, chance: random.Random) -> Compared:
        """The medians, and whether they differ by more than noise."""
        closed, made_up, other = (statistics.median(one) for one in zip(*self.rounds, strict=True))
        noise = sorted(self._drawn(chance) for _time in range(DRAWN))
        return Compared(closed, made_up, other, noise[OF_1000 - 1])

    def _drawn(self, chance: random.Random) -> float:
        drawn = chance.choices(self.rounds, k=len(self.rounds))
        return abs(statistics.median(one[1] for one in drawn) - statistics.median(one[2] for one in drawn))
