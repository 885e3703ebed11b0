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


def data_key() -> AESGCM:
    wrapped = rules.new_wrapped_key(SECRET, HOLDER, RECORD)
    return rules.unwrap(rules.holder_key(SECRET, HOLDER), wrapped, RECORD)


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


def test_a_key_wrapped_for_one_holder_does_not_open_for_another():
    wrapped = rules.new_wrapped_key(SECRET, HOLDER, RECORD)
    with pytest.raises(rules.BrokenSeal):
        rules.unwrap(rules.holder_key(SECRET, OTHER), wrapped, RECORD)


def test_a_key_wrapped_for_one_record_does_not_open_for_another():
    wrapped = rules.new_wrapped_key(SECRET, HOLDER, RECORD)
    with pytest.raises(rules.BrokenSeal):
        rules.unwrap(rules.holder_key(SECRET, HOLDER), wrapped, OTHER)
