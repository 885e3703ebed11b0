"""Legal papers, attacked with plain SQL under one's own name: nothing opens without a whole order of this place."""

import contextlib
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.consent.rules.papers import Order
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.referrals import commands
from manypaths.referrals.commands import filing
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene, draft, scene, send
from tests.walls.test_requests_of_others import opened

WORDS = b"a sealed text that is longer than no words at all"
RECORD = "select record_paper(%s, %s, %s, %s, %s, %s, %s, '2.64', %s, current_date, %s, %s, null)"
FORGED = """
insert into consent_legalpaper (id, record_id, org_record_id, organisation_id, membership_id, kind, section, mandate,
                                classes, recorded_at)
values (gen_random_uuid(), %s, %s, %s, %s, 'letter', '', '', '{}', now())
"""
Stage = tuple[Scene, uuid.UUID, Reader, uuid.UUID]


@pytest.fixture
def kept(committed_db) -> Stage:
    """A page that a place keeps, its privacy officer, and an order that names one person and is told to nobody yet."""
    stage, at = scene(), datetime.now(UTC)
    with as_owner():
        officer = replace(reader_for(membership(stage.body, "privacy_officer"), stage.place), factor_at=at)
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    with transaction.atomic():
        record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=at)
    order = Order(
        "Superior Court", "22-CR-1", "2.65", "subpoena", date(2026, 11, 1), frozenset({"demographics"}),
        at + timedelta(days=30), at + timedelta(days=20),
    )  # fmt: skip
    with transaction.atomic():
        paper = filing.record_paper(kind="order", held=record, order=order, by=officer, at=at)
    assert paper is not None
    return stage, record, officer, paper


@contextlib.contextmanager
def signed_in():
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        yield raw


def opens(raw: psycopg.Connection, who: Reader, paper: uuid.UUID, record: uuid.UUID) -> list[str]:
    row = raw.execute(
        "select open_by_order(%s, %s, %s, %s)", [who.account_id, who.membership_id, paper, record]
    ).fetchone()
    assert row is not None
    return row[0]["classes"]


def rows(raw: psycopg.Connection, table: str) -> int:
    return len(raw.execute(f"select * from {table}").fetchall())


def test_the_order_opens_its_class_of_its_record_to_read(kept):
    _stage, record, officer, paper = kept
    with signed_in() as raw:
        assert opens(raw, officer, paper, record) == ["demographics"]
        assert rows(raw, "people_profile") == 1
        for table in ("people_safecontact", "consent_grant", "referrals_packet"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                rows(raw, table)
        try:
            with raw.transaction():
                assert raw.execute("update people_profile set language = 'xx'").rowcount == 0
        except psycopg.errors.InsufficientPrivilege:
            pass


def test_nobody_else_opens_by_it_and_no_other_record_opens(kept):
    stage, record, officer, paper = kept
    with as_owner():
        elsewhere = reader_for(membership(organisation("Harbor Row"), "privacy_officer"), stage.place)
        lead = reader_for(membership(stage.body, "org_admin"), stage.place)
    forged = replace(elsewhere, membership_id=officer.membership_id)
    for who in (elsewhere, lead, stage.coach, stage.colleague, forged):
        with signed_in() as raw:
            assert opens(raw, who, paper, record) == []
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                rows(raw, "people_profile")
    for other in (stage.person.record_id, uuid.uuid4()):
        with signed_in() as raw:
            assert opens(raw, officer, paper, other) == []


def test_no_order_is_recorded_that_is_not_whole_or_of_another_place(kept):
    stage, record, officer, _paper = kept
    with as_owner():
        elsewhere = reader_for(membership(organisation("Harbor Row"), "privacy_officer"), stage.place)
    soon, late = datetime.now(UTC) + timedelta(days=9), datetime.now(UTC) + timedelta(days=900)
    whole = [record, uuid.uuid4(), "order", WORDS, WORDS, "subpoena", ["demographics"], soon]
    tries = [
        (officer, {3: None}), (officer, {4: bytes(29)}), (officer, {5: ""}), (officer, {6: []}), (officer, {7: late}),
        (officer, {6: ["sud_counseling_notes"]}), (officer, {6: ["recovery_plan"]}), (officer, {7: None}),
        (officer, {0: stage.person.record_id}), (elsewhere, {}), (stage.coach, {}), (officer, {2: "subpoena"}),
        (replace(elsewhere, membership_id=officer.membership_id), {}),
    ]  # fmt: skip
    for who, changes in tries:
        values = [changes.get(place, value) for place, value in enumerate(whole)]
        with (
            signed_in() as raw,
            pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)),
            raw.transaction(),
        ):
            raw.execute(RECORD, [who.account_id, who.membership_id, *values])
    with signed_in() as raw:
        raw.execute(RECORD, [officer.account_id, officer.membership_id, *whole])


def test_what_was_recorded_is_never_changed_forged_or_taken_away(kept):
    stage, record, officer, paper = kept
    for sql in (
        "update consent_legalpaper set until = now() + interval '9 years'",
        "update consent_legalpaper set classes = '{sud_treatment_record}'",
        "delete from consent_legalpaper",
    ):
        with signed_in() as raw:
            opens(raw, officer, paper, record)
            opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(sql)
    with signed_in() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        raw.execute(FORGED, [stage.person.record_id, record, stage.body.id, officer.membership_id])


def test_the_person_reads_it_from_the_day_on_which_they_may_and_nobody_hastens_it(kept):
    stage, record, officer, paper = kept
    looked = "select * from who_looked(%s, %s, 'UTC', null, 50, 0)"
    proofs = "select sealed + waiting from seal_of_looks(%s, %s)"
    who = [stage.person.record_id, stage.person.account_id]

    def read() -> tuple[int, list[str], int]:
        with signed_in() as raw:
            opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
            bases = [row[4] for row in raw.execute(looked, who).fetchall()]
            total = raw.execute(proofs, who).fetchone()
            assert total is not None
            return rows(raw, "consent_legalpaper"), bases, total[0]

    papers, bases, before = read()
    assert (papers, "order" in bases) == (0, False)
    with signed_in() as raw:
        opens(raw, officer, paper, record)
    assert read() == (0, bases, before)
    with signed_in() as raw:
        raw.execute("select tell_of_papers()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("select tell_of_paper(%s, %s, now())", [paper, stage.person.record_id])
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        told = "select count(*) from notices_personnotice where template = 'paper_came'"
        assert raw.execute(told).fetchone() == (0,)
        raw.execute("update consent_legalpaper set silent_until = now()")
    papers, bases, after = read()
    assert (papers, "order" in bases, after) == (1, True, before + 1)
