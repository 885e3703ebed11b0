"""Reads contacts and entries of one record that a reader may open."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.support import rules
from manypaths.support.models import Attendance, Contact, CounsellingNote, Petition, Remark, Screen, Treatment
from manypaths.support.rules import AttendanceFacts, EntryFacts, Kind, NoteFacts, ScreenFacts, TreatmentFacts
from manypaths.vault.queries import Sealer, sealer_for

SHOWN = 30
MODELS: dict[Kind, Any] = {
    Kind.TREATMENT: Treatment,
    Kind.SCREEN: Screen,
    Kind.ATTENDANCE: Attendance,
    Kind.NOTE: CounsellingNote,
}
REMARK = "support.remark.words"
AMENDMENT, DISAGREEMENT = "support.petition.amendment", "support.petition.disagreement"
LABELS = {
    Kind.TREATMENT: "support.treatment.words",
    Kind.SCREEN: "support.screen.words",
    Kind.NOTE: "support.counsellingnote.words",
}


@dataclass(frozen=True)
class Beside:
    """What stands beside something that was written, for everyone who opens it: what the place corrected at the
    person's request, or what the person says to its no."""

    item_id: UUID | None
    amended: bool
    words: str
    at: datetime


@dataclass(frozen=True)
class ContactLine:
    """One contact as a worker reads it. `is_exact` where it was written down as it happened; else its day is known."""

    id: UUID
    happened_at: datetime
    way: str
    deed: str
    note: str
    worker: str
    reached: bool
    is_exact: bool = False
    beside: tuple[Beside, ...] = ()


def contacts(*, reader: Reader, record_id: UUID) -> list[ContactLine]:
    """The newest contacts of a record.

    Refuses: NotThere when the reader may not open its contact log.
    """
    consent.open_record(reader=reader, record=record_id, classes={DataClass.CONTACT_LOG}, purpose=Purpose.CARE)
    return contacts_of_opened(record_id=record_id, sealer=sealer_for([record_id]))


def contacts_of_opened(
    *, record_id: UUID, sealer: Sealer, limit: int | None = SHOWN, offset: int = 0
) -> list[ContactLine]:
    """Contacts of a record whose contact log this request has opened already, the newest first; a fault where it has
    not."""
    rows = Contact.objects.filter(record_id=record_id).order_by("-happened_at", "-written_at")
    return _contact_lines(rows[offset : None if limit is None else offset + limit], record_id, sealer)


def contact_of_opened(*, record_id: UUID, contact_id: UUID, sealer: Sealer) -> ContactLine:
    """One contact of a record whose contact log this request has opened already.

    Refuses: NotThere for one that does not exist there.
    """
    found = _contact_lines(Contact.objects.filter(record_id=record_id, id=contact_id), record_id, sealer)
    if not found:
        raise NotThere
    return found[0]


def _contact_lines(rows: "QuerySet[Contact]", record_id: UUID, sealer: Sealer) -> list[ContactLine]:
    found = list(rows.values_list("id", "happened_at", "way", "deed", "note", "membership__display_name", "written_at"))
    beside = _beside(record_id, DataClass.CONTACT_LOG, sealer) if found else {}
    return [
        ContactLine(
            row[0],
            row[1],
            row[2],
            row[3],
            sealer.read(record_id, "support.contact.note", row[4]),
            row[5],
            rules.reached(row[3]),
            row[1] == row[6],
            beside.get(row[0], ()),
        )
        for row in found
    ]


def added_of_opened(*, record_id: UUID, data_class: DataClass, sealer: Sealer) -> tuple[Beside, ...]:
    """What stands in the record about something that was missing in it. Its class must be open."""
    return _beside(record_id, data_class, sealer).get(None, ())


def _beside(record_id: UUID, data_class: DataClass, sealer: Sealer) -> dict[UUID | None, tuple[Beside, ...]]:
    """What stands beside each thing of one class, the oldest first: what was asked for and not agreed to is not it."""
    rows = Petition.objects.filter(record_id=record_id, data_class=data_class, kind=rules.CORRECTION)
    found: dict[UUID | None, tuple[Beside, ...]] = {}
    for row in rows.exclude(amendment=None, disagreement=None).order_by("answered_at", "id"):
        amended = row.amendment is not None
        label, sealed = (AMENDMENT, row.amendment) if amended else (DISAGREEMENT, row.disagreement)
        at = row.answered_at if amended else row.disagreed_at
        assert at is not None, "an answer and a statement have a day"
        one = Beside(row.item_id, amended, sealer.read(record_id, label, sealed), at)
        found[row.item_id] = (*found.get(row.item_id, ()), one)
    return found


