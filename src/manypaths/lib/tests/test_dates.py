"""Days and months where people live."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from manypaths.lib import dates


def test_an_evening_in_vermont_is_still_that_day_though_it_is_tomorrow_in_utc():
    assert dates.local_date(datetime(2026, 11, 21, 2, 0, tzinfo=UTC), "America/New_York") == date(2026, 11, 20)


def test_days_are_counted_where_the_place_is():
    late_in_vermont, noon = datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert dates.days_until(noon, late_in_vermont, "America/New_York") == 2
    assert dates.days_until(noon, late_in_vermont, "UTC") == 1
    assert dates.days_until(late_in_vermont, noon, "UTC") == -1


def test_two_working_days_from_friday_end_on_tuesday():
    assert dates.add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 24)


def test_the_day_the_clocks_change_begins_at_its_own_midnight():
    start = dates.start_of_day(date(2026, 11, 1), "America/New_York")
    assert start.astimezone(UTC) == datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 30))
def test_working_days_never_end_on_a_weekend_once_counted(day, count):
    end = dates.add_working_days(day, count)
    assert end >= day
    assert count == 0 or dates.is_working_day(end)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_next_month_of_the_previous_month_is_this_month(day):
    assert dates.next_month(dates.previous_month(day)) == dates.month_of(day)
