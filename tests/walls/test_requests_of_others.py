"""A request of somebody else, attacked with plain SQL under one's own name: nothing is read, written or bent."""

import contextlib
import uuid

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import role_url
from manypaths.network.rules import Hat, Reader
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene, draft, scene, send

CONSENT = """
insert into consent_grant (id, record_id, kind, recipient_organisation_id, classes, purpose, subject_id, starts_at,
                           until, given_at, text_key, text_version, language, ending)
select gen_random_uuid(), %s, 'request', %s, %s, 'referral', %s, now() - interval '1 minute', now() + interval '9 days',
       now(), t.key, t.version, t.language, '' from consent_text t where t.key = 'request' and t.language = 'en' limit 1
"""
REQUEST = """
insert into referrals_referral (id, record_id, org_record_id, service_id, kind, area, need, status, reason, outcome,
                                person_answer, started_at, community_id, organisation_id)
values (gen_random_uuid(), %s, %s, gen_random_uuid(), 'x', '', '', 'draft', '', '', '', now(), %s, %s)
"""
MOVE = """
insert into referrals_move (id, referral_id, record_id, org_record_id, was, became, party, reason, at)
values (gen_random_uuid(), %s, %s, %s, 'requested', 'completed', 'target', '', now())
"""
PART = """
insert into referrals_sharedpart (id, referral_id, record_id, kind, title, body, position)
values (gen_random_uuid(), %s, %s, 'goal', 'x', 'x', 1)
"""
REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)


@pytest.fixture
def asked(committed_db) -> tuple[Scene, uuid.UUID, Reader]:
    """A person's request that waits, and a stranger with an account of their own."""
    stage = scene()
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    return stage, request, person()


def opened(raw: psycopg.Connection, who: Reader, records, classes, purpose: str, subjects=()) -> None:
    raw.execute(
        "select open_records(%s, %s, %s, %s, %s, %s, %s::uuid[])",
        [who.account_id, str(who.hat), who.membership_id, records, classes, purpose, list(subjects)],
    )


def refused(who: Reader, record: uuid.UUID, classes: list[str], sql: str, values: list[object]) -> bool:
    purpose = "own" if who.hat is Hat.PERSON else "care"
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, who, [record], classes, purpose)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(sql, values)
    return True


def test_a_consent_for_a_request_of_somebody_else_cannot_be_given(asked):
    _stage, request, stranger = asked
    theirs = [stranger.record_id, organisation("Harbor Row").id, ["referral_task"], request]
    assert refused(stranger, stranger.record_id, ["consent_record"], CONSENT, theirs)


def test_a_consent_that_names_a_request_of_somebody_else_opens_nothing_of_it(asked):
    """Were such a consent there, the log would name the stranger's record and not the one that is read."""
    _stage, request, stranger = asked
    house = organisation("Harbor Row")
    friend = reader_for(membership(house, "peer", answers_requests=True))
    with psycopg.connect(role_url("owner"), autocommit=True) as owner:
        owner.execute(CONSENT, [stranger.record_id, house.id, ["referral_task"], request])
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, friend, [stranger.record_id], ["referral_task"], "referral", [request])
        for table in ("referral", "move", "packet", "sharedpart"):
            assert raw.execute(f"select * from referrals_{table}").fetchall() == [], table
        assert raw.execute("update referrals_referral set person_answer = 'no'").rowcount == 0


def test_a_consent_for_a_request_opens_no_class_that_is_not_the_requests(asked):
    """The rows of a plan hang on no request: a consent that named them would open all of them."""
    stage, request, _stranger = asked
    for classes in (["recovery_plan"], ["referral_task", "safe_contact"]):
        values = [stage.person.record_id, stage.body.id, classes, request]
        assert refused(stage.person, stage.person.record_id, ["consent_record"], CONSENT, values)


def test_a_worker_cannot_agree_for_a_person_to_show_their_record_elsewhere(asked):
    stage, request, _stranger = asked
    clinician = reader_for(stage.colleague_member)
    record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=clinician, at=NOW)
    for subject in (request, uuid.uuid4()):
        elsewhere = [record, organisation("Harbor Row").id, ["demographics"], subject]
        assert refused(clinician, record, ["consent_record"], CONSENT, elsewhere)


def test_a_request_is_begun_for_oneself_and_reaches_nobodys_record(asked):
    stage, request, stranger = asked
    record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=NOW)
    mine, task = stranger.record_id, ["referral_task"]
    places = [stage.place.id, stage.body.id]
    assert refused(stranger, mine, task, REQUEST, [stage.person.record_id, mine, *places])
    assert refused(stranger, mine, task, REQUEST, [mine, record, *places])
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stranger, [mine], task, "own")
        raw.execute(REQUEST, [mine, None, *places])
        for other in (record, stage.person.record_id, mine):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute("update referrals_referral set org_record_id = %s", [other])


def test_the_record_of_a_request_is_not_changed_for_another(asked):
    stage, request, _stranger = asked
    first = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=NOW)
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stage.coach, [first], ["referral_task"], "care")
        for other in (None, stage.person.record_id):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute("update referrals_referral set org_record_id = %s", [other])


WORDS_OF_THE_PERSON = [
    "update referrals_referral set person_answer = 'no', person_answered_at = now()",
    "update referrals_referral set status = 'draft', requested_at = null",
    "update referrals_referral set grant_id = gen_random_uuid()",
    "update referrals_referral set due_at = now() + interval '1 year'",
    "update referrals_packet set way = 'call', may_leave_message = true",
    "delete from referrals_sharedpart",
]


def test_a_worker_does_not_write_what_the_person_says(asked):
    """Whoever has the request open changes its state; what the person said, asked for and sent stays theirs."""
    stage, request, _stranger = asked
    with psycopg.connect(role_url("owner"), autocommit=True) as owner:
        owner.execute(PART, [request, stage.person.record_id])
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stage.coach, [stage.person.record_id], ["referral_task"], "referral", [request])
        for statement in WORDS_OF_THE_PERSON:
            assert untouched(raw, statement), statement
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(PART, [request, stage.person.record_id])


def test_the_person_does_not_write_what_the_worker_says(asked):
    stage, _request, _stranger = asked
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        opened(raw, stage.person, [stage.person.record_id], ["referral_task"], "own")
        for change in ("outcome = 'got'", "answered_at = now()", "first_contact_at = now()"):
            assert untouched(raw, f"update referrals_referral set {change}"), change


def untouched(raw: psycopg.Connection, statement: str) -> bool:
    with contextlib.suppress(*REFUSED), raw.transaction():
        return raw.execute(statement).rowcount == 0
    return True


def test_nothing_is_written_into_a_request_of_somebody_else(asked):
    stage, request, stranger = asked
    mine, task = stranger.record_id, ["referral_task"]
    assert refused(stranger, mine, task, MOVE, [request, stage.person.record_id, mine])
    assert refused(stranger, mine, task, MOVE, [request, mine, None])
    assert refused(stranger, mine, task, PART, [request, mine])
