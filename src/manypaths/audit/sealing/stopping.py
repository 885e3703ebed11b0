"""The stop: while the chain is broken nobody looks at anybody. Who seals sets it; who runs the machine lifts it."""

from datetime import datetime
from typing import Any

from manypaths.audit.rules.chain import Line, is_true
from manypaths.audit.sealing import reading
from manypaths.audit.sealing.connection import Connection

SET = """
insert into public.audit_stop (number, head, since) values (%s, %s, %s)
on conflict (number) do update set head = excluded.head, since = excluded.since, lifted_at = null, why = ''
 where not (public.audit_stop.head = excluded.head and public.audit_stop.lifted_at is not null)
"""
LIFT = "update public.audit_stop set lifted_at = %s, why = %s where lifted_at is null"
STANDS = "select since from public.audit_stop where lifted_at is null order by since limit 1"
LONGEST_WHY = 200


def stop(raw: Connection, number: int, head: bytes, at: datetime) -> None:
    """Let nobody look, because this head is gone. A loss that somebody answered for is not told twice."""
    with raw.transaction():
        raw.execute(SET, [number, head, at])


def stop_if_lost(raw: Connection, line: Line | None, at: datetime) -> bool:
    """Compare the newest line of the anchor with the database, and stop where it is not there. True when it is lost."""
    if line is None or line.number == 0:
        return False
    found: Any = raw.execute(reading.HEAD_AT, [line.number]).fetchone()
    lost = found is None or not is_true(found[0], line.head)
    raw.rollback()
    if lost:
        stop(raw, line.number, line.head, at)
    return lost


def lift(raw: Connection, why: str, at: datetime) -> int:
    """Let people look again, with the reason in a few words. Gives how many stops stood."""
    with raw.transaction():
        return raw.execute(LIFT, [at, why[:LONGEST_WHY]]).rowcount


def stands_since(raw: Connection) -> datetime | None:
    """Since when a stop stands; None when none does."""
    found: Any = raw.execute(STANDS).fetchone()
    raw.rollback()
    return found[0] if found else None
