"""Each condition of the doors to messages and to shown check-ins is turned once: somebody is then let in who was not,
or kept out who was let in, or gets no key, or the log says otherwise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.consent.queries import WallsDisagree
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT, Scene, accepted, sent
from manypaths.referrals.tests.test_shown import checked_in, show
from manypaths.support import messages, messaging, shown
from manypaths.support.models import ShownCheckIn, Thread
from tests.mutants.sql import mutants_of_function
from tests.mutants.test_every_rule_of_the_gate_is_held import as_superuser, definition_of

pytestmark = pytest.mark.django_db
Seen = tuple[int, int, int, str, tuple[int, int]]
CLOSED = "closed"
LONG_AGO, SOON = NOW - timedelta(days=3650), NOW + timedelta(days=36500 // 10)


@dataclass
class Two:
    """A coach with a thread and a shown check-in, a colleague who follows with one of their own, and an empty one."""

    stage: Scene
    record: UUID
    colleague: Reader
    newcomer: Reader
    other_record: UUID
    second_record: UUID


@pytest.fixture
def two() -> Two:
    other, _request, other_record = accepted()
    new_request()
    commands.write_to_worker(membership_id=other.coach_member.id, words="Another.", by=other.person, at=NOW)
    stage, _request, record = accepted()
    second = replace(stage, person=person())
    request = sent(second)
    new_request()
    second_record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    for words in ("A.", "B."):
        new_request()
        commands.write_to_worker(membership_id=stage.coach_member.id, words=words, by=second.person, at=NOW)
    new_request()
    before = commands.write_to_worker(membership_id=stage.coach_member.id, words="One.", by=stage.person, at=NOW)
    stopped = show(stage, checked_in(stage))
    show(stage, checked_in(stage))
    with as_owner():
        ShownCheckIn.objects.filter(id=stopped).update(until=NOW, words=None)
        ana, new = (membership(stage.body, "peer", display_name=name) for name in ("Ana P.", "Kim B."))
        for one in (ana, new):
            Assignment.objects.create(record_id=record, membership=one, since=NOW)
    new_request()
    thread = commands.write_to_worker(membership_id=ana.id, words="Two.", by=stage.person, at=NOW)
    new_request()
    messaging.show_earlier(thread_id=thread, earlier_id=before, by=stage.person, at=NOW)
    return Two(stage, record, reader_for(ana, stage.place), reader_for(new, stage.place), other_record, second_record)


def nothing(_two: Two) -> None:
    pass


def member(**fields: Any) -> Callable[[Two], None]:
    return lambda two: void(Membership.objects.filter(id=two.stage.coach_member.id).update(**fields))


def assignment(**fields: Any) -> Callable[[Two], None]:
    def change(two: Two) -> None:
        Assignment.objects.filter(record_id=two.record, membership_id=two.stage.coach_member.id).update(**fields)

    return change


def block(*, held: bool, whole: bool, **fields: Any) -> Callable[[Two], None]:
    def change(two: Two) -> None:
        record = two.record if held else two.stage.person.record_id
        who = {"organisation": two.stage.body} if whole else {"account_id": two.stage.coach.account_id}
        Block.objects.create(record_id=record, **{"since": LONG_AGO, **who, **fields})

    return change


def someone_elses_block(two: Two) -> None:
    Block.objects.create(record_id=two.stage.person.record_id, since=LONG_AGO, account_id=uuid4())
    Block.objects.create(record_id=uuid4(), since=LONG_AGO, account_id=two.stage.coach.account_id)


def void(_result: object) -> None:
    pass


# What is changed first, and what the coach then sees: messages, earlier ones, shown check-ins.
OPEN = ((1, 0), 1)
CHANGES: list[tuple[Callable[[Two], None], Any]] = [
    (nothing, OPEN),
    (member(ended_at=NOW), CLOSED),
    (lambda two: void(User.objects.filter(id=two.stage.coach.account_id).update(is_active=False)), CLOSED),
    (member(roles=["volunteer"]), CLOSED),
    (member(roles=["clinician"]), CLOSED),
    (member(roles=["supervisor", "peer"]), OPEN),
    (lambda two: void(Membership.objects.filter(id=two.stage.coach_member.id).update(organisation=organisation("H"))),
     CLOSED),
    (assignment(until=LONG_AGO), CLOSED),
    (assignment(until=SOON), OPEN),
    (assignment(record_id=uuid4()), CLOSED),
    (lambda two: void(Record.objects.filter(id=two.record).update(erased_at=NOW)), CLOSED),
    (lambda two: void(Record.objects.filter(id=two.stage.person.record_id).update(erased_at=NOW)), CLOSED),
    (lambda two: void(Record.objects.filter(id=two.other_record).update(erased_at=NOW)), OPEN),
    *((block(held=held, whole=whole), CLOSED) for held in (True, False) for whole in (True, False)),
    (block(held=False, whole=False, since=SOON), OPEN),
    (block(held=False, whole=False, until=LONG_AGO), OPEN),
    (block(held=False, whole=False, until=SOON), CLOSED),
    (someone_elses_block, OPEN),
    (lambda two: void(ShownCheckIn.objects.filter(record_id=two.stage.person.record_id, until=None).update(
        until=NOW, words=None)), ((1, 0), CLOSED)),
]  # fmt: skip


class Undo(Exception):
    """Takes a change away again."""


@contextmanager
def for_a_moment() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def seen(reader: Reader, record: UUID) -> tuple[Any, Any]:
    """What a reader is shown of messages and of check-ins; and that log and keys say the same of each."""
    found = []
    for look, door in ((_messages, "open_thread"), (_shown, "open_shown")):
        new_request()
        try:
            one = look(reader, record)
        except NotThere:
            one = CLOSED
        assert_log_and_keys(reader, record, door, is_open=one != CLOSED)
        found.append(one)
    return found[0], found[1]


def _messages(reader: Reader, record: UUID) -> Any:
    opened = messages.open_thread(reader=reader, org_record_id=record)
    page = messages.page_of_opened(opened=opened)
    return len(page.lines), len(page.earlier)


def _shown(reader: Reader, record: UUID) -> Any:
    return len(shown.open_shown(reader=reader, org_record_id=record))


def assert_log_and_keys(reader: Reader, record: UUID, door: str, *, is_open: bool) -> None:
    """The newest row of the log, and whose key the door gives: one person's own, or none."""
    with as_superuser() as cursor:
        cursor.execute(
            "select opened, bases, subjects, denied, account_id, membership_id "
            "from audit_access order by seq desc limit 1"
        )
        opened, bases, subjects, denied, account, member_id = cursor.fetchone()
        cursor.execute("select exists (select from people_record where id = %s)", [record])
        exists = cursor.fetchone()[0]
        cursor.execute(
            "select record_id from support_thread where org_record_id = %s and membership_id = %s",
            [record, reader.membership_id],
        )
        own = {row[0] for row in cursor.fetchall()}
    assert (account, member_id) == (reader.account_id, reader.membership_id)
    assert len(opened) == len(bases) == len(subjects)
    assert bool(opened) == is_open
    assert set(opened) == ((own or {record}) if is_open else set())
    assert denied == ([record] if exists and not is_open else [])
    new_request()
    with connection.cursor() as cursor:
        cursor.execute(f"select {door}(%s, %s, %s)", [reader.account_id, reader.membership_id, record])
        answer = cursor.fetchone()[0]
    assert {UUID(key[0]) for key in answer["keys"]} == (own if is_open else set())
    assert all(bool(answer[name]) == (is_open and bool(own)) for name in ("thread", "own") if name in answer)


