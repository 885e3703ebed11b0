"""Opens what is sealed, for records opened in this request only: the keys stand behind the same wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from manypaths.vault import keyfolder, rules
from manypaths.vault.keyring import keyring

KEYS = "select record_id, holder_id, ring_key, wrapped from vault_recordkey where record_id = any(%s)"
ALL_KEYS = """
    select coalesce(h.name, k.ring_key), h.holder_id, coalesce(k.records, 0),
           h.replaced_at is null and h.name is not null
      from vault_holderkey h
      full join (select ring_key, count(*) records from vault_recordkey group by ring_key) k on k.ring_key = h.name
     where h.retired_at is null or k.records > 0
     order by 1
"""
CURRENT = "select name from holder_key_now(%s, %s)"
KNOWN = "select exists (select from vault_holderkey where holder_id = %s and use = %s)"
IS_IDLE = "select holder_key_is_idle(%s)"


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
    return Sealer({one: AESGCM(data_key(one, holder, name, bytes(wrapped))) for one, holder, name, wrapped in rows})


def sealer_of(rows: Iterable[list[str]]) -> Sealer:
    """The keys that came with an opening: record, holder, name of the wrapping key, and the wrapped key in hex."""
    keys = {}
    for record, holder, name, wrapped in rows:
        one = UUID(record)
        keys[one] = AESGCM(data_key(one, UUID(holder), name, bytes.fromhex(wrapped)))
    return Sealer(keys)


def data_key(record: UUID, holder: UUID, name: str, wrapped: bytes) -> bytes:
    """The data key of one record, whichever key wraps it: while keys are replaced both are read.

    Refuses: KeyUnavailable when the wrapping key is lost · BrokenSeal when it is another one.
    """
    if rules.is_of_a_holder(name):
        wrapping = keyfolder.wrapping_key(name, holder)
        return rules.unwrap(wrapping, wrapped, record_id=record, holder_id=holder, name=name)
    return rules.unwrap_under_ring(rules.holder_key(_of_ring(name), holder), wrapped, record)


def _of_ring(name: str) -> bytes:
    try:
        return keyring().keys[name]
    except KeyError:
        raise keyfolder.KeyUnavailable(f"The key {name} is not on the ring: put the ring back from its copy.") from None


@dataclass(frozen=True)
class NewKey:
    """A wrapped key for a record that is about to be made."""

    ring_key: str
    wrapped: bytes


def new_key(*, holder_id: UUID, record_id: UUID, is_person: bool) -> NewKey:
    """Make a data key for a new record: of an organisation under its own key, of a person under the house's."""
    return wrapped_under(current_key(rules.HOUSE if is_person else holder_id), holder_id=holder_id, record_id=record_id)


def current_key(holder_id: UUID, use: str = rules.SEALS) -> str:
    """The name of the key a holder uses now, made at the first need. Until this transaction ends nobody replaces it.

    Its file lies on the disk before the database knows its name: stopped in between, there is a file that nobody names,
    which the next call takes. A name without a file is given one as long as nothing was ever locked with it.

    Refuses: KeyUnavailable when a new one cannot be made.
    """
    if not _asked(KNOWN, holder_id, use):
        keyfolder.make(rules.key_name(holder_id, use, 1))
    name = str(_asked(CURRENT, holder_id, use))
    if not keyfolder.is_there(name) and _asked(IS_IDLE, name):
        keyfolder.make(name)
    return name


def _asked(sql: str, *values: UUID | str) -> Any:
    """One answer of the database."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchone()[0]


def wrapped_under(name: str, *, holder_id: UUID, record_id: UUID) -> NewKey:
    """A fresh data key of a record, wrapped under the key of this name."""
    wrapping = keyfolder.wrapping_key(name, holder_id)
    wrapped = rules.wrap(wrapping, rules.new_data_key(), record_id=record_id, holder_id=holder_id, name=name)
    return NewKey(name, wrapped)


@dataclass(frozen=True)
class Finder:
    """Hides words of one organisation's people as they stand in its index."""

    name: str
    secret: bytes

    def hide(self, field: str, words: Iterable[str]) -> list[bytes]:
        """These words of one field, as keyed hashes in a fixed order, each once."""
        key = rules.finding_key(self.secret, field)
        return sorted({rules.hidden(key, word) for word in words})


def finder_of(holder_id: UUID) -> Finder:
    """What an organisation's people are found with: a key of its own, never one that seals.

    Refuses: KeyUnavailable when the key is lost.
    """
    name = current_key(holder_id, rules.FINDS)
    return Finder(name, keyfolder.secret_of(name))


@dataclass(frozen=True)
class KeyLine:
    """One key of a holder, or of the ring: how many records it wraps, and whether it can be used now."""

    name: str
    holder_id: UUID | None
    records: int
    in_use: bool
    fault: str


def keys_known() -> list[KeyLine]:
    """Every key that wraps something or is in use, for who keeps the machine: as the role `owner`."""
    with connection.cursor() as cursor:
        cursor.execute(ALL_KEYS)
        rows = cursor.fetchall()
    return [KeyLine(name, holder, count, in_use, _fault_of(name)) for name, holder, count, in_use in rows]


def _fault_of(name: str) -> str:
    try:
        keyfolder.secret_of(name) if rules.is_of_a_holder(name) else _of_ring(name)
    except keyfolder.KeyUnavailable as fault:
        return str(fault)
    return ""


def holders_with_keys() -> set[UUID]:
    """Who holds a record, or has a key: for who keeps the machine, as the role `owner`."""
    with connection.cursor() as cursor:
        cursor.execute("select holder_id from vault_recordkey union select holder_id from vault_holderkey")
        return {row[0] for row in cursor.fetchall()}
