"""What only its author reads: authorship is claimed once, and opens one item to one worker."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.consent import commands, queries
from manypaths.consent.models import Authorship
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, NotYourWork
from manypaths.network.models import Membership
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import new_request, person, record_held_by

pytestmark = pytest.mark.django_db
NOTES = DataClass.COUNSELLING_NOTES
NOW = datetime.now(UTC)


def assign(record, worker) -> None:
    with as_owner():
        Assignment.objects.create(record_id=record, membership=worker, since=NOW - timedelta(days=1))


@pytest.fixture
def house(db):
    """A clinician with a record, a colleague who is assigned too, their lead, and one item the clinician wrote."""
    body = organisation()
    lead = membership(body, "supervisor")
    author = membership(body, "clinician", supervisor=lead)
    record = record_held_by(author)
    other = membership(body, "clinician", supervisor=lead)
    assign(record, other)
    item = uuid.uuid4()
    commands.claim_authorship(item_id=item, record_id=record, data_class=NOTES, by=reader_for(author))
    return {"body": body, "author": author, "other": other, "lead": lead, "record": record, "item": item}


def opens(reader, record, item, purpose=Purpose.CARE) -> bool:
    new_request()
    opened = queries.open_records(
        reader=reader, records=[record], classes=[NOTES, DataClass.PRESENCE], purpose=purpose, subjects=[item]
    )
    return opened.opens_request(item, None, NOTES)


def test_the_author_opens_what_they_wrote_and_the_log_names_the_item(house):
    reader = reader_for(house["author"])
    assert opens(reader, house["record"], house["item"])
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select opened, subjects, bases from audit_access where %s = any(classes) and opened <> '{}' "
            "order by seq desc limit 1",
            [NOTES.value],
        )
        assert cursor.fetchone() == ([house["record"]], [house["item"]], ["originated"])


def test_nobody_opens_the_notes_of_a_record_as_a_whole(house):
    new_request()
    for who in ("author", "other", "lead"):
        for purpose in Purpose:
            opened = queries.open_records(
                reader=reader_for(house[who]), records=[house["record"]], classes=[NOTES], purpose=purpose
            )
            assert opened.bases == {}, (who, purpose)


def test_whose_work_it_never_is_opens_nothing_on_the_way_to_the_refusal(house):
    """Else the person would read on their list that somebody looked, who was shown nothing."""
    peer = membership(house["body"], "peer")
    assign(house["record"], peer)
    new_request()
    with pytest.raises(NotYourWork):
        queries.open_written(reader=reader_for(peer), record=house["record"], data_class=NOTES)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select opened, denied, classes from audit_access where account_id = %s", [peer.account_id])
        assert cursor.fetchall() == [([], [house["record"]], [NOTES.value])]


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.CARE])
def test_authorship_counts_for_care_and_for_no_other_purpose(house, purpose):
    assert not opens(reader_for(house["author"]), house["record"], house["item"], purpose)


def test_the_other_assigned_clinician_and_the_lead_open_nothing_of_it(house):
    assert not opens(reader_for(house["other"]), house["record"], house["item"])
    for purpose in Purpose:
        assert not opens(reader_for(house["lead"]), house["record"], house["item"], purpose)


def test_an_item_that_was_not_named_stays_closed(house):
    assert not opens(reader_for(house["author"]), house["record"], uuid.uuid4())


def test_it_closes_with_the_assignment_the_membership_or_a_safety_block(house):
    reader = reader_for(house["author"])
    with as_owner():
        block = Block.objects.create(
            record_id=house["record"], account_id=reader.account_id, since=NOW - timedelta(hours=1)
        )
    assert not opens(reader, house["record"], house["item"])
    with as_owner():
        Block.objects.filter(id=block.id).update(until=NOW - timedelta(minutes=1))
    assert opens(reader, house["record"], house["item"])
    with as_owner():
        Assignment.objects.filter(membership=house["author"]).update(until=NOW - timedelta(minutes=1))
    assert not opens(reader, house["record"], house["item"])
    with as_owner():
        Assignment.objects.filter(membership=house["author"]).update(until=None)
    Membership.objects.filter(id=house["author"].id).update(ended_at=NOW)
    assert not opens(reader, house["record"], house["item"])


def test_a_person_does_not_open_notes_of_counselling_as_their_own():
    reader = person()
    opened = queries.open_records(
        reader=reader, records=[reader.record_id], classes=[NOTES, DataClass.TREATMENT], purpose=Purpose.OWN
    )
    assert set(opened.bases) == {(reader.record_id, DataClass.TREATMENT.value, None)}
    with pytest.raises(NotThere):
        queries.open_own(reader=reader, classes={NOTES})


@pytest.mark.parametrize("who", ["other", "lead", "author"])
def test_an_item_that_has_an_author_can_have_no_other(house, who):
    with pytest.raises(NotThere):
        commands.claim_authorship(
            item_id=house["item"], record_id=house["record"], data_class=NOTES, by=reader_for(house[who])
        )
    with as_owner():
        assert Authorship.objects.get().membership_id == house["author"].id


def test_only_a_role_that_writes_them_claims_and_only_in_a_record_it_walks_with(house):
    peer, stranger = membership(house["body"], "peer"), membership(organisation("Other"), "clinician")
    assign(house["record"], peer)
    unassigned = membership(house["body"], "clinician")
    tries = [(one, NOTES) for one in (peer, stranger, unassigned)] + [(house["author"], DataClass.TREATMENT)]
    for worker, data_class in tries:
        with pytest.raises(NotThere):
            commands.claim_authorship(
                item_id=uuid.uuid4(), record_id=house["record"], data_class=data_class, by=reader_for(worker)
            )


@pytest.mark.parametrize("closed", ["membership", "account", "record", "block on the worker", "block on the house"])
def test_nothing_is_claimed_where_the_gate_is_closed(house, closed):
    author, by_house = house["author"], closed.endswith("house")
    with as_owner():
        if closed == "membership":
            Membership.objects.filter(id=author.id).update(ended_at=NOW)
        if closed == "account":
            User.objects.filter(id=author.account_id).update(is_active=False)
        if closed == "record":
            Record.objects.filter(id=house["record"]).update(erased_at=NOW)
        if closed.startswith("block"):
            Block.objects.create(
                record_id=house["record"],
                account_id=None if by_house else author.account_id,
                organisation=house["body"] if by_house else None,
                since=NOW - timedelta(hours=1),
            )
    with pytest.raises(NotThere):
        commands.claim_authorship(
            item_id=uuid.uuid4(), record_id=house["record"], data_class=NOTES, by=reader_for(author)
        )


def test_a_membership_of_someone_else_claims_nothing(house):
    thief = replace(reader_for(house["author"]), account_id=house["other"].account_id)
    with pytest.raises(NotThere):
        commands.claim_authorship(item_id=uuid.uuid4(), record_id=house["record"], data_class=NOTES, by=thief)
    assert queries.written_by(reader=thief, record=house["record"], data_class=NOTES) == []


def test_the_application_neither_reads_nor_writes_who_wrote_what(house):
    with as_owner():
        assert Authorship.objects.count() == 1
    opens(reader_for(house["author"]), house["record"], house["item"])
    for statement in (
        "select * from consent_authorship",
        "insert into consent_authorship select gen_random_uuid(), record_id, data_class, membership_id, since "
        "from consent_authorship",
        "update consent_authorship set membership_id = gen_random_uuid()",
        "delete from consent_authorship",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_whose_work_it_is_not_is_told_so_and_another_clinician_finds_nothing(house):
    peer = membership(house["body"], "peer")
    assign(house["record"], peer)
    answers = {"other": None, "peer": NotYourWork, "lead": NotThere, "stranger": NotThere}
    workers = {**house, "peer": peer, "stranger": membership(organisation("Other"), "clinician")}
    for who, answer in answers.items():
        new_request()
        ask = {"reader": reader_for(workers[who]), "record": house["record"], "data_class": NOTES}
        if answer is None:
            assert queries.open_written(**ask)[1] == []
            continue
        with pytest.raises(answer):
            queries.open_written(**ask)
    new_request()
    _opened, mine = queries.open_written(reader=reader_for(house["author"]), record=house["record"], data_class=NOTES)
    assert mine == [house["item"]]
