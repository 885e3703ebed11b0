"""Checks a sealed log: rows against their seals, seals against their block, blocks against the chain and the anchor.

Everything comes in as streams in order and nothing is kept but a few rows that were bent, so that a log of any length
is checked in the same memory. Each finding says what is wrong in words for someone who runs a community.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, islice
from typing import NamedTuple
from uuid import UUID

from manypaths.audit.rules.chain import (
    NOTHING,
    Block,
    Line,
    NotALine,
    had_ended,
    head_of,
    is_true,
    mac_of_block,
    mac_of_line,
    read_line,
    snapshot_of,
)
from manypaths.audit.rules.rows import FORM, hash_of_row
from manypaths.audit.rules.tree import root_of

LATE = timedelta(minutes=5)
REMEMBERED = 40
LINES_AT_ONCE = 500
Heads = Callable[[list[int]], Mapping[int, bytes]]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `kind` is for programs, `words` for people."""

    kind: str
    words: str


@dataclass(frozen=True)
class StoredBlock:
    """A block as it stands in the table."""

    number: int
    at: datetime
    form: int
    horizon: int
    accesses: int
    acts: int
    root: bytes
    head: bytes
    mac: bytes
    snapshot: str = ""


class SealedRow(NamedTuple):
    """A seal as it stands in the table, with the parts of its row as the log has them now; none when it is gone."""

    block: int
    place: int
    seq: int | None
    act_id: UUID | None
    secret: bytes
    hash: bytes
    parts: Sequence[str] | None

    @property
    def name(self) -> str:
        """What the row is called."""
        return f"look {self.seq}" if self.act_id is None else f"act {self.act_id}"


@dataclass
class Tally:
    """What a check has seen so far."""

    rows: int = 0
    blocks: int = 0
    lines: int = 0
    waiting: int = 0
    newest: StoredBlock | None = None
    bent: list[SealedRow] = field(default_factory=list)


def check_blocks(
    key: bytes, blocks: Iterable[StoredBlock], rows: Iterable[SealedRow], tally: Tally
) -> Iterator[Finding]:
    """Every block in order, with the rows it sealed; both streams are sorted by the number of the block."""
    coming = _Ahead(iter(rows))
    before: StoredBlock | None = None
    for block in blocks:
        yield from _orphans(coming.below(block.number), block.number)
        hashes: list[bytes] = []
        yield from _check_rows(coming.of(block.number), hashes, tally)
        yield from _check_block(key, before, block, hashes)
        tally.blocks, tally.newest, before = tally.blocks + 1, block, block
    yield from _orphans(coming.below(None), None)
    yield from _swapped(tally.bent)


class _Ahead:
    """A stream that can be looked at one ahead."""

    def __init__(self, rows: Iterator[SealedRow]) -> None:
        self.rows, self.next = rows, next(rows, None)

    def of(self, number: int) -> Iterator[SealedRow]:
        """Rows of this block."""
        row, rows = self.next, self.rows
        while row is not None and row.block == number:
            yield row
            row = next(rows, None)
        self.next = row

    def below(self, number: int | None) -> Iterator[SealedRow]:
        """Rows of blocks before this one; all that are left when there is no more block."""
        while self.next is not None and (number is None or self.next.block < number):
            yield self.next
            self.next = next(self.rows, None)


def _orphans(rows: Iterator[SealedRow], before: int | None) -> Iterator[Finding]:
    count, numbers = 0, set[int]()
    for row in rows:
        count += 1
        if len(numbers) < REMEMBERED:
            numbers.add(row.block)
    if count:
        named = ", ".join(map(str, sorted(numbers)))
        where = "at the end" if before is None else f"before block {before}"
        yield Finding("block_missing", f"{count} rows belong to blocks that are not there ({where}): {named}.")


def _check_rows(rows: Iterator[SealedRow], hashes: list[bytes], tally: Tally) -> Iterator[Finding]:
    for row in rows:
        tally.rows += 1
        hashes.append(row.hash)
        if row.parts is None:
            yield Finding("deleted", f"Block {row.block}: {row.name} was taken out of the log.")
        elif hash_of_row(row.parts, row.secret) != row.hash:
            if len(tally.bent) < REMEMBERED:
                tally.bent.append(row)
            yield Finding("edited", f"Block {row.block}: {row.name} is not what it was when it was sealed.")


def _check_block(
    key: bytes, before: StoredBlock | None, block: StoredBlock, hashes: Sequence[bytes]
) -> Iterator[Finding]:
    name = f"Block {block.number}"
    expected = before.number + 1 if before else 1
    if block.number != expected:
        gone = f"block {expected}" if block.number == expected + 1 else f"blocks {expected} to {block.number - 1}"
        yield Finding("block_missing", f"{name} does not follow: {gone} was taken out of the chain.")
    if block.form != FORM:
        yield Finding("unknown_form", f"{name} was sealed by a newer version of Manypaths: check it with that one.")
        return
    yield from _check_count(before, block, len(hashes), follows=block.number == expected)
    if not hashes or not is_true(root_of(hashes), block.root):
        yield Finding("seals_bent", f"{name}: its seals are not the ones it was made of (added, taken out or moved).")
    previous = before.head if before else NOTHING
    if block.number == expected and not is_true(_head(block, previous), block.head):
        yield Finding("block_edited", f"{name} was changed, or what stands before it was.")
    if not is_true(mac_of_block(key, block.head, block.snapshot), block.mac):
        yield Finding("forged", f"{name} was not sealed with the key of this installation.")


