"""How words are sealed: AES-256-GCM with a data key per record, wrapped by a key derived per holder.

Source of the parts: NIST SP 800-38D (GCM, 96-bit random nonces), RFC 5869 (HKDF with SHA-256). A data key seals far
fewer than 2**32 values, the limit for random nonces. Layout of a sealed value: one version byte (1), 12 bytes nonce,
ciphertext, 16 bytes tag. Bound in as associated data: label and record id, so that a value moved to another field or
another record does not open.
"""

import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class BrokenSeal(Exception):
    """A sealed value does not open: wrong key, wrong place, or changed bytes."""


@lru_cache(maxsize=4096)
def holder_key(ring_secret: bytes, holder_id: UUID) -> AESGCM:
    """The wrapping key of one holder (an organisation, or a person for their own record)."""
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"manypaths/holder/" + holder_id.bytes).derive(ring_secret)
    return AESGCM(derived)


def new_wrapped_key(ring_secret: bytes, holder_id: UUID, record_id: UUID) -> bytes:
    """A fresh data key for a record, already wrapped."""
    return wrap(holder_key(ring_secret, holder_id), AESGCM.generate_key(256), record_id)


def wrap(wrapping: AESGCM, data_key: bytes, record_id: UUID) -> bytes:
    """Wrap a data key so that it opens only for this record."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + wrapping.encrypt(nonce, data_key, b"key" + record_id.bytes)


def unwrap(wrapping: AESGCM, wrapped: bytes, record_id: UUID) -> AESGCM:
    """The data key of a record.

    Refuses: BrokenSeal when the wrapping key or the record is not the one it was wrapped for.
    """
    return AESGCM(_decrypt(wrapping, wrapped, b"key" + record_id.bytes))


def seal_text(data_key: AESGCM, text: str, label: str, record_id: UUID) -> bytes:
    """Seal words for one field of one record."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + data_key.encrypt(nonce, text.encode(), label.encode() + b"\x00" + record_id.bytes)


def open_text(data_key: AESGCM, sealed: bytes, label: str, record_id: UUID) -> str:
    """Read sealed words.

    Refuses: BrokenSeal when they were sealed for another field or record, or were changed.
    """
    return _decrypt(data_key, sealed, label.encode() + b"\x00" + record_id.bytes).decode()


def _decrypt(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if sealed[:1] != VERSION:
        raise BrokenSeal("unknown version of seal")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return key.decrypt(nonce, body, bound)
    except InvalidTag:
        raise BrokenSeal("the seal does not open") from None
