"""What the checker reads beside the answers: the log of looks and of acts, as the owner of the tables."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from manypaths.config.access_matrix.visitor import Answer

LOOKS = """
    select opened, denied, classes, bases from audit_access
    where seq > %s and account_id is not distinct from %s and (opened || denied) && %s::uuid[]
"""
ACTS = "select what, subject_id from audit_act where at >= %s and account_id = %s"
REFUSED = "web.refused"
ONE_LOOKER = re.compile(r"<li class=\"card stack-s\">(.*?)</li>", re.DOTALL)
ONE_GIVEN = re.compile(r"<li class=\"stack-s\">(.*?)</li>", re.DOTALL)
TIMES = re.compile(r"(\d+) times")


@dataclass(frozen=True)
class Mark:
    """A place in both logs: what comes later is newer."""

    seq: int
    at: datetime


@dataclass(frozen=True)
class Look:
    """One row of the log of looks, as far as it is about the person."""

    opened: frozenset[UUID]
    denied: frozenset[UUID]
    classes: frozenset[str]
    bases: tuple[str, ...]

    @property
    def by_consent(self) -> bool:
        """Whether a consent opened it: then it is a disclosure."""
        return any(base.startswith("granted:") for base in self.bases)


@dataclass
class Log:
    """The two logs."""

    link: "psycopg.Connection[Any]"

    def mark(self) -> Mark:
        """Here."""
        row = self.link.execute("select coalesce(max(seq), 0) from audit_access").fetchone()
        return Mark(int(row[0]) if row else 0, datetime.now(UTC))

    def looks(self, since: Mark, account: UUID | None, records: Collection[UUID]) -> list[Look]:
        """Looks of an account at some records since then."""
        rows = self.link.execute(LOOKS, [since.seq, account, list(records)]).fetchall()
        return [Look(frozenset(row[0]), frozenset(row[1]), frozenset(row[2]), tuple(row[3])) for row in rows]

    def refused(self, since: Mark, account: UUID, ids: Collection[str]) -> bool:
        """Whether an attempt of an account at one of these ids was written down as refused."""
        rows = self.link.execute(ACTS, [since.at, account]).fetchall()
        return any(what == REFUSED and str(subject) in ids for what, subject in rows)

    def one(self, sql: str, *values: object) -> object:
        """One value of the tables, to see whether a state changed."""
        row = self.link.execute(sql.encode(), values).fetchone()
        return row[0] if row else None


def times_seen(page: Answer, name: str) -> int:
    """How many looks the person's own list shows of one who looked."""
    said = [one for one in ONE_LOOKER.findall(page.body.decode()) if name in one]
    return sum(int(found[1]) if (found := TIMES.search(one)) else 1 for one in said)


def lines_given(page: Answer, name: str) -> int:
    """How many lines the person's account of disclosures shows with the name of one who read."""
    return sum(name in one for one in ONE_GIVEN.findall(page.body.decode()))
