"""Replaces the keys of holders while the house is in use, and retires those that nothing needs any more.

Run by who keeps the machine, as the role `owner`: the application reads no key that it did not open, and changes none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason, refuse_if
from manypaths.vault import keyfolder, queries, rules
from manypaths.vault.rules import HOUSE, SEALS

AT_ONCE = 500
# Whose records they are: one organisation's, or those of persons, which no organisation holds.
HELD = """
    k.ring_key <> %(name)s
    and case when %(house)s then k.holder_id <> all(%(places)s) else k.holder_id = %(holder)s end
"""
WAITING = f"select count(*) from vault_recordkey k where {HELD}"  # noqa: S608  our own words
SOME = f"""
    select k.record_id, k.holder_id, k.ring_key, k.wrapped from vault_recordkey k
     where {HELD} and k.record_id > %(after)s order by k.record_id limit {AT_ONCE} for update
"""  # noqa: S608  our own words
REWRAP = """
    update vault_recordkey k set ring_key = %s, wrapped = n.wrapped
      from unnest(%s::uuid[], %s::bytea[]) n(record_id, wrapped) where k.record_id = n.record_id
"""
IN_USE = "select name from vault_holderkey where holder_id = %s and use = 's' and replaced_at is null for update"
REPLACED = "update vault_holderkey set replaced_at = %s where name = %s"
NAMED = "insert into vault_holderkey (name, holder_id, use, made_at) values (%s, %s, %s, %s)"
KNOWN = "select replaced_at, retired_at from vault_holderkey where name = %s for update"
WRAPS = "select count(*) from vault_recordkey where ring_key = %s"
RETIRED = "update vault_holderkey set retired_at = coalesce(retired_at, %s) where name = %s"


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: the key that wraps everything now, and how many records were wrapped anew.

    `carried_on` says that it finished an earlier one, which somebody stopped, instead of making one key more.
    """

    name: str
    records: int
    carried_on: bool


def rotate_key(
    *, holder: UUID, places: list[UUID], at: datetime, told: Callable[[int, int], None] = lambda done, total: None
) -> Rotated:
    """Give a holder a new key and wrap the keys of all their records under it, five hundred at a time.

    Nobody waits: who reads meanwhile reads under either key, and who writes is waited for once, before the first part.
    Each part is committed. Stopped in the middle, the next call finishes it first, with the key that was begun.
    `places` are all organisations: a record that none of them holds is a person's own, wrapped by the house.

    Refuses: KeyUnavailable when an old key is lost, or a new one cannot be made. What is done by then stays done.
    Repeats safely.
    """
    asked: dict[str, Any] = {"holder": holder, "house": holder == HOUSE, "places": places}
    name, carried_on = _begin(asked, at)
    asked["name"] = name
    total, done = int(_one(WAITING, asked)), 0
    for count in _parts(asked):
        done += count
        told(done, max(total, done))
    return Rotated(name, done, carried_on)


@transaction.atomic
def _begin(asked: dict[str, Any], at: datetime) -> tuple[str, bool]:
    """The name to wrap under: a new one, or the one that an unfinished rotation, or the first need, began."""
    before = _one(IN_USE, [asked["holder"]])
    if before is not None and _one(WAITING, {**asked, "name": before}):
        return str(before), True
    number = rules.number_of(before) + 1 if before else 1
    name = rules.key_name(asked["holder"], SEALS, number)
    keyfolder.make(name)
    keyfolder.wrapping_key(name, HOUSE)  # what cannot be read again is not begun with
    with connection.cursor() as cursor:
        cursor.execute(REPLACED, [at, before])
        cursor.execute(NAMED, [name, asked["holder"], SEALS, at])
    return name, False


def _parts(asked: dict[str, Any]) -> Iterator[int]:
    after: UUID | None = HOUSE
    while after is not None:
        count, after = _rewrap_some({**asked, "after": after})
        if count:
            yield count


@transaction.atomic
def _rewrap_some(asked: dict[str, Any]) -> tuple[int, UUID | None]:
    """Wrap some keys anew; how many, and the last of them when there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(SOME, asked)
        rows = cursor.fetchall()
        cursor.execute(REWRAP, [asked["name"], [row[0] for row in rows], [_anew(asked["name"], *row) for row in rows]])
    return len(rows), rows[-1][0] if rows else None


def _anew(name: str, record: UUID, holder: UUID, before: str, wrapped: bytes) -> bytes:
    key = queries.data_key(record, holder, before, bytes(wrapped))
    return rules.wrap(keyfolder.wrapping_key(name, holder), key, record_id=record, holder_id=holder, name=name)


@transaction.atomic
def retire_key(*, name: str, at: datetime) -> None:
    """Destroy a key that was replaced and wraps nothing any more.

    Refuses: a key nobody knows · one in use · one under which something is still wrapped.
    Afterwards: the secret is gone; a copy of the database from before the rotation cannot be read without a copy of it.
    Repeats safely.
    """
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [name])
        row = cursor.fetchone()
        refuse_if(_reasons_not_to_retire(row, int(_one(WRAPS, [name]))))
        cursor.execute(RETIRED, [at, name])
    transaction.on_commit(lambda: keyfolder.destroy(name))


def _reasons_not_to_retire(row: tuple[datetime | None, datetime | None] | None, wraps: int) -> Iterator[Reason]:
    if row is None:
        yield Reason("no_such_key", _("There is no key of that name."))
    elif row[0] is None:
        yield Reason("in_use", _("That key is in use. Replace it first."))
    elif wraps:
        yield Reason("wraps", _("Records are still wrapped under that key. Run the rotation to its end first."))


def _one(sql: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None
