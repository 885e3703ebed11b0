"""How dates, money, distance and phone numbers are written."""

from datetime import UTC, date, datetime, time

import pytest

from manypaths.web.ui import words


def test_a_moment_is_told_in_the_time_zone_of_the_place_and_in_the_language_of_the_reader():
    at = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert words.moment(at, "America/New_York", "en") == "Tuesday, November 24, 5:30 pm"
    assert words.moment(at, "America/New_York", "es") == "martes 24 de noviembre, 5:30 pm"
    assert words.moment(at, "America/Denver", "es-us", year=True) == "martes 24 de noviembre de 2026, 3:30 pm"


@pytest.mark.parametrize(
    ("text", "english", "spanish"),
    [
        ("10:00-20:00", "10 am to 8 pm", "10 am a 8 pm"),
        ("Mon to Fri 08:30 – 12:00", "Mon to Fri 8:30 am to 12 pm", "Mon to Fri 8:30 am a 12 pm"),
        ("day and night", "day and night", "day and night"),
        ("", "", ""),
    ],
)
def test_hours_on_a_24_hour_clock_are_told_as_people_say_them(text, english, spanish):
    assert (words.hours(text, "en"), words.hours(text, "es")) == (english, spanish)


def test_a_day_is_told_with_or_without_its_weekday_and_year():
    day = date(2027, 3, 1)
    assert words.day(day, "en", weekday=False, year=True) == "March 1, 2027"
    assert words.day(day, "es", weekday=False, year=True) == "1 de marzo de 2027"
    assert words.month(day, "en") == "March 2027"
    assert words.month(day, "es") == "marzo de 2027"


@pytest.mark.parametrize(
    ("at", "told"), [(time(0, 0), "12 am"), (time(12, 0), "12 pm"), (time(17, 30), "5:30 pm"), (time(9, 5), "9:05 am")]
)
def test_a_time_has_no_needless_zeros(at, told):
    assert words.clock(at) == told


def test_a_language_we_have_no_words_for_is_told_in_english():
    assert words.day(date(2026, 11, 24), "fr") == "Tuesday, November 24"


@pytest.mark.parametrize(("cents", "told"), [(0, "$0"), (15000, "$150"), (750, "$7.50"), (123456789, "$1,234,567.89")])
def test_money_is_told_in_dollars(cents, told):
    assert words.money(cents) == told


@pytest.mark.parametrize(("value", "told"), [(0.04, "0"), (1.0, "1"), (1.24, "1.2"), (9.97, "10"), (24.4, "24")])
def test_near_places_have_one_decimal_and_far_ones_none(value, told):
    assert words.miles(value) == told


@pytest.mark.parametrize(
    ("raw", "told", "dialled"),
    [
        ("(802) 555-0142", "802-555-0142", "tel:+18025550142"),
        ("18025550142", "802-555-0142", "tel:18025550142"),
        ("802-555-0142 x12", "802-555-0142 x12", "tel:+18025550142,12"),
        ("988", "988", "tel:988"),
    ],
)
def test_phone_numbers_are_read_and_dialled(raw, told, dialled):
    assert words.phone(raw) == told
    assert words.dial(raw) == dialled


def test_a_month_under_a_chart_is_three_letters():
    assert [words.short_month(date(2026, 9, 1), spoken) for spoken in ("en", "es", None)] == ["Sep", "sep", "Sep"]
