"""Shares, typical values and periods: golden numbers and edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.indicators.rules import periods, shares
from manypaths.indicators.rules.tables import RESULTS, Cell, coarser


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(5, 20, 0.1118617, 0.46870088), (0, 10, 0.0, 0.2775328), (10, 10, 0.7224672, 1.0)],
)
def test_the_interval_of_a_share_is_the_published_one(part: int, whole: int, low: float, high: float) -> None:
    assert shares.wilson(part, whole) == pytest.approx((low, high), abs=1e-6)


@given(st.integers(1, 10_000), st.data())
def test_a_share_lies_inside_its_interval(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    low, high = shares.wilson(part, whole)
    assert 0 <= low <= part / whole + 1e-9
    assert part / whole - 1e-9 <= high <= 1


def test_no_share_is_shown_where_a_figure_is_kept_back_or_nothing_was_counted() -> None:
    assert shares.share_of(None, 20) is None
    assert shares.share_of(5, None) is None
    assert shares.share_of(0, 0) is None
    assert shares.share_of(5, 20) is not None


def test_a_typical_value_needs_eleven_people() -> None:
    assert shares.may_show_median(11, None)
    assert not shares.may_show_median(10, None)
    assert not shares.may_show_median(50, 10)
    assert shares.may_show_nine_in_ten(22, 30)
    assert not shares.may_show_nine_in_ten(21, 30)


JANUARY = date(2026, 1, 1)


def test_a_large_month_is_published_alone_thirty_days_after_it_ended() -> None:
    assert periods.next_period(JANUARY, [100], date(2026, 3, 2)) is None
    found = periods.next_period(JANUARY, [100], date(2026, 3, 3))
    assert found == periods.Period(JANUARY, 1)


def test_small_months_wait_until_three_six_or_twelve_of_them_are_enough() -> None:
    late = date(2027, 6, 1)
    assert periods.next_period(JANUARY, [40, 30, 30], late) == periods.Period(JANUARY, 3)
    assert periods.next_period(JANUARY, [20] * 6, late) == periods.Period(JANUARY, 6)
    assert periods.next_period(JANUARY, [1] * 12, late) == periods.Period(JANUARY, 12)


def test_a_small_quarter_is_not_published_before_the_half_year_closed() -> None:
    assert periods.next_period(JANUARY, [20] * 6, date(2026, 7, 30)) is None
    assert periods.next_period(JANUARY, [20] * 6, date(2026, 7, 31)) == periods.Period(JANUARY, 6)


@given(st.lists(st.integers(0, 150), min_size=40, max_size=40), st.integers(0, 900))
def test_periods_follow_each_other_and_never_overlap(totals: list[int], days: int) -> None:
    today, first, at = date.fromordinal(JANUARY.toordinal() + days), JANUARY, 0
    while at + 12 <= len(totals) and (found := periods.next_period(first, totals[at:], today)):
        assert found.closed_on <= today
        assert found.first == first
        first, at = found.after, at + found.months


@given(st.lists(st.integers(0, 150), min_size=12, max_size=12), st.integers(40, 400), st.integers(1, 300))
def test_a_published_period_is_never_another_one_on_a_later_day(totals: list[int], days: int, more: int) -> None:
    today = date.fromordinal(JANUARY.toordinal() + days)
    found = periods.next_period(JANUARY, totals, today)
    later = periods.next_period(JANUARY, totals, date.fromordinal(today.toordinal() + more))
    assert found is None or later == found


def test_the_first_figures_come_thirty_days_after_the_first_month() -> None:
    assert periods.first_figures_on(JANUARY) == date(2026, 3, 3)


def test_a_hidden_figure_points_to_the_next_coarser_ones() -> None:
    tree = {**RESULTS, "gap": ("reason:full", "silence")}
    found = list(coarser(Cell("results", "home", "reason:full"), tree))
    assert found[:3] == [Cell("results", "home", column) for column in ("gap", "not_reached", "*")]
    assert found[3:] == [Cell("results", "*", "reason:full"), Cell("results", "*", "*")]
