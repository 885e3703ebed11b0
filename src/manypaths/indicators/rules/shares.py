"""Shares with their interval, and typical values. Golden numbers stand in the tests."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
MEDIAN_FROM = 11
NINE_IN_TEN_FROM = 22


@dataclass(frozen=True)
class Share:
    """A part of a whole, with the 95 % Wilson interval."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def percent(self) -> float:
        return 100 * self.numerator / self.denominator


def share_of(numerator: int | None, denominator: int | None) -> Share | None:
    """A share, or None where either figure is kept back or there is nothing to divide by."""
    if numerator is None or not denominator:
        return None
    low, high = wilson(numerator, denominator)
    return Share(numerator, denominator, low, high)


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share."""
    part, square = numerator / denominator, Z_95**2
    middle = (part + square / (2 * denominator)) / (1 + square / denominator)
    spread = part * (1 - part) / denominator + square / (4 * denominator**2)
    half = Z_95 * sqrt(spread) / (1 + square / denominator)
    return max(0.0, middle - half), min(1.0, middle + half)


def may_show_median(count: int, people: int | None) -> bool:
    """A typical value needs at least 11 facts of at least 11 people."""
    return min(count, count if people is None else people) >= MEDIAN_FROM


def may_show_nine_in_ten(count: int, people: int | None) -> bool:
    """The wait of 9 in 10 needs 22: beside a median, fewer would prove how few waited longest."""
    return min(count, count if people is None else people) >= NINE_IN_TEN_FROM
