"""Seals what is committed, once a second, and writes the newest head to the anchor once a minute."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from manypaths.audit.rules import rows as rules
from manypaths.audit.rules.chain import NOTHING, Block, Line, had_ended, head_of, is_true, mac_of_block, snapshot_of
from manypaths.audit.rules.tree import root_of
from manypaths.audit.sealing import reading, stopping
from manypaths.audit.sealing.anchor import add_line, last_line
from manypaths.audit.sealing.connection import Connection, connect, seal_key
from manypaths.audit.sealing.outside import EVER, LATEST, keep_lines

PAUSE_SECONDS = 1.0
ANCHOR_EVERY = timedelta(minutes=1)
ROWS_IN_A_BLOCK = 256
SOMEBODY_ELSE_DID = (psycopg.errors.UniqueViolation, psycopg.errors.SerializationFailure)
ADD_LEAVES = "copy public.audit_leaf (block, place, access_seq, act_id, secret, hash) from stdin"
ADD_BLOCK = """
insert into public.audit_block (number, at, form, horizon, accesses, acts, root, head, mac, snapshot)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Newest:
    """The newest block: where the chain ends."""

    number: int = 0
    horizon: int = 0
    accesses: int = 0
    acts: int = 0
    head: bytes = NOTHING
    snapshot: str = ""


def newest_block(raw: Connection) -> Newest:
    """Where the chain ends now."""
    found: Any = raw.execute(reading.NEWEST).fetchone()
    return Newest(found[0], found[3], found[4], found[5], found[7], found[9]) if found else Newest()


def seal(raw: Connection, key: bytes, at: datetime) -> Newest:
    """Seal every committed row that has no seal, in blocks of at most 256 rows, all in one transaction.

    One snapshot gives the rows and says which transactions have ended, so that their rows are all here. A row of one
    that still runs comes later; the next round looks from the oldest of them on, so none is passed over, in whatever
    order they end. A row that comes under the name of one that had ended is not sealed: the check shows it. Two who
    seal at once meet at the number of the block: one of them steps back.

    Afterwards: all rows of the snapshot are in blocks. Gives the newest block; the same as before when all was sealed.
    """
    with raw.transaction():
        newest = newest_block(raw)
        numbers: Any = raw.execute(reading.HORIZON).fetchone()
        horizon, next_one, running = numbers
        ended = newest.snapshot if newest.horizon <= next_one else ""  # else carried to a server that counts anew
        low = newest.horizon if newest.horizon <= next_one else 0
        now = Newest(horizon=horizon, snapshot=snapshot_of(horizon, next_one, running))
        with raw.cursor(name="unsealed") as unsealed:
            unsealed.execute(reading.UNSEALED, {"low": low})
            while batch := unsealed.fetchmany(ROWS_IN_A_BLOCK):
                timely = _timely(batch, ended)
                newest = _add_block(raw, key, at, newest, now, timely) if timely else newest
    return newest


def _timely(batch: list[Any], ended: str) -> list[Any]:
    """Without rows that name a transaction all of whose rows are sealed."""
    return [row[:3] for row in batch if not (ended and had_ended(ended, row[3]))]


def _add_block(raw: Connection, key: bytes, at: datetime, before: Newest, now: Newest, batch: list[Any]) -> Newest:
    number = before.number + 1
    hashes = []
    with raw.cursor().copy(ADD_LEAVES) as leaves:
        for place, (seq, act_id, parts) in enumerate(batch):
            secret = secrets.token_bytes(rules.SECRET_BYTES)
            hashes.append(rules.hash_of_row(parts, secret))
            leaves.write_row((number, place, seq, act_id, secret, hashes[-1]))
    looks = sum(seq is not None for seq, _act, _parts in batch)
    accesses, acts = before.accesses + looks, before.acts + len(batch) - looks
    root = root_of(hashes)
    head = head_of(Block(number, at, rules.FORM, now.horizon, accesses, acts, root, before.head))
    values = (
        number,
        at,
        rules.FORM,
        now.horizon,
        accesses,
        acts,
        root,
        head,
        mac_of_block(key, head, now.snapshot),
        now.snapshot,
    )
    raw.execute(ADD_BLOCK, values)
    return Newest(number, now.horizon, accesses, acts, head, now.snapshot)


