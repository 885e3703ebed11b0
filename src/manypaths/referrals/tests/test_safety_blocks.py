"""A block closes what a place already holds of the person, not only what they ask for next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.tests.factories import organisation, reader_for
from manypaths.people import commands as people
from manypaths.people import queries as people_queries
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT, accepted, draft, scene, send, sent

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC) - timedelta(minutes=1)
HELD = {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT, DataClass.CONTACT_LOG, DataClass.REFERRAL_TASK}


def sees(reader, record) -> bool:
    new_request()
    opened = consent.open_records(reader=reader, records=[record], classes=HELD, purpose=Purpose.CARE)
    return bool(opened.ids)


def as_themself(stage):
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.SAFE_CONTACT})
    return stage.person


def who(stage, kind):
    if kind == "place":
        return {"organisation_id": stage.body.id}
    return {"membership_id": stage.coach_member.id}


@pytest.mark.parametrize("kind", ["place", "worker"])
def test_a_block_closes_what_the_place_already_holds_and_its_end_opens_it_again(kind):
    stage, _referral, record = accepted()
    assert sees(stage.coach, record)
    block = people.block(**who(stage, kind), by=as_themself(stage), at=NOW)
    assert not sees(stage.coach, record)
    new_request()
    assert people_queries.caseload(reader=stage.coach).total == 0
    people.unblock(block_id=block, by=replace(as_themself(stage), factor_at=NOW), at=NOW)
    assert sees(stage.coach, record)
    assert people_queries.own_blocks(reader=as_themself(stage)) == []


def test_the_database_alone_keeps_the_blocked_away():
    stage, _referral, record = accepted()
    people.block(organisation_id=stage.body.id, by=as_themself(stage), at=NOW)
    new_request()
    with connection.cursor() as cursor:
        cursor.execute(
            "select open_records(%s, 'member', %s, %s, %s, 'care')",
            [stage.coach.account_id, stage.coach.membership_id, [record], ["demographics", "safe_contact"]],
        )
        assert cursor.fetchone()[0]["whole"] == [[], [], []]


def test_a_block_that_stood_before_holds_on_what_a_later_yes_makes():
    stage = scene()
    people.block(membership_id=stage.colleague_member.id, by=as_themself(stage), at=NOW)
    referral = sent(stage)
    new_request()
    record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    assert sees(stage.coach, record)
    with as_owner():
        rows = Block.objects.filter(record_id=record).values_list("account_id", "organisation_id", "until")
        assert list(rows) == [(stage.colleague.account_id, None, None)]


def test_a_block_of_another_place_says_nothing_in_this_places_record():
    stage, _referral, record = accepted()
    other = organisation("Harbor Row")
    people.block(organisation_id=other.id, by=as_themself(stage), at=NOW)
    assert sees(stage.coach, record)
    with as_owner():
        assert not Block.objects.filter(record_id=record).exists()


def test_the_end_of_one_block_leaves_the_others_standing():
    stage, _referral, record = accepted()
    place = people.block(organisation_id=stage.body.id, by=as_themself(stage), at=NOW)
    people.block(membership_id=stage.coach_member.id, by=stage.person, at=NOW)
    people.unblock(block_id=place, by=replace(as_themself(stage), factor_at=NOW), at=NOW)
    assert not sees(stage.coach, record)


def test_shutting_out_a_place_takes_back_what_is_open_there():
    stage, referral, record = accepted()
    commands.shut_out(organisation_id=stage.body.id, by=stage.person, at=ASKED_AT)
    new_request()
    view = queries.own_request(reader=stage.person, referral_id=referral)
    assert (view.line.status, view.reason, view.sharing) == (Status.CANCELLED, "sharing_ended", False)
    assert not sees(stage.coach, record)
    new_request()
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.coach, referral_id=referral)


def test_only_a_person_shuts_a_place_out():
    stage = scene()
    with pytest.raises(NotThere):
        commands.shut_out(organisation_id=stage.body.id, by=reader_for(stage.coach_member), at=ASKED_AT)


def test_who_keeps_away_from_a_place_does_not_ask_it():
    stage = scene()
    draft(stage)
    people.block(organisation_id=stage.body.id, by=as_themself(stage), at=NOW)
    with pytest.raises(Refused) as refused:
        send(stage)
    assert [reason.code for reason in refused.value.reasons] == ["blocked"]
