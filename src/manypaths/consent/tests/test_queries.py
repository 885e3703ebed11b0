"""The gate: what opens, what stays closed, and that each look is written first."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import commands, queries
from manypaths.consent.models import Grant, Text
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.factories import ANOTHER_REQUEST, ONE_REQUEST, grant
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.models import Membership
from manypaths.network.tests.factories import account, community, membership, organisation, reader_for
from manypaths.people import commands as people
from manypaths.people.models import Block, Profile
from manypaths.people.tests.factories import new_request, person, record_held_by
from manypaths.referrals.models import Referral

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def looks() -> list[tuple[object, ...]]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select account_id, opened, classes, purpose, bases, denied from audit_access order by seq")
        return cursor.fetchall()


def opens(reader, record, data_class, purpose) -> bool:
    new_request()
    opened = queries.open_records(
        reader=reader, records=[record], classes=[data_class], purpose=purpose, subjects=[ONE_REQUEST]
    )
    return opened.allows(record, data_class)


def test_a_person_opens_everything_of_their_own_record_but_notes_of_counselling():
    reader = person()
    for data_class in set(DataClass) - {DataClass.COUNSELLING_NOTES}:
        assert opens(reader, reader.record_id, data_class, Purpose.OWN)


def test_a_person_cannot_open_the_record_of_another_person():
    mine, other = person(), person()
    assert not opens(mine, other.record_id, DataClass.RECOVERY_PLAN, Purpose.OWN)


def test_an_own_record_opens_for_no_other_purpose_than_its_own():
    reader = person()
    assert not opens(reader, reader.record_id, DataClass.RECOVERY_PLAN, Purpose.CARE)


def test_the_access_row_is_written_before_anything_is_read():
    reader = person()
    queries.open_own(reader=reader, classes={DataClass.RECOVERY_PLAN})
    account, opened, classes, purpose, bases, denied = looks()[-1]
    assert (account, opened, classes, purpose) == (reader.account_id, [reader.record_id], ["recovery_plan"], "own")
    assert (bases, denied) == (["own"], [])


def test_a_closed_record_is_written_as_denied():
    mine, other = person(), person()
    opens(mine, other.record_id, DataClass.RECOVERY_PLAN, Purpose.OWN)
    _account, opened, _classes, _purpose, _bases, denied = looks()[-1]
    assert (opened, denied) == ([], [other.record_id])


def test_reading_what_nobody_opened_is_a_loud_fault():
    reader = person()
    opened = queries.open_records(
        reader=reader, records=[reader.record_id], classes=[DataClass.DEMOGRAPHICS], purpose=Purpose.OWN
    )
    people.write_profile(
        record_id=reader.record_id, name="Maria", pronouns="", language="en", sealer=opened.sealer, by=reader, at=NOW
    )
    new_request()
    with pytest.raises(ProgrammingError, match="nobody opened demographics"), transaction.atomic():
        list(Profile.objects.all())


def test_an_assigned_worker_opens_the_classes_of_their_role_only():
    worker = membership(organisation(), "peer")
    record = record_held_by(worker)
    reader = reader_for(worker)
    assert opens(reader, record, DataClass.DEMOGRAPHICS, Purpose.CARE)
    assert not opens(reader, record, DataClass.ACCESS_LOG, Purpose.CARE)


def test_a_colleague_who_is_not_assigned_opens_nothing():
    house = organisation()
    record = record_held_by(membership(house, "peer"))
    assert not opens(reader_for(membership(house, "peer")), record, DataClass.DEMOGRAPHICS, Purpose.CARE)


def test_a_supervisor_of_the_assigned_worker_opens_for_supervision():
    house = organisation()
    lead = membership(house, "supervisor")
    record = record_held_by(membership(house, "peer", supervisor=lead))
    assert opens(reader_for(lead), record, DataClass.DEMOGRAPHICS, Purpose.SUPERVISION)
    assert not opens(reader_for(lead), record, DataClass.DEMOGRAPHICS, Purpose.CARE)


def test_the_desk_opens_named_fields_only():
    house = organisation()
    record = record_held_by(membership(house, "peer"))
    desk = reader_for(membership(house, "frontdesk"))
    new_request()
    opened = queries.open_records(reader=desk, records=[record], classes=[DataClass.DEMOGRAPHICS], purpose=Purpose.DESK)
    assert opened.is_minimal(record, DataClass.DEMOGRAPHICS)


def test_an_administrator_opens_nothing_of_anyone():
    house = organisation()
    record = record_held_by(membership(house, "peer"))
    admin = reader_for(membership(house, "org_admin"))
    for data_class in DataClass:
        for purpose in Purpose:
            assert not opens(admin, record, data_class, purpose)


def granted_to(house) -> tuple[object, Membership]:
    reader = person()
    worker = membership(house, "peer", answers_requests=True)
    return reader, worker


def test_a_consent_opens_exactly_what_it_names():
    house = organisation()
    owner, worker = granted_to(house)
    grant(owner.record_id, house)
    reader = reader_for(worker)
    assert opens(reader, owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    assert not opens(reader, owner.record_id, DataClass.RECOVERY_PLAN, Purpose.REFERRAL)
    assert not opens(reader, owner.record_id, DataClass.REFERRAL_TASK, Purpose.CARE)


def test_a_consent_for_one_request_opens_nothing_of_another():
    house = organisation()
    owner, worker = granted_to(house)
    grant(owner.record_id, house, ended_at=NOW - timedelta(hours=1))
    grant(owner.record_id, house, subject=ANOTHER_REQUEST)
    reader = reader_for(worker)
    assert not opens(reader, owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    grant(owner.record_id, house)
    assert opens(reader, owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_a_consent_opens_nothing_where_no_request_is_named():
    house = organisation()
    owner, worker = granted_to(house)
    grant(owner.record_id, house)
    opened = queries.open_records(
        reader=reader_for(worker),
        records=[owner.record_id],
        classes=[DataClass.REFERRAL_TASK],
        purpose=Purpose.REFERRAL,
    )
    assert opened.ids == frozenset()


def test_the_access_row_says_for_which_request():
    house = organisation()
    owner, worker = granted_to(house)
    grant(owner.record_id, house)
    opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    opens(owner, owner.record_id, DataClass.REFERRAL_TASK, Purpose.OWN)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select opened, subjects from audit_access order by seq desc limit 2")
        assert cursor.fetchall() == [([owner.record_id], [None]), ([owner.record_id], [ONE_REQUEST])]


def test_a_consent_to_one_organisation_opens_nothing_to_another():
    house, other = organisation(), organisation("Harbor Row")
    owner, _worker = granted_to(house)
    grant(owner.record_id, house)
    stranger = reader_for(membership(other, "peer", answers_requests=True))
    assert not opens(stranger, owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_a_worker_who_does_not_answer_requests_opens_none():
    house = organisation()
    owner, _worker = granted_to(house)
    grant(owner.record_id, house)
    colleague = reader_for(membership(house, "peer"))
    assert not opens(colleague, owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


@pytest.mark.parametrize(
    "state",
    [
        {"ended_at": NOW - timedelta(hours=1)},
        {"starts_at": NOW - timedelta(days=95), "until": NOW - timedelta(days=5)},
        {"starts_at": NOW + timedelta(days=1)},
    ],
    ids=["stopped", "expired", "not begun"],
)
def test_a_consent_that_is_not_active_is_no_consent(state):
    house = organisation()
    owner, worker = granted_to(house)
    grant(owner.record_id, house, **state)
    assert not opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_a_safety_block_beats_a_consent_but_not_the_person():
    house = organisation()
    owner, worker = granted_to(house)
    grant(owner.record_id, house)
    assert opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    with as_owner():
        Block.objects.create(record_id=owner.record_id, account_id=worker.account_id, since=NOW - timedelta(days=1))
    assert not opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    assert opens(owner, owner.record_id, DataClass.REFERRAL_TASK, Purpose.OWN)


def test_an_ended_membership_opens_nothing_from_now_on():
    house = organisation()
    worker = membership(house, "peer")
    record = record_held_by(worker)
    assert opens(reader_for(worker), record, DataClass.DEMOGRAPHICS, Purpose.CARE)
    Membership.objects.filter(id=worker.id).update(ended_at=NOW)
    assert not opens(reader_for(worker), record, DataClass.DEMOGRAPHICS, Purpose.CARE)


def test_claiming_the_membership_of_another_account_opens_nothing():
    house = organisation()
    worker, thief = membership(house, "peer"), membership(house, "peer")
    record = record_held_by(worker)
    forged = reader_for(worker).__class__(**{**reader_for(worker).__dict__, "account_id": thief.account_id})
    assert not opens(forged, record, DataClass.DEMOGRAPHICS, Purpose.CARE)


def test_a_mixed_list_opens_what_is_open_and_names_what_is_not():
    worker = membership(organisation(), "peer")
    mine, foreign = record_held_by(worker), record_held_by(membership(organisation("Harbor Row"), "peer"))
    new_request()
    opened = queries.open_records(
        reader=reader_for(worker), records=[mine, foreign], classes=[DataClass.DEMOGRAPHICS], purpose=Purpose.CARE
    )
    assert opened.ids == {mine}
    rows = looks()[-2:]
    assert [row[1] for row in rows if row[1]] == [[mine]]
    assert [row[5] for row in rows if row[5]] == [[foreign]]


def text() -> Text:
    with as_owner():
        return Text.objects.create(key="t", version="1", language="en", title="t", body="b", source="s", licence="l")


def asked_once(owner, house) -> None:
    """The request that a consent is given for."""
    with as_owner():
        Referral.objects.create(
            id=ONE_REQUEST, record_id=owner.record_id, organisation=house, community=community(),
            service_id=uuid.uuid4(), kind="peer_support", status="draft", started_at=NOW,
        )  # fmt: skip


def give(owner, house, days: int = 30) -> Grant:
    asked_once(owner, house)
    return commands.give_for_request(
        organisation_id=house.id,
        subject_id=ONE_REQUEST,
        classes={DataClass.REFERRAL_TASK},
        until=NOW + timedelta(days=days),
        text=text(),
        by=owner,
        at=NOW - timedelta(seconds=5),
    )


def test_stopping_a_consent_closes_the_next_look():
    house = organisation()
    owner, worker = granted_to(house)
    given = give(owner, house)
    assert opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    new_request()
    commands.stop(grant_id=given.id, by=owner, at=NOW - timedelta(seconds=1))
    assert not opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_a_stop_by_a_clock_that_is_ahead_counts_from_now():
    house = organisation()
    owner, worker = granted_to(house)
    given = give(owner, house)
    new_request()
    commands.stop(grant_id=given.id, by=owner, at=NOW + timedelta(minutes=5))
    assert not opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_a_consent_longer_than_ninety_days_is_refused():
    house = organisation()
    owner, _worker = granted_to(house)
    with pytest.raises(Refused) as refused:
        give(owner, house, days=91)
    assert [reason.code for reason in refused.value.reasons] == ["too_long"]


def test_another_person_cannot_stop_it_and_learns_nothing():
    house = organisation()
    owner, _worker = granted_to(house)
    given = give(owner, house)
    other = person()
    new_request()
    with pytest.raises(NotThere):
        commands.stop(grant_id=given.id, by=other, at=NOW)


def test_only_the_recipient_can_end_it_by_closing_the_request():
    house, other = organisation(), organisation("Harbor Row")
    owner, worker = granted_to(house)
    given = give(owner, house)
    commands.end_as_recipient(subject_id=given.subject_id, by=reader_for(membership(other)), at=NOW)
    assert opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)
    commands.end_as_recipient(subject_id=given.subject_id, by=reader_for(worker), at=NOW - timedelta(seconds=1))
    assert not opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_an_account_that_has_ended_ends_no_consent():
    house = organisation()
    owner, worker = granted_to(house)
    given = give(owner, house)
    gone = membership(house, account=account(active=False))
    commands.end_as_recipient(subject_id=given.subject_id, by=reader_for(gone), at=NOW - timedelta(seconds=1))
    assert opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


def test_a_consent_ends_at_once_even_where_the_recipient_names_a_later_day():
    house = organisation()
    owner, worker = granted_to(house)
    given = give(owner, house)
    commands.end_as_recipient(subject_id=given.subject_id, by=reader_for(worker), at=NOW + timedelta(days=3650))
    assert not opens(reader_for(worker), owner.record_id, DataClass.REFERRAL_TASK, Purpose.REFERRAL)


@pytest.mark.parametrize("role", ["frontdesk", "privacy_officer"])
def test_a_class_that_is_not_their_work_is_forbidden_to_those_who_know_the_person_is_here(role):
    house = organisation()
    record = record_held_by(membership(house, "peer"))
    with pytest.raises(NotYourWork):
        queries.open_record(
            reader=reader_for(membership(house, role)),
            record=record,
            classes={DataClass.RECOVERY_PLAN},
            purpose=Purpose.DESK,
        )


@pytest.mark.parametrize("role", ["org_admin", "peer", "coordinator"])
def test_it_is_absent_to_everyone_else(role):
    house = organisation()
    record = record_held_by(membership(house, "peer"))
    with pytest.raises(NotThere):
        queries.open_record(
            reader=reader_for(membership(house, role)),
            record=record,
            classes={DataClass.RECOVERY_PLAN},
            purpose=Purpose.CARE,
        )


def test_an_assigned_peer_sees_the_named_fields_of_a_consent_only():
    worker = membership(organisation(), "peer")
    record = record_held_by(worker)
    new_request()
    opened = queries.open_record(
        reader=reader_for(worker), record=record, classes={DataClass.CONSENT_RECORD}, purpose=Purpose.CARE
    )
    assert opened.is_minimal(record, DataClass.CONSENT_RECORD)
