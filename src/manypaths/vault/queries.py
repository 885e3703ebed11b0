"""Opens what is sealed, for records opened in this request only: the keys stand behind the same wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from manypaths.vault import rules
from manypaths.vault.keyring import keyring

KEYS = "select record_id, holder_id, ring_key, wrapped from vault_recordkey where record_id = any(%s)"


@dataclass(frozen=True)
class Sealer:
    """The data keys of some opened records, in memory for one request."""

    keys: dict[UUID, AESGCM]

    def seal(self, record_id: UUID, label: str, text: str) -> bytes:
        """Seal words for one field of one record. Empty words are sealed too, so that emptiness is not visible."""
        return rules.seal_text(self.keys[record_id], text, label, record_id)

    def read(self, record_id: UUID, label: str, sealed: "bytes | memoryview[int] | None") -> str:
        """The words, or an empty text where nothing was ever written."""
        if sealed is None:
            return ""
        return rules.open_text(self.keys[record_id], bytes(sealed), label, record_id)


def sealer_for(records: Iterable[UUID]) -> Sealer:
    """The keys of these records.

    Refuses: a database error when no record was opened in this request; a record that was not opened has no key here.
    """
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [list(set(records))])
        rows = cursor.fetchall()
    return Sealer({record: _unwrap(record, holder, ring, bytes(wrapped)) for record, holder, ring, wrapped in rows})


def sealer_of(rows: Iterable[list[str]]) -> Sealer:
    """The keys that came with an opening: record, holder, name of the ring's key, and the wrapped key in hex."""
    keys = {}
    for record, holder, ring, wrapped in rows:
        keys[UUID(record)] = _unwrap(UUID(record), UUID(holder), ring, bytes.fromhex(wrapped))
    return Sealer(keys)


def _unwrap(record: UUID, holder: UUID, ring_key: str, wrapped: bytes) -> AESGCM:
    return rules.unwrap(rules.holder_key(keyring().keys[ring_key], holder), wrapped, record)


@dataclass(frozen=True)
class NewKey:
    """A wrapped key for a record that is about to be made."""

    ring_key: str
    wrapped: bytes


def new_key(*, holder_id: UUID, record_id: UUID) -> NewKey:
    """Make a data key for a new record of a holder."""
    ring = keyring()
    return NewKey(ring.current, rules.new_wrapped_key(ring.current_secret, holder_id, record_id))
