"""JSON is small, flat and unambiguous, or refused with one kind of error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.lib.strict_json import BadJson, loads

HOSTILE = {
    "not_json": [b"{", b'{"a":}', b"{'a':1}", b'{"a":1,}', b'{"a":01}', b"", b" ", b'{"a":"\n"}'],
    "not_utf8": [b'{"a":"\xff"}', b"\x80", b'{"a":"\xed\xa0\x80"}'],
    "not_object": [b"[]", b"null", b"1", b'"a"', b"true"],
    "not_a_number": [b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}'],
    "duplicate_key": [b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}'],
    "integer_range": [b'{"a":9223372036854775808}', b'{"a":-9223372036854775809}', b'{"a":' + b"9" * 5000 + b"}"],
    "number_range": [b'{"a":1e999}'],
    "nul": [b'{"a":"\\u0000"}', b'{"\\u0000":1}'],
    "surrogate": [b'{"a":"\\ud800"}', b'{"a":["\\udfff"]}'],
    "too_deep": [b'{"a":' + b"[" * 100_000, b'{"a":' * 65 + b"1" + b"}" * 65],
    "too_many": [b'{"a":[' + b"1," * 10_000 + b"1]}"],
    "too_large": [b'{"a":"' + b"x" * (1024 * 1024) + b'"}'],
}


@pytest.mark.parametrize(("code", "body"), [(code, body) for code, bodies in HOSTILE.items() for body in bodies])
def test_a_hostile_body_is_refused_with_its_cause(code, body):
    with pytest.raises(BadJson) as refused:
        loads(body)
    assert refused.value.code == code


def test_brackets_inside_words_do_not_count_as_depth():
    assert loads(json.dumps({"a": "[" * 500 + '\\"' + "{" * 500}).encode())["a"].startswith("[")


def test_the_largest_whole_number_is_taken():
    assert loads(b'{"a":9223372036854775807}') == {"a": 2**63 - 1}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), JSON, max_size=5))
def test_every_small_honest_object_is_read_as_it_was_written(value):
    assert loads(json.dumps(value).encode()) == value


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_bad_json(body):
    try:
        loads(body)
    except BadJson:
        pass