class Sealer:
    """The one who seals for as long as the program runs."""

    def __init__(self, *, anchor: Path, key_file: Path, outside: Path | None = None, url: str | None = None) -> None:
        self.anchor, self.key_file, self.outside, self.url = anchor, key_file, outside, url
        self.raw: Connection | None = None
        self.key = b""
        self.kept: Newest | None = None  # what we sealed or saw last
        self.anchored: Line | None = None
        self.anchored_at: datetime | None = None
        self.listed_at: datetime | None = None

    def follow(self, *, stop: Callable[[], bool], clock: Callable[[], datetime]) -> None:
        """Seal once a second until told to stop. While the database is away, wait for it.

        Afterwards: the newest block is in the anchor.
        """
        is_away = False
        while not stop():
            try:
                self.round(clock())
                is_away = False
            except psycopg.OperationalError as fault:
                if not is_away:
                    log.warning("the database is away, the log is not sealed: %s", type(fault).__name__)
                is_away = True
                self.let_go()
            time.sleep(PAUSE_SECONDS)
        if self.kept:
            self._write_anchor(self.kept, clock())
        self.let_go()

    def round(self, at: datetime) -> Newest:
        """Seal once; write the anchor, and what a copy would forget, when a minute has gone by; the anchor too when the
        chain is not what it was."""
        raw = self._sign_in(at)
        self._notice_loss(raw, at)
        try:
            self.kept = seal(raw, self.key, at)
        except SOMEBODY_ELSE_DID:
            self.kept = newest_block(raw)
            raw.rollback()
        if self.anchored_at is None or at - self.anchored_at >= ANCHOR_EVERY:
            self._write_anchor(self.kept, at)
        if self.outside and (self.listed_at is None or at - self.listed_at >= ANCHOR_EVERY):
            self._keep_outside(raw, self.outside, at)
        return self.kept

    def _sign_in(self, at: datetime) -> Connection:
        if self.raw is None or self.raw.closed:
            self.raw = connect(self.url)
            self.raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            is_first = newest_block(self.raw).number == 0 and last_line(self.anchor) is None
            self.raw.rollback()
            self.key = seal_key(self.key_file, make=is_first)
            self._notice_what_was_lost_meanwhile(self.raw, at)
        return self.raw

    def _notice_what_was_lost_meanwhile(self, raw: Connection, at: datetime) -> None:
        """A start, or the database is back: the head that was anchored must still be there."""
        line = last_line(self.anchor)
        if stopping.stop_if_lost(raw, line, at) and line is not None:
            log.error("the sealed log lost block %s, nobody can look: run ./manypaths check audit", line.number)

    def _notice_loss(self, raw: Connection, at: datetime) -> None:
        """A chain that no longer holds the block we know of went back: what it was is written down at once, and nobody
        looks until somebody answered for it."""
        if self.kept is None or self.kept.number == 0:
            return
        found: Any = raw.execute(reading.HEAD_AT, [self.kept.number]).fetchone()
        raw.rollback()
        if found is None or not is_true(found[0], self.kept.head):
            log.error("the sealed log went back behind block %s: run ./manypaths check audit", self.kept.number)
            stopping.stop(raw, self.kept.number, self.kept.head, at)
            self._write_anchor(self.kept, at)

    def _write_anchor(self, newest: Newest, at: datetime) -> None:
        self.anchored_at = at
        before = self.anchored or last_line(self.anchor)
        if newest.number == 0 or (before and (before.number, before.head) == (newest.number, newest.head)):
            return
        line = Line(at, newest.number, newest.accesses, newest.acts, newest.head, NOTHING)
        add_line(self.anchor, self.key, line)
        self.anchored = line

    def _keep_outside(self, raw: Connection, place: Path, at: datetime) -> None:
        """A disk that is full keeps nobody from sealing; the next minute writes what is missing."""
        try:
            keep_lines(raw, place, at - LATEST if self.listed_at else EVER)
        except OSError as fault:
            log.error("whom people keep away cannot be listed outside the database: %s", type(fault).__name__)
            return
        self.listed_at = at

    def let_go(self) -> None:
        """Sign out."""
        if self.raw is not None:
            self.raw.close()
        self.raw = None