@dataclass(frozen=True)
class RemarkLine:
    """What the person says beside one thing. Taken back, only the person reads it."""

    id: UUID
    data_class: str
    item_id: UUID
    stance: str
    words: str
    written_at: datetime
    taken_back_at: datetime | None = None

    @property
    def disagrees(self) -> bool:
        return self.stance == rules.Stance.DIFFERENTLY


def remarks_of_opened(*, record_id: UUID, sealer: Sealer) -> list[RemarkLine]:
    """What the person says beside what is open of a record now, the newest first: of other classes nothing.

    For the person, what they took back too.
    """
    rows = Remark.objects.filter(record_id=record_id).order_by("-written_at", "id")
    return [
        RemarkLine(
            row.id,
            row.data_class,
            row.item_id,
            row.stance,
            sealer.read(record_id, REMARK, row.words),
            row.written_at,
            row.taken_back_at,
        )
        for row in rows
    ]


def said_beside(*, record_id: UUID, sealer: Sealer) -> dict[UUID, RemarkLine]:
    """What stands beside each thing now, by the id of what it is about."""
    found = remarks_of_opened(record_id=record_id, sealer=sealer)
    return {one.item_id: one for one in found if one.taken_back_at is None}


@dataclass(frozen=True)
class EntryLine:
    """One entry as a worker reads it. It stands unless it was struck or replaced by a newer one."""

    id: UUID
    facts: EntryFacts
    written_at: datetime
    worker: str = ""
    replaces: UUID | None = None
    replaced: bool = False
    struck_at: datetime | None = None
    strike: str = ""
    struck_by: str = ""
    beside: tuple[Beside, ...] = ()

    @property
    def stands(self) -> bool:
        return self.struck_at is None and not self.replaced


