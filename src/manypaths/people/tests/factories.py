"""Made-up persons and records for tests, made through the same doors as real ones."""

from uuid import UUID

from django.db import connection

from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, account, reader_for
from manypaths.people import commands


def person() -> Reader:
    """A fresh person with an own record, as the reader they are when signed in."""
    return commands.create_person(account_id=account("person").id, at=NOW)


def record_held_by(member: Membership) -> UUID:
    """An organisation's own record, with this worker assigned to it."""
    return commands.open_organisation_record(by=reader_for(member), at=NOW)


def new_request() -> None:
    """What opens a fresh request inside a test's one transaction: nothing is opened any more."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.nonce', '', true)")
