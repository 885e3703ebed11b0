"""Sealed words open only with their record's key, in the field they were written for, unchanged."""

import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from manypaths.vault import rules

SECRET = b"s" * 32
HOLDER, RECORD, OTHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
LABEL = "plans.goal.title"
NAME = rules.key_name(HOLDER, "s", 1)


def data_key() -> AESGCM:
    return AESGCM(rules.new_data_key())


@given(st.text())
def test_words_come_back_as_they_were_written(text):
    key = data_key()
    assert rules.open_text(key, rules.seal_text(key, text, LABEL, RECORD), LABEL, RECORD) == text


def test_the_same_words_are_never_sealed_to_the_same_bytes():
    key = data_key()
    assert rules.seal_text(key, "hope", LABEL, RECORD) != rules.seal_text(key, "hope", LABEL, RECORD)


@pytest.mark.parametrize(("label", "record"), [("plans.step.text", RECORD), (LABEL, OTHER)])
def test_words_moved_to_another_field_or_record_do_not_open(label, record):
    key = data_key()
    sealed = rules.seal_text(key, "hope", LABEL, RECORD)
    with pytest.raises(rules.BrokenSeal):
        rules.open_text(key, sealed, label, record)


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_changed_byte_does_not_open(place, change):
    key = data_key()
    sealed = bytearray(rules.seal_text(key, "a long enough sentence of hope", LABEL, RECORD))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(rules.BrokenSeal):
        rules.open_text(key, bytes(sealed), LABEL, RECORD)


def test_a_wrapped_key_comes_back():
    key = rules.new_data_key()
    wrapping = rules.wrapping_key(SECRET, HOLDER)
    wrapped = rules.wrap(wrapping, key, record_id=RECORD, holder_id=HOLDER, name=NAME)
    assert rules.unwrap(wrapping, wrapped, record_id=RECORD, holder_id=HOLDER, name=NAME) == key


@pytest.mark.parametrize(
    "other", [{"record_id": OTHER}, {"holder_id": OTHER}, {"name": rules.key_name(HOLDER, "s", 2)}]
)
def test_a_key_is_bound_to_its_record_its_holder_and_the_key_that_wraps_it(other):
    wrapping, place = rules.wrapping_key(SECRET, HOLDER), {"record_id": RECORD, "holder_id": HOLDER, "name": NAME}
    wrapped = rules.wrap(wrapping, rules.new_data_key(), **place)
    with pytest.raises(rules.BrokenSeal):
        rules.unwrap(wrapping, wrapped, **{**place, **other})


def test_one_secret_gives_every_holder_another_wrapping_key():
    place = {"record_id": RECORD, "holder_id": HOLDER, "name": NAME}
    wrapped = rules.wrap(rules.wrapping_key(SECRET, HOLDER), rules.new_data_key(), **place)
    with pytest.raises(rules.BrokenSeal):
        rules.unwrap(rules.wrapping_key(SECRET, OTHER), wrapped, **place)


def test_keys_wrapped_by_the_first_versions_are_still_read():
    key = rules.new_data_key()
    wrapped = rules.wrap_under_ring(rules.holder_key(SECRET, HOLDER), key, RECORD)
    assert rules.unwrap_under_ring(rules.holder_key(SECRET, HOLDER), wrapped, RECORD) == key
    for holder, record in ((OTHER, RECORD), (HOLDER, OTHER)):
        with pytest.raises(rules.BrokenSeal):
            rules.unwrap_under_ring(rules.holder_key(SECRET, holder), wrapped, record)


@pytest.mark.parametrize(
    "name", ["k1", "house.s0", "house.x1", "../keyring", "house.s1/../k", "with-a-line.s1", "{}.s1", ""]
)
def test_only_names_of_keys_are_names(name):
    name = name.format(HOLDER)  # with lines between: the names have none
    assert not rules.is_of_a_holder(name)
    with pytest.raises(rules.BrokenSeal):
        rules.number_of(name)


def test_a_name_says_whose_key_it_is_and_the_how_manieth():
    assert rules.key_name(rules.HOUSE, "s", 3) == "house.s3"
    assert rules.number_of(rules.key_name(HOLDER, "i", 12)) == 12
