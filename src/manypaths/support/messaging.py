"""Writes a message, takes one back, notes that it was read, and lets who walks on read what was written before."""

import uuid
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.support import messages, rules
from manypaths.support.messages import WORDS, ThreadLine, ThreadPage
from manypaths.support.models import Message, Thread
from manypaths.support.rules import Party
from manypaths.vault.queries import Sealer, sealer_for


@transaction.atomic
def write_as_person(*, thread_id: UUID, words: str, by: Reader, at: datetime) -> UUID:
    """Write to the one worker of a thread.

    Refuses: NotThere for anyone else's thread · nobody who would read it · no words, or too many.
    Records: support.message_written
    Afterwards: the worker is told that something waits, once until they have read.
    """
    thread, _lines, _more = messages.own_thread(reader=by, thread_id=thread_id, limit=1)
    refuse_if(rules.reasons_not_to_send(words, heard=thread.is_heard))
    record = consent.open_own(reader=by, classes={DataClass.MESSAGES})
    message = _write(thread_id, record, Party.PERSON, words, sealer_for([record]), by, at)
    _tell_worker(thread, at)
    return message


@transaction.atomic
def write_as_worker(*, org_record_id: UUID, words: str, by: Reader, at: datetime) -> UUID:
    """Write to a person one walks with, in a thread that was begun.

    Refuses: NotThere for everyone but the worker of the thread · no words, or too many.
    Records: support.message_written
    Afterwards: a line waits on the person's own page.
    """
    opened = messages.open_thread(reader=by, org_record_id=org_record_id)
    refuse_if(rules.reasons_not_to_send(words, heard=True))
    if opened.thread_id is None or opened.record_id is None:
        raise NotThere
    message = _write(opened.thread_id, opened.record_id, Party.WORKER, words, opened.sealer, by, at)
    first = _first_unread(opened.thread_id, Party.WORKER) or message
    notices.tell_person(
        record_id=opened.record_id, template=Template.MESSAGE_ARRIVED, subject_id=opened.thread_id, cause=str(first),
        at=at,
    )  # fmt: skip
    return message


def _write(thread: UUID, record: UUID, party: Party, words: str, sealer: Sealer, by: Reader, at: datetime) -> UUID:
    row = Message(
        id=uuid.uuid4(), record_id=record, thread_id=thread, party=party,
        words=sealer.seal(record, WORDS, words.strip()), written_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    audit.record(what="support.message_written", by=by, subject=row.id, record_id=record, at=at)
    return row.id


def _first_unread(thread: UUID, party: Party) -> UUID | None:
    """The message since which its reader has not looked: they are told of it once."""
    unread = Message.objects.filter(thread_id=thread, party=party, read_at__isnull=True, taken_back_at__isnull=True)
    return unread.order_by("written_at", "id").values_list("id", flat=True).first()


def _tell_worker(thread: ThreadLine, at: datetime) -> None:
    worker = network.addressee(membership_id=thread.membership_id)
    first = _first_unread(thread.id, Party.PERSON)
    if worker is not None:
        notices.tell_worker(
            account_id=worker.account_id, address=worker.email, language=worker.language,
            template=Template.MESSAGE_ARRIVED, subject_id=thread.org_record_id, cause=f"{thread.id}/{first}", at=at,
        )  # fmt: skip


@transaction.atomic
def take_back(*, message_id: UUID, by: Reader, at: datetime) -> UUID:
    """Take back what one wrote, before it was read. Its words are gone. Gives the thread. Twice is the same as once.

    Refuses: NotThere for anyone else's, and for what the worker wrote · a message that was read.
    Records: support.message_taken_back
    """
    record = consent.open_own(reader=by, classes={DataClass.MESSAGES})
    own = Message.objects.select_for_update().filter(record_id=record, party=Party.PERSON)
    row = own.filter(id=message_id).first()
    if row is None:
        raise NotThere
    refuse_if(rules.reasons_not_to_take_back(read=row.read_at is not None))
    if row.taken_back_at is None:
        row.words, row.taken_back_at = None, at
        row.save(update_fields=["words", "taken_back_at"])
        audit.record(what="support.message_taken_back", by=by, subject=row.id, record_id=record, at=at)
    return row.thread_id


@transaction.atomic
def read_as_worker(*, org_record_id: UUID, offset: int = 0, by: Reader, at: datetime) -> ThreadPage:
    """Open the thread as its worker, and note that what waited was read. Noted first: what is taken back at this very
    moment is then either read or gone, never both.

    Refuses: NotThere for everyone but the worker of the thread.
    """
    opened = messages.open_thread(reader=by, org_record_id=org_record_id)
    if opened.thread_id is None:
        return ThreadPage([])
    new = _note_read(opened.thread_id, Party.PERSON, at)
    notices.mark_read(reader=by, at=at, subject_id=org_record_id)
    page = messages.page_of_opened(opened=opened, offset=offset)
    return replace(page, lines=[replace(one, is_new=one.id in new) for one in page.lines])


@transaction.atomic
def read_as_person(
    *, thread_id: UUID, offset: int = 0, by: Reader, at: datetime
) -> tuple[ThreadLine, list[messages.MessageLine], bool]:
    """Open a thread as its person, and note that what waited was read.

    Refuses: NotThere for anyone else's.
    """
    record = consent.open_own(reader=by, classes={DataClass.MESSAGES, DataClass.PRESENCE})
    if not Thread.objects.filter(record_id=record, id=thread_id).exists():
        raise NotThere
    new = _note_read(thread_id, Party.WORKER, at)
    notices.mark_read(reader=by, at=at, subject_id=thread_id)
    thread, lines, more = messages.own_thread(reader=by, thread_id=thread_id, offset=offset)
    return thread, [replace(one, is_new=one.id in new) for one in lines], more


def _note_read(thread: UUID, party: Party, at: datetime) -> frozenset[UUID]:
    unread = Message.objects.filter(thread_id=thread, party=party, read_at__isnull=True, taken_back_at__isnull=True)
    waited = frozenset(unread.select_for_update().values_list("id", flat=True))
    unread.filter(id__in=waited).update(read_at=at)
    return waited


@transaction.atomic
def show_earlier(*, thread_id: UUID, earlier_id: UUID | None, by: Reader, at: datetime) -> None:
    """Let the worker of a thread read what was written with somebody before at that place; or no more, with None.

    Refuses: NotThere for anyone else's threads, and for one of another place.
    Records: support.earlier_shown or support.earlier_closed
    Repeats safely.
    """
    record = consent.open_own(reader=by, classes={DataClass.MESSAGES})
    own = Thread.objects.filter(record_id=record)
    row = own.select_for_update(no_key=True).filter(id=thread_id).first()
    if row is None:
        raise NotThere
    if earlier_id is not None and not own.filter(id=earlier_id, org_record_id=row.org_record_id).exists():
        raise NotThere
    if row.earlier_id != earlier_id:
        row.earlier_id = earlier_id
        row.save(update_fields=["earlier"])
        what = "support.earlier_shown" if earlier_id else "support.earlier_closed"
        audit.record(what=what, by=by, subject=thread_id, record_id=record, at=at)
