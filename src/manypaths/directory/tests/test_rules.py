"""Hours, freshness, and why an edit is not done."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.directory import rules
from manypaths.directory.rules import Span
from manypaths.network.rules import Hat, Reader

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
spans = st.builds(
    lambda day, opens, length: Span(day, opens, opens + length),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 1440),
)


@pytest.mark.parametrize(
    ("zone", "minute"),
    [
        ("America/New_York", 4 * 1440 + 600),
        ("America/Phoenix", 4 * 1440 + 480),
        ("Pacific/Honolulu", 4 * 1440 + 300),
        ("Asia/Tokyo", 5 * 1440),
    ],
)
def test_a_minute_of_the_week_is_read_on_the_clock_of_the_place(zone, minute):
    assert rules.week_minute(FRIDAY, zone) == minute


def test_the_clock_is_put_forward_and_back():
    winter, summer = datetime(2026, 3, 8, 6, 59, tzinfo=UTC), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert rules.week_minute(winter, "America/New_York") == 6 * 1440 + 119
    assert rules.week_minute(summer, "America/New_York") == 6 * 1440 + 180


def test_a_night_shift_holds_over_midnight_and_over_the_end_of_the_week():
    night = [Span(6, 1320, 1440 + 120)]
    assert rules.open_span(night, 6 * 1440 + 1380) == night[0]
    assert rules.open_span(night, 60) == night[0]
    assert rules.open_span(night, 120) is None


def test_the_door_is_closed_at_the_minute_it_closes():
    assert rules.open_span([Span(0, 540, 1020)], 1019)
    assert rules.open_span([Span(0, 540, 1020)], 1020) is None


def test_the_next_opening_is_found_around_the_week():
    hours = [Span(0, 540, 1020), Span(3, 540, 1020)]
    assert rules.next_span(hours, 4 * 1440) == hours[0]
    assert rules.next_span(hours, 1 * 1440) == hours[1]
    assert rules.next_span([], 0) is None


def test_always_open_is_every_minute_of_the_week():
    assert rules.always_open([Span(day, 0, 1440) for day in range(7)])
    assert not rules.always_open([Span(day, 0, 1439) for day in range(7)])
    assert not rules.always_open([])


@given(st.lists(spans, max_size=6), st.integers(0, rules.WEEK_MINUTES - 1))
def test_open_is_what_a_slow_count_of_minutes_says(hours, minute):
    covered = {at % rules.WEEK_MINUTES for span in hours for at in range(span.start, span.end)}
    assert (rules.open_span(hours, minute) is not None) == (minute in covered)


def test_a_word_about_room_is_sure_for_a_week_and_a_check_fresh_for_a_year():
    assert rules.room_is_sure(FRIDAY - timedelta(days=7), FRIDAY)
    assert not rules.room_is_sure(FRIDAY - timedelta(days=7, minutes=1), FRIDAY)
    assert not rules.room_is_sure(None, FRIDAY)
    assert rules.check_is_fresh(FRIDAY - timedelta(days=365), FRIDAY)
    assert not rules.check_is_fresh(None, FRIDAY)


@pytest.mark.parametrize(
    ("room", "places", "wait", "code"),
    [
        ("open", 3, None, None),
        ("open", None, None, None),
        ("open", 0, None, "open_without_places"),
        ("waitlist", None, 14, None),
        ("full", -1, None, "places_range"),
        ("waitlist", None, 731, "wait_range"),
    ],
)
def test_a_word_about_room_has_to_be_possible(room, places, wait, code):
    assert [one.code for one in rules.reasons_not_to_report_room(room, places, wait)] == ([code] if code else [])


def test_only_a_worker_of_the_organisation_changes_its_listings():
    import uuid

    body = uuid.uuid4()
    worker = Reader(account_id=uuid.uuid4(), hat=Hat.MEMBER, organisation_id=body, roles=frozenset({"peer"}))
    assert not list(rules.reasons_not_to_edit(worker, body))
    for other in (
        Reader(),
        Reader(account_id=uuid.uuid4(), hat=Hat.PERSON, person_id=uuid.uuid4()),
        Reader(account_id=uuid.uuid4(), hat=Hat.MEMBER, organisation_id=uuid.uuid4(), roles=frozenset({"peer"})),
        Reader(account_id=uuid.uuid4(), hat=Hat.MEMBER, organisation_id=body, roles=frozenset({"fiscal"})),
    ):
        assert [one.code for one in rules.reasons_not_to_edit(other, body)] == ["not_yours"]


@pytest.mark.parametrize(
    ("span", "code"),
    [
        (Span(0, 540, 1020), None),
        (Span(0, 1320, 1560), None),
        (Span(7, 0, 10), "hours_range"),
        (Span(0, 600, 600), "hours_order"),
        (Span(0, 600, 2041), "hours_order"),
    ],
)
def test_hours_have_to_be_possible(span, code):
    assert [one.code for one in rules.reasons_not_to_span([span])] == ([code] if code else [])