def the_doors_hold(two: Two) -> bool:
    coach, stranger = two.stage.coach, uuid4()
    lying = replace(coach, account_id=two.colleague.account_id)
    looks: list[tuple[Reader, UUID, Any]] = [
        (two.colleague, two.record, ((1, 1), CLOSED)),
        (two.newcomer, two.record, ((0, 0), CLOSED)),
        (two.stage.colleague, two.record, (CLOSED, CLOSED)),
        (two.stage.desk, two.record, (CLOSED, CLOSED)),
        (lying, two.record, (CLOSED, CLOSED)),
        (coach, two.second_record, ((2, 0), CLOSED)),
        (coach, two.other_record, (CLOSED, CLOSED)),
        (coach, stranger, (CLOSED, CLOSED)),
    ]
    try:
        assert all(seen(reader, record) == expected for reader, record, expected in looks)
        for change, expected in CHANGES:
            with for_a_moment():
                with as_owner():
                    change(two)
                wanted = (CLOSED, CLOSED) if expected == CLOSED else expected
                assert seen(coach, two.record) == wanted
    except (WallsDisagree, DatabaseError, AssertionError, TypeError, ValueError, KeyError, Thread.DoesNotExist):
        return False
    return True


def is_noticed(two: Two, definition: str) -> bool:
    noticed = False
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            noticed = not the_doors_hold(two)
            raise Undo
    except (Undo, DatabaseError) as end:
        return noticed or isinstance(end, DatabaseError)


# Conditions that only spare work: what they keep out is kept out by another.
SPARES_WORK = {
    "support_thread_facts": {"r.id = p_org_record -> true": "nobody is assigned to a record that is not there"}
}


@pytest.mark.parametrize("function", ["support_thread_facts", "open_thread", "open_shown"])
def test_every_condition_that_is_turned_is_noticed(two: Two, function: str):
    assert the_doors_hold(two)
    assert not is_noticed(two, definition_of(function))
    mutants = mutants_of_function(definition_of(function))
    assert len(mutants) > 10
    left = {one.what for one in mutants if not is_noticed(two, one.definition)}
    assert left == set(SPARES_WORK.get(function, ()))
