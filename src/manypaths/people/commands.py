"""Makes persons and records. What is written about them afterwards needs the record opened, like any read."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.network.rules import Hat, Reader
from manypaths.people.models import Profile, SafeContact
from manypaths.vault.queries import Sealer, new_key


@transaction.atomic
def create_person(*, account_id: UUID, at: datetime) -> Reader:
    """Make the person and own record of a fresh account, and say who they now are as a reader.

    Refuses: a database error for an account that is not a person's, has ended, or already has its person.
    Records: people.person_made
    """
    person_id, record_id = uuid.uuid4(), uuid.uuid4()
    key = new_key(holder_id=person_id, record_id=record_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select create_person(%s, %s, %s, %s, %s, %s)",
            [account_id, person_id, record_id, key.ring_key, key.wrapped, at],
        )
    reader = Reader(account_id=account_id, hat=Hat.PERSON, person_id=person_id, record_id=record_id)
    audit.record(what="people.person_made", by=reader, subject=person_id, record_id=record_id, at=at)
    return reader


@transaction.atomic
def open_organisation_record(*, by: Reader, at: datetime) -> UUID:
    """Make an organisation's own record of someone its worker begins to support, with that worker assigned.

    Refuses: a database error for anyone who is not a member there now.
    Records: people.record_made
    """
    if by.organisation_id is None:
        raise ValueError("only a member of an organisation opens its record")
    record_id = uuid.uuid4()
    key = new_key(holder_id=by.organisation_id, record_id=record_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select create_org_record(%s, %s, %s, %s, %s, %s)",
            [by.account_id, by.membership_id, record_id, key.ring_key, key.wrapped, at],
        )
    audit.record(what="people.record_made", by=by, subject=record_id, record_id=record_id, at=at)
    return record_id


def write_profile(
    *, record_id: UUID, name: str, pronouns: str, language: str, sealer: Sealer, by: Reader, at: datetime
) -> None:
    """Write how the person wants to be called. The record's demographics must be open.

    Records: people.profile_written
    """
    Profile.objects.update_or_create(
        record_id=record_id,
        defaults={
            "name": sealer.seal(record_id, "people.profile.name", name),
            "pronouns": sealer.seal(record_id, "people.profile.pronouns", pronouns),
            "language": language,
            "changed_at": at,
        },
    )
    audit.record(what="people.profile_written", by=by, subject=record_id, record_id=record_id, at=at)


def write_safe_contact(
    *,
    record_id: UUID,
    way: str,
    address: str,
    hours: str,
    may_leave_message: bool,
    sealer: Sealer,
    by: Reader,
    at: datetime,
) -> None:
    """Write how the person can be reached without danger. The record's safe contact must be open.

    Records: people.safe_contact_written
    """
    SafeContact.objects.update_or_create(
        record_id=record_id,
        defaults={
            "way": way,
            "address": sealer.seal(record_id, "people.safecontact.address", address),
            "hours": sealer.seal(record_id, "people.safecontact.hours", hours),
            "may_leave_message": may_leave_message,
            "changed_at": at,
        },
    )
    audit.record(what="people.safe_contact_written", by=by, subject=record_id, record_id=record_id, at=at)
