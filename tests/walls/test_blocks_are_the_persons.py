"""A safety block and what keeps a person safe, attacked with plain SQL by those who work with the record."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import role_url
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Hat, Reader
from manypaths.network.tests.factories import NOW
from manypaths.people import commands as people
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene, draft, scene, send

BLOCK = "insert into people_block (id, record_id, account_id, since) values (gen_random_uuid(), %s, %s, now())"
ASSIGN = "insert into people_assignment (id, record_id, membership_id, since) values (gen_random_uuid(), %s, %s, now())"


@pytest.fixture
def blocked(committed_db) -> tuple[Scene, object]:
    """A request that was taken up, and a block of the worker who did."""
    stage = scene()
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=NOW)
    with transaction.atomic():
        consent.open_own(reader=stage.person, classes={DataClass.SAFE_CONTACT})
        people.block(membership_id=stage.coach_member.id, by=stage.person, at=NOW)
    return stage, record


def opened(raw: psycopg.Connection, who: Reader, record: object, classes: list[str], purpose: str) -> list[str]:
    sql = "select open_records(%s, %s, %s, %s, %s, %s)"
    values = [who.account_id, str(who.hat), who.membership_id, [record], classes, purpose]
    found = raw.execute(sql, values).fetchone()
    assert found is not None
    return list(found[0]["whole"][1])


def test_the_front_desk_neither_reads_nor_lifts_a_block(blocked):
    stage, record = blocked
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        assert opened(raw, stage.desk, record, ["safe_contact"], "desk") == ["safe_contact"]
        assert raw.execute("select * from people_block").fetchall() == []
        assert raw.execute("update people_block set until = now()").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("delete from people_block")
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        assert opened(raw, stage.coach, record, ["safe_contact"], "care") == []


def test_a_worker_writes_no_block_for_somebody_else(blocked):
    stage, record = blocked
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stage.desk, record, ["safe_contact"], "desk")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(BLOCK, [record, stage.colleague.account_id])


def test_the_person_reads_and_ends_their_own_and_deletes_nothing(blocked):
    stage, record = blocked
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        assert stage.person.hat is Hat.PERSON
        opened(raw, stage.person, stage.person.record_id, ["safe_contact"], "own")
        assert raw.execute("select record_id from people_block").fetchall() == [(stage.person.record_id,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("delete from people_block")
        assert raw.execute("update people_block set until = now()").rowcount == 1
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        assert opened(raw, stage.coach, record, ["safe_contact"], "care") == ["safe_contact"]


def test_a_block_by_a_clock_that_is_ahead_counts_from_now(blocked):
    stage, record = blocked
    with transaction.atomic():
        consent.open_own(reader=stage.person, classes={DataClass.SAFE_CONTACT})
        people.block(membership_id=stage.desk_member.id, by=stage.person, at=datetime.now(UTC) + timedelta(minutes=5))
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        assert opened(raw, stage.desk, record, ["safe_contact"], "desk") == []


@pytest.mark.parametrize("table", ["people_profile", "people_safecontact"])
def test_the_name_and_the_safe_way_of_a_person_are_never_deleted(blocked, table):
    stage, record = blocked
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stage.desk, record, ["demographics", "safe_contact"], "desk")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(f"delete from {table}")


def test_the_front_desk_assigns_nobody(blocked):
    stage, record = blocked
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stage.desk, record, ["presence"], "desk")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(ASSIGN, [record, stage.desk.membership_id])
