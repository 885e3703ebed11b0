"""What a person said was not right, attacked with plain SQL under one's own name: not read, forged, or reopened."""

import contextlib
import uuid

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.consent import reviewing, reviews
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.tests.factories import person
from manypaths.referrals import queries
from manypaths.referrals.tests.factories import Scene, draft, scene, send
from tests.walls.test_requests_of_others import opened

REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)
ANSWERED = """
update consent_review set state = 'answered', finding = 'was_work', deed = 'nothing', answer = 'x', answered_at = now(),
                          answered_by_id = %s
"""
FORGED = """
insert into consent_review (id, record_id, organisation_id, look, zone, membership_id, purpose, basis, classes, times,
                            first_at, last_at, wish, words, state, asked_at, due_at, finding, deed, ending)
values (gen_random_uuid(), %s, %s, %s, 'UTC', %s, 'care', 'assigned', '{}', 1, now(), now(), 'note', 'x', 'open', now(),
        now() + interval '1 day', '', '', '')
"""
Stage = tuple[Scene, Reader, uuid.UUID]


@pytest.fixture
def said(committed_db) -> Stage:
    """A review that waits, and the officer who may answer it."""
    stage = scene()
    with as_owner():
        officer = reader_for(membership(stage.body, "privacy_officer"), stage.place)
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    with transaction.atomic():
        queries.received_request(reader=stage.coach, referral_id=request)
    with transaction.atomic():
        look = queries.who_looked(reader=stage.person, zone="UTC").lines[0]
    with transaction.atomic():
        review = reviewing.ask_for_review(
            look=look.look, organisation_id=stage.body.id, membership_id=stage.coach_member.id, zone="UTC",
            wish="explain", words="Who is she?", by=stage.person, at=NOW,
        )  # fmt: skip
    return stage, officer, review


@contextlib.contextmanager
def signed_in():
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        yield raw


def open_review(raw: psycopg.Connection, who: Reader, review: uuid.UUID) -> bool:
    row = raw.execute("select open_review(%s, %s, %s)", [who.account_id, who.membership_id, review]).fetchone()
    return bool(row and row[0]["open"])


def rows(raw: psycopg.Connection) -> int:
    return len(raw.execute("select id from consent_review").fetchall())


def test_the_officer_opens_exactly_this_review_and_no_list_of_looks(said):
    stage, officer, review = said
    with signed_in() as raw:
        assert open_review(raw, officer, review)
        assert rows(raw) == 1
        assert raw.execute("select * from looks_of_review(%s)", [review]).fetchall() != []
        looks = "select * from who_looked(%s, null, 'UTC', null, 10, 0)"
        assert raw.execute(looks, [stage.person.record_id]).fetchall() == []
    with signed_in() as raw:
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        assert raw.execute(looks, [stage.person.record_id]).fetchall() != []


def test_nobody_reads_it_who_did_not_open_it(said):
    stage, officer, review = said
    with as_owner():
        elsewhere = reader_for(membership(organisation("Harbor Row"), "privacy_officer"), stage.place)
    forged = Reader(account_id=person().account_id, membership_id=officer.membership_id)
    for who in (elsewhere, stage.coach, stage.colleague, forged):
        with signed_in() as raw:
            assert not open_review(raw, who, review)
            assert rows(raw) == 0
            assert raw.execute("select * from looks_of_review(%s)", [review]).fetchall() == []
            assert raw.execute(ANSWERED, [who.membership_id]).rowcount == 0
    stranger = person()
    with signed_in() as raw:
        opened(raw, stranger, [stranger.record_id], ["access_log"], "own")
        assert rows(raw) == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege), signed_in() as raw:
        raw.execute("select * from consent_review").fetchall()


def test_an_officer_of_the_whole_place_reads_nothing_of_it_through_a_record_they_hold(said):
    """A privacy officer may open the log of a record their place holds; the person's own words are not there."""
    stage, officer, _review = said
    with signed_in() as raw:
        opened(raw, officer, [stage.person.record_id], ["access_log"], "privacy")
        assert rows(raw) == 0


def test_an_answer_cannot_be_forged(said):
    stage, officer, review = said
    with signed_in() as raw:
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        for by in (officer.membership_id, stage.coach.membership_id):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(ANSWERED, [by])
    with signed_in() as raw:
        assert open_review(raw, officer, review)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(ANSWERED, [stage.colleague.membership_id])
        assert raw.execute(ANSWERED, [officer.membership_id]).rowcount == 1


def test_an_officer_closes_nothing_for_the_person(said):
    _stage, officer, review = said
    with signed_in() as raw:
        assert open_review(raw, officer, review)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute("update consent_review set state = 'closed', ending = 'withdrawn', closed_at = now()")


def test_what_is_answered_or_closed_is_never_opened_again(said):
    stage, officer, review = said
    with transaction.atomic():
        reviewing.answer_review(
            review_id=review, finding="should_not", deed="closed", answer="Sorry.", by=officer, at=NOW
        )
    again = (
        "update consent_review set state = 'open', finding = '', deed = '', answer = null, answered_at = null, "
        "answered_by_id = null, closed_at = null, ending = ''"
    )
    for change in (again, "update consent_review set finding = 'was_work'"):
        with signed_in() as raw:
            assert open_review(raw, officer, review)
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(change)
        with signed_in() as raw:
            opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(change)
    with transaction.atomic():
        reviewing.close_review(review_id=review, by=stage.person, at=NOW)
    with signed_in() as raw:
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(again)
    with transaction.atomic():
        assert reviews.own_reviews(reader=stage.person)[0].finding == "should_not"


def test_what_was_said_cannot_be_changed_or_taken_away(said):
    stage, officer, review = said
    for sql in (
        "update consent_review set words = 'y'",
        "update consent_review set membership_id = record_id",
        "update consent_review set due_at = now() + interval '9 years'",
        "delete from consent_review",
    ):
        with signed_in() as raw:
            opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(sql)
        with signed_in() as raw:
            open_review(raw, officer, review)
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(sql)


def test_nobody_says_of_a_look_that_never_was_or_for_someone_else_that_it_was_not_right(said):
    stage, officer, review = said
    worker, house = stage.coach.membership_id, stage.body.id
    with signed_in() as raw:
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        with pytest.raises(psycopg.errors.CheckViolation), raw.transaction():
            raw.execute(FORGED, [stage.person.record_id, house, uuid.uuid4(), worker])
        row = raw.execute("select look from consent_review").fetchone()
    stranger = person()
    assert row is not None
    for who, record in ((stranger, stage.person.record_id), (stranger, stranger.record_id)):
        with signed_in() as raw:
            opened(raw, who, [who.record_id], ["access_log"], "own")
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(FORGED, [record, house, row[0], worker])
    with signed_in() as raw:
        assert open_review(raw, officer, review)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(FORGED, [stage.person.record_id, house, row[0], worker])


def test_every_way_in_leaves_a_row_under_the_name_that_was_claimed(said):
    stage, officer, review = said
    for who in (officer, stage.coach):
        with signed_in() as raw:
            open_review(raw, who, review)
    with psycopg.connect(role_url("owner")) as raw:
        found = raw.execute(
            "select membership_id, opened, denied, bases::text[] from audit_access "
            "where purpose = 'privacy' order by seq"
        ).fetchall()
    mine = stage.person.record_id
    assert found == [
        (officer.membership_id, [mine], [], [f"review:{review}"]),
        (stage.coach.membership_id, [], [mine], []),
    ]
