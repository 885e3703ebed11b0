"""People are opened through `consent`, which stands above this room. Here is only what is read once they are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.lib.refusals import NotThere
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.people.models import Block
from manypaths.vault.queries import Sealer

# What workers' pages ask all day is asked in plain statements, which the database prepares once.
NAMES = "select record_id, name from people_profile where record_id = any(%s)"
CONTACTS = """
    select record_id, way, address, hours, may_leave_message from people_safecontact where record_id = any(%s)
"""
PROFILE = "select name, pronouns, language from people_profile where record_id = %s"
SAFE_CONTACT = "select way, address, hours, may_leave_message from people_safecontact where record_id = %s"
PROFILE_AND_CONTACT = """
    select p.name, p.pronouns, p.language, c.way, c.address, c.hours, c.may_leave_message
      from people_profile p left join people_safecontact c on c.record_id = p.record_id
     where p.record_id = %s
"""


@dataclass(frozen=True)
class CaseloadLine:
    """One record that a worker is assigned to, or that their place keeps: no name, nothing opened."""

    record_id: UUID
    since: datetime


@dataclass(frozen=True)
class SupervisedLine:
    """One record that a worker whom the reader supervises is assigned to: no name, nothing opened."""

    record_id: UUID
    since: datetime
    worker: UUID


@dataclass(frozen=True)
class CaseloadPage:
    """A page of a worker's records, and how many there are in all."""

    lines: list[CaseloadLine]
    total: int


def caseload(*, reader: Reader, limit: int = 50, offset: int = 0) -> CaseloadPage:
    """The records a worker is assigned to now, newest assignment first. Finding is not opening."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from caseload(%s, %s, %s, %s)", [reader.account_id, reader.membership_id, limit, offset]
        )
        rows = cursor.fetchall()
    return CaseloadPage([CaseloadLine(row[0], row[1]) for row in rows], rows[0][2] if rows else 0)


def supervised(*, reader: Reader, limit: int = 50, offset: int = 0) -> tuple[list[SupervisedLine], int]:
    """The records that workers whom the reader supervises walk with now, worker by worker, and how many in all.

    Finding is not opening. For whoever supervises nobody it is empty.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from supervised_people(%s, %s, %s, %s)", [reader.account_id, reader.membership_id, limit, offset]
        )
        rows = cursor.fetchall()
    return [SupervisedLine(*row[:3]) for row in rows], rows[0][3] if rows else 0


def of_house(*, reader: Reader, limit: int = 50, offset: int = 0) -> CaseloadPage:
    """The records that the reader's organisation keeps, the newest first, and since when it keeps each.

    Finding is not opening. For everyone but a front desk and a privacy officer it is empty.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from people_of_house(%s, %s, %s, %s)", [reader.account_id, reader.membership_id, limit, offset]
        )
        rows = cursor.fetchall()
    return CaseloadPage([CaseloadLine(row[0], row[1]) for row in rows], rows[0][2] if rows else 0)


def erased_at(*, reader: Reader) -> datetime | None:
    """When the person erased their own record, if they did: for the page that says so."""
    if not reader.is_person:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select own_erasure(%s)", [reader.account_id])
        found: datetime | None = cursor.fetchone()[0]
    return found


def walked_with(*, reader: Reader) -> dict[UUID, int]:
    """How many people each worker of the reader's organisation walks with, those who left included.

    For whoever leads it; for others nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from walked_with(%s, %s)", [reader.account_id, reader.membership_id])
        return dict(cursor.fetchall())


