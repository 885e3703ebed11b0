"""What two people write to each other, attacked with plain SQL under one's own name: not read, forged, or edited."""

import contextlib
import dataclasses
import uuid

import psycopg
import pytest
from django.db import transaction

from manypaths.config.testing import as_owner, role_url
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, membership, reader_for
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT, Scene, draft, scene, send
from manypaths.support import messaging
from manypaths.support.models import Thread
from tests.walls.test_requests_of_others import opened

REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)
WRITE = """
insert into support_message (id, record_id, thread_id, party, words, written_at)
values (gen_random_uuid(), %s, %s, %s, 'x', now())
"""


@dataclasses.dataclass
class Written:
    """A thread with one message of each, and a colleague who walks with the same person too."""

    stage: Scene
    record: uuid.UUID
    thread: uuid.UUID
    colleague: Reader

    @property
    def own(self) -> uuid.UUID:
        assert self.stage.person.record_id is not None
        return self.stage.person.record_id


@pytest.fixture
def written(committed_db) -> Written:
    stage = scene()
    with transaction.atomic():
        draft(stage)
    with transaction.atomic():
        request = send(stage)
    with transaction.atomic():
        record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    with transaction.atomic():
        thread = commands.write_to_worker(membership_id=stage.coach_member.id, words="Hello.", by=stage.person, at=NOW)
    with transaction.atomic():
        commands.write_to_person(record_id=record, words="Hi.", by=stage.coach, at=NOW)
    with as_owner():
        member = membership(stage.body, "peer", display_name="Ana P.")
        Assignment.objects.create(record_id=record, membership=member, since=NOW)
    return Written(stage, record, thread, reader_for(member, stage.place))


@contextlib.contextmanager
def signed_in():
    with psycopg.connect(role_url("app")) as raw, raw.transaction():
        yield raw


def open_thread(raw: psycopg.Connection, who: Reader, record: uuid.UUID) -> bool:
    row = raw.execute("select open_thread(%s, %s, %s)", [who.account_id, who.membership_id, record]).fetchone()
    return bool(row and row[0]["open"])


def as_person(raw: psycopg.Connection, who: Reader) -> None:
    opened(raw, who, [who.record_id], ["messages"], "own")


def count(raw: psycopg.Connection, table: str = "support_message") -> int:
    return len(raw.execute(f"select id from {table}").fetchall())


def test_the_two_read_it_and_nothing_is_read_unopened(written: Written):
    with signed_in() as raw:
        assert open_thread(raw, written.stage.coach, written.record)
        assert (count(raw), count(raw, "support_thread")) == (2, 1)
    with signed_in() as raw:
        as_person(raw, written.stage.person)
        assert count(raw) == 2
    for table in ("support_message", "support_thread"):
        with signed_in() as raw, pytest.raises(REFUSED):
            count(raw, table)


def test_a_colleague_who_walks_with_them_too_opens_only_a_thread_of_their_own(written: Written):
    with signed_in() as raw:
        assert open_thread(raw, written.colleague, written.record)
        assert (count(raw), count(raw, "support_thread")) == (0, 0)
    with transaction.atomic():
        commands.write_to_person(record_id=written.record, words="Ana here.", by=written.colleague, at=NOW)
    with signed_in() as raw:
        assert open_thread(raw, written.colleague, written.record)
        assert (count(raw), count(raw, "support_thread")) == (1, 1)


@pytest.mark.parametrize("classes", [["messages"], ["presence", "demographics", "contact_log", "messages"]])
def test_no_other_opening_of_a_worker_opens_it(written: Written, classes: list[str]):
    coach = written.stage.coach
    with signed_in() as raw:
        for purpose in ("care", "referral", "supervision", "desk", "privacy"):
            opened(raw, coach, [written.record, written.own], classes, purpose, [written.thread])
        assert count(raw) == 0


def test_one_account_cannot_open_in_the_name_of_another(written: Written):
    coach, colleague = written.stage.coach, written.colleague
    for account, member in ((colleague.account_id, coach.membership_id), (coach.account_id, colleague.membership_id)):
        with signed_in() as raw:
            asked = raw.execute("select open_thread(%s, %s, %s)", [account, member, written.record]).fetchone()
            assert asked is not None and not asked[0]["open"] and asked[0]["keys"] == []
            assert count(raw) == 0


def test_nobody_writes_as_the_other_party(written: Written):
    with signed_in() as raw:
        assert open_thread(raw, written.stage.coach, written.record)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(WRITE, [written.own, written.thread, "person"])
    with signed_in() as raw:
        as_person(raw, written.stage.person)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(WRITE, [written.own, written.thread, "worker"])
    with signed_in() as raw:
        assert open_thread(raw, written.colleague, written.record)
        for party in ("person", "worker"):
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(WRITE, [written.own, written.thread, party])


def test_a_stranger_writes_into_no_thread_but_their_own(written: Written):
    stranger = person()
    for record in (stranger.record_id, written.own):
        with signed_in() as raw:
            as_person(raw, stranger)
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(WRITE, [record, written.thread, "person"])


