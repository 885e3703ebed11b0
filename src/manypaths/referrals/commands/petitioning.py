"""What a person asks of the privacy desk of a place that keeps a page of them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.consent.rules import DataClass
from manypaths.network.rules import Reader
from manypaths.referrals import queries
from manypaths.referrals.commands.saying import must_be_there
from manypaths.support import petitioning
from manypaths.support.rules.petitions import COMPLAINT, Asking


@transaction.atomic
def ask_for_correction(*, record_id: UUID, asking: Asking, by: Reader, at: datetime) -> UUID:
    """Ask a place to correct one thing that it wrote of the person, or to add what is missing.

    Refuses: NotThere for what is not theirs or not there · nothing written · too long.
    Records: support.petition_asked
    """
    data_class = DataClass(asking.data_class)
    held, opened = queries.open_held_record(reader=by, record_id=record_id, classes={data_class, DataClass.PRESENCE})
    if asking.item_id is not None:
        must_be_there(record_id, data_class, asking.item_id, opened)
    return petitioning.write_petition(
        record_id=record_id, organisation_id=held.organisation_id, asking=asking, opened=opened, by=by, at=at
    )


@transaction.atomic
def complain(*, record_id: UUID, words: str, by: Reader, at: datetime) -> UUID:
    """Complain to a place about how it keeps what it knows of the person.

    Refuses: NotThere for a place that keeps nothing of them · nothing written · too long.
    Records: support.petition_asked
    """
    held, opened = queries.open_held_record(reader=by, record_id=record_id, classes={DataClass.PRESENCE})
    asking = Asking(COMPLAINT, DataClass.ACCESS_LOG.value, words)
    return petitioning.write_petition(
        record_id=record_id, organisation_id=held.organisation_id, asking=asking, opened=opened, by=by, at=at
    )


@transaction.atomic
def withdraw_petition(*, record_id: UUID, petition_id: UUID, by: Reader, at: datetime) -> None:
    """Take back what was asked, until it is answered.

    Refuses: NotThere for what is not theirs, not there, or answered.
    Records: support.petition_withdrawn
    """
    queries.open_held_record(reader=by, record_id=record_id, classes={DataClass.PRESENCE})
    petitioning.withdraw_petition(record_id=record_id, petition_id=petition_id, by=by, at=at)


@transaction.atomic
def disagree_with_no(*, record_id: UUID, petition_id: UUID, words: str, by: Reader, at: datetime) -> None:
    """Say to a no that the person sees it differently. It stands beside the entry for everyone who opens it.

    Refuses: NotThere for what is not theirs or not there · said before · nothing written · too long.
    Records: support.petition_disagreed
    """
    _held, opened = queries.open_held_record(reader=by, record_id=record_id, classes={DataClass.PRESENCE})
    petitioning.disagree(record_id=record_id, petition_id=petition_id, words=words, opened=opened, by=by, at=at)
