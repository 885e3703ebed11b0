"""Which run of closed months is counted next. Runs never overlap, and what was published stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from manypaths.lib.dates import next_month, previous_month

LENGTHS = (1, 3, 6, 12)
ENOUGH = 100
SETTLE = timedelta(days=30)


@dataclass(frozen=True)
class Period:
    """A run of whole months, from the first day of `first` to the last day of the month before `after`."""

    first: date
    months: int

    @property
    def after(self) -> date:
        month = self.first
        for _ in range(self.months):
            month = next_month(month)
        return month

    @property
    def last(self) -> date:
        """The last month of the run."""
        return previous_month(self.after)

    @property
    def closed_on(self) -> date:
        """The first day on which it may be counted: everyone had at least 30 days to be reached."""
        return self.after + SETTLE


def next_period(first: date, totals: Sequence[int], today: date) -> Period | None:
    """The shortest run from `first` that is closed and large enough: 1, 3, 6, or 12 months whatever their size.

    `totals` are the facts of each month from `first` on. A longer run is taken only where a shorter one is too small.
    """
    for months in LENGTHS:
        period = Period(first, months)
        if period.closed_on > today:
            return None
        if sum(totals[:months]) >= ENOUGH or months == LENGTHS[-1]:
            return period
    return None


def first_figures_on(first: date) -> date:
    """The earliest day on which a community can have figures."""
    return Period(first, LENGTHS[0]).closed_on