@dataclass(frozen=True)
class EntriesPage:
    """Entries of one kind, newest first, whether there are older ones, and what the person says beside them."""

    lines: list[EntryLine]
    more: bool
    added: tuple[Beside, ...] = ()
    said: dict[UUID, RemarkLine] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Whether an entry still stands as it was written."""

    struck: bool
    replaced: bool


def entries(
    *,
    reader: Reader,
    record_id: UUID,
    kind: Kind,
    purpose: Purpose = Purpose.CARE,
    limit: int = SHOWN,
    offset: int = 0,
) -> EntriesPage:
    """Entries of one kind of a record, those that were struck or corrected too. Of notes, the reader's own.

    Refuses: NotThere or NotYourWork where the kind is closed to the reader.
    """
    opened = open_kind(reader=reader, record_id=record_id, kind=kind, purpose=purpose)
    page = entries_of_opened(record_id=record_id, kind=kind, opened=opened, limit=limit, offset=offset)
    return replace(page, said=said_beside(record_id=record_id, sealer=opened.sealer)) if page.lines else page


def entry(*, reader: Reader, record_id: UUID, kind: Kind, entry_id: UUID, purpose: Purpose = Purpose.CARE) -> EntryLine:
    """One entry.

    Refuses: NotThere or NotYourWork where the kind is closed to the reader; NotThere for one that does not exist.
    """
    opened = open_kind(reader=reader, record_id=record_id, kind=kind, purpose=purpose)
    return entry_of_opened(record_id=record_id, kind=kind, entry_id=entry_id, opened=opened)


def open_kind(*, reader: Reader, record_id: UUID, kind: Kind, purpose: Purpose) -> consent.Opened:
    """Open one kind of entry of one record: all of it, or of notes what the reader wrote.

    Refuses: NotThere or NotYourWork where it is closed.
    """
    data_class = rules.CLASS_OF[kind]
    if kind is not Kind.NOTE:
        return consent.open_record(reader=reader, record=record_id, classes={data_class}, purpose=purpose)
    return consent.open_written(reader=reader, record=record_id, data_class=data_class)[0]


def entries_to_open(*, reader: Reader) -> tuple[list[Kind], frozenset[DataClass]]:
    """What the page of somebody one walks with is about: the kinds of entry that are the reader's work, and the classes
    to open for it. Notes of counselling are kept apart: they have a page of their own, and no other opens them."""
    kinds = [kind for kind in Kind if rules.is_work_of(reader.roles, kind)]
    return kinds, frozenset(rules.CLASS_OF[kind] for kind in kinds if kind is not Kind.NOTE)


def entry_of_opened(*, record_id: UUID, kind: Kind, entry_id: UUID, opened: consent.Opened) -> EntryLine:
    """One entry of a kind that this request has opened already.

    Refuses: NotThere for one that this opening did not open, and for one that does not exist there.
    """
    _must_be_open(record_id, kind, entry_id, opened)
    beside = {} if kind is Kind.NOTE else _beside(record_id, rules.CLASS_OF[kind], opened.sealer)
    found = _lines(_rows(record_id, kind).filter(pk=entry_id), record_id, kind, opened.sealer, beside)
    if not found:
        raise NotThere
    return found[0]


def entries_of_opened(
    *, record_id: UUID, kind: Kind, opened: consent.Opened, limit: int = SHOWN, offset: int = 0
) -> EntriesPage:
    """Entries of one kind that this request has opened already; a fault where it has not."""
    if kind is Kind.NOTE and not opened.allows(record_id, rules.CLASS_OF[kind]):
        return EntriesPage([], more=False)
    rows = _rows(record_id, kind).order_by("-happened_on", "-written_at", "pk")[offset : offset + limit + 1]
    beside = {} if kind is Kind.NOTE else _beside(record_id, rules.CLASS_OF[kind], opened.sealer)
    lines = _lines(rows, record_id, kind, opened.sealer, beside)
    return EntriesPage(lines[:limit], len(lines) > limit, beside.get(None, ()))


def standing_of_opened(*, record_id: UUID, kind: Kind, entry_id: UUID, opened: consent.Opened) -> Standing:
    """Whether an entry of an opened record still stands, for who is about to change it. It is held first: whoever
    changes it in the same moment waits, and then reads what was done.

    Refuses: NotThere for one that does not exist there, and for a note that the reader did not write.
    """
    _must_be_open(record_id, kind, entry_id, opened)
    row = MODELS[kind].objects.filter(record_id=record_id, pk=entry_id)
    row.select_for_update().values_list("pk").first()
    found = row.values_list("struck_at", "replaced_by__pk").first()
    if found is None:
        raise NotThere
    return Standing(struck=found[0] is not None, replaced=found[1] is not None)


def _must_be_open(record_id: UUID, kind: Kind, entry_id: UUID, opened: consent.Opened) -> None:
    """Refuses: NotThere for an item that this opening did not open."""
    if not opened.opens_request(entry_id, record_id, rules.CLASS_OF[kind]):
        raise NotThere


def _rows(record_id: UUID, kind: Kind) -> "QuerySet[Any]":
    rows: QuerySet[Any] = MODELS[kind].objects.filter(record_id=record_id).select_related("replaced_by")
    return rows if kind is Kind.NOTE else rows.select_related("replaced_by", "membership", "struck_by")


def _lines(
    rows: "QuerySet[Any]",
    record_id: UUID,
    kind: Kind,
    sealer: Sealer,
    beside: dict[UUID | None, tuple[Beside, ...]],
) -> list[EntryLine]:
    return [
        EntryLine(
            id=row.pk,
            facts=_facts(row, kind, sealer.read(record_id, LABELS[kind], row.words) if kind in LABELS else ""),
            written_at=row.written_at,
            worker="" if kind is Kind.NOTE else row.membership.display_name,
            replaces=row.replaces_id,
            replaced=hasattr(row, "replaced_by"),
            struck_at=row.struck_at,
            strike=row.strike,
            struck_by="" if kind is Kind.NOTE or row.struck_by is None else row.struck_by.display_name,
            beside=beside.get(row.pk, ()),
        )
        for row in rows
    ]


def _facts(row: Any, kind: Kind, words: str) -> EntryFacts:
    on: date = row.happened_on
    match kind:
        case Kind.TREATMENT:
            return TreatmentFacts(on, row.service, words)
        case Kind.SCREEN:
            return ScreenFacts(on, row.panel, row.result, tuple(row.found), row.ordered_by, words)
        case Kind.ATTENDANCE:
            return AttendanceFacts(on, row.session, row.presence)
        case Kind.NOTE:
            return NoteFacts(on, words)
