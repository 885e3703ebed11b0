"""Trees, rows and chains as pure functions."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.audit.rules import chain, rows, tree

HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)
PARTS = st.lists(st.text(max_size=30), min_size=1, max_size=9)
SECRET = st.binary(min_size=16, max_size=16)
KEY = b"k" * 32
AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
BLOCK = chain.Block(1, AT, 1, 700, 5, 3, bytes(32), chain.NOTHING)
LINE = chain.Line(AT, 7, 5, 3, b"h" * 32, chain.NOTHING)


@given(HASHES, st.data())
def test_the_path_of_every_value_leads_to_the_root(hashes, data):
    place = data.draw(st.integers(0, len(hashes) - 1))
    assert tree.climb(hashes[place], tree.path_to(hashes, place)) == tree.root_of(hashes)


@given(HASHES, st.data())
def test_the_path_of_one_value_does_not_carry_another(hashes, data):
    place = data.draw(st.integers(0, len(hashes) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda one: one != hashes[place]))
    assert tree.climb(other, tree.path_to(hashes, place)) != tree.root_of(hashes)


@given(HASHES, st.randoms())
def test_another_order_is_another_root(hashes, random):
    mixed = random.sample(hashes, len(hashes))
    assert (tree.root_of(mixed) == tree.root_of(hashes)) == (mixed == hashes)


@given(HASHES)
def test_one_value_more_or_less_is_another_root(hashes):
    assert tree.root_of([*hashes, b"x" * 32]) != tree.root_of(hashes)


def test_the_tree_is_the_one_of_rfc_6962():
    """Seven values, the example of its section 2.1.3: root = pair(pair(pair(a b) pair(c d)) pair(pair(e f) g))."""
    a, b, c, d, e, f, g = (tree.hash_of_value(b"", name) for name in "abcdefg")
    assert a == sha256(b"\x00a").digest()
    pair = tree.hash_of_pair
    assert tree.root_of([a, b, c, d, e, f, g]) == pair(pair(pair(a, b), pair(c, d)), pair(pair(e, f), g))
    assert [beside for _side, beside in tree.path_to([a, b, c, d, e, f, g], 6)] == [
        pair(e, f),
        pair(pair(a, b), pair(c, d)),
    ]


@given(PARTS, SECRET, SECRET)
def test_without_its_secret_a_row_cannot_be_guessed(parts, secret, other):
    assert (rows.hash_of_row(parts, secret) == rows.hash_of_row(parts, other)) == (secret == other)


@given(SECRET, st.integers(2, 60))
def test_every_part_has_a_salt_of_its_own(secret, count):
    salts = rows.salts_of(secret, count)
    assert len(set(salts)) == len(salts) == count


@given(PARTS, SECRET, st.data())
def test_a_row_with_one_part_changed_is_another_row(parts, secret, data):
    place = data.draw(st.integers(0, len(parts) - 1))
    changed = [*parts[:place], parts[place] + "x", *parts[place + 1 :]]
    assert rows.hash_of_row(changed, secret) != rows.hash_of_row(parts, secret)


def test_a_row_of_one_part_cannot_be_shown_as_its_part():
    secret = bytes(16)
    assert rows.hash_of_row(["x"], secret) != rows.hashes_of_parts(["x"], secret)[0]


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2}, {"at": AT + timedelta(microseconds=1)}, {"form": 2}, {"horizon": 701}, {"accesses": 6},
        {"acts": 4}, {"root": b"r" * 32}, {"previous": b"p" * 32},
    ],
    ids=str,
)  # fmt: skip
def test_everything_a_block_says_is_in_its_head(change):
    assert chain.head_of(BLOCK) != chain.head_of(chain.Block(**{**vars(BLOCK), **change}))


def test_only_the_key_makes_the_mac():
    head = chain.head_of(BLOCK)
    assert chain.mac_of_block(KEY, head) != chain.mac_of_block(b"j" * 32, head)


def test_a_line_of_the_anchor_reads_as_it_was_written():
    assert chain.read_line(chain.text_of_line(KEY, LINE)) == (LINE, chain.mac_of_line(KEY, LINE))


@given(st.integers(0, 400), st.integers(0, 9))
def test_a_line_of_the_anchor_that_was_changed_is_not_true(place, digit):
    text = chain.text_of_line(KEY, LINE).rstrip("\n")
    place %= len(text)
    changed = text[:place] + str(digit) + text[place + 1 :]
    try:
        line, mac = chain.read_line(changed)
    except chain.NotALine:
        return
    assert chain.is_true(chain.mac_of_line(KEY, line), mac) == (
        changed == text or (line == LINE and mac == chain.mac_of_line(KEY, LINE))
    )


@pytest.mark.parametrize("text", ["", "x", "1 2 3 4 5 6 7", "\x00" * 20])
def test_what_is_no_line_is_said_to_be_none(text):
    with pytest.raises(chain.NotALine):
        chain.read_line(text)


@given(PARTS, SECRET)
def test_the_hash_of_a_part_is_that_of_its_text_behind_its_salt(parts, secret):
    salts = rows.salts_of(secret, len(parts))
    assert rows.hashes_of_parts(parts, secret) == [
        tree.hash_of_value(salt, text) for salt, text in zip(salts, parts, strict=True)
    ]


def test_what_ran_when_a_block_was_sealed_is_in_its_mac():
    head = chain.head_of(BLOCK)
    assert chain.mac_of_block(KEY, head, "700:702:701") != chain.mac_of_block(KEY, head, "700:702:")


@pytest.mark.parametrize(("xid", "ended"), [(699, True), (700, False), (701, True), (702, False), (703, False)])
def test_a_transaction_had_ended_when_it_is_before_the_next_and_did_not_run(xid, ended):
    assert chain.had_ended(chain.snapshot_of(700, 702, [700]), xid) == ended
