"""The one way JSON enters: small, flat, unambiguous, or refused. For every door that takes JSON.

Limits: 1 MiB, 64 levels, 10,000 members, integers within 64 bits. No duplicate keys, no NaN or Infinity, no NUL,
no lone surrogates, UTF-8 only, and the outermost value is an object. Source of the limits: OWASP ASVS 5.0 1.5.3 and
this project's own trials with hostile bodies.
"""

import json
from typing import Any

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_MEMBERS = 10_000
MAX_INTEGER = 2**63 - 1
MIN_INTEGER = -(2**63)
MAX_DIGITS = 20


class BadJson(ValueError):
    """The body is not JSON that we take. `code` names the cause; `str()` is a plain sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def loads(body: bytes) -> dict[str, Any]:
    """Read one JSON object.

    Refuses: BadJson for anything outside the limits above, never another exception.
    """
    text = _decode(body)
    _check_depth(text)
    value = _parse(text)
    if not isinstance(value, dict):
        raise BadJson("not_object", "Send one JSON object.")
    _check_tree(value)
    return value


def _decode(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise BadJson("too_large", "Send at most 1 MiB.")
    try:
        return body.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise BadJson("not_utf8", "Send the text as UTF-8.") from None


def _check_depth(text: str) -> None:
    """Count nesting before parsing, so that 100,000 brackets never reach a recursive parser."""
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string, escaped = not (char == '"' and not escaped), char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise BadJson("too_deep", "Nest at most 64 levels.")
        elif char in "]}":
            depth -= 1


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_members, parse_int=_integer, parse_float=_number, parse_constant=_no_constant
        )
    except BadJson:
        raise
    except (ValueError, RecursionError):
        raise BadJson("not_json", "This is not valid JSON.") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("duplicate_key", "Use each name once in an object.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS or not MIN_INTEGER <= int(digits) <= MAX_INTEGER:
        raise BadJson("integer_range", "Send whole numbers within 64 bits.")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BadJson("number_range", "Send a smaller number.")
    return value


def _no_constant(name: str) -> None:
    raise BadJson("not_a_number", "NaN and Infinity are not numbers in JSON.")


def _check_tree(value: dict[str, Any]) -> None:
    members, waiting = 0, [value]
    while waiting:
        current: Any = waiting.pop()
        if isinstance(current, str):
            _check_text(current)
        elif isinstance(current, dict):
            waiting.extend([*current.keys(), *current.values()])
            members += len(current)
        elif isinstance(current, list):
            waiting.extend(current)
            members += len(current)
        if members > MAX_MEMBERS:
            raise BadJson("too_many", "Send at most 10,000 members.")


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BadJson("nul", "Text cannot hold the character NUL.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise BadJson("surrogate", "Text holds half of a character.")
