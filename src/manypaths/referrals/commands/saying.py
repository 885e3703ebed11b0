"""What the person says beside something that a place keeps of them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.referrals import queries
from manypaths.support import commands as support
from manypaths.support import queries as support_queries
from manypaths.support.rules import CLASS_OF, Kind

PLANS = frozenset({DataClass.RECOVERY_PLAN, DataClass.SAFETY_PLAN})
KIND_OF_CLASS = {CLASS_OF[kind]: kind for kind in Kind if kind is not Kind.NOTE}


@transaction.atomic
def say_beside(
    *, record_id: UUID, data_class: DataClass, item_id: UUID, stance: str, words: str, by: Reader, at: datetime
) -> UUID:
    """Say something beside one thing that a place wrote of the person: an entry, a contact, or the plan they keep.

    Who may open that thing there reads it too. Nobody there can change it.

    Refuses: NotThere for what is not theirs or not there · no stance · nothing written · too long.
    Records: support.remark_written
    """
    _held, opened = queries.open_held_record(reader=by, record_id=record_id, classes={data_class})
    must_be_there(record_id, data_class, item_id, opened)
    return support.write_remark(
        record_id=record_id,
        data_class=data_class,
        item_id=item_id,
        stance=stance,
        words=words,
        opened=opened,
        by=by,
        at=at,
    )


@transaction.atomic
def take_back_what_was_said(
    *, record_id: UUID, data_class: DataClass, remark_id: UUID, by: Reader, at: datetime
) -> None:
    """Take back what the person said beside something. The place cannot read it any more.

    Refuses: NotThere for what is not theirs or not there.
    Records: support.remark_taken_back
    Repeats safely.
    """
    queries.open_held_record(reader=by, record_id=record_id, classes={data_class})
    support.take_back_remark(record_id=record_id, remark_id=remark_id, by=by, at=at)


def must_be_there(record_id: UUID, data_class: DataClass, item_id: UUID, opened: Opened) -> None:
    """Refuses: NotThere."""
    if data_class is DataClass.CONTACT_LOG:
        support_queries.contact_of_opened(record_id=record_id, contact_id=item_id, sealer=opened.sealer)
    elif data_class in KIND_OF_CLASS:
        support_queries.entry_of_opened(
            record_id=record_id, kind=KIND_OF_CLASS[data_class], entry_id=item_id, opened=opened
        )
    elif data_class not in PLANS or item_id != record_id:
        raise NotThere
