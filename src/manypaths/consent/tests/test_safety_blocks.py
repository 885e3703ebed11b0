"""A person keeps someone away, and lets them near again."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.factories import ONE_REQUEST, grant
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people import commands, queries
from manypaths.people.tests.factories import new_request, person

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC) - timedelta(minutes=1)


def acts() -> list[str]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select what from audit_act where what like 'people.%%block%%' order by at")
        return [row[0] for row in cursor.fetchall()]


def opened_person():
    reader = person()
    consent.open_own(reader=reader, classes={DataClass.SAFE_CONTACT})
    return reader


def sees(worker, record) -> bool:
    new_request()
    opened = consent.open_records(
        reader=reader_for(worker),
        records=[record],
        classes=[DataClass.REFERRAL_TASK],
        purpose=Purpose.REFERRAL,
        subjects=[ONE_REQUEST],
    )
    return bool(opened.ids)


@pytest.mark.parametrize("kind", ["organisation", "worker"])
def test_a_block_closes_what_a_consent_had_opened(kind):
    maria, house = opened_person(), organisation()
    worker = membership(house, "peer", answers_requests=True)
    grant(maria.record_id, house)
    who = {"organisation_id": house.id} if kind == "organisation" else {"membership_id": worker.id}
    first = commands.block(**who, by=maria, at=NOW)
    assert commands.block(**who, by=maria, at=NOW) == first
    assert [line.name for line in queries.own_blocks(reader=maria)] == [
        "Lantern House" if kind == "organisation" else "Dee R."
    ]
    assert not sees(worker, maria.record_id)
    new_request()
    consent.open_own(reader=maria, classes={DataClass.SAFE_CONTACT})
    for _ in range(2):
        commands.unblock(block_id=first, by=replace(maria, factor_at=NOW), at=NOW + timedelta(seconds=1))
    assert queries.own_blocks(reader=maria) == []
    assert sees(worker, maria.record_id)
    assert acts() == ["people.blocked", "people.unblocked"]


def test_a_worker_who_is_blocked_is_blocked_wherever_they_work():
    maria, house, other = opened_person(), organisation(), organisation("Harbor Row")
    worker = membership(house)
    again = membership(other, "peer", account=worker.account, answers_requests=True)
    commands.block(membership_id=worker.id, by=maria, at=NOW)
    grant(maria.record_id, other)
    assert not sees(again, maria.record_id)


@pytest.mark.parametrize("who", [{}, {"organisation_id": uuid.uuid4()}, {"membership_id": uuid.uuid4()}])
def test_a_block_names_someone_who_exists(who):
    maria = opened_person()
    with pytest.raises(Refused) as refused:
        commands.block(**who, by=maria, at=NOW)
    assert [reason.code for reason in refused.value.reasons] == ["nobody_named"]
    assert acts() == []


def test_the_block_of_another_person_is_not_there():
    maria, house = opened_person(), organisation()
    theirs = commands.block(organisation_id=house.id, by=maria, at=NOW)
    new_request()
    with pytest.raises(NotThere):
        commands.unblock(block_id=theirs, by=replace(opened_person(), factor_at=NOW), at=NOW)


def test_only_a_person_blocks():
    worker = reader_for(membership(organisation()))
    with pytest.raises(NotThere):
        commands.block(organisation_id=worker.organisation_id, by=worker, at=NOW)
    with pytest.raises(NotThere):
        queries.own_blocks(reader=worker)
