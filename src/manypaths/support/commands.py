"""Writes down contacts and entries, strikes what should not be there, and keeps what the person says beside it."""

import uuid
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent import commands as consent_commands
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.support import queries, rules
from manypaths.support.models import Contact, CounsellingNote, Remark
from manypaths.support.rules import ContactFacts, EntryFacts, Kind, NoteFacts
from manypaths.vault.queries import Sealer, sealer_for


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


@transaction.atomic
def write_entry(
    *,
    record_id: UUID,
    facts: EntryFacts,
    replaces: UUID | None = None,
    purpose: Purpose = Purpose.CARE,
    by: Reader,
    at: datetime,
) -> UUID:
    """Write an entry of treatment, a drug screen, attendance or counselling; or correct one, by another entry that
    says which it replaces. The earlier one stays as it was.

    Refuses: NotThere or NotYourWork for a record or kind that the worker may not open or write · an unknown code · a
    day to come or long past · correcting an entry that was struck or corrected already.
    Records: support.entry_written or support.entry_corrected
    """
    if isinstance(facts, NoteFacts):
        return _write_note(record_id, facts, replaces, by, at)
    kind = rules.KIND_OF[type(facts)]
    opened = _open_to_write(record_id, kind, purpose, by)
    _refuse_unfit(record_id, kind, facts, replaces, opened, by, at)
    entry_id = uuid.uuid4()
    content = _content(record_id, kind, facts, opened.sealer)
    queries.MODELS[kind](
        id=entry_id, membership_id=by.membership_id, **content, **_frame(record_id, facts, replaces, by, at)
    ).save(force_insert=True)
    _note_down(entry_id, record_id, replaces, by, at)
    return entry_id


def _write_note(record_id: UUID, facts: NoteFacts, replaces: UUID | None, by: Reader, at: datetime) -> UUID:
    """A note that only its author will read: authorship first, then the note it opens."""
    opened = _open_to_write(record_id, Kind.NOTE, Purpose.CARE, by)
    _refuse_unfit(record_id, Kind.NOTE, facts, replaces, opened, by, at)
    note_id = uuid.uuid4()
    consent_commands.claim_authorship(
        item_id=note_id, record_id=record_id, data_class=DataClass.COUNSELLING_NOTES, by=by
    )
    opened = _open_to_write(record_id, Kind.NOTE, Purpose.CARE, by)
    content = _content(record_id, Kind.NOTE, facts, opened.sealer)
    CounsellingNote(authorship_id=note_id, **content, **_frame(record_id, facts, replaces, by, at)).save(
        force_insert=True
    )
    _note_down(note_id, record_id, replaces, by, at)
    return note_id


@transaction.atomic
def strike_entry(
    *,
    record_id: UUID,
    kind: Kind,
    entry_id: UUID,
    reason: str,
    purpose: Purpose = Purpose.CARE,
    by: Reader,
    at: datetime,
) -> None:
    """Strike an entry that should not be there. It stays readable as struck.

    Refuses: NotThere or NotYourWork for what the worker may not open or write · no reason · one that was struck or
    corrected already.
    Records: support.entry_struck
    """
    opened = _open_to_write(record_id, kind, purpose, by)
    standing = queries.standing_of_opened(record_id=record_id, kind=kind, entry_id=entry_id, opened=opened)
    refuse_if(rules.reasons_not_to_strike(reason, struck=standing.struck, replaced=standing.replaced))
    struck: dict[str, Any] = {"struck_at": at, "strike": reason}
    if kind is not Kind.NOTE:
        struck["struck_by_id"] = by.membership_id
    queries.MODELS[kind].objects.filter(pk=entry_id, struck_at__isnull=True).update(**struck)
    audit.record(what="support.entry_struck", by=by, subject=entry_id, record_id=record_id, at=at)


def _open_to_write(record_id: UUID, kind: Kind, purpose: Purpose, by: Reader) -> consent.Opened:
    if purpose not in rules.WRITING:
        raise NotThere
    return queries.open_kind(reader=by, record_id=record_id, kind=kind, purpose=purpose)


