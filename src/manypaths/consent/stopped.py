"""The list of what persons stopped, in a file outside the database: an id and a time each, as the list of erasures is.

A copy of the database from before does not know of it. Whoever puts one back puts this list to work again.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from manypaths.people import erasures

ENDED = "select id, ended_at from consents_ended(%s)"
GRANTS_AGAIN = """
    update consent_grant g set ended_at = greatest(n.at, g.starts_at), ending = 'stopped'
      from unnest(%s::uuid[], %s::timestamptz[]) n(id, at) where g.id = n.id and g.ended_at is null
"""
SHARES_AGAIN = """
    update consent_share s set ended_at = greatest(n.at, s.starts_at), ending = 'stopped'
      from unnest(%s::uuid[], %s::timestamptz[]) n(id, at)
     where s.id = n.id and s.state = 'given' and s.ended_at is null
"""


def listed() -> dict[UUID, datetime]:
    """Everything on the list, and when it was stopped."""
    return erasures.read(Path(settings.STOPPED_FILE))


def keep(found: list[tuple[UUID, datetime]]) -> int:
    """Write down what the list does not hold yet, and say how many these were. Repeats safely."""
    return erasures.keep(Path(settings.STOPPED_FILE), found) if found else 0


def keep_ended(*, since: datetime) -> int:
    """Write down which consents ended since then, and say how many were missing. Repeats safely."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [since])
        return keep(cursor.fetchall())


@transaction.atomic
def end_again() -> int:
    """End the consents that the list names and this database still has open: it was put back from a copy. As the role
    `owner`.

    Afterwards: what was stopped once is stopped. How many there were. Repeats safely.
    """
    known, count = listed(), 0
    with connection.cursor() as cursor:
        for sql in (GRANTS_AGAIN, SHARES_AGAIN):
            cursor.execute(sql, [list(known), list(known.values())])
            count += cursor.rowcount
    return count
