"""Shows one check-in to the worker of a thread, and stops showing it."""

import json
import uuid
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.consent import queries as consent
from manypaths.consent import stopped
from manypaths.consent.models import Text
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.outcomes import queries as outcomes
from manypaths.outcomes.queries import OwnSitting
from manypaths.people import commands as people
from manypaths.support import messages
from manypaths.support.models import ShownCheckIn
from manypaths.support.shown import WORDS
from manypaths.vault.queries import sealer_for

HIDDEN = "select id, until from check_ins_hidden(%s)"
HIDE_AGAIN = """
    update support_showncheckin s set until = greatest(n.at, s.since), words = null
      from unnest(%s::uuid[], %s::timestamptz[]) n(id, at) where s.id = n.id and s.until is null
"""


@transaction.atomic
def show_check_in(*, thread_id: UUID, sitting_id: UUID, text: Text, by: Reader, at: datetime) -> UUID:
    """Show one finished check-in to the worker of a thread: a copy, in the words that stood on the page.

    Refuses: NotThere for anyone else's, for one that is not finished, and for a worker who does not walk with them now.
    Records: support.check_in_shown
    Afterwards: the worker is told that something is shown.
    Repeats safely: what is shown already stays as it is.
    """
    record = consent.open_own(reader=by, classes={DataClass.CHECK_IN, DataClass.MESSAGES})
    sitting = outcomes.own_sitting(reader=by, sitting_id=sitting_id)
    thread, _lines, _more = messages.own_thread(reader=by, thread_id=thread_id, limit=1)
    if sitting.finished_at is None or not thread.is_heard:
        raise NotThere
    people.take_turn(record_id=record)
    standing = ShownCheckIn.objects.filter(thread_id=thread_id, sitting_id=sitting_id, until__isnull=True).first()
    if standing is not None:
        return standing.id
    row = ShownCheckIn(
        id=uuid.uuid4(), record_id=record, thread_id=thread_id, sitting_id=sitting_id, text_version=text.version,
        language=text.language, since=at, words=sealer_for([record]).seal(record, WORDS, _copy(sitting)),
    )  # fmt: skip
    row.save(force_insert=True)
    audit.record(what="support.check_in_shown", by=by, subject=row.id, record_id=record, at=at)
    worker = network.addressee(membership_id=thread.membership_id)
    if worker is not None:
        notices.tell_worker(
            account_id=worker.account_id, address=worker.email, language=worker.language,
            template=Template.SOMETHING_SHOWN, subject_id=thread.org_record_id, cause=str(row.id), at=at,
        )  # fmt: skip
    return row.id


def _copy(sitting: OwnSitting) -> str:
    """What the worker will read, as it reads to the person: statements and answers in their published words."""
    instrument = sitting.instrument
    wording = instrument.wording(sitting.language.split("-")[0]) or instrument.first_wording
    values = sitting.values
    said = [
        (wording.items[item], wording.labels[value] if (value := values.get(item)) is not None else "")
        for item in instrument.items
    ]
    on = sitting.answered_on.isoformat() if sitting.answered_on else ""
    kept = {
        "answered_on": on, "answered": sitting.answered, "total": sitting.total, "note": sitting.note, "said": said,
    }  # fmt: skip
    return json.dumps(kept, ensure_ascii=False)


@transaction.atomic
def stop_showing(*, shown_id: UUID, by: Reader, at: datetime) -> UUID:
    """Stop showing one check-in. The copy goes. Gives which check-in it was. Twice is the same as once.

    Refuses: NotThere for anyone else's.
    Records: support.check_in_closed
    """
    record = consent.open_own(reader=by, classes={DataClass.CHECK_IN, DataClass.MESSAGES})
    row = ShownCheckIn.objects.select_for_update().filter(record_id=record, id=shown_id).first()
    if row is None:
        raise NotThere
    if row.until is None:
        row.until, row.words = at, None
        row.save(update_fields=["until", "words"])
        audit.record(what="support.check_in_closed", by=by, subject=row.id, record_id=record, at=at)
    return row.sitting_id


def keep_hidden(*, since: datetime) -> int:
    """Write down, outside the database, which check-ins are shown no more since then. Repeats safely."""
    with connection.cursor() as cursor:
        cursor.execute(HIDDEN, [since])
        return stopped.keep(cursor.fetchall())


@transaction.atomic
def hide_again() -> int:
    """Hide the check-ins that the list names and this database still shows: it was put back from a copy. As the role
    `owner`.

    Afterwards: the copy of the words is gone once more. How many there were. Repeats safely.
    """
    known = stopped.listed()
    with connection.cursor() as cursor:
        cursor.execute(HIDE_AGAIN, [list(known), list(known.values())])
        return int(cursor.rowcount)
