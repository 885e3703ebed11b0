"""Who walks with a person now and can be written to, at the places they asked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network import queries as network
from manypaths.network.rules import Reader


@dataclass(frozen=True)
class Walker:
    """One worker who walks with the person, through which record of their organisation, since when."""

    membership_id: UUID
    org_record_id: UUID
    name: str
    title: str
    place: str
    since: datetime


def who_walks(*, reader: Reader) -> list[Walker]:
    """The workers who walk with the person now and read messages, each once, the newest first.

    Refuses: NotThere for anyone but the person.
    """
    consent.open_own(reader=reader, classes={DataClass.MESSAGES})
    with connection.cursor() as cursor:
        cursor.execute("select membership_id, org_record_id, since from who_walks(%s)", [reader.account_id])
        rows = cursor.fetchall()
    newest = {row[0]: row for row in sorted(rows, key=lambda row: row[2])}
    names = network.names_of_members(membership_ids=newest)
    found = [Walker(one, record, *names[one], since) for one, record, since in newest.values() if one in names]
    return sorted(found, key=lambda one: one.since, reverse=True)
