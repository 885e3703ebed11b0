"""What the organisation that was asked does, and what the night does for it. Asked of the rules, then written."""

from datetime import datetime, timedelta
from uuid import UUID

from manypaths.config.demo.asking import Request, grant_facts, move
from manypaths.config.demo.book import Book, Words, held_facts, obey, shared_facts
from manypaths.config.demo.folk import Someone
from manypaths.config.demo.houses import Worker
from manypaths.config.demo.telling import tell_person, tell_workers
from manypaths.consent import rules as consent_rules
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.rules import SYSTEM
from manypaths.notices.rules import Template
from manypaths.people.models import Assignment, Profile, Record, SafeContact
from manypaths.referrals.models import Move
from manypaths.referrals.rules import Party, Status
from manypaths.support import rules as support
from manypaths.support.models import Contact
from manypaths.support.rules import ContactFacts

TASK = frozenset({DataClass.REFERRAL_TASK})
LAWS = {"yes": "part2", "no": "neither", "unset": "unset"}


def look_in(request: Request, worker: Worker, at: datetime) -> None:
    """A worker reads the request while the consent lasts."""
    if request.grant is not None and consent_rules.is_active(grant_facts(request.grant), at):
        record = shared_facts(request.row.record_id, request.someone.reader.person_id, grant_facts(request.grant))
        request.book.look(worker.reader, record, TASK, Purpose.REFERRAL, at, subject=request.row.id)


def accept(request: Request, worker: Worker, at: datetime) -> None:
    """Say yes: the organisation opens its own record, with this worker beside the person."""
    book, someone, record = request.book, request.someone, request.book.chance.uid()
    look_in(request, worker, at - timedelta(minutes=2))
    book.add(
        Record(
            id=record,
            holder="organisation",
            organisation_id=request.house.id,
            person_id=None,
            origin_law=LAWS[request.house.text.part2],
            opened_at=at,
        )
    )
    book.holders[record] = request.house.id
    request.assignment = Assignment(
        id=book.chance.uid(), record_id=record, membership_id=worker.membership_id, since=at
    )
    book.add(request.assignment)
    book.act("people.record_made", worker.reader, at, record, record)
    _copy_contact(book, someone, record, worker, at)
    request.worker, request.org_record, request.row.org_record_id = worker, record, record
    move(request, Status.ACCEPTED, Party.TARGET, worker.reader, at)


def _copy_contact(book: Book, someone: Someone, record: UUID, worker: Worker, at: datetime) -> None:
    classes = {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT, DataClass.REFERRAL_TASK}
    book.look(worker.reader, held_facts(record, worker.reader.organisation_id), classes, Purpose.CARE, at)
    book.add(
        Profile(
            record_id=record,
            name=Words("people.profile.name", someone.name),
            pronouns=Words("people.profile.pronouns", ""),
            language=someone.language,
            changed_at=at,
        )
    )
    book.add(
        SafeContact(
            record_id=record,
            way=someone.way,
            address=Words("people.safecontact.address", someone.number),
            hours=Words("people.safecontact.hours", someone.hours),
            may_leave_message=someone.may_leave_message,
            changed_at=at,
        )
    )
    book.act("people.profile_written", worker.reader, at, record, record)
    book.act("people.safe_contact_written", worker.reader, at, record, record)


def go_on(request: Request, to: Status, worker: Worker, at: datetime, *, reason: str = "", outcome: str = "") -> None:
    """A move by the organisation."""
    if request.org_record is None:
        look_in(request, worker, at - timedelta(minutes=1))
    move(request, to, Party.TARGET, worker.reader, at, reason=reason, outcome=outcome)


def run_late(request: Request, at: datetime) -> None:
    """The clock has run out: the person's page says so, and the lead is told."""
    request.row.reminded_at = at
    tell_person(request.book, request.row, Template.REQUEST_LATE, at)
    tell_workers(
        request.book, request.row, request.house.leads or request.house.answering, Template.REQUEST_WAITS_LONG, at
    )
    request.book.act("referrals.overdue", SYSTEM, at, request.row.id)


def write_contact(request: Request, worker: Worker, way: str, deed: str, note: str, happened: datetime) -> None:
    """A worker writes a contact down; the first that reached the person stops the clock."""
    book, record = request.book, request.org_record
    if record is None:
        return
    at = happened + timedelta(minutes=book.chance.randrange(5, 200))
    if at >= book.now:
        return
    obey(support.reasons_not_to_record(ContactFacts(happened, way, deed, note), at))
    book.look(
        worker.reader, held_facts(record, worker.reader.organisation_id), {DataClass.CONTACT_LOG}, Purpose.CARE, at
    )
    row = Contact(
        id=book.chance.uid(),
        record_id=record,
        membership_id=worker.membership_id,
        community_id=request.row.community_id,
        happened_at=happened,
        way=way,
        deed=deed,
        note=Words("support.contact.note", note),
        written_at=at,
    )
    book.add(row)
    book.act("support.contact_recorded", worker.reader, at, row.id, record)
    if support.reached(deed) and request.row.first_contact_at is None:
        request.row.first_contact_at = happened


def supervise(request: Request, at: datetime) -> None:
    """The lead looks at how it goes."""
    if request.worker is None or request.worker.lead is None or request.org_record is None:
        return
    record = held_facts(request.org_record, request.house.id, supervised=True)
    request.book.look(request.worker.lead.reader, record, {DataClass.CONTACT_LOG}, Purpose.SUPERVISION, at)


def lapse(request: Request, at: datetime) -> None:
    """The night takes back what may no longer be seen."""
    request.row.status, request.row.reason, request.row.closed_at = Status.CANCELLED.value, "sharing_ended", at
    request.moves.append((Status.REQUESTED.value, Status.CANCELLED.value, Party.REQUESTER.value))
    request.book.add(
        Move(
            id=request.book.chance.uid(),
            referral_id=request.row.id,
            record_id=request.row.record_id,
            org_record_id=None,
            was=Status.REQUESTED.value,
            became=Status.CANCELLED.value,
            party=Party.REQUESTER.value,
            reason="sharing_ended",
            membership_id=None,
            at=at,
        )
    )
