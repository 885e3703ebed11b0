"""Passphrases, names, codes, tries and ways back: the rules by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.accounts import queries, rules
from manypaths.accounts.rules import Device, Failures, WayBackState

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
COMMON = frozenset({"password", "dragon", "monkey", "letmein", "123456789"})


def codes(passphrase: str, *names: str) -> list[str]:
    return [reason.code for reason in rules.reasons_not_to_use(passphrase, common=COMMON, names=names)]


@pytest.mark.parametrize(
    "passphrase",
    [
        "quiet rivers run under stone",
        "luna mesa piano sol",
        "Tr0ub4dor&3 forever",
        "ñandú árbol sueño río",
    ],
)
def test_long_words_of_any_kind_are_enough(passphrase: str):
    assert codes(passphrase) == []


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [
        ("short", "too_short"),
        ("fourteen chars", "too_short"),
        ("a b c d", "too_short"),
        ("x1" * 65, "too_long"),
        ("aaaaaaaaaaaaaaaa", "too_common"),
        ("passwordpassword", "too_common"),
        ("password123456789", "too_common"),
        ("dragondragondragon", "too_common"),
        ("qwertyuiopasdfgh", "too_common"),
        ("12345678901234567", "too_common"),
        ("Rosalinda Quintero", "is_name"),
    ],
)
def test_what_is_guessed_first_is_refused(passphrase: str, code: str):
    assert codes(passphrase, "Rosalinda Quintero") == [code]


def test_a_name_inside_a_longer_passphrase_is_allowed():
    assert codes("rosa walks under quiet stones", "Rosa") == []


@given(st.text(max_size=200))
def test_no_text_breaks_the_rules_of_passphrases(text: str):
    assert rules.as_typed(rules.as_typed(text)) == rules.as_typed(text)
    assert len(codes(text, text[:20])) <= 1


def test_every_passphrase_we_offer_is_good_in_both_languages():
    for language in ("en", "es"):
        words = queries.passphrase_words(language)
        assert len(set(words)) == len(words) > 1300
        assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in words)
        for _one in range(200):
            offered = rules.offered_passphrase(words)
            assert list(rules.reasons_not_to_use(offered, common=queries.common_passphrases())) == []


def test_words_we_offer_and_names_we_make_say_nothing_of_substances_or_recovery():
    telling = {
        "alcohol",
        "drink",
        "drunk",
        "sober",
        "needle",
        "pill",
        "bar",
        "wine",
        "vino",
        "licor",
        "droga",
        "adicto",
    }
    telling |= {"recover", "relapse", "addict", "rehab", "clinic", "tobacco", "smoke", "adicto", "jeringa", "clinica"}
    for kind in ("name-words", "passphrase-words-en", "passphrase-words-es"):
        assert not telling & set(queries.words(kind))


def test_a_name_is_the_same_however_it_is_typed():
    for typed in ("Coral Piano 4821", " coral-piano-4821 ", "CORAL--PIANO 4821", "córal piano 4821"):
        assert rules.name_as_typed(typed) == "coral-piano-4821"
    assert rules.name_as_typed(" Dee@Example.org ") == "dee@example.org"


def test_codes_have_no_letters_that_look_alike():
    assert not set("ilou01") & set(rules.CODE_LETTERS)
    made = {rules.new_code() for _one in range(500)}
    assert len(made) == 500
    assert all(rules.code_as_typed(code.upper().replace("-", "  ")) == code.replace("-", "") for code in made)


def test_tries_from_elsewhere_never_close_a_name():
    assert rules.may_try(Failures(everywhere_for_name=10_000))
    assert not rules.may_try(Failures(here_for_name=3, here_for_all=3, everywhere_for_name=10_000))
    assert rules.may_try(Failures(here_for_name=7, here_for_all=7, everywhere_for_name=99))
    assert not rules.may_try(Failures(here_for_name=8, here_for_all=8, everywhere_for_name=8))
    assert not rules.may_try(Failures(here_for_all=60))


def wait(*, known: bool = False, ago: float = 0, **failed: int) -> float:
    facts = Failures(**failed, last_at=AT - timedelta(seconds=ago))
    return rules.still_to_wait(facts, known_device=known, at=AT).total_seconds()


def test_a_passphrase_tried_wrongly_waits_longer_and_never_more_than_a_minute():
    waits = [wait(here_for_name=tried) for tried in (0, 7, 8, 11, 12, 15, 16, 20, 10_000)]
    assert waits == [0, 0, 15, 15, 30, 30, 60, 60, 60]


def test_whoever_waited_is_heard_however_often_it_failed_before():
    for tried in (8, 100, 10_000):
        assert wait(here_for_name=tried, here_for_all=tried, everywhere_for_name=tried, ago=60) == 0
    assert wait(here_for_name=8, ago=10) == 5


def test_a_name_under_attack_waits_sooner_and_a_new_place_is_heard_at_once():
    assert wait(here_for_name=3, everywhere_for_name=10_000) == 15
    assert wait(here_for_name=2, everywhere_for_name=10_000) == 0
    assert wait(everywhere_for_name=10_000) == 0


def test_a_device_of_ones_own_waits_for_nothing_that_others_failed():
    assert wait(known=True, here_for_name=7, here_this_minute=600, everywhere_for_name=10_000) == 0
    assert wait(known=True, here_for_name=8) == 15


def test_a_machine_at_one_place_waits_a_minute_and_a_full_house_does_not():
    assert wait(here_this_minute=59, here_for_all=500) == 0
    assert wait(here_this_minute=60) == 60


def test_the_wait_is_said_in_seconds_that_can_be_read():
    [reason] = rules.reasons_to_slow_down(
        Failures(here_for_name=8, last_at=AT - timedelta(seconds=1.5)), known_device=False, at=AT
    )
    assert "Wait 15 seconds" in str(reason.message)


def test_only_a_machine_tries_too_many_codes():
    assert not list(rules.reasons_not_to_try_code(Failures(here_for_name=599, here_for_all=599)))
    assert [one.code for one in rules.reasons_not_to_try_code(Failures(here_for_all=600))] == ["too_many_codes"]


def test_a_way_back_waits_a_day_and_lapses():
    def state(hours: float, ready: float | None, over: bool = False) -> WayBackState:
        ready_at = None if ready is None else AT + timedelta(hours=ready)
        return rules.way_back_state(asked_at=AT, ready_at=ready_at, is_over=over, at=AT + timedelta(hours=hours))

    assert state(0.4, None) == WayBackState.ASKED
    assert state(0.5, None) == WayBackState.OVER
    assert state(23.9, 24) == WayBackState.WAITING
    assert state(24, 24) == WayBackState.READY
    assert state(24 + 7 * 24, 24) == WayBackState.OVER
    assert state(30, 24, over=True) == WayBackState.OVER


@pytest.mark.parametrize(
    ("device", "idle", "whole"), [(Device.OWN, 43200, 43200), (Device.SHARED, 5, 720), (Device.STAFF, 15, 720)]
)
def test_a_session_ends_when_it_was_idle_or_open_too_long(device: Device, idle: int, whole: int):
    def ended(seen: int, started: int) -> bool:
        return rules.has_ended(
            device, started_at=AT - timedelta(minutes=started), seen_at=AT - timedelta(minutes=seen), at=AT
        )

    assert not ended(idle, idle)
    assert ended(idle + 1, idle + 1)
    assert not ended(0, whole)
    assert ended(0, whole + 1)
    assert rules.has_ended(device, started_at=None, seen_at=AT, at=AT)


def test_a_device_is_named_by_browser_and_kind_only():
    agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0.7390.43 Mobile Safari/537.36"
    assert rules.device_words(agent) == "Chrome, Android"
    assert rules.device_words("") == ""


def test_each_refusal_is_a_rule_of_its_own_and_silent_when_nothing_stands_against_it():
    against = [
        rules.reasons_not_to_try(Failures(here_for_name=8, here_for_all=8, everywhere_for_name=8)),
        rules.reasons_not_to_begin(60),
        rules.reasons_not_to_make_staff(address_taken=True),
        rules.reasons_not_to_add_app(code_fits=False),
        rules.reasons_not_to_remove_factor(factors=1),
        rules.reasons_to_wait(WayBackState.WAITING),
    ]
    assert [reason.code for reasons in against for reason in reasons] == [
        "too_many_tries", "too_many_here", "address_taken", "wrong_code", "last_factor", "still_waiting"
    ]  # fmt: skip
    nothing = [
        rules.reasons_not_to_try(Failures(here_for_name=7, here_for_all=7, everywhere_for_name=7)),
        rules.reasons_not_to_begin(59),
        rules.reasons_not_to_make_staff(address_taken=False),
        rules.reasons_not_to_add_app(code_fits=True),
        rules.reasons_not_to_remove_factor(factors=2),
        *(rules.reasons_to_wait(state) for state in WayBackState if state is not WayBackState.WAITING),
    ]
    assert not [reason for reasons in nothing for reason in reasons]
