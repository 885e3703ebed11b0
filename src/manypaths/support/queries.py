"""Reads contacts of one record that a reader may open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.rules import Reader
from manypaths.support import rules
from manypaths.support.models import Contact
from manypaths.vault.queries import Sealer, sealer_for

SHOWN = 30


@dataclass(frozen=True)
class ContactLine:
    """One contact as a worker reads it. `is_exact` where it was written down as it happened; else its day is known."""

    happened_at: datetime
    way: str
    deed: str
    note: str
    worker: str
    reached: bool
    is_exact: bool = False


def contacts(*, reader: Reader, record_id: UUID) -> list[ContactLine]:
    """The newest contacts of a record.

    Refuses: NotThere when the reader may not open its contact log.
    """
    consent.open_record(reader=reader, record=record_id, classes={DataClass.CONTACT_LOG}, purpose=Purpose.CARE)
    return contacts_of_opened(record_id=record_id, sealer=sealer_for([record_id]))


def contacts_of_opened(*, record_id: UUID, sealer: Sealer) -> list[ContactLine]:
    """The newest contacts of a record whose contact log this request has opened already; a fault where it has not."""
    rows = Contact.objects.filter(record_id=record_id).order_by("-happened_at", "-written_at")
    found = rows.values_list("happened_at", "way", "deed", "note", "membership__display_name", "written_at")[:SHOWN]
    return [
        ContactLine(
            row[0],
            row[1],
            row[2],
            sealer.read(record_id, "support.contact.note", row[3]),
            row[4],
            rules.reached(row[2]),
            row[0] == row[5],
        )
        for row in found
    ]
