"""The states of a request: every legal move is allowed, every other one is refused, and the clock knows weekends."""

from datetime import UTC, date, datetime

import pytest

from manypaths.referrals import rules
from manypaths.referrals.rules import MoveFacts, Party, SendingFacts, Status

# The table of the Gravity guide, written out once more by hand: from, to, who.
TABLE = {
    ("draft", "requested", "requester"),
    ("requested", "accepted", "target"),
    ("requested", "rejected", "target"),
    ("requested", "cancelled", "requester"),
    ("requested", "cancelled", "target"),
    *{("accepted", to, "target") for to in ("in_progress", "on_hold", "completed", "failed", "cancelled")},
    ("accepted", "cancelled", "requester"),
    *{("in_progress", to, "target") for to in ("on_hold", "completed", "failed", "cancelled")},
    ("in_progress", "cancelled", "requester"),
    *{("on_hold", to, "target") for to in ("in_progress", "completed", "failed", "cancelled")},
    ("on_hold", "cancelled", "requester"),
}


def codes(facts):
    return [reason.code for reason in rules.reasons_not_to_move(facts)]


def some_reason(to, party):
    return next((code for code, _words in rules.reasons_for(to, party, "en")), "")


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("party", list(Party))
@pytest.mark.parametrize("to", list(Status))
def test_exactly_the_moves_of_the_table_are_allowed(status, party, to):
    facts = MoveFacts(status, status, to, party, some_reason(to, party), "given")
    allowed = (status.value, to.value, party.value) in TABLE
    assert codes(facts) == ([] if allowed else ["not_from_here"])


@pytest.mark.parametrize("status", sorted(rules.CLOSED))
def test_nothing_leaves_a_closed_state(status):
    assert not rules.is_running(status)
    assert all(not rules.allowed_moves(status, party) for party in Party)


def test_a_move_from_a_page_that_is_old_is_refused_before_anything_else():
    facts = MoveFacts(Status.REJECTED, Status.REQUESTED, Status.ACCEPTED, Party.TARGET)
    assert codes(facts) == ["moved_meanwhile"]


@pytest.mark.parametrize("to", sorted(rules.WANT_REASON))
def test_a_move_that_wants_a_reason_is_refused_without_one_of_the_list(to):
    status = Status.REQUESTED if to in {Status.REJECTED, Status.CANCELLED} else Status.ACCEPTED
    for reason in ("", "because", "silence"):
        assert codes(MoveFacts(status, status, to, Party.TARGET, reason)) == ["reason_missing"]
    assert rules.reasons_for(to, Party.TARGET, "en")


def test_a_loop_closes_only_with_an_outcome():
    facts = MoveFacts(Status.ACCEPTED, Status.ACCEPTED, Status.COMPLETED, Party.TARGET)
    assert codes(facts) == ["outcome_missing"]


def test_someone_who_cannot_walk_with_a_person_cannot_say_yes():
    facts = MoveFacts(Status.REQUESTED, Status.REQUESTED, Status.ACCEPTED, Party.TARGET, may_take_up=False)
    assert codes(facts) == ["not_your_part"]


@pytest.mark.parametrize(
    ("asked", "due_on", "due_at"),
    [
        (datetime(2026, 11, 19, 20, 0, tzinfo=UTC), date(2026, 11, 23), datetime(2026, 11, 24, 5, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 20, 0, tzinfo=UTC), date(2026, 11, 24), datetime(2026, 11, 25, 5, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, 0, tzinfo=UTC), date(2026, 11, 24), datetime(2026, 11, 25, 5, 0, tzinfo=UTC)),
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), date(2026, 11, 24), datetime(2026, 11, 25, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_counts_working_days_in_the_places_own_zone(asked, due_on, due_at):
    assert rules.answer_due_on(asked, 2, "America/New_York") == due_on
    assert rules.answer_due_at(due_on, "America/New_York") == due_at


def test_a_request_is_overdue_from_the_first_instant_after_its_last_day():
    due = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert rules.is_overdue(Status.REQUESTED, due, due)
    assert not rules.is_overdue(Status.REQUESTED, due, due.replace(hour=4))
    assert not rules.is_overdue(Status.ACCEPTED, due, due.replace(day=30))


COMPLETE = SendingFacts(True, False, "Mari", "text", "802-555-0142", "talk", "")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"takes_requests": False}, "takes_no_requests", None),
        ({"already_open": True}, "already_open", None),
        ({"name": "  "}, "name_missing", "name"),
        ({"name": "x" * 81}, "name_missing", "name"),
        ({"way": "pigeon"}, "way_missing", "way"),
        ({"number": "555"}, "number_missing", "number"),
        ({"need": ""}, "need_missing", "need"),
        ({"words": "x" * 1001}, "words_too_long", "words"),
    ],
)
def test_a_request_says_what_is_missing_beside_its_field(change, code, field):
    facts = SendingFacts(**{**COMPLETE.__dict__, **change})
    assert [(reason.code, reason.field) for reason in rules.reasons_not_to_send(facts)] == [(code, field)]


@pytest.mark.parametrize("way", ["person_calls", "person_visits", "here"])
def test_no_number_is_asked_where_nobody_will_call(way):
    assert not list(rules.reasons_not_to_send(SendingFacts(**{**COMPLETE.__dict__, "way": way, "number": ""})))


def test_the_one_who_asked_is_spoken_to_not_about():
    assert rules.word_to_person(rules.OUTCOMES, "given", "en") == "You got what you asked for"
    assert rules.word_to_person(rules.REASONS, "cannot_reach", "es") == "Todavía no lograron comunicarse con usted"
    assert rules.word_to_person(rules.REASONS, "no_open_place", "en") == "No open place right now"
    assert rules.word_to_person(rules.REASONS, "", "en") == ""


def test_every_code_has_words_in_both_languages_and_known_moves():
    for table in (rules.NEEDS, rules.REASONS, rules.OUTCOMES, rules.ANSWERS):
        assert all(row["en"] and row["es"] for row in table.values())
        assert all(len(code) <= 24 for code in table)
    for row in rules.REASONS.values():
        assert {Status(to) for to in row["moves"]} <= rules.WANT_REASON
        assert row["by"] in set(Party)


def test_before_an_answer_one_button_says_no_and_later_stop_has_its_own():
    assert Status.CANCELLED not in rules.offered_moves(Status.REQUESTED, Party.TARGET)
    assert Status.CANCELLED in rules.offered_moves(Status.REQUESTED, Party.REQUESTER)
    assert Status.CANCELLED in rules.offered_moves(Status.ACCEPTED, Party.TARGET)


def test_silence_may_be_said_only_where_there_was_silence():
    assert "silence" in dict(rules.reasons_to_take_back(True, "en"))
    assert "silence" not in dict(rules.reasons_to_take_back(False, "en"))
    assert "sharing_ended" not in dict(rules.reasons_to_take_back(True, "en"))


@pytest.mark.parametrize(("status", "wants"), [("completed", True), ("rejected", True), ("cancelled", False)])
def test_the_persons_word_is_asked_for_where_the_place_ended_it(status, wants):
    assert rules.wants_answer(Status(status), datetime(2026, 11, 19, 12, tzinfo=UTC), "") is wants
    assert not rules.wants_answer(Status(status), datetime(2026, 11, 19, 12, tzinfo=UTC), "yes")
