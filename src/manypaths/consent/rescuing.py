"""Makes the card for a medical emergency, and reviews what was opened in one."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.accounts.queries import fingerprint
from manypaths.accounts.rules import code_as_typed
from manypaths.audit import commands as audit
from manypaths.consent import queries
from manypaths.consent.emergencies import ANSWER, open_review
from manypaths.consent.models import Emergency, EmergencyCard
from manypaths.consent.rules import DataClass, emergencies, reviews
from manypaths.lib.refusals import refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader, reasons_not_proved
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.people import commands as people


def hash_of_card(code: str) -> str:
    """What is kept of the code of a card: useless to who has the table but not our key."""
    return fingerprint("emergency card", code_as_typed(code))


@transaction.atomic
def make_card(*, by: Reader, at: datetime) -> str:
    """Make the code of the person's card. It is shown once; the one from before no longer works.

    Refuses: NotThere for anyone but the person · a proof that is too old.
    Records: consent.emergency_card_made
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    refuse_if(reasons_not_proved(by, at))
    people.take_turn(record_id=record)
    code = emergencies.new_code()
    EmergencyCard.objects.filter(record_id=record).delete()
    EmergencyCard(record_id=record, code_hash=hash_of_card(code), made_at=at).save(force_insert=True)
    audit.record(what="consent.emergency_card_made", by=by, record_id=record, at=at)
    return code


@transaction.atomic
def drop_card(*, by: Reader, at: datetime) -> None:
    """Make the card useless. Twice is the same as once.

    Refuses: NotThere for anyone but the person.
    Records: consent.emergency_card_dropped
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    if EmergencyCard.objects.filter(record_id=record).delete()[0]:
        audit.record(what="consent.emergency_card_dropped", by=by, record_id=record, at=at)


def tell_reviewers(*, emergency_id: UUID, organisation_id: UUID, by: Reader, at: datetime) -> None:
    """Tell whoever reviews an emergency at the place that holds the record, and did not open it themself."""
    assert by.membership_id is not None
    for officer in network.who_judges(organisation_id=organisation_id, membership_id=by.membership_id):
        notices.tell_worker(
            account_id=officer.account_id, address=officer.email, language=officer.language, subject_id=emergency_id,
            template=Template.EMERGENCY_TO_REVIEW, cause=str(emergency_id), at=at,
        )  # fmt: skip


@transaction.atomic
def review_emergency(*, emergency_id: UUID, finding: str, deed: str, answer: str, by: Reader, at: datetime) -> None:
    """Say whether it was right to open, as a privacy officer of the place that holds the record.

    Refuses: NotThere for everyone else, and for who opened it · a review that is there already · what is missing.
    Records: consent.emergency_reviewed
    Afterwards: a line waits for the person. "It should not have happened" stands in the index
    `consent_emergency_not_right`.
    """
    opened = open_review(reader=by, emergency_id=emergency_id)
    row = Emergency.objects.select_for_update().get(id=emergency_id)
    state = reviews.State.ANSWERED if row.finding else reviews.State.OPEN
    refuse_if(reviews.reasons_not_to_answer(state, finding, deed, answer))
    row.finding, row.deed, row.answered_at, row.answered_by_id = finding, deed, at, by.membership_id
    row.answer = opened.sealer.seal(row.record_id, ANSWER, answer.strip())
    row.save(update_fields=["finding", "deed", "answer", "answered_at", "answered_by_id"])
    audit.record(what="consent.emergency_reviewed", by=by, subject=row.id, record_id=row.record_id, at=at)
    notices.tell_person(
        record_id=row.record_id, template=Template.EMERGENCY_REVIEWED, subject_id=row.opening, cause=str(row.id), at=at
    )