def _refuse_unfit(
    record_id: UUID,
    kind: Kind,
    facts: EntryFacts,
    replaces: UUID | None,
    opened: consent.Opened,
    by: Reader,
    at: datetime,
) -> None:
    """Every reason not to write this at once, and absence where there is nothing to correct."""
    if by.membership_id is None or by.community_id is None:
        raise NotThere
    reasons = list(rules.reasons_not_to_write(facts, _today(by, at)))
    if replaces is not None:
        standing = queries.standing_of_opened(record_id=record_id, kind=kind, entry_id=replaces, opened=opened)
        reasons += rules.reasons_not_to_touch(struck=standing.struck, replaced=standing.replaced)
    refuse_if(reasons)


def _today(by: Reader, at: datetime) -> date:
    """The day it is where the community is."""
    zone = next((one.zone for one in network.communities() if one.id == by.community_id), "UTC")
    return local_date(at, zone)


def _frame(record_id: UUID, facts: EntryFacts, replaces: UUID | None, by: Reader, at: datetime) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "community_id": by.community_id,
        "happened_on": facts.happened_on,
        "written_at": at,
        "replaces_id": replaces,
    }


def _content(record_id: UUID, kind: Kind, facts: EntryFacts, sealer: Sealer) -> dict[str, Any]:
    """What the entry says, as its table keeps it: codes plain, words sealed."""
    content = {name: value for name, value in vars(facts).items() if name != "happened_on"}
    if "found" in content:
        content["found"] = sorted(content["found"])
    if "words" in content:
        content["words"] = sealer.seal(record_id, queries.LABELS[kind], content["words"].strip())
    return content


def _note_down(entry_id: UUID, record_id: UUID, replaces: UUID | None, by: Reader, at: datetime) -> None:
    what = "support.entry_corrected" if replaces else "support.entry_written"
    audit.record(what=what, by=by, subject=entry_id, record_id=record_id, at=at)


@transaction.atomic
def write_remark(
    *,
    record_id: UUID,
    data_class: DataClass,
    item_id: UUID,
    stance: str,
    words: str,
    opened: consent.Opened,
    by: Reader,
    at: datetime,
) -> UUID:
    """Keep what the person says beside one thing that a place wrote of them. What stood beside it before is taken back.

    The person opened the record for it (`referrals`, which alone knows that it is theirs), and the database asks again.

    Refuses: NotThere where that class is not open · no stance · nothing written · too long. What the remark is about
    has to be there: the database refuses one about nothing.
    Records: support.remark_written
    """
    if not opened.opens_whole(record_id, data_class):
        raise NotThere
    refuse_if(rules.reasons_not_to_say(stance, words))
    standing = Remark.objects.filter(
        record_id=record_id, data_class=data_class, item_id=item_id, taken_back_at__isnull=True
    )
    standing.update(taken_back_at=at)
    row = Remark(
        id=uuid.uuid4(),
        record_id=record_id,
        data_class=data_class.value,
        item_id=item_id,
        stance=stance,
        words=opened.sealer.seal(record_id, queries.REMARK, words.strip()),
        written_at=at,
    )
    row.save(force_insert=True)
    audit.record(what="support.remark_written", by=by, subject=row.id, record_id=record_id, at=at)
    return row.id


@transaction.atomic
def take_back_remark(*, record_id: UUID, remark_id: UUID, by: Reader, at: datetime) -> None:
    """Take back what the person said: from now on the place cannot read it, and the person still can.

    Refuses: NotThere for one that is not there, in a record that the person did not open.
    Records: support.remark_taken_back
    Repeats safely.
    """
    row = Remark.objects.filter(record_id=record_id, id=remark_id).first()
    if row is None:
        raise NotThere
    if row.taken_back_at is None:
        Remark.objects.filter(id=remark_id).update(taken_back_at=at)
        audit.record(what="support.remark_taken_back", by=by, subject=remark_id, record_id=record_id, at=at)
