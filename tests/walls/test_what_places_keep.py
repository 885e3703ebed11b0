"""What a place keeps of a person, attacked with plain SQL under one's own name: not read, written, or spoken beside."""

import contextlib
import uuid

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import role_url
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW
from manypaths.people.tests.factories import person
from manypaths.plans import commands as plans
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene, draft, scene, send
from manypaths.support.rules import ContactFacts
from tests.walls.test_requests_of_others import opened

REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)
KEPT = ("support_contact", "plans_goal", "support_remark")
CLASSES = ["contact_log", "recovery_plan", "presence"]
REMARK = """
insert into support_remark (id, record_id, data_class, item_id, stance, words, written_at)
values (gen_random_uuid(), %s, %s, %s, 'comment', 'x', now())
"""
CONTACT = """
insert into support_contact (id, record_id, membership_id, community_id, happened_at, way, deed, written_at)
values (gen_random_uuid(), %s, %s, %s, now(), 'call', 'talked', now())
"""
GOAL = """
insert into plans_goal (id, record_id, title, area, state, place, added_at)
values (gen_random_uuid(), %s, 'x', 'home', 'open', 9, now())
"""
LOGGED = "select opened, denied from audit_access where account_id = %s order by seq desc limit 1"
Stage = tuple[Scene, uuid.UUID, uuid.UUID]


@pytest.fixture
def kept(committed_db) -> Stage:
    """A record of a place with a contact, a goal, and what the person says beside the contact."""
    stage = scene()
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=NOW)
    facts = ContactFacts(NOW, "call", "talked", "Talked about the bus.")
    contact = commands.record_contact(record_id=record, facts=facts, by=stage.coach, at=NOW)
    plans.add_held_goal(record_id=record, title="Sleep", area="health", by=stage.coach, at=NOW)
    commands.say_beside(
        record_id=record, data_class=DataClass.CONTACT_LOG, item_id=contact, stance="comment", words="The train.",
        by=stage.person, at=NOW,
    )  # fmt: skip
    return stage, record, contact


@contextlib.contextmanager
def signed_in():
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        yield raw


def open_held(raw: psycopg.Connection, who: Reader, records: list[uuid.UUID] | None) -> int:
    row = raw.execute("select open_held(%s, %s::uuid[], %s)", [who.account_id, records, CLASSES]).fetchone()
    return len(row[0]["open"]) if row else 0


def rows(raw: psycopg.Connection) -> list[int]:
    return [len(raw.execute(f"select 1 from {table}").fetchall()) for table in KEPT]


def test_the_person_reads_it_and_a_stranger_reads_nothing(kept):
    stage, record, _contact = kept
    with signed_in() as raw:
        assert open_held(raw, stage.person, [record]) == 1
        assert rows(raw) == [1, 1, 1]
    for who in (person(), stage.coach, Reader(account_id=uuid.uuid4())):
        for records in ([record], None):
            with signed_in() as raw:
                assert open_held(raw, who, records) == 0
                assert rows(raw) == [0, 0, 0]


def test_every_way_in_leaves_a_row_under_the_name_that_was_claimed(kept):
    stage, record, _contact = kept
    stranger = person()
    for who, found in ((stage.person, ([record], [])), (stranger, ([], [record]))):
        with signed_in() as raw:
            open_held(raw, who, [record])
        with psycopg.connect(role_url("owner")) as owner:
            assert owner.execute(LOGGED, [who.account_id]).fetchone() == found


def test_saying_that_something_was_opened_opens_nothing(kept):
    _stage, _record, _contact = kept
    stranger = person()
    with signed_in() as raw:
        opened(raw, stranger, [stranger.record_id], CLASSES, "own")
        raw.execute("select set_config('app.held', 'yes', true)")
        assert rows(raw) == [0, 0, 0]
        assert raw.execute("select opened_held('contact_log'), opened_held_parts()").fetchone() == ([], [])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), signed_in() as raw:
        raw.execute("select 1 from support_remark").fetchall()


def test_the_person_writes_nothing_of_the_places_through_it(kept):
    stage, record, _contact = kept
    member, place = stage.coach_member.id, stage.place.id
    tries = (
        (CONTACT, [record, member, place]),
        (GOAL, [record]),
        ("insert into people_block (id, record_id, account_id, since) values (gen_random_uuid(), %s, %s, now())",
         [record, stage.coach.account_id]),
        ("update support_contact set deed = 'tried'", []),
        ("delete from support_contact", []),
        ("delete from plans_goal", []),
    )  # fmt: skip
    for sql, values in tries:
        with signed_in() as raw:
            open_held(raw, stage.person, [record])
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql, values)
    with signed_in() as raw:
        open_held(raw, stage.person, [record])
        assert raw.execute("update plans_goal set state = 'reached', closed_at = now()").rowcount == 0


def test_nobody_but_the_person_speaks_beside_it(kept):
    stage, record, contact = kept
    with signed_in() as raw:
        opened(raw, stage.coach, [record], CLASSES, "care")
        assert rows(raw) == [1, 1, 1]
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(REMARK, [record, "recovery_plan", record])
        assert raw.execute("update support_remark set taken_back_at = now()").rowcount == 0
        for sql in ("update support_remark set words = 'y'", "delete from support_remark"):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)
    stranger = person()
    for target in (record, stranger.record_id):
        with signed_in() as raw:
            open_held(raw, stranger, [record])
            opened(raw, stranger, [stranger.record_id], CLASSES, "own")
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(REMARK, [target, "contact_log", contact])


def test_the_person_speaks_only_beside_what_is_there_and_changes_no_word_of_it(kept):
    stage, record, contact = kept
    with signed_in() as raw:
        open_held(raw, stage.person, [record])
        for data_class, item in (
            ("contact_log", uuid.uuid4()), ("recovery_plan", contact), ("sud_treatment_record", contact),
            ("presence", record),
        ):  # fmt: skip
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(REMARK, [record, data_class, item])
        for sql in ("update support_remark set words = 'y'", "update support_remark set item_id = record_id"):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)
        assert raw.execute("update support_remark set taken_back_at = now()").rowcount == 1
        assert raw.execute("update support_remark set taken_back_at = null").rowcount == 0


def test_what_was_taken_back_is_closed_to_the_place(kept):
    stage, record, _contact = kept
    with signed_in() as raw:
        open_held(raw, stage.person, [record])
        raw.execute("update support_remark set taken_back_at = now()")
        assert rows(raw) == [1, 1, 1]
    with signed_in() as raw:
        opened(raw, stage.coach, [record], CLASSES, "care")
        assert rows(raw) == [1, 1, 0]
