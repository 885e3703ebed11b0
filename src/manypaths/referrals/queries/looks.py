"""Who looked: what a person reads of the looks at them, wherever something of them is held because they asked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader

A_PAGE = 30


@dataclass(frozen=True)
class Looks:
    """What one reader looked at on one day, for one reason and on one ground."""

    on: date
    membership_id: UUID | None
    organisation_id: UUID | None
    purpose: str
    basis: str
    classes: tuple[str, ...]
    times: int
    first_at: datetime
    last_at: datetime
    look: UUID


@dataclass(frozen=True)
class LooksPage:
    """A page of looks, and whether there are older ones."""

    lines: list[Looks]
    more: bool


@dataclass(frozen=True)
class LooksByConsent:
    """How often a place opened what one consent opens, and when first and last."""

    times: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


def who_looked(*, reader: Reader, zone: str, limit: int = A_PAGE, offset: int = 0) -> LooksPage:
    """Looks by anyone else, newest first: at the person's own record, and at those made from their requests.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from who_looked(%s, %s, %s, null, %s, %s)", [record, reader.account_id, zone, limit + 1, offset]
        )
        rows = cursor.fetchall()
    return LooksPage([_looks(row) for row in rows[:limit]], len(rows) > limit)


def own_look(*, reader: Reader, zone: str, look: UUID) -> Looks:
    """One line of the person's own list of looks.

    Refuses: NotThere for anyone but the person, and for a line that is not in their list.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from who_looked(%s, %s, %s, %s, 1, 0)", [record, reader.account_id, zone, look])
        row = cursor.fetchone()
    if row is None:
        raise NotThere
    return _looks(row)


def _looks(row: tuple[Any, ...]) -> Looks:
    on, membership, organisation, purpose, basis, classes, times, first_at, last_at, look = row
    return Looks(on, membership, organisation, purpose, basis, tuple(classes), times, first_at, last_at, look)


def looks_on_grant(*, reader: Reader, grant_id: UUID) -> LooksByConsent:
    """Looks by one consent of the person's own.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from looks_on_grant(%s, %s, %s)", [record, reader.account_id, grant_id])
        row = cursor.fetchone()
    return LooksByConsent(*row)
