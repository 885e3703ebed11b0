"""Real commits: two tabs at once, a consent stopped between two requests, and what the night may read."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from manypaths.config.testing import role_url
from manypaths.lib.refusals import NotThere, Refused
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT, scene, sent

COLUMNS = [
    "community", "month_requested", "kind", "area", "status", "reason", "silent", "days_to_answer",
    "days_to_first_contact", "days_open", "worker_outcome", "person_answer", "asked_again", "who",
]  # fmt: skip
LATER = ASKED_AT + timedelta(days=1)


def committed_request():
    stage = scene()
    with transaction.atomic():
        referral = sent(stage)
    return stage, referral


def facts():
    connection.close()
    with psycopg.connect(role_url("measures")) as night:
        night.execute("select set_config('manypaths.night_salt', 'salt', false)")
        cursor = night.execute("select * from referrals_facts")
        names = [column.name for column in cursor.description]
        return names, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_of_two_answers_at_the_same_time_exactly_one_wins(committed_db):
    stage, referral = committed_request()
    results: list[str] = []
    start = threading.Barrier(2)

    def press(reader, act, **more):
        start.wait()
        try:
            act(referral_id=referral, seen=Status.REQUESTED, by=reader, at=LATER, **more)
            results.append("done")
        except Refused as refused:
            results.append(refused.reasons[0].code)
        except NotThere:
            results.append("gone")
        finally:
            connection.close()

    both = [
        threading.Thread(target=press, args=(stage.coach, commands.accept_request)),
        threading.Thread(target=press, args=(stage.colleague, commands.accept_request)),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(results) == ["done", "moved_meanwhile"]


def test_two_tabs_that_begin_at_once_go_on_with_one_draft(committed_db):
    stage = scene()
    found: list[object] = []
    start = threading.Barrier(2)

    def begin():
        start.wait()
        found.append(commands.begin_request(asked=stage.asked, name="Mari", by=stage.person, at=ASKED_AT))
        connection.close()

    both = [threading.Thread(target=begin) for _tab in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_the_next_request_after_a_stop_finds_nothing(committed_db):
    stage, referral = committed_request()
    with transaction.atomic():
        assert queries.received_request(reader=stage.coach, referral_id=referral).packet is not None
    with transaction.atomic():
        commands.stop_sharing(referral_id=referral, by=stage.person, at=datetime.now(UTC))
    with pytest.raises(NotThere), transaction.atomic():
        queries.received_request(reader=stage.coach, referral_id=referral)
    with transaction.atomic():
        looks = queries.who_looked(reader=stage.person, zone="UTC").lines
    assert [(look.purpose, look.classes) for look in looks] == [("referral", ("referral_task",))]


def test_a_move_leaves_nothing_behind_when_its_audit_fails(committed_db, monkeypatch):
    stage, referral = committed_request()

    def broken(**_values):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("manypaths.referrals.commands.moving.audit.record", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        commands.reject_request(referral_id=referral, seen=Status.REQUESTED, reason="cost", by=stage.coach, at=LATER)
    monkeypatch.undo()
    with transaction.atomic():
        assert queries.own_request(reader=stage.person, referral_id=referral).line.status is Status.REQUESTED


def test_the_night_reads_codes_months_and_days_and_nothing_else(committed_db):
    stage, referral = committed_request()
    with transaction.atomic():
        commands.reject_request(
            referral_id=referral, seen=Status.REQUESTED, reason="no_open_place", by=stage.coach, at=LATER
        )
    names, rows = facts()
    assert names == COLUMNS
    (row,) = rows
    assert len(row.pop("who")) == 64
    assert str(row.pop("month_requested")) == "2026-11-01"
    assert row == {
        "community": stage.place.id, "kind": "peer_support", "area": "50023", "status": "rejected",
        "reason": "no_open_place", "silent": False, "days_to_answer": 1, "days_to_first_contact": None,
        "days_open": 1, "worker_outcome": None, "person_answer": None, "asked_again": False,
    }  # fmt: skip


def test_a_request_nobody_answered_in_time_is_silence_even_when_it_was_taken_back(committed_db):
    stage, referral = committed_request()
    with transaction.atomic():
        commands.withdraw_request(
            referral_id=referral, reason="silence", by=stage.person, at=ASKED_AT + timedelta(days=9)
        )
    (row,) = facts()[1]
    assert (row["silent"], row["reason"], row["status"]) == (True, "silence", "cancelled")


def test_the_application_cannot_read_the_facts(committed_db):
    committed_request()
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(role_url("app")) as app:
        app.execute("select * from referrals_facts")


def test_no_request_lapses_on_a_day_that_does_not_exist(committed_db):
    _stage, referral = committed_request()
    with pytest.raises(psycopg.DataError), psycopg.connect(role_url("app")) as raw:
        raw.execute("select * from lapse_requests('-infinity')")
    with psycopg.connect(role_url("owner")) as raw:
        row = raw.execute("select status, closed_at from referrals_referral where id = %s", [referral]).fetchone()
    assert row == ("requested", None)
