"""What a person and the worker who walks with them wrote to each other. Read by these two; finding is not opening."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials
from manypaths.consent import queries as consent
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.support import rules
from manypaths.support.models import Message, Thread
from manypaths.support.rules import Party, WalkerFacts
from manypaths.vault.queries import Sealer, sealer_for, sealer_of

OPEN = "select open_thread(%s, %s, %s)"
WORDS = "support.message.words"
A_PAGE = 40
IN_A_COPY = 100_000
WITH_WORKER = ("membership__display_name", "membership__title", "membership__organisation__name")


@dataclass(frozen=True)
class MessageLine:
    """One message as both read it. One that was taken back has no words; `is_new`: its reader had not read it."""

    id: UUID
    party: Party
    words: str
    written_at: datetime
    read_at: datetime | None
    taken_back_at: datetime | None
    is_new: bool = False


@dataclass(frozen=True)
class ThreadLine:
    """One thread as its person finds it: with whom, whether they still read, and what is new."""

    id: UUID
    membership_id: UUID
    org_record_id: UUID
    worker: str
    title: str
    place: str
    begun_at: datetime
    is_heard: bool
    earlier_id: UUID | None
    newest_at: datetime | None = None
    unread: int = 0


@dataclass(frozen=True)
class OpenedThread:
    """The thread of one record as its worker has it open; without an id where nobody wrote yet."""

    thread_id: UUID | None
    record_id: UUID | None
    sealer: Sealer


@dataclass(frozen=True)
class ThreadPage:
    """What a worker reads of a thread. `earlier` is what was written with somebody before, where the person lets this
    worker read it."""

    lines: list[MessageLine]
    more: bool = False
    earlier_worker: str = ""
    earlier: tuple[MessageLine, ...] = ()


def open_thread(*, reader: Reader, org_record_id: UUID) -> OpenedThread:
    """Open what a worker and a person they walk with wrote to each other. The person sees this look like any other.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone but the one worker; absent looks the same.
    Records: one access row, for this thread under the person's own record
    """
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, org_record_id])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    if not found["open"]:
        denials.note(asking)
    if found["open"] != rules.may_read(WalkerFacts(*found["facts"]) if found["facts"] else None):
        raise WallsDisagree("thread")
    if not found["open"]:
        raise NotThere
    thread, own = (UUID(found[name]) if found[name] else None for name in ("thread", "own"))
    return OpenedThread(thread, own, sealer_of(found["keys"]))


def page_of_opened(*, opened: OpenedThread, limit: int = A_PAGE, offset: int = 0) -> ThreadPage:
    """The newest messages of a thread that this request has opened, and beside the newest what was written before."""
    if opened.thread_id is None:
        return ThreadPage([])
    row = Thread.objects.select_related("earlier__membership").get(id=opened.thread_id)
    lines, more = _lines(row.id, opened.sealer, limit, offset)
    if row.earlier is None or offset:
        return ThreadPage(lines, more)
    earlier, _older = _lines(row.earlier.id, opened.sealer, limit, 0)
    return ThreadPage(lines, more, row.earlier.membership.display_name, tuple(earlier))


def own_threads(*, reader: Reader) -> list[ThreadLine]:
    """Every thread of the person, what is newest first; those that have ended too.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.MESSAGES})
    heard = _heard()
    newest: dict[UUID, tuple[datetime, int]] = {}
    for thread, party, written_at, read_at in Message.objects.filter(record_id=record).values_list(
        "thread_id", "party", "written_at", "read_at"
    ):
        before, unread = newest.get(thread, (written_at, 0))
        new = party == Party.WORKER and read_at is None
        newest[thread] = max(before, written_at), unread + new
    rows = Thread.objects.filter(record_id=record)
    lines = [_line(row, heard, *newest.get(row[0], (None, 0))) for row in rows.values_list(*_COLUMNS)]
    return sorted(lines, key=lambda one: one.newest_at or one.begun_at, reverse=True)


def own_thread(
    *, reader: Reader, thread_id: UUID, limit: int = A_PAGE, offset: int = 0
) -> tuple[ThreadLine, list[MessageLine], bool]:
    """One thread of the person: with whom, its newest messages in the order they were written, and whether there are
    older ones.

    Refuses: NotThere for anyone else's.
    """
    record = consent.open_own(reader=reader, classes={DataClass.MESSAGES})
    row = Thread.objects.filter(record_id=record, id=thread_id).values_list(*_COLUMNS).first()
    if row is None:
        raise NotThere
    lines, more = _lines(thread_id, sealer_for([record]), limit, offset)
    return _line(row, _heard()), lines, more


def own_messages(*, reader: Reader) -> list[tuple[ThreadLine, list[MessageLine]]]:
    """Everything the person and their workers wrote to each other, for a copy of everything.

    Refuses: NotThere for anyone but the person.
    """
    threads = own_threads(reader=reader)
    sealer = sealer_for([reader.record_id]) if threads and reader.record_id else None
    return [(one, _lines(one.id, sealer, IN_A_COPY, 0)[0]) for one in threads if sealer]


def unread_of_opened(*, reader: Reader) -> int:
    """How many messages wait for the person, whose own messages this request has opened already."""
    if reader.record_id is None:
        return 0
    return Message.objects.filter(record_id=reader.record_id, party=Party.WORKER, read_at__isnull=True).count()


_COLUMNS = ("id", "membership_id", "org_record_id", *WITH_WORKER, "begun_at", "earlier_id")


def _line(
    row: tuple[Any, ...], heard: frozenset[UUID], newest_at: datetime | None = None, unread: int = 0
) -> ThreadLine:
    thread, membership, org_record, worker, title, place, begun_at, earlier = row
    return ThreadLine(
        thread, membership, org_record, worker, title, place, begun_at, thread in heard, earlier, newest_at, unread
    )


def heard_now(*, reader: Reader) -> frozenset[UUID]:
    """The threads of the person that a worker reads now. Their own messages must be open.

    For anyone but the person it is empty.
    """
    return _heard() if reader.is_person else frozenset()


def _heard() -> frozenset[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("select support_heard()")
        return frozenset(row[0] for row in cursor.fetchall())


def _lines(thread_id: UUID, sealer: Sealer, limit: int, offset: int) -> tuple[list[MessageLine], bool]:
    """The newest messages, in the order they were written, and whether there are older ones."""
    rows = list(Message.objects.filter(thread_id=thread_id).order_by("-written_at", "-id")[offset : offset + limit + 1])
    return [_message(row, sealer) for row in rows[:limit][::-1]], len(rows) > limit


def _message(row: Message, sealer: Sealer) -> MessageLine:
    words = sealer.read(row.record_id, WORDS, row.words) if row.words else ""
    return MessageLine(row.id, Party(row.party), words, row.written_at, row.read_at, row.taken_back_at)
