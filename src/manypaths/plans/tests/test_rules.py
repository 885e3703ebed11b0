"""What a plan can hold, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from manypaths.plans import rules
from manypaths.plans.rules import StepFacts, StepState, Way

TODAY = date(2026, 11, 20)


def codes(reasons) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.field) for reason in reasons]


def test_one_sentence_is_enough_for_own_words():
    assert codes(rules.reasons_about(rules.OWN_WORDS, "I pick them up from school.")) == []


@pytest.mark.parametrize("nothing", ["", "   ", "\r\n\t"])
def test_own_words_need_words(nothing):
    assert codes(rules.reasons_about(rules.OWN_WORDS, nothing)) == [("missing", "text")]


def test_a_fact_beside_a_strength_may_be_left_out():
    assert codes(rules.reasons_not_a_strength("I show up", "", "sprout")) == []


def test_a_text_of_exactly_the_longest_length_is_kept_and_one_more_is_not():
    assert codes(rules.reasons_about(rules.TITLE, "a" * 160)) == []
    assert codes(rules.reasons_about(rules.TITLE, "a" * 161)) == [("too_long", "title")]


def test_line_ends_of_a_browser_do_not_count_twice():
    assert codes(rules.reasons_about(rules.STEP, "\r\n".join("a" * 150))) == []


def test_every_reason_comes_at_once():
    assert codes(rules.reasons_not_a_strength("", "b" * 201, "skull")) == [
        ("missing", "statement"),
        ("too_long", "fact"),
        ("unknown_sign", "sign"),
    ]


def test_a_goal_needs_a_known_part_of_life():
    assert codes(rules.reasons_not_a_goal("Rest", "bogus")) == [("unknown_area", "area")]


def test_a_new_day_in_the_past_is_refused_and_an_old_one_may_stay():
    yesterday = TODAY - timedelta(days=1)
    assert codes(rules.reasons_not_a_step("Call", yesterday, None, TODAY)) == [("day_gone", "by_day")]
    assert codes(rules.reasons_not_a_step("Call", yesterday, yesterday, TODAY)) == []
    assert codes(rules.reasons_not_a_step("Call", TODAY, None, TODAY)) == []


@pytest.mark.parametrize("kind", list(rules.ROOM_FOR))
def test_a_full_plan_says_so(kind):
    most, _message = rules.ROOM_FOR[kind]
    assert codes(rules.reasons_not_to_add(kind, most - 1)) == []
    assert codes(rules.reasons_not_to_add(kind, most)) == [("no_room", None)]


def test_the_nearest_day_of_the_steps_for_now_is_next():
    far = StepFacts(1, StepState.NOW, TODAY + timedelta(days=9))
    near = StepFacts(2, StepState.NOW, TODAY + timedelta(days=2))
    someday = StepFacts(0, StepState.NOW, None)
    assert rules.next_of([someday, far, near]) == near


def test_with_nothing_for_now_the_first_that_waits_is_next():
    waiting = [StepFacts(3, StepState.LATER, None), StepFacts(2, StepState.LATER, None)]
    assert rules.next_of([StepFacts(1, StepState.DONE, None), *waiting]) == waiting[1]


def test_when_all_is_done_nothing_is_next():
    assert rules.next_of([StepFacts(1, StepState.DONE, None)]) is None


def test_at_either_end_a_move_changes_nothing():
    assert rules.places_after_move(["a", "b"], "a", Way.EARLIER) == ["a", "b"]
    assert rules.places_after_move(["a", "b"], "b", Way.LATER) == ["a", "b"]


@given(some.integers(1, 20), some.data())
def test_a_move_and_its_opposite_lose_nothing(size, data):
    ids = list(range(size))
    moved = data.draw(some.sampled_from(ids))
    there = rules.places_after_move(ids, moved, Way.EARLIER)
    assert sorted(there) == ids
    if there != ids:
        assert rules.places_after_move(there, moved, Way.LATER) == ids


def test_every_area_and_every_sign_has_words():
    assert set(rules.AREA_WORDS) == set(rules.Area)
    assert set(rules.SIGN_WORDS) == set(rules.Sign)


def test_a_list_for_a_hard_day_is_short():
    assert codes(rules.reasons_not_a_list("Call Ana\r\n\r\nWalk")) == []
    assert rules.lines_of("Call Ana\r\n\r\n Walk ") == ["Call Ana", "Walk"]
    assert codes(rules.reasons_not_a_list("\n".join("abcdefg"))) == [("too_many_lines", "text")]
    assert codes(rules.reasons_not_a_list(" ")) == [("missing", "text")]
