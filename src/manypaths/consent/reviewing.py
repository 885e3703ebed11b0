"""Asks for a review of a look, answers it, and closes it."""

import uuid
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.consent import queries
from manypaths.consent.models import LookFlag, Review
from manypaths.consent.reviews import ANSWER, REASON, WORDS, open_flag, open_review, read_alarms
from manypaths.consent.rules import DataClass, reviews
from manypaths.consent.rules.reviews import Ending, State
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.vault.queries import sealer_for


@transaction.atomic
def ask_for_review(
    *,
    look: UUID,
    organisation_id: UUID,
    membership_id: UUID,
    zone: str,
    wish: str,
    words: str,
    by: Reader,
    at: datetime,
) -> UUID:
    """Say that a look was not right. What was looked at, when and why is read from the log by the database.

    Refuses: no wish · too many words. A look that is not in the person's own list is refused by the database.
    Records: consent.review_asked
    Afterwards: those who answer privacy questions there, and did not look themselves, are told that something waits.
    Repeats safely: one look has one review.
    """
    record = queries.open_own(reader=by, classes={DataClass.ACCESS_LOG})
    refuse_if(reviews.reasons_not_to_ask(wish, words))
    row = Review(
        id=uuid.uuid4(), record_id=record, look=look, organisation_id=organisation_id, membership_id=membership_id,
        zone=zone, purpose="", basis="", classes=[], times=0, first_at=at, last_at=at, wish=wish,
        words=sealer_for([record]).seal(record, WORDS, words.strip()), asked_at=at, due_at=at + reviews.ANSWER_WITHIN,
    )  # fmt: skip
    Review.objects.bulk_create([row], ignore_conflicts=True)
    kept = Review.objects.exclude(ending=Ending.WITHDRAWN).get(record_id=record, look=look)
    if kept.id == row.id:
        audit.record(what="consent.review_asked", by=by, subject=row.id, record_id=record, at=at)
        _tell_officers(kept, at)
    return kept.id


def _tell_officers(row: Review, at: datetime) -> None:
    for officer in network.who_judges(organisation_id=row.organisation_id, membership_id=row.membership_id):
        notices.tell_worker(
            account_id=officer.account_id, address=officer.email, language=officer.language, subject_id=row.id,
            template=Template.REVIEW_ASKED, cause=str(row.id), at=at,
        )  # fmt: skip


@transaction.atomic
def withdraw_review(*, review_id: UUID, by: Reader, at: datetime) -> None:
    """Take back what was said. Nobody there can open it any more; the log of acts keeps that it was said.

    Refuses: NotThere for anyone else's · one that has its answer. Taking back twice is the same as once.
    Records: consent.review_withdrawn
    """
    row = _own(review_id, by)
    refuse_if(reviews.reasons_not_to_withdraw(row.state))
    if row.state == State.OPEN:
        _close(row, Ending.WITHDRAWN, by, at)


@transaction.atomic
def close_review(*, review_id: UUID, by: Reader, at: datetime) -> None:
    """Note that the person has read the answer. Twice is the same as once.

    Refuses: NotThere for anyone else's, and for one that has no answer yet.
    Records: consent.review_read
    """
    row = _own(review_id, by)
    if row.state == State.OPEN:
        raise NotThere
    if row.state == State.ANSWERED:
        _close(row, Ending.READ, by, at)
        notices.mark_read(reader=by, at=at, subject_id=row.id)


def _own(review_id: UUID, by: Reader) -> Review:
    record = queries.open_own(reader=by, classes={DataClass.ACCESS_LOG, DataClass.PRESENCE})
    row = Review.objects.select_for_update().filter(record_id=record, id=review_id).first()
    if row is None:
        raise NotThere
    return row


def _close(row: Review, ending: Ending, by: Reader, at: datetime) -> None:
    row.state, row.closed_at, row.ending = State.CLOSED, at, ending
    row.save(update_fields=["state", "closed_at", "ending"])
    audit.record(what=f"consent.review_{ending}", by=by, subject=row.id, record_id=row.record_id, at=at)


