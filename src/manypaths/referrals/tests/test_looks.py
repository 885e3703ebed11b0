"""The person sees each look at anything of theirs: at their own record, and at those that came from their requests."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.network.tests.factories import reader_for
from manypaths.people.tests.factories import new_request
from manypaths.referrals import queries
from manypaths.referrals.tests.factories import accepted, scene

pytestmark = pytest.mark.django_db
HELD = {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT, DataClass.CONTACT_LOG}


def looks(reader, **more):
    new_request()
    return queries.who_looked(reader=reader, zone="America/New_York", **more)


def opens(reader, records, classes=HELD):
    new_request()
    consent.open_records(reader=reader, records=records, classes=classes, purpose=Purpose.CARE)


def test_a_look_at_the_organisations_own_record_is_on_the_persons_list():
    stage, _referral, record = accepted()
    before = sum(one.times for one in looks(stage.person).lines)
    opens(stage.coach, [record])
    after = looks(stage.person).lines
    assert sum(one.times for one in after) == before + 1
    found = next(one for one in after if "contact_log" in one.classes)
    assert (found.membership_id, found.purpose, found.basis) == (stage.coach_member.id, "care", "assigned")


def test_a_list_that_shows_many_people_is_a_look_at_each_of_them():
    stage, _referral, record = accepted()
    other, _request, theirs = accepted()
    opens(stage.coach, [record, uuid.uuid4(), theirs], {DataClass.DEMOGRAPHICS})
    assert any("demographics" in one.classes for one in looks(stage.person).lines)
    assert all(one.membership_id != stage.coach_member.id for one in looks(other.person).lines)


def test_looks_of_one_reader_on_one_day_for_one_reason_are_one_line():
    stage, _referral, record = accepted()
    for _ in range(3):
        opens(stage.coach, [record], {DataClass.CONTACT_LOG})
    opens(stage.coach, [record], {DataClass.SAFE_CONTACT})
    lines = [one for one in looks(stage.person).lines if one.basis == "assigned"]
    assert len(lines) == 1
    assert {"contact_log", "safe_contact"} <= set(lines[0].classes)
    assert lines[0].times >= 4
    assert lines[0].first_at < lines[0].last_at


def test_a_look_at_both_records_at_once_is_one_look():
    stage, referral, _record = accepted()
    before = sum(one.times for one in looks(stage.person).lines)
    new_request()
    queries.inbox(reader=stage.coach)
    assert sum(one.times for one in looks(stage.person).lines) == before + 1
    new_request()
    queries.received_request(reader=stage.coach, referral_id=referral)
    assert sum(one.times for one in looks(stage.person).lines) == before + 2


def looked_at(record, stage, *, times):
    at = datetime(2026, 10, 30, 12, tzinfo=UTC)
    with as_owner():
        Access.objects.bulk_create(
            Access(
                at=at - timedelta(days=number), xid=1, nonce=uuid.uuid4(), account_id=stage.coach.account_id,
                hat="member", membership_id=stage.coach.membership_id, organisation_id=stage.body.id, opened=[record],
                bases=["assigned"], denied=[], classes=["demographics"], purpose="care",
            )
            for number in range(times)
        )  # fmt: skip


def test_the_list_comes_in_pages_newest_first():
    stage = scene()
    looked_at(stage.person.record_id, stage, times=7)
    pages = [looks(stage.person, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [(len(page.lines), page.more) for page in pages] == [(3, True), (3, True), (1, False), (0, False)]
    days = [one.on for page in pages for one in page.lines]
    assert days == sorted(days, reverse=True)


def test_the_day_of_a_look_is_the_day_where_the_community_is():
    stage = scene()
    looked_at(stage.person.record_id, stage, times=1)
    assert looks(stage.person).lines[0].on == datetime(2026, 10, 30).date()
    new_request()
    far = queries.who_looked(reader=stage.person, zone="Pacific/Kiritimati").lines[0]
    assert far.on == datetime(2026, 10, 31).date()


def test_nobody_but_the_person_reads_the_list():
    stage, _referral, _record = accepted()
    with pytest.raises(NotThere):
        looks(stage.coach)
    with pytest.raises(NotThere):
        looks(reader_for(stage.desk_member))


def test_the_database_tells_nothing_of_a_record_whose_log_is_not_open():
    stage, _referral, record = accepted()
    opens(stage.coach, [record])
    other = scene()
    new_request()
    consent.open_own(reader=other.person, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        for one in (stage.person.record_id, record):
            cursor.execute("select * from who_looked(%s, null, 'UTC', null, 10, 0)", [one])
            assert cursor.fetchall() == []


def test_the_database_refuses_when_no_log_was_opened():
    stage, _referral, _record = accepted()
    new_request()
    with pytest.raises(Exception, match="access_log") as fault, connection.cursor() as cursor:
        cursor.execute("select * from who_looked(%s, null, 'UTC', null, 10, 0)", [stage.person.record_id])
    assert isinstance(fault.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_looks_by_one_consent_are_counted_without_the_others():
    stage, referral, record = accepted()
    given = queries.own_request(reader=stage.person, referral_id=referral).grant
    opens(stage.coach, [record])
    new_request()
    first = queries.looks_on_grant(reader=stage.person, grant_id=given.id)
    new_request()
    queries.received_request(reader=stage.coach, referral_id=referral)
    new_request()
    found = queries.looks_on_grant(reader=stage.person, grant_id=given.id)
    assert found.times == first.times + 1
    assert found.last_at > first.last_at
    new_request()
    assert queries.looks_on_grant(reader=stage.person, grant_id=uuid.uuid4()).times == 0
