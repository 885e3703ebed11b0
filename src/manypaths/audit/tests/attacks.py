"""Six ways to bend a log, done by someone who may do everything to the database but has neither key nor anchor.

`depth` is how far they go to hide it: 0 the rows only, 1 their seals too, 2 the blocks too, 3 the whole chain made anew
with a key of their own.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import accumulate
from random import Random
from typing import Any

from manypaths.audit.rules.chain import NOTHING, Block, head_of, mac_of_block
from manypaths.audit.rules.rows import hash_of_row
from manypaths.audit.rules.tree import root_of
from manypaths.audit.sealing import reading
from manypaths.audit.sealing.writer import seal
from manypaths.audit.tests.sealed_world import add_act, add_look

LOOKS, ACTS = ("audit_access", "seq"), ("audit_act", "id")
ID = "gen_random_uuid()"
EDITS = {
    "audit_access": {
        "at": "at + interval '1 microsecond'", "xid": "xid + 1", "nonce": ID, "account_id": "null",
        "hat": "'person'", "membership_id": ID, "organisation_id": ID, "opened": f"opened || {ID}",
        "bases": "bases || 'own'::varchar", "subjects": f"subjects || {ID}", "denied": "'{}'",
        "classes": "array['presence']", "purpose": "'own'",
    },
    "audit_act": {
        "at": "at - interval '1 day'", "xid": "xid - 1", "what": "'consent.stopped'", "account_id": "null",
        "hat": "''", "membership_id": ID, "organisation_id": "null", "subject_id": ID, "record_id": ID,
    },
    "audit_leaf": {"secret": "'x'", "hash": "decode(md5(hash::text), 'hex')", "place": "place + 300"},
    "audit_block": {
        "at": "at - interval '1 hour'", "form": "form + 1", "horizon": "horizon + 1", "accesses": "accesses + 1",
        "acts": "acts - 1", "root": "head", "head": "root", "mac": "head", "snapshot": "snapshot || ',7'",
    },
}  # fmt: skip
KEYS = {"audit_access": "seq", "audit_act": "id", "audit_leaf": "ctid", "audit_block": "number"}


def edit(raw: Any, random: Random, depth: int, key: bytes) -> None:
    """One value of one row becomes another."""
    table = random.choice(sorted(EDITS)) if depth == 0 else random.choice(["audit_access", "audit_act"])
    column = random.choice(sorted(EDITS[table]))
    raw.execute(
        f"update {table} set {column} = {EDITS[table][column]} where {KEYS[table]} = %s", [one_of(raw, random, table)]
    )
    hide(raw, depth)


def delete(raw: Any, random: Random, depth: int, key: bytes) -> None:
    """A row is taken out."""
    table, name = random.choice([LOOKS, ACTS])
    which = one_of(raw, random, table)
    raw.execute(f"delete from {table} where {name} = %s", [which])
    if depth:
        raw.execute(f"delete from audit_leaf where {leaf_of(table)} = %s", [which])
    hide(raw, depth)


def insert(raw: Any, random: Random, depth: int, key: bytes) -> None:
    """A row that never happened is put among the sealed ones."""
    table, name = random.choice([LOOKS, ACTS])
    made: object = add_look(raw) if table == "audit_access" else add_act(raw)
    raw.execute(f"update {table} set xid = (select min(xid) from {table}) where {name} = %s", [made])
    if depth:
        block = random.choice([row[0] for row in raw.execute("select number from audit_block").fetchall()])
        raw.execute(
            f"insert into audit_leaf (block, place, {leaf_of(table)}, secret, hash)"
            " values (%s, (select max(place) + 1 from audit_leaf where block = %s), %s, %s, 'x')",
            [block, block, made, random.randbytes(16)],
        )
    hide(raw, depth)


def swap(raw: Any, random: Random, depth: int, key: bytes) -> None:
    """Two rows change places; or two seals; or two blocks."""
    way = random.choice(["rows", "rows", "seals", "blocks"])
    if way == "rows":
        table, name = random.choice([LOOKS, ACTS])
        one, other = two_of(raw, random, f"select {name} from {table}")
        spare = -1 if table == "audit_access" else uuid.UUID(int=0)
        for old, new in ((one, spare), (other, one), (spare, other)):
            raw.execute(f"update {table} set {name} = %s where {name} = %s", [new, old])
    elif way == "seals":
        (block, one), (block_2, other) = two_of(raw, random, "select block, place from audit_leaf")
        for old, new in (((block, one), (-1, 0)), ((block_2, other), (block, one)), ((-1, 0), (block_2, other))):
            raw.execute("update audit_leaf set block = %s, place = %s where block = %s and place = %s", [*new, *old])
    else:
        (one,), (other,) = two_of(raw, random, "select number from audit_block", whole=True)
        for table, name in (("audit_block", "number"), ("audit_leaf", "block")):
            for old, new in ((one, -1), (other, one), (-1, other)):
                raw.execute(f"update {table} set {name} = %s where {name} = %s", [new, old])
    hide(raw, depth)


def cut(raw: Any, random: Random, depth: int, key: bytes) -> None:
    """The end is cut off: some rows, with their seals, with their blocks."""
    cut_to(raw, random.randrange(newest(raw)), depth)


def roll_back(raw: Any, random: Random, depth: int, key: bytes) -> None:
    """The database is put back to an earlier state, and the log goes on from there with true seals."""
    end = newest(raw)
    start = random.randrange(end)
    cut_to(raw, start, 3)
    for _block in range(random.randrange(end - start + 3)):
        add_look(raw)
        add_act(raw)
        seal(raw, key, datetime.now(UTC))


ATTACKS: list[Callable[[Any, Random, int, bytes], None]] = [edit, delete, insert, swap, cut, roll_back]


def cut_to(raw: Any, end: int, depth: int) -> None:
    for table, name, column in (("audit_access", "seq", "access_seq"), ("audit_act", "id", "act_id")):
        raw.execute(f"delete from {table} where {name} in (select {column} from audit_leaf where block > %s)", [end])
    if depth >= 1:
        raw.execute("delete from audit_leaf where block > %s", [end])
    if depth >= 2:
        raw.execute("delete from audit_block where number > %s", [end])


def newest(raw: Any) -> int:
    found: int = raw.execute("select max(number) from audit_block").fetchone()[0]
    return found


def leaf_of(table: str) -> str:
    return "access_seq" if table == "audit_access" else "act_id"


def one_of(raw: Any, random: Random, table: str) -> object:
    return random.choice(raw.execute(f"select {KEYS[table]} from {table} order by 1").fetchall())[0]


def two_of(raw: Any, random: Random, sql: str, *, whole: bool = False) -> list[Any]:
    rows = random.sample(raw.execute(f"{sql} order by 1").fetchall(), 2)
    return rows if whole or len(rows[0]) > 1 else [row[0] for row in rows]


def hide(raw: Any, depth: int) -> None:
    """Make the seals fit what the rows say now; then the blocks; then the chain, with a key of one's own."""
    if depth == 0:
        return
    blocks: dict[int, list[bytes]] = {}
    places: list[tuple[int, int, int, bytes]] = []
    counts: dict[int, list[int]] = {}
    for block, place, seq, _act, secret, mark, parts in raw.execute(reading.SEALED).fetchall():
        hashes = blocks.setdefault(block, [])
        counts.setdefault(block, [0, 0])[seq is None] += 1
        hashes.append(hash_of_row(parts, secret) if parts else mark)
        places.append((block, place, len(hashes) - 1, hashes[-1]))
    for block, place, fresh, mark in places:
        raw.execute(
            "update audit_leaf set place = %s, hash = %s where block = %s and place = %s", [fresh, mark, block, place]
        )
    if depth >= 2:
        for number, hashes in blocks.items():
            raw.execute("update audit_block set root = %s where number = %s", [root_of(hashes), number])
    if depth >= 3:
        make_anew(raw, counts)


def make_anew(raw: Any, counts: dict[int, list[int]]) -> None:
    head, forged = NOTHING, b"k" * 32
    looks = list(accumulate(counts[number][0] for number in sorted(counts)))
    acts = list(accumulate(counts[number][1] for number in sorted(counts)))
    rows = raw.execute("select number, at, form, horizon, root from audit_block order by number").fetchall()
    for (number, at, form, horizon, root), look_count, act_count in zip(rows, looks, acts, strict=False):
        head = head_of(Block(number, at, form, horizon, look_count, act_count, root, head))
        raw.execute(
            "update audit_block set accesses = %s, acts = %s, head = %s, mac = %s where number = %s",
            [look_count, act_count, head, mac_of_block(forged, head), number],
        )
