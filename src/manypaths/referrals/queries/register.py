"""What a place reads of the consents that were given to it, and of who looked at the records it keeps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Organisation
from manypaths.network.rules import Reader
from manypaths.referrals.queries.looks import Looked

A_PAGE = 30


@dataclass(frozen=True)
class Terms:
    """All of a consent that a place keeps beside the named fields."""

    grant_id: UUID
    request_id: UUID
    purpose: str
    given_at: datetime
    starts_at: datetime
    ended_at: datetime | None
    ending: str
    text_key: str
    text_version: str
    language: str
    replaces: UUID | None
    last_day: datetime


@dataclass(frozen=True)
class GivenConsent:
    """One consent given to the place that keeps a record: its named fields, and the rest where it is open whole."""

    record_id: UUID
    holds: bool
    recipient: str
    classes: tuple[str, ...]
    until: datetime
    terms: Terms | None


@dataclass(frozen=True)
class RegisterPage:
    """A page of the register: which consent on which record, and how many there are in all."""

    lines: list[tuple[UUID, UUID]]
    total: int


def consents_of_opened(*, records: Collection[UUID], opened: Opened) -> list[GivenConsent]:
    """Consents for the requests behind records of a place, those that hold first, the newest first.

    The records' consents must be open; a fault where nobody opened any. The database gives named fields where the
    reader's role opens no more; where it and the rules in code see that differently, nothing is served.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from consents_of_held(%s)", [list(records)])
        rows = cursor.fetchall()
    for row in rows:
        if row[1] == opened.is_minimal(row[0], DataClass.CONSENT_RECORD):
            raise WallsDisagree("consents of a place")
    places = dict(Organisation.objects.filter(id__in={row[3] for row in rows}).values_list("id", "name"))
    return [
        GivenConsent(
            row[0], row[2] == "holds", places[row[3]], tuple(row[4]), row[5], Terms(*row[6:]) if row[1] else None
        )
        for row in rows
    ]


def register_of_consents(*, reader: Reader, holding: bool, limit: int = A_PAGE, offset: int = 0) -> RegisterPage:
    """Every consent given to the reader's place, behind a record it keeps: those that hold now, or those that ended.

    Finding is not opening. For everyone but a privacy officer it is empty.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, holding, limit, offset]
        cursor.execute("select * from register_of_consents(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    return RegisterPage([(row[0], row[1]) for row in rows], rows[0][2] if rows else 0)


def looks_of_opened(
    *, record_id: UUID, opened: Opened, zone: str, limit: int = A_PAGE, offset: int = 0
) -> tuple[list[Looked], bool]:
    """Who looked at a record that a place keeps, and at what was sent along with its request; the newest first, and
    whether there are older ones.

    Refuses: NotThere where the list of looks is not open as a whole.
    """
    if not opened.opens_whole(record_id, DataClass.ACCESS_LOG):
        raise NotThere
    with connection.cursor() as cursor:
        cursor.execute("select * from looks_at_held(%s, %s, %s, %s)", [record_id, zone, limit + 1, offset])
        rows = cursor.fetchall()
    return [_looked(row) for row in rows[:limit]], len(rows) > limit


def _looked(row: tuple[Any, ...]) -> Looked:
    on, membership, organisation, purpose, basis, classes, times, first_at, last_at = row
    return Looked(on, membership, organisation, purpose, basis, tuple(classes), times, first_at, last_at)
