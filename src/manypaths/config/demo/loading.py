"""Writes a book: seals its words with real keys and inserts table by table, in the running transaction, as `owner`."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.db.models import AutoField, Field, Model

from manypaths.config.demo.book import Book, Words
from manypaths.network.models import Organisation
from manypaths.vault import queries as vault
from manypaths.vault import rules
from manypaths.vault.models import RecordKey
from manypaths.vault.rules import HOUSE

ROWS_AT_ONCE = 2_000


def write(book: Book, told: Callable[[int, int], None]) -> int:
    """Insert every row of the book. `told` hears how many rows of how many are written."""
    keys = _keys(book)
    total, written = sum(len(rows) for rows in book.rows.values()), 0
    for model, rows in book.rows.items():
        for some in _in_parts(rows):
            _insert(model, some, keys)
            written += len(some)
            told(written, total)
    return written


def _keys(book: Book) -> dict[UUID, AESGCM]:
    """A data key for every record, wrapped for its holder and put into the book."""
    houses = {one.id for one in book.rows[Organisation] if isinstance(one, Organisation)}
    names = {holder: vault.current_key(holder) for holder in {HOUSE, *(houses & set(book.holders.values()))}}
    keys = {}
    for record_id, holder_id in book.holders.items():
        name = names.get(holder_id, names[HOUSE])
        made = vault.wrapped_under(name, holder_id=holder_id, record_id=record_id)
        keys[record_id] = AESGCM(vault.data_key(record_id, holder_id, name, made.wrapped))
        book.add(
            RecordKey(record_id=record_id, holder_id=holder_id, ring_key=name, wrapped=made.wrapped, made_at=book.now)
        )
    return keys


def _in_parts(rows: list[Model]) -> Iterator[list[Model]]:
    for first in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[first : first + ROWS_AT_ONCE]


def _insert(model: type[Model], rows: list[Model], keys: dict[UUID, AESGCM]) -> None:
    fields = [one for one in model._meta.concrete_fields if not (isinstance(one, AutoField) or one.has_db_default())]
    names = ", ".join(f'"{one.column}"' for one in fields)
    table = model._meta.db_table
    sent = json.dumps([{one.column: _value(row, one, keys) for one in fields} for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} ({names}) select {names} from json_populate_recordset(null::{table}, %s)",  # noqa: S608
            [sent],
        )


def _value(row: Any, field: "Field[Any, Any]", keys: dict[UUID, AESGCM]) -> Any:
    value = getattr(row, field.attname)
    if isinstance(value, Words):
        sealed = rules.seal_text(keys[row.record_id], value.text, value.label, row.record_id)
        return "\\x" + sealed.hex()
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value
