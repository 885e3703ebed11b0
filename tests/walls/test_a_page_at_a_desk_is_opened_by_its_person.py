"""A page that is opened at a desk, attacked with plain SQL: only its person opens it, there, today."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.consent import greeting
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene, draft, scene, send

REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation)
ALL = ["demographics", "safe_contact", "attendance", "contact_log", "recovery_plan", "sud_counseling_notes"]
FORGED = """
insert into consent_deskopening (id, record_id, held_record_id, made_at, opened_at, until, code_hash, code_until)
values (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s)
"""
Stage = tuple[Scene, uuid.UUID, uuid.UUID]


@pytest.fixture
def kept(committed_db) -> Stage:
    """A page that a place keeps, and its person opened to the desk: the stage, the record, the opening."""
    stage = scene()
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    with transaction.atomic():
        record = commands.accept_request(
            referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=datetime.now(UTC)
        )
    return stage, record, tap(stage, record)


def tap(stage: Scene, record: uuid.UUID) -> uuid.UUID:
    with transaction.atomic():
        at = datetime.now(UTC)
        return greeting.open_to_desk(held_record_id=record, weeks=[], zone="UTC", by=stage.person, at=at)


@contextlib.contextmanager
def signed_in() -> Iterator[psycopg.Connection]:
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        yield raw


def opens(raw: psycopg.Connection, who: Reader, opening: uuid.UUID, classes=ALL) -> list[str]:
    asked = [who.account_id, who.membership_id, [opening], classes]
    row = raw.execute("select open_at_desk(%s, %s, %s, %s)", asked).fetchone()
    assert row is not None
    return row[0]["open"]


def as_person(raw: psycopg.Connection, who: Reader) -> None:
    raw.execute(
        "select open_records(%s, 'person', null, %s::uuid[], array['consent_record'], 'own', '{}'::uuid[])",
        [who.account_id, [who.record_id]],
    )


def colleague(stage: Scene, role: str, *, elsewhere: bool = False) -> Reader:
    with as_owner():
        house = organisation("Harbor Row") if elsewhere else stage.body
        if elsewhere:
            participation(stage.place, house)
        return reader_for(membership(house, role), stage.place)


def test_whoever_works_there_reads_this_record_and_only_the_classes_of_the_tie(kept):
    stage, record, opening = kept
    with signed_in() as raw:
        assert opens(raw, colleague(stage, "volunteer"), opening) == [str(record)]
        assert len(raw.execute("select record_id from people_profile").fetchall()) == 1
        for table in (
            "consent_deskopening",
            "consent_grant",
            "referrals_packet",
            "referrals_referral",
            "people_record",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(f"select * from {table}").fetchall()


def test_another_place_another_role_and_a_borrowed_hat_open_nothing(kept):
    stage, _record, opening = kept
    borrowed = colleague(stage, "peer")
    others = [
        colleague(stage, "frontdesk", elsewhere=True), colleague(stage, "org_admin"), colleague(stage, "medic"),
        Reader(account_id=stage.person.account_id, membership_id=borrowed.membership_id),
        Reader(account_id=borrowed.account_id), stage.person,
    ]  # fmt: skip
    for who in others:
        with signed_in() as raw:
            assert opens(raw, who, opening) == []
            assert raw.execute("select * from people_profile").fetchall() == []


def test_what_it_opens_is_read_and_never_written(kept):
    stage, record, opening = kept
    reader = colleague(stage, "peer")
    for sql in (
        "update people_profile set language = 'xx'",
        "update people_safecontact set may_leave_message = true",
        "update support_contact set deed = 'talked'",
        "delete from people_safecontact",
    ):
        with signed_in() as raw:
            assert opens(raw, reader, opening) == [str(record)]
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege), raw.transaction():
                assert raw.execute(sql).rowcount == 0
    with signed_in() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
        opens(raw, reader, opening)
        raw.execute("select tell_person(gen_random_uuid(), %s, 'x', %s, now())", [record, record])


def test_nobody_opens_it_but_its_person_and_nobody_a_record_that_is_not_theirs(kept):
    stage, record, _opening = kept
    now = datetime.now(UTC)
    row = [stage.person.record_id, record, now, now, now + timedelta(hours=1), None, None]
    with signed_in() as raw:
        for who in (stage.coach, stage.desk):
            opens(raw, who, _opening)
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(FORGED, row)
    other = scene()
    for own in (other.person.record_id, stage.person.record_id):
        with signed_in() as raw:
            as_person(raw, other.person)
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(FORGED, [own, *row[1:]])


def test_no_wish_of_the_person_makes_it_last_longer_begin_earlier_or_come_back(kept):
    stage, record, opening = kept
    now = datetime.now(UTC)
    with signed_in() as raw:
        as_person(raw, stage.person)
        assert raw.execute("update consent_deskopening set ended_at = '2001-01-01'").rowcount == 1
        for sql in (
            "update consent_deskopening set ended_at = null", "update consent_deskopening set ended_at = now()",
            "update consent_deskopening set until = now() + interval '1 year'", "delete from consent_deskopening",
            "update consent_deskopening set opened_at = now()",
        ):  # fmt: skip
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)
        far = now + timedelta(days=400)
        raw.execute(FORGED, [stage.person.record_id, record, now - timedelta(days=3), far, far, None, None])
        long = "select until - made_at, opened_at = now() from consent_deskopening where ended_at is null"
        assert raw.execute(long).fetchone() == (timedelta(hours=12), True)
        ended = raw.execute(
            "select ended_at = transaction_timestamp() from consent_deskopening where id = %s", [opening]
        )
        assert ended.fetchone() == (True,)


def test_a_code_is_typed_once_by_a_desk_of_that_place_and_its_hash_is_gone_then(kept):
    stage, record, _opening = kept
    with transaction.atomic():
        at = datetime.now(UTC)
        code = greeting.make_desk_code(held_record_id=record, weeks=[], zone="UTC", by=stage.person, at=at)
    kind = "select type_desk_code(%s, %s, %s)"
    tries = [
        colleague(stage, "frontdesk", elsewhere=True), colleague(stage, "privacy_officer"), stage.person,
        Reader(account_id=stage.coach.account_id), Reader(membership_id=stage.coach.membership_id),
    ]  # fmt: skip
    for who in tries:
        with signed_in() as raw:
            asked = [who.account_id, who.membership_id, greeting.hash_of_code(code)]
            assert raw.execute(kind, asked).fetchone() == (None,)
    found = []
    for _time in range(2):
        with signed_in() as raw:
            asked = [stage.desk.account_id, stage.desk.membership_id, greeting.hash_of_code(code)]
            found.append(raw.execute(kind, asked).fetchone()[0])
    assert found[0] is not None
    assert found[1] is None
    with signed_in() as raw:
        as_person(raw, stage.person)
        held = raw.execute(
            "select code_hash, opened_by_id from consent_deskopening where id = %s", [found[0]]
        ).fetchone()
        assert held == (None, stage.desk.membership_id)
    with signed_in() as raw:
        assert opens(raw, stage.coach, found[0]) == [str(record)]


def test_a_look_that_found_nothing_and_a_code_that_opened_nothing_stand_in_the_log(kept):
    stage, record, opening = kept
    stranger = colleague(stage, "frontdesk", elsewhere=True)
    with signed_in() as raw:
        opens(raw, stranger, opening)
    with signed_in() as raw:
        raw.execute("select type_desk_code(%s, %s, 'x')", [stranger.account_id, stranger.membership_id])
    with psycopg.connect(role_url("owner")) as raw:
        rows = raw.execute(
            "select opened, denied, purpose from audit_access where account_id = %s order by seq", [stranger.account_id]
        ).fetchall()
    assert rows == [([], [record], "desk"), ([], [], "desk")]
