"""How a person may be called and reached, without a database."""

import pytest

from manypaths.people import rules


def codes(reasons) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.field) for reason in reasons]


def test_any_name_will_do_and_none_will_not():
    assert codes(rules.reasons_not_to_be_called("Ñu", "")) == []
    assert codes(rules.reasons_not_to_be_called("  ", "")) == [("name_missing", "name")]


def test_what_is_too_long_says_so_at_once():
    found = codes(rules.reasons_not_to_be_called("n" * 81, "p" * 41))
    assert found == [("name_too_long", "name"), ("pronouns_too_long", "pronouns")]


@pytest.mark.parametrize("way", ["call", "text"])
def test_a_call_or_text_needs_a_number(way):
    assert codes(rules.reasons_not_to_be_reached(way, "555-0142", "")) == []
    assert codes(rules.reasons_not_to_be_reached(way, "142", "")) == [("number_missing", "address")]


@pytest.mark.parametrize("way", ["person_calls", "person_visits", "here"])
def test_other_ways_need_none(way):
    assert codes(rules.reasons_not_to_be_reached(way, "", "")) == []


def test_an_unknown_way_is_refused():
    assert codes(rules.reasons_not_to_be_reached("fax", "", "")) == [("way_missing", "way")]


def test_a_number_or_hours_that_are_too_long_are_refused():
    found = codes(rules.reasons_not_to_be_reached("here", "1" * 41, "h" * 1001))
    assert found == [("number_too_long", "address"), ("hours_too_long", "hours")]
