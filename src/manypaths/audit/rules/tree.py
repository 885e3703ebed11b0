"""A hash tree: many values under one, and the path that shows that a value is among them.

Source: RFC 6962, section 2.1. The byte before what is hashed keeps a value, a pair and a row apart, so that none can
be shown as another. An odd one at the end of a level moves up as it is.
"""

from collections.abc import Sequence
from hashlib import sha256

VALUE, PAIR, ROW = b"\x00", b"\x01", b"\x02"
LEFT, RIGHT = "left", "right"
Step = tuple[str, bytes]
"""On which side a neighbour stands, and its hash."""


def hash_of_value(salt: bytes, text: str) -> bytes:
    """A value behind a salt: who does not know the salt cannot guess the value by trying."""
    return sha256(VALUE + salt + text.encode()).digest()


def hash_of_pair(left: bytes, right: bytes) -> bytes:
    """Two neighbours as one."""
    return sha256(PAIR + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The one hash over all of these, in this order; there is at least one."""
    level = hashes
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [sha256(PAIR + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def path_to(hashes: Sequence[bytes], place: int) -> list[Step]:
    """The neighbours that lead from the hash at this place (0 is the first) to the root."""
    steps: list[Step] = []
    level = hashes
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append((LEFT if beside < place else RIGHT, level[beside]))
        level, place = _above(level), place // 2
    return steps


def climb(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a path leads to from here."""
    here = start
    for side, beside in steps:
        here = hash_of_pair(beside, here) if side == LEFT else hash_of_pair(here, beside)
    return here
