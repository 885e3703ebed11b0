"""What is told by an error, a number or an open transaction, and what may be written beside one's own work: nothing."""

import json
import uuid

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.network.tests.factories import community, membership, organisation, reader_for
from manypaths.people.tests.factories import person, record_held_by
from tests.walls.test_requests_of_others import opened
from tests.walls.test_reviews_are_the_persons import FORGED, REFUSED, open_review, said, signed_in

__all__ = ["said"]

ENTRY = """
insert into support_attendance (id, record_id, community_id, happened_on, written_at, strike, membership_id, session,
                                presence)
values (gen_random_uuid(), %s, %s, %s, now(), '', %s, 'group', 'came')
"""
POSTURE = """
insert into network_posturereview (id, version, answers, found, decided, reviewer, reason, at, membership_id,
                                   organisation_id)
values (gen_random_uuid(), '2026-11', %s, %s, %s, 'Ana Ruiz', 'Nobody asked us.', %s, %s, %s)
"""
# One change each to the words of a review that is begun as it should be.
FALSE_BEGINNINGS = [
    ("deed, ending)", "deed, ending, answered_by_id)", "'', '', '')", "'', '', '', gen_random_uuid())"),
    ("deed, ending)", "deed, ending, answered_at)", "'', '', '')", "'', '', '', now())"),
    ("", "", "'', '', '')", "'', 'closed', '')"),
    ("", "", "now() + interval '1 day'", "'infinity'"),
    ("", "", "now() + interval '1 day'", "'294000-01-01'"),
    ("", "", "'open', now()", "'open', '-infinity'"),
]


def told(who, record, look) -> str:
    """What the database says to somebody who tries a look at somebody else."""
    with signed_in() as raw:
        opened(raw, who, [who.record_id], ["access_log"], "own")
        try:
            raw.execute(FORGED, [record, uuid.uuid4(), look, uuid.uuid4()])
        except psycopg.Error as error:
            return str(error)
    return ""


def test_nobody_learns_by_guessing_whether_somebody_was_looked_at(said):
    """The key of a line can be worked out by who knows the record: a right guess and a wrong one sound the same."""
    stage, _officer, _review = said
    with psycopg.connect(role_url("owner")) as raw:
        row = raw.execute("select look from consent_review").fetchone()
    assert row is not None
    stranger = person()
    right = told(stranger, stage.person.record_id, row[0])
    assert right != ""
    assert right == told(stranger, stage.person.record_id, uuid.uuid4())
    assert right == told(stranger, uuid.uuid4(), uuid.uuid4())


def test_the_number_of_looks_at_everybody_is_not_told(committed_db):
    for question in ("select last_value from audit_access_seq_seq", "select nextval('audit_access_seq_seq')"):
        with signed_in() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(question)


@pytest.mark.parametrize("false", FALSE_BEGINNINGS)
def test_a_review_begins_without_an_answer_and_on_a_day_that_can_be_shown(said, false):
    """One day that no page can show would close the officer's list for everybody."""
    stage, _officer, _review = said
    columns, more_columns, values, other_values = false
    forged = FORGED.replace(columns or "\0", more_columns).replace(values, other_values)
    with psycopg.connect(role_url("owner"), autocommit=True) as owner:
        kept = owner.execute("select record_id, organisation_id, look, membership_id from consent_review").fetchone()
    with signed_in() as raw:
        opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
        raw.execute("update consent_review set state = 'closed', ending = 'withdrawn', closed_at = now()")
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(forged, kept)
        raw.execute(FORGED, kept)


def test_an_answer_is_given_on_a_day_that_can_be_shown(said):
    _stage, officer, review = said
    with signed_in() as raw:
        assert open_review(raw, officer, review)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(
                "update consent_review set state = 'answered', finding = 'was_work', deed = 'nothing', answer = 'x', "
                "answered_at = 'infinity', answered_by_id = %s",
                [officer.membership_id],
            )


def test_who_guides_a_worker_does_not_write_there_by_opening_somebody_of_their_own(committed_db):
    """Two openings in one request: one to write, one to read. What is signed by the first is written there only."""
    with as_owner():
        body = organisation()
        both = membership(body, "peer")
        both.roles = ["peer", "supervisor"]
        both.save()
        guided = membership(body, "peer", supervisor=both)
        place = community()
    with transaction.atomic():
        mine, theirs = record_held_by(both), record_held_by(guided)
    who = reader_for(both)
    with signed_in() as raw:
        opened(raw, who, [mine], ["attendance"], "care")
        opened(raw, who, [theirs], ["attendance"], "supervision")
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(ENTRY, [theirs, place.id, "2026-11-20", both.id])
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(ENTRY, [mine, place.id, "infinity", both.id])
        raw.execute(ENTRY, [mine, place.id, "2026-11-20", both.id])


def test_a_place_is_what_follows_from_its_answers(committed_db):
    with as_owner():
        body = organisation()
        lead = membership(body, "org_admin")
    clinic = {"assisted": "yes", "serves": "yes", "says_so": "yes", "general": "no", "unit": "no"}
    when = "2026-11-22"
    false = [
        (clinic, "no", when),
        (clinic, "unset", when),
        ({}, "no", when),
        ({**clinic, "says_so": "perhaps"}, "unset", when),
        (clinic, "yes", "infinity"),
    ]
    for answers, found, at in false:
        with pytest.raises(REFUSED), signed_in() as raw:
            raw.execute(POSTURE, [json.dumps(answers), found, found, at, lead.id, body.id])
    with signed_in() as raw:
        raw.execute(POSTURE, [json.dumps(clinic), "yes", "yes", when, lead.id, body.id])


def test_a_request_that_never_ends_opens_nothing_more(said):
    """Whoever keeps a transaction open would keep the hour in which a consent still held."""
    stage, officer, review = said
    short = "create or replace function longest_request() returns interval language sql immutable as $$ {} $$"
    with psycopg.connect(role_url("owner"), autocommit=True) as owner:
        before = owner.execute("select pg_get_functiondef('longest_request'::regproc)").fetchone()
    assert before is not None
    try:
        with signed_in() as raw:
            assert open_review(raw, officer, review)
            assert raw.execute("select count(*) from consent_review").fetchone() == (1,)
            with psycopg.connect(role_url("owner"), autocommit=True) as owner:
                owner.execute(short.format("select interval '1 microsecond'"))
            for closed in ("select * from consent_review", "select * from vault_recordkey"):
                with pytest.raises(REFUSED), raw.transaction():
                    raw.execute(closed)
            with pytest.raises(REFUSED), raw.transaction():
                open_review(raw, officer, review)
            with pytest.raises(REFUSED), raw.transaction():
                opened(raw, stage.person, [stage.person.record_id], ["access_log"], "own")
    finally:
        with psycopg.connect(role_url("owner"), autocommit=True) as owner:
            owner.execute(before[0])
    with signed_in() as raw:
        assert open_review(raw, officer, review)


@pytest.mark.parametrize("at", ["infinity", "-infinity", "294000-01-01", "4000-01-01 BC"])
def test_no_act_is_written_down_on_a_day_that_stops_whoever_checks_the_log(committed_db, at):
    act = "insert into audit_act (id, at, what, hat) values (gen_random_uuid(), %s, 'x', 'person')"
    with signed_in() as raw, pytest.raises(REFUSED), raw.transaction():
        raw.execute(act, [at])
    with signed_in() as raw:
        raw.execute(act, ["2026-11-22"])