@transaction.atomic
def answer_review(*, review_id: UUID, finding: str, deed: str, answer: str, by: Reader, at: datetime) -> None:
    """Answer a review, as a privacy officer of the place whose worker looked.

    Refuses: NotThere for everyone else, and for the one who looked · an answer that is there already · what is missing.
    Records: consent.review_answered
    Afterwards: a line waits for the person. "It should not have happened" stands in the index
    `consent_review_should_not_have`: it waits there to be written into the register of what went wrong.
    """
    opened = open_review(reader=by, review_id=review_id)
    row = Review.objects.select_for_update().get(id=review_id)
    refuse_if(reviews.reasons_not_to_answer(row.state, finding, deed, answer))
    row.state, row.finding, row.deed, row.answered_at, row.answered_by_id = (
        State.ANSWERED, finding, deed, at, by.membership_id,
    )  # fmt: skip
    row.answer = opened.sealer.seal(row.record_id, ANSWER, answer.strip())
    row.save(update_fields=["state", "finding", "deed", "answer", "answered_at", "answered_by_id"])
    audit.record(what="consent.review_answered", by=by, subject=row.id, record_id=row.record_id, at=at)
    notices.tell_person(
        record_id=row.record_id, template=Template.REVIEW_ANSWERED, subject_id=row.id, cause=str(row.id), at=at
    )


@transaction.atomic
def answer_flag(*, flag_id: UUID, answer: str, reason: str, by: Reader, at: datetime) -> None:
    """Say what explains the looks of a worker, or look into them first and say later whether they were right.

    Refuses: NotThere for everyone but a privacy officer of the place who did not look themself · an answer that is
    there already · no reason.
    Records: consent.flag_answered
    Afterwards: where they were not right, the database leaves a line for the person.
    """
    line, opened = open_flag(reader=by, flag_id=flag_id)
    row = LookFlag.objects.select_for_update().get(record_id=line.record_id, id=flag_id)
    refuse_if(reviews.reasons_not_to_answer_flag(row.state, answer, reason))  # another may have answered meanwhile
    row.state, row.answered_at, row.answered_by_id = answer, at, by.membership_id
    row.reason = opened.sealer.seal(line.record_id, REASON, reason.strip())
    row.save(update_fields=["state", "reason", "answered_at", "answered_by_id"])
    audit.record(what="consent.flag_answered", by=by, subject=flag_id, record_id=line.record_id, at=at)


@transaction.atomic
def close_read_alarm(*, alarm_id: UUID, by: Reader, at: datetime) -> None:
    """Close an alarm: what the worker did is known and right, or was talked about. They can open pages again.

    Refuses: NotThere for everyone but a lead or privacy officer of the place, and about oneself.
    Records: consent.read_alarm_closed
    Repeats safely: what they or somebody else closed a moment ago is closed, and is not closed once more.
    """
    with connection.cursor() as cursor:
        cursor.execute("select close_read_alarm(%s, %s, %s)", [by.account_id, by.membership_id, alarm_id])
        is_new = cursor.fetchone()[0]
    if is_new:
        audit.record(what="consent.read_alarm_closed", by=by, subject=alarm_id, at=at)
    elif alarm_id not in {one.id for one in read_alarms(reader=by, waiting=False)}:
        raise NotThere


@transaction.atomic
def raise_read_alarms(*, spans: Collection[str], at: datetime) -> int:
    """Go through the log for who opened far more than usual, and tell the leads and privacy officers of the place.

    Repeats safely: one worker has one open alarm for ten minutes and one for a day.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from raise_read_alarms(%s)", [list(spans)])
        raised: list[tuple[UUID, UUID, UUID, bool, bool]] = cursor.fetchall()
    for alarm, place, worker, _is_new, stops in raised:
        for judge in network.who_judges_reading(organisation_id=place, membership_id=worker):
            notices.tell_worker(
                account_id=judge.account_id, address="", language=judge.language, subject_id=alarm,
                template=Template.MUCH_WAS_OPENED, cause=f"{alarm}{'/stops' if stops else ''}", at=at,
            )  # fmt: skip
    return sum(one[3] for one in raised)