def names_of(*, records: Iterable[UUID], sealer: Sealer) -> dict[UUID, str]:
    """The names people want to be called by, for records whose demographics are open."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [list(records)])
        rows = cursor.fetchall()
    return {record: sealer.read(record, "people.profile.name", bytes(name)) for record, name in rows}


@dataclass(frozen=True)
class ProfileWords:
    """How a person wants to be called."""

    name: str
    pronouns: str
    language: str


def profile(*, record_id: UUID, sealer: Sealer) -> ProfileWords | None:
    """The profile of a record whose demographics are open."""
    with connection.cursor() as cursor:
        cursor.execute(PROFILE, [record_id])
        row = cursor.fetchone()
    if row is None:
        return None
    return _profile_words(record_id, sealer, row)


def _profile_words(record_id: UUID, sealer: Sealer, row: Any) -> ProfileWords:
    name, pronouns, language = row
    return ProfileWords(
        sealer.read(record_id, "people.profile.name", name),
        sealer.read(record_id, "people.profile.pronouns", pronouns),
        language,
    )


@dataclass(frozen=True)
class ContactWords:
    """How a person can be reached without danger."""

    way: str
    address: str
    hours: str
    may_leave_message: bool


def safe_contact(*, record_id: UUID, sealer: Sealer) -> ContactWords | None:
    """The safe way to reach the person of a record whose safe contact is open."""
    with connection.cursor() as cursor:
        cursor.execute(SAFE_CONTACT, [record_id])
        row = cursor.fetchone()
    return _contact_words(record_id, sealer, row) if row else None


def safe_contacts(*, records: Iterable[UUID], sealer: Sealer) -> dict[UUID, ContactWords]:
    """The safe way to reach each person, for records whose safe contact is open. Who gave none is not there."""
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS, [list(records)])
        rows = cursor.fetchall()
    found = {row[0]: _contact_words(row[0], sealer, row[1:]) for row in rows}
    return {record: words for record, words in found.items() if words is not None}


def _contact_words(record_id: UUID, sealer: Sealer, row: Any) -> ContactWords | None:
    way, address, hours, may_leave_message = row
    if way is None:
        return None
    return ContactWords(
        way,
        sealer.read(record_id, "people.safecontact.address", address),
        sealer.read(record_id, "people.safecontact.hours", hours),
        may_leave_message,
    )


def profile_and_contact(*, record_id: UUID, sealer: Sealer) -> tuple[ProfileWords | None, ContactWords | None]:
    """Both of a record whose demographics and safe contact are open, asked at once: the page workers open most."""
    with connection.cursor() as cursor:
        cursor.execute(PROFILE_AND_CONTACT, [record_id])
        row = cursor.fetchone()
    if row is None:
        return None, None
    return _profile_words(record_id, sealer, row[:3]), _contact_words(record_id, sealer, row[3:])


@dataclass(frozen=True)
class BlockLine:
    """Someone who must not see the person here: a whole organisation, or one worker wherever they work."""

    id: UUID
    is_organisation: bool
    name: str
    place: str
    since: datetime
    until: datetime | None = None


def own_blocks(*, reader: Reader) -> list[BlockLine]:
    """The blocks that stand now, the newest first. The person's own safe contact must be open.

    Refuses: NotThere for anyone who is not here as a person.
    """
    return _blocks(reader, ended=False)


def blocked_places(*, reader: Reader) -> set[UUID]:
    """The organisations that must not see the person now. The person's own safe contact must be open.

    Refuses: NotThere for anyone who is not here as a person.
    """
    if not reader.is_person or reader.record_id is None:
        raise NotThere
    standing = Block.objects.filter(record_id=reader.record_id, until__isnull=True, organisation_id__isnull=False)
    return {one for one in standing.values_list("organisation_id", flat=True) if one}


def ended_blocks(*, reader: Reader) -> list[BlockLine]:
    """The blocks that the person has ended, the newest first. The person's own safe contact must be open.

    Refuses: NotThere for anyone who is not here as a person.
    """
    return _blocks(reader, ended=True)


def _blocks(reader: Reader, *, ended: bool) -> list[BlockLine]:
    if not reader.is_person or reader.record_id is None:
        raise NotThere
    blocks = Block.objects.filter(record_id=reader.record_id, until__isnull=not ended).select_related("organisation")
    rows = list(blocks.order_by("-since"))
    workers = _workers({row.account_id for row in rows if row.account_id})
    return [_block_line(row, workers) for row in rows]


def _workers(accounts: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Membership.objects.filter(account_id__in=accounts).order_by("started_at")
    return {row[0]: (row[1], row[2]) for row in rows.values_list("account_id", "display_name", "organisation__name")}


def _block_line(row: Block, workers: dict[UUID, tuple[str, str]]) -> BlockLine:
    if row.organisation is not None:
        return BlockLine(row.id, True, row.organisation.name, "", row.since, row.until)
    name, place = workers.get(row.account_id, ("", "")) if row.account_id else ("", "")
    return BlockLine(row.id, False, name, place, row.since, row.until)
