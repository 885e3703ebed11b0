"""Writes down a contact."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.support import rules
from manypaths.support.models import Contact
from manypaths.support.rules import ContactFacts
from manypaths.vault.queries import sealer_for


@transaction.atomic
def record_contact(*, record_id: UUID, facts: ContactFacts, by: Reader, at: datetime) -> UUID:
    """Write that a worker was in touch with someone, or tried.

    Refuses: NotThere for a record the worker may not open · an unknown code · a time to come or long past.
    Records: support.contact_recorded
    """
    consent.open_record(reader=by, record=record_id, classes={DataClass.CONTACT_LOG}, purpose=Purpose.CARE)
    if by.membership_id is None or by.community_id is None:
        raise NotThere
    refuse_if(rules.reasons_not_to_record(facts, at))
    contact = Contact(
        id=uuid.uuid4(),
        record_id=record_id,
        membership_id=by.membership_id,
        community_id=by.community_id,
        happened_at=facts.happened_at,
        way=facts.way,
        deed=facts.deed,
        note=sealer_for([record_id]).seal(record_id, "support.contact.note", facts.note),
        written_at=at,
    )
    contact.save(force_insert=True)
    audit.record(what="support.contact_recorded", by=by, subject=contact.id, record_id=record_id, at=at)
    return contact.id