def _check_count(before: StoredBlock | None, block: StoredBlock, found: int, *, follows: bool) -> Iterator[Finding]:
    earlier = before.accesses + before.acts if before else 0
    said = block.accesses + block.acts - earlier
    if follows and said != found:
        change = "taken out" if found < said else "added"
        yield Finding(
            "count", f"Block {block.number} sealed {said} rows and {found} seals are there: one was {change}."
        )


def comes_too_late(tally: Tally, xid: int, next_one: int) -> bool:
    """Whether a row without a seal claims a transaction whose rows are all sealed, or one that never was."""
    newest = tally.newest
    if newest is None:
        return xid >= next_one
    known = newest.snapshot or snapshot_of(newest.horizon, newest.horizon, ())
    return xid >= next_one or had_ended(known, xid)


def _head(block: StoredBlock, previous: bytes) -> bytes:
    return head_of(
        Block(
            block.number, block.at, block.form, block.horizon, block.accesses, block.acts, block.root, previous
        )
    )  # fmt: skip


def _swapped(bent: Sequence[SealedRow]) -> Iterator[Finding]:
    """Of the rows that are not what they were: those where one stands in the other's place."""
    for one, other in combinations(bent, 2):
        if _stands_in(one, other) or _stands_in(other, one):
            yield Finding(
                "swapped", f"{one.name} (block {one.block}) and {other.name} (block {other.block}) changed places."
            )


def _stands_in(one: SealedRow, other: SealedRow) -> bool:
    """Whether what `one` says now is what was sealed as `other`."""
    if not one.parts or not other.parts:
        return False
    number = json.loads(other.parts[0])[1]
    return hash_of_row([_as_row(part, number) for part in one.parts], other.secret) == other.hash


def _as_row(part: str, number: object) -> str:
    """The same part, as that of another row. The digits of the time stay as they are."""
    kind, _own, *rest = json.loads(part, parse_float=_Digits)
    return "[" + ", ".join(_said(one) for one in [kind, number, *rest]) + "]"


class _Digits(str):
    """A number with a point, as it was written."""


def _said(value: object) -> str:
    return str(value) if isinstance(value, _Digits) else json.dumps(value, ensure_ascii=False)


def check_anchor(key: bytes, texts: Iterable[str], heads: Heads, tally: Tally) -> Iterator[Finding]:
    """The lines of the anchor against the chain. `heads` gives the heads of those blocks that are there now."""
    previous, last, coming = NOTHING, None, iter(texts)
    while some := list(islice(coming, LINES_AT_ONCE)):
        read = [_read(text) for text in some]
        found = heads([one[0].number for one in read if one])
        for one in read:
            tally.lines += 1
            yield from _check_writing(key, one, previous, tally.lines)
            if one:
                last, previous = one
                yield from _check_line(last, found.get(last.number), tally.newest)
    yield from _check_last(last, tally.newest)


def _read(text: str) -> tuple[Line, bytes] | None:
    try:
        return read_line(text)
    except NotALine:
        return None


def _check_writing(key: bytes, one: tuple[Line, bytes] | None, previous: bytes, number: int) -> Iterator[Finding]:
    if one is None:
        yield Finding("anchor_bent", f"Line {number} of the anchor cannot be read.")
    elif not is_true(mac_of_line(key, one[0]), one[1]):
        yield Finding("anchor_bent", f"Line {number} of the anchor was not written with the key of this installation.")
    elif not is_true(one[0].previous, previous):
        yield Finding("anchor_bent", f"A line of the anchor is missing before line {number}.")


def _check_line(line: Line, head: bytes | None, newest: StoredBlock | None) -> Iterator[Finding]:
    end = newest.number if newest else 0
    if line.number > end:
        yield Finding(
            "cut",
            f"At {_said_at(line.at)} the log went up to block {line.number} with {line.rows} rows. Now it ends at "
            f"block {end}: its end was cut off, or the database was put back to an earlier state.",
        )
    elif head is None or not is_true(head, line.head):
        yield Finding(
            "rolled_back",
            f"Block {line.number} is not the one that was anchored at {_said_at(line.at)}: the database was put back "
            "to an earlier state and went on from there, or the chain was made anew.",
        )


def _check_last(last: Line | None, newest: StoredBlock | None) -> Iterator[Finding]:
    if newest is None:
        return
    if last is None:
        yield Finding("anchor_missing", "The anchor has no line: a log that was cut off or put back would not be seen.")
    elif last.number < newest.number and newest.at - last.at > LATE:
        yield Finding(
            "anchor_late",
            f"The anchor ends at {_said_at(last.at)} with block {last.number}; block {newest.number} was sealed at "
            f"{_said_at(newest.at)}: lines are missing, or could not be written.",
        )


def _said_at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
