"""A person and a worker who walks with them begin to write to each other."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.consent.models import Text
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.referrals.queries import who_walks
from manypaths.support import messages, messaging, showing
from manypaths.support import rules as support


@transaction.atomic
def write_to_worker(*, membership_id: UUID, words: str, by: Reader, at: datetime) -> UUID:
    """Write to a worker who walks with the person. Gives the thread.

    Refuses: NotThere for one who does not walk with them now · no words, or too many.
    Records: support.thread_begun where it is the first message, support.message_written
    """
    walker = next((one for one in who_walks(reader=by) if one.membership_id == membership_id), None)
    if walker is None:
        raise NotThere
    refuse_if(support.reasons_not_to_send(words, heard=True))
    thread = _begin(walker.org_record_id, membership_id, by, at)
    messaging.write_as_person(thread_id=thread, words=words, by=by, at=at)
    return thread


@transaction.atomic
def write_to_person(*, record_id: UUID, words: str, by: Reader, at: datetime) -> None:
    """Write to a person one walks with.

    Refuses: NotThere for everyone but a worker who walks with them, in a role that writes to people · no words, or too
    many.
    Records: support.thread_begun where it is the first message, support.message_written
    """
    opened = messages.open_thread(reader=by, org_record_id=record_id)
    refuse_if(support.reasons_not_to_send(words, heard=True))
    if opened.thread_id is None:
        assert by.membership_id is not None
        _begin(record_id, by.membership_id, by, at)
    messaging.write_as_worker(org_record_id=record_id, words=words, by=by, at=at)


@transaction.atomic
def show_check_in(*, membership_id: UUID, sitting_id: UUID, text: Text, by: Reader, at: datetime) -> UUID:
    """Show one check-in to a worker who walks with the person, in the words that stood on the page.

    Refuses: NotThere for one who does not walk with them now, and for a check-in that is not theirs or not finished.
    Records: support.thread_begun where they never wrote, support.check_in_shown
    """
    walker = next((one for one in who_walks(reader=by) if one.membership_id == membership_id), None)
    if walker is None:
        raise NotThere
    thread = _begin(walker.org_record_id, membership_id, by, at)
    return showing.show_check_in(thread_id=thread, sitting_id=sitting_id, text=text, by=by, at=at)


def _begin(org_record_id: UUID, membership_id: UUID, by: Reader, at: datetime) -> UUID:
    wanted = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "select begin_thread(%s, %s, %s, %s, %s, %s)",
            [by.account_id, str(by.hat), org_record_id, membership_id, wanted, at],
        )
        found: UUID | None = cursor.fetchone()[0]
    if found is None:
        raise NotThere
    if found == wanted:
        audit.record(what="support.thread_begun", by=by, subject=found, record_id=org_record_id, at=at)
    return found
