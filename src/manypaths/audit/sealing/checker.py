"""Reads both logs, the chain and the anchor as streams and has the rules check them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from manypaths.audit.rules.checking import (
    LATE,
    Finding,
    SealedRow,
    StoredBlock,
    Tally,
    check_anchor,
    check_blocks,
    comes_too_late,
)
from manypaths.audit.sealing import reading
from manypaths.audit.sealing.anchor import lines_of, size_of
from manypaths.audit.sealing.connection import Connection

AT_ONCE = 2000
TABLES = ("audit_access", "audit_act", "audit_block", "audit_leaf")


def check_log(
    raw: Connection, key: bytes, anchor: Path, tally: Tally, step: Callable[[int], object] = lambda rows: None
) -> Iterator[Finding]:
    """Everything that is wrong with the log, as it stands in one snapshot of the database.

    The anchor is measured first: it may not name a block that came after the snapshot. `tally` says afterwards how much
    was checked; `step` is told how many rows more.
    """
    size = size_of(anchor)
    with raw.transaction():
        yield from _disguises(raw)
        yield from check_blocks(key, _blocks(raw), _rows(raw, step), tally)
        yield from _left_out(raw, tally)
        yield from _anchored(raw, key, anchor, size, tally)


def rows_sealed(raw: Connection) -> int:
    """How many rows the chain says it holds, for a bar."""
    with raw.transaction():
        found: Any = raw.execute(reading.NEWEST).fetchone()
    return int(found[4] + found[5]) if found else 0


def _disguises(raw: Connection) -> Iterator[Finding]:
    found: Any = raw.execute(reading.DISGUISED, [list(TABLES)]).fetchall()
    for name, is_plain, only_grows in found:
        if not is_plain:
            yield Finding(
                "disguised", f"Something else stands where the table {name} should: what it shows is not sure."
            )
        elif not only_grows:
            yield Finding("unlocked", f"The lock that lets the table {name} only grow was taken off.")


def _stream(raw: Connection, name: str, sql: str) -> Iterator[Any]:
    """Rows of a statement; the next ones are fetched while these are looked at."""
    with raw.cursor(name=name, binary=True) as cursor, ThreadPoolExecutor(max_workers=1) as beside:
        cursor.execute(sql)
        batch = cursor.fetchmany(AT_ONCE)
        while batch:
            coming = beside.submit(cursor.fetchmany, AT_ONCE)
            yield from batch
            batch = coming.result()


def _blocks(raw: Connection) -> Iterator[StoredBlock]:
    for row in _stream(raw, "blocks", reading.BLOCKS):
        yield StoredBlock(*row)


def _rows(raw: Connection, step: Callable[[int], object]) -> Iterator[SealedRow]:
    for count, row in enumerate(_stream(raw, "rows", reading.SEALED), 1):
        if not count % AT_ONCE:
            step(AT_ONCE)
        yield SealedRow._make(row)


def _left_out(raw: Connection, tally: Tally) -> Iterator[Finding]:
    """Rows without a seal: those that could have had one were added later; the others wait for the next second."""
    numbers: Any = raw.execute(reading.HORIZON).fetchone()
    first = last = None
    for kind, name, xid, at in _stream(raw, "left_out", reading.LEFT_OUT):
        if comes_too_late(tally, xid, numbers[1]):
            yield Finding("added", f"The {kind} {name} was added behind the seal: it says {at:%Y-%m-%d %H:%M:%S} UTC.")
            continue
        tally.waiting += 1
        if kind == "look":
            first, last = min(first or at, at), max(last or at, at)
    if first and last and last - first > LATE:
        yield Finding("not_sealing", f"{tally.waiting} rows wait for their seal: the program that seals does not run.")


def _anchored(raw: Connection, key: bytes, anchor: Path, size: int, tally: Tally) -> Iterator[Finding]:
    yield from check_anchor(key, lines_of(anchor, size), lambda numbers: _heads(raw, numbers), tally)


def _heads(raw: Connection, numbers: list[int]) -> dict[int, bytes]:
    found: Any = raw.execute(reading.HEADS_AT, [numbers]).fetchall()
    return dict(found)