def test_the_person_writes_to_nobody_who_does_not_hear(written: Written):
    with as_owner():
        Assignment.objects.filter(record_id=written.record).update(until=NOW)
    with signed_in() as raw:
        as_person(raw, written.stage.person)
        assert count(raw) == 2
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(WRITE, [written.own, written.thread, "person"])


@pytest.mark.parametrize(
    "sql",
    [
        "update support_message set words = 'y' where party = 'person'",
        "update support_message set words = 'y' where party = 'worker'",
        "update support_message set written_at = now()",
        "update support_message set party = 'worker'",
        "update support_message set thread_id = id",
        "update support_message set read_at = null",
        "update support_message set words = null, taken_back_at = now() where party = 'worker'",
        "delete from support_message",
        "delete from support_thread",
        "update support_thread set membership_id = id",
        "insert into support_thread (id, record_id, org_record_id, membership_id, begun_at) "
        "select gen_random_uuid(), record_id, record_id, membership_id, now() from support_thread",
    ],
)
def test_what_was_sent_is_never_edited_forged_or_taken_away(written: Written, sql: str):
    with transaction.atomic():
        messaging.read_as_worker(org_record_id=written.record, by=written.stage.coach, at=NOW)
    for enter in (
        lambda raw: open_thread(raw, written.stage.coach, written.record),
        lambda raw: as_person(raw, written.stage.person),
    ):
        with signed_in() as raw:
            enter(raw)
            with pytest.raises(REFUSED), raw.transaction():
                raw.execute(sql)


def test_only_the_person_lets_another_read_what_was_written_before(written: Written):
    with transaction.atomic():
        commands.write_to_person(record_id=written.record, words="Ana here.", by=written.colleague, at=NOW)
    with as_owner():
        later = Thread.objects.get(membership_id=written.colleague.membership_id).id
    show = "update support_thread set earlier_id = %s where id = %s"
    with signed_in() as raw:
        assert open_thread(raw, written.colleague, written.record)
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(show, [written.thread, later])
    with signed_in() as raw:
        as_person(raw, written.stage.person)
        raw.execute(show, [written.thread, later])
    with signed_in() as raw:
        assert open_thread(raw, written.colleague, written.record)
        assert count(raw) == 3
        with pytest.raises(REFUSED), raw.transaction():
            raw.execute(WRITE, [written.own, written.thread, "worker"])


BEGIN = "select begin_thread(%s, %s, %s, %s, gen_random_uuid(), now())"


def test_a_thread_is_begun_only_between_two_who_walk_together(written: Written):
    stranger, desk, person_ = person(), written.stage.desk, written.stage.person
    with signed_in() as raw:
        as_person(raw, stranger)
        values = [stranger.account_id, "person", written.record, written.stage.coach_member.id]
        assert raw.execute(BEGIN, values).fetchone() == (None,)
    with signed_in() as raw:
        as_person(raw, person_)
        values = [person_.account_id, "person", written.record, desk.membership_id]
        assert raw.execute(BEGIN, values).fetchone() == (None,)
    with signed_in() as raw:
        assert not open_thread(raw, desk, written.record)
        for member in (desk.membership_id, written.colleague.membership_id):
            assert raw.execute(BEGIN, [desk.account_id, "member", written.record, member]).fetchone() == (None,)


def test_nobody_learns_whose_record_it_is_without_a_row_in_the_log(written: Written):
    """Not by beginning a thread in somebody's name, and not by asking who walks with them."""
    person_, colleague = written.stage.person, written.colleague
    walks, stranger = "select * from who_walks(%s)", person()
    for sql, values in (
        (walks, [person_.account_id]),
        (BEGIN, [person_.account_id, "person", written.record, colleague.membership_id]),
        (BEGIN, [colleague.account_id, "member", written.record, colleague.membership_id]),
    ):
        with signed_in() as raw:
            as_person(raw, stranger)
            assert raw.execute(sql, values).fetchall() in ([], [(None,)])
    with signed_in() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(walks, [person_.account_id])
    with signed_in() as raw:
        as_person(raw, person_)
        assert len(raw.execute(walks, [person_.account_id]).fetchall()) == 2
    with signed_in() as raw:
        assert open_thread(raw, colleague, written.record)
        (begun,) = raw.execute(BEGIN, [colleague.account_id, "member", written.record, colleague.membership_id])
        assert begun[0]


def test_every_way_in_leaves_a_row_under_the_name_that_was_claimed(written: Written):
    with signed_in() as raw:
        open_thread(raw, written.stage.coach, written.record)
    with signed_in() as raw:
        open_thread(raw, written.stage.desk, written.record)
    with psycopg.connect(role_url("owner")) as raw:
        found = raw.execute(
            "select membership_id, opened, denied, bases::text[] from audit_access "
            "where classes = array['messages']::varchar[] order by seq desc limit 2"
        ).fetchall()
    assert found == [
        (written.stage.desk.membership_id, [], [written.record], []),
        (written.stage.coach.membership_id, [written.own], [], ["thread"]),
    ]
