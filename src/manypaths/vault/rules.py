"""How words are sealed: AES-256-GCM with a data key per record, wrapped by a key of who holds the record.

Source of the parts: NIST SP 800-38D (GCM, 96-bit random nonces), RFC 5869 (HKDF with SHA-256), RFC 2104 (HMAC). A data
key seals far fewer than 2**32 values, the limit for random nonces. Layout of a sealed value: one version byte (1), 12
bytes nonce, ciphertext, 16 bytes tag. Bound in as associated data: label and record id, so that a value that was moved
to another field or record does not open. A wrapped key begins with 2 and is bound to the record, the holder and the
name of the key that wraps it; one that begins with 1 was wrapped under the first versions' ring, bound to the record.
"""

import hmac
import os
import re
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION, BOUND_TO_KEY = b"\x01", b"\x02"
NONCE_BYTES = 12
KEY_BYTES = 32
HOUSE = UUID(int=0)  # who runs the machine: wraps the keys of what persons hold themselves
SEALS, FINDS = "s", "i"
FOUND_BYTES = 16
KEY_NAME = re.compile(r"(house|[0-9a-f]{32})\.([si])([1-9][0-9]{0,5})")


class BrokenSeal(Exception):
    """A sealed value does not open: wrong key, wrong place, or changed bytes."""


def key_name(holder_id: UUID, use: str, number: int) -> str:
    """The name of a holder's key: whose it is, what it is for, and the how manieth."""
    return f"{'house' if holder_id == HOUSE else holder_id.hex}.{use}{number}"


def number_of(name: str) -> int:
    """The how manieth key of its holder this is.

    Refuses: BrokenSeal for what is no name of a key.
    """
    found = KEY_NAME.fullmatch(name)
    if found is None:
        raise BrokenSeal("that is no name of a key")
    return int(found[3])


def is_of_a_holder(name: str) -> bool:
    """Whether this is the key of a holder, and not one of the ring of the first versions."""
    return KEY_NAME.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def holder_key(ring_secret: bytes, holder_id: UUID) -> AESGCM:
    """The wrapping key of one holder under the ring of the first versions."""
    return AESGCM(_derived(ring_secret, b"manypaths/holder/" + holder_id.bytes))


def wrapping_key(secret: bytes, holder_id: UUID) -> AESGCM:
    """The wrapping key of one holder: an organisation under its own secret, a person under the house's."""
    return AESGCM(_derived(secret, b"manypaths/wrap/" + holder_id.bytes))


def new_data_key() -> bytes:
    """A fresh key for the words of one record."""
    return AESGCM.generate_key(256)


def wrap(wrapping: AESGCM, data_key: bytes, *, record_id: UUID, holder_id: UUID, name: str) -> bytes:
    """Wrap a data key so that it opens only for this record of this holder, under the key of this name."""
    nonce = os.urandom(NONCE_BYTES)
    return BOUND_TO_KEY + nonce + wrapping.encrypt(nonce, data_key, _place(record_id, holder_id, name))


def unwrap(wrapping: AESGCM, wrapped: bytes, *, record_id: UUID, holder_id: UUID, name: str) -> bytes:
    """The data key of a record.

    Refuses: BrokenSeal when the wrapping key, its name, the holder or the record is not the one it was wrapped for.
    """
    return _decrypt(wrapping, wrapped, BOUND_TO_KEY, _place(record_id, holder_id, name))


def wrap_under_ring(wrapping: AESGCM, data_key: bytes, record_id: UUID) -> bytes:
    """Wrap as the first versions did, before each holder had a key of its own."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + wrapping.encrypt(nonce, data_key, b"key" + record_id.bytes)


def unwrap_under_ring(wrapping: AESGCM, wrapped: bytes, record_id: UUID) -> bytes:
    """A data key that was wrapped by the first versions.

    Refuses: BrokenSeal when the wrapping key or the record is not the one it was wrapped for.
    """
    return _decrypt(wrapping, wrapped, VERSION, b"key" + record_id.bytes)


def seal_text(data_key: AESGCM, text: str, label: str, record_id: UUID) -> bytes:
    """Seal words for one field of one record."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + data_key.encrypt(nonce, text.encode(), label.encode() + b"\x00" + record_id.bytes)


def open_text(data_key: AESGCM, sealed: bytes, label: str, record_id: UUID) -> str:
    """Read sealed words.

    Refuses: BrokenSeal when they were sealed for another field or record, or were changed.
    """
    return _decrypt(data_key, sealed, VERSION, label.encode() + b"\x00" + record_id.bytes).decode()


def finding_key(secret: bytes, field: str) -> bytes:
    """The key under which the words of one field are hidden, so that they can be found and not read."""
    return _derived(secret, b"manypaths/find/" + field.encode())


def hidden(key: bytes, word: str) -> bytes:
    """A word as it stands in the index: the same word gives the same bytes, under this key only."""
    return hmac.digest(key, word.encode(), "sha256")[:FOUND_BYTES]


def _place(record_id: UUID, holder_id: UUID, name: str) -> bytes:
    return b"key\x00" + record_id.bytes + holder_id.bytes + name.encode()


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=use).derive(secret)


def _decrypt(key: AESGCM, sealed: bytes, version: bytes, bound: bytes) -> bytes:
    if sealed[:1] != version:
        raise BrokenSeal("unknown version of seal")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return key.decrypt(nonce, body, bound)
    except InvalidTag:
        raise BrokenSeal("the seal does not open") from None
