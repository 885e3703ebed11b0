"""What is hashed of a row: parts, each behind a salt of its own, so that one can be shown without the others.

A look at a list names many records. Its parts are: what everyone in it may read (who, when, why, which classes), what
nobody outside needs, and one for each record that was opened. An act is one part. The database writes each part as a
JSON array (`jsonb`), the first element of which says what kind of part it is.
"""

from collections.abc import Sequence
from hashlib import sha256

from manypaths.audit.rules.tree import ROW, VALUE, root_of

FORM = 1
SECRET_BYTES = 16
LOOK, INNER, RECORD, ACT = "look", "look-inner", "look-record", "act"
SHOWN, HIDDEN, FIRST_RECORD = 0, 1, 2
"""The places of a look's parts."""


def salts_of(secret: bytes, count: int) -> list[bytes]:
    """As many salts as a row has parts, from its one secret. A salt says nothing about the secret or another salt."""
    return [sha256(secret + place.to_bytes(4, "big")).digest() for place in range(count)]


def hashes_of_parts(parts: Sequence[str], secret: bytes) -> list[bytes]:
    """The hash of each part behind its salt, in order; written out, because a check spends its time here."""
    return [
        sha256(VALUE + sha256(secret + place.to_bytes(4, "big")).digest() + text.encode()).digest()
        for place, text in enumerate(parts)
    ]


def hash_of_row(parts: Sequence[str], secret: bytes) -> bytes:
    """The one hash of a row."""
    return seal_of_parts(root_of(hashes_of_parts(parts, secret)))


def seal_of_parts(root: bytes) -> bytes:
    """The root of a row's parts as it stands in the tree of its block."""
    return sha256(ROW + root).digest()
