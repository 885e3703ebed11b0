"""An account of what went to somebody else by consent, read from the log and the moves of requests."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import connection

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Reader

A_PAGE = 50


class Kind(StrEnum):
    """What a line of the account is."""

    SENT = "sent"
    OPENED = "opened"
    COPIED = "copied"
    SHOWN = "shown"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Disclosure:
    """One time something went to somebody else: because the person agreed, or in a medical emergency. `membership_id`
    where a worker did it."""

    at: datetime
    kind: Kind
    organisation_id: UUID | None
    membership_id: UUID | None
    classes: tuple[str, ...]
    purpose: str
    consent_id: UUID | None
    request_id: UUID | None


@dataclass(frozen=True)
class DisclosurePage:
    """A page of the account, and how many lines it has in all."""

    lines: list[Disclosure]
    total: int


def disclosures(*, reader: Reader, since: datetime, limit: int = A_PAGE, offset: int = 0) -> DisclosurePage:
    """Everything since a day, newest first: what was sent, opened by a consent, copied when a place said yes, and
    opened by another place in a medical emergency.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from disclosures(%s, %s, %s, %s, %s)", [record, reader.account_id, since, limit, offset]
        )
        rows = cursor.fetchall()
    lines = [Disclosure(row[0], Kind(row[1]), row[2], row[3], tuple(row[4]), *row[5:8]) for row in rows]
    return DisclosurePage(lines, rows[0][8] if rows else 0)
