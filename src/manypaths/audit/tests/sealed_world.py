"""A sealed log for tests: rows of both kinds in a committed database, sealed in several blocks, with an anchor."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from manypaths.audit.rules.checking import Finding, Tally
from manypaths.audit.sealing.checker import check_log
from manypaths.audit.sealing.connection import OPTIONS, connect
from manypaths.audit.sealing.writer import Sealer
from manypaths.config.testing import role_url

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADD_LOOK = """
insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id, opened, bases, subjects,
                          denied, classes, purpose)
values (clock_timestamp(), pg_current_xact_id()::text::bigint, gen_random_uuid(), gen_random_uuid(), 'member',
        gen_random_uuid(), gen_random_uuid(), %s, %s, %s, %s, '{presence,demographics}', 'care') returning seq
"""
ADD_ACT = """
insert into audit_act (id, at, what, account_id, hat, organisation_id, subject_id, record_id)
values (gen_random_uuid(), clock_timestamp(), %s, gen_random_uuid(), 'member', gen_random_uuid(), null, null)
returning id
"""


def add_look(raw: Any, records: list[uuid.UUID] | None = None) -> int:
    """A look at one record, or at these."""
    opened = records if records is not None else [uuid.uuid4()]
    bases, subjects = ["assigned"] * len(opened), [None] * len(opened)
    return int(raw.execute(ADD_LOOK, [opened, bases, subjects, [uuid.uuid4()]]).fetchone()[0])


def add_act(raw: Any, what: str = "plans.goal_added") -> uuid.UUID:
    """Something that was done."""
    found: uuid.UUID = raw.execute(ADD_ACT, [what]).fetchone()[0]
    return found


@dataclass
class SealedWorld:
    """The log, who seals it, and the folder of key and anchor."""

    folder: Path
    at: datetime = NOON
    sealers: list[Sealer] = field(default_factory=list)

    @property
    def sealer(self) -> Sealer:
        return self.sealers[0] if self.sealers else self.new_sealer()

    @property
    def anchor(self) -> Path:
        return self.folder / "anchor.log"

    def new_sealer(self) -> Sealer:
        """The sealing program, started anew."""
        self.sealers.append(Sealer(anchor=self.anchor, key_file=self.folder / "audit_key", url=role_url("sealer")))
        return self.sealers[-1]

    def close(self) -> None:
        """Every sealing program signs out."""
        for one in self.sealers:
            one.let_go()

    def fill(self, blocks: int, rows: int) -> None:
        """Some blocks of some rows, each a minute after the other, so that each has its line in the anchor."""
        with superuser() as raw:
            for _block in range(blocks):
                with raw.transaction():
                    for number in range(rows):
                        add_look(raw, [uuid.uuid4() for _one in range(number % 4)])
                        add_act(raw)
                self.seal()

    def seal(self) -> None:
        """One round, a minute later."""
        self.at += timedelta(minutes=1)
        self.sealer.round(self.at)

    def check(self, raw: Any = None) -> list[Finding]:
        """What is wrong, on a connection of one's own or as the one who seals."""
        if raw is not None:
            return list(check_log(raw, self.sealer.key, self.anchor, Tally()))
        with connect(role_url("sealer")) as own:
            return list(check_log(own, self.sealer.key, self.anchor, Tally()))

    def kinds(self, raw: Any = None) -> set[str]:
        """What kinds of wrong."""
        return {one.kind for one in self.check(raw)}


@contextmanager
def superuser() -> Iterator[psycopg.Connection[Any]]:
    """Someone who may do everything to the database, and has neither the key nor the anchor."""
    with psycopg.connect(role_url("superuser"), options=OPTIONS, autocommit=True) as raw:
        yield raw
