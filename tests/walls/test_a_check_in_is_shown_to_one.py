"""One check-in shown to one worker, attacked with plain SQL under one's own name."""

import uuid

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW
from manypaths.outcomes import commands as outcomes
from manypaths.outcomes import queries as instruments
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from tests.walls.test_messages_are_read_by_two import REFUSED, Written, signed_in, written
from tests.walls.test_requests_of_others import opened

__all__ = ["written"]
SHOW = """
insert into support_showncheckin (id, record_id, thread_id, sitting_id, words, text_version, language, since)
values (gen_random_uuid(), %s, %s, %s, 'x', '1', 'en', now())
"""
TABLES = ("support_showncheckin", "outcomes_sitting", "outcomes_answer")


def checked_in(who: Reader) -> uuid.UUID:
    with transaction.atomic():
        items = instruments.definition(instruments.instrument_version(instrument="barc-10")).items
        return outcomes.answer_instrument(
            instrument="barc-10", answers=dict.fromkeys(items, 4), language="en", on=NOW.date(), by=who, at=NOW
        )


@pytest.fixture
def showing(written: Written) -> tuple[Written, uuid.UUID]:
    """Two check-ins, of which one is shown to the coach."""
    checked_in(written.stage.person)
    sitting = checked_in(written.stage.person)
    with transaction.atomic():
        commands.show_check_in(
            membership_id=written.stage.coach_member.id, sitting_id=sitting,
            text=consent.text(key="check_in", language="en"), by=written.stage.person, at=NOW,
        )  # fmt: skip
    return written, sitting


def open_shown(raw: psycopg.Connection, who: Reader, record: uuid.UUID) -> bool:
    row = raw.execute("select open_shown(%s, %s, %s)", [who.account_id, who.membership_id, record]).fetchone()
    return bool(row and row[0]["open"])


def test_the_coach_reads_the_copy_and_no_check_in(showing):
    stage, _sitting = showing
    with signed_in() as raw:
        assert open_shown(raw, stage.stage.coach, stage.record)
        assert len(raw.execute("select id from support_showncheckin").fetchall()) == 1
        for table in TABLES[1:]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(f"select id from {table}").fetchall()


def test_a_colleague_who_walks_with_them_too_reads_nothing(showing):
    stage, _sitting = showing
    with signed_in() as raw:
        assert not open_shown(raw, stage.colleague, stage.record)
        assert raw.execute("select id from support_showncheckin").fetchall() == []


def test_opened_as_messages_or_unopened_it_stays_closed(showing):
    stage, _sitting = showing
    coach = stage.stage.coach
    with signed_in() as raw:
        raw.execute("select open_thread(%s, %s, %s)", [coach.account_id, coach.membership_id, stage.record])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute("select id from support_showncheckin").fetchall()
    with signed_in() as raw:
        for purpose in ("care", "supervision", "privacy", "desk"):
            opened(raw, coach, [stage.record, stage.own], ["checkin", "presence"], purpose, [stage.thread])
        assert raw.execute("select id from support_showncheckin").fetchall() == []


def test_nobody_shows_the_check_in_of_another_or_shows_theirs_to_who_does_not_walk_along(showing):
    stage, sitting = showing
    stranger = person()
    theirs = checked_in(stranger)
    tries = (
        (stranger, [stranger.record_id, stage.thread, theirs]),
        (stranger, [stage.own, stage.thread, sitting]),
        (stage.stage.person, [stage.own, stage.thread, theirs]),
    )
    for who, values in tries:
        with signed_in() as raw:
            opened(raw, who, [who.record_id], ["checkin"], "own")
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(SHOW, values)
    with signed_in() as raw:
        assert open_shown(raw, stage.stage.coach, stage.record)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(SHOW, [stage.own, stage.thread, sitting])
    another = checked_in(stage.stage.person)
    with as_owner():
        Assignment.objects.filter(record_id=stage.record).update(until=NOW)
    with signed_in() as raw:
        opened(raw, stage.stage.person, [stage.own], ["checkin"], "own")
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(SHOW, [stage.own, stage.thread, another])


@pytest.mark.parametrize(
    "sql",
    [
        "update support_showncheckin set words = 'y'",
        "update support_showncheckin set thread_id = id",
        "update support_showncheckin set until = null",
        "update support_showncheckin set until = now(), words = null where until is not null",
        "delete from support_showncheckin",
    ],
)
def test_what_is_shown_is_never_changed_but_stopped_by_its_person(showing, sql: str):
    stage, _sitting = showing
    with signed_in() as raw:
        assert open_shown(raw, stage.stage.coach, stage.record)
        if "where" not in sql:
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute("update support_showncheckin set until = now(), words = null")
    with signed_in() as raw:
        opened(raw, stage.stage.person, [stage.own], ["checkin"], "own")
        if "where" not in sql:
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)
        raw.execute("update support_showncheckin set until = now(), words = null")
        if "where" in sql:
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)
