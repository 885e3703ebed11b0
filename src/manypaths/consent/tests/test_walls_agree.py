"""The two readings of the gate are one: over made-up worlds, code and database decide the same."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.config.testing import as_owner
from manypaths.consent import queries
from manypaths.consent.models import Authorship
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.factories import ANOTHER_REQUEST, ONE_REQUEST, grant
from manypaths.network.models import Membership
from manypaths.network.rules import Hat, Reader, Role
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import new_request, person, record_held_by

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONE_ITEM = uuid.uuid4()

WORLDS = st.fixed_dictionaries(
    {
        "roles": st.lists(st.sampled_from([role.value for role in Role]), min_size=1, max_size=3, unique=True),
        "answers": st.booleans(),
        "ended": st.booleans(),
        "account_ended": st.booleans(),
        "assignment": st.sampled_from(["none", "open", "ended", "of a supervised worker"]),
        "block": st.sampled_from(["none", "account", "organisation", "over", "not yet"]),
        "erased": st.booleans(),
        "grants": st.lists(
            st.fixed_dictionaries(
                {
                    "mine": st.booleans(),
                    "classes": st.lists(st.sampled_from(list(DataClass)), min_size=1, max_size=4, unique=True),
                    "purpose": st.sampled_from([Purpose.REFERRAL, Purpose.CARE]),
                    "request": st.sampled_from([ONE_REQUEST, ANOTHER_REQUEST]),
                    "time": st.sampled_from(["active", "past", "future", "stopped"]),
                }
            ),
            max_size=3,
        ),
        "wrote": st.sampled_from(["nothing", "this worker", "another worker"]),
        "wears": st.sampled_from(["own hat", "person hat", "another's membership", "no account"]),
        "classes": st.lists(st.sampled_from(list(DataClass)), min_size=1, max_size=5, unique=True),
        "purpose": st.sampled_from(list(Purpose)),
        "requests": st.sampled_from(
            [[], [ONE_REQUEST], [ONE_REQUEST, ANOTHER_REQUEST], [ONE_ITEM], [ONE_REQUEST, ONE_ITEM]]
        ),
    }
)


class Undo(Exception):
    """Takes a made-up world away again."""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_code_and_database_never_disagree(world):
    """`open_records` raises WallsDisagree when they do; so a world that opens is a world they agree on."""
    with pytest.raises(Undo), transaction.atomic():
        reader, records = build(world)
        new_request()
        opened = queries.open_records(
            reader=reader,
            records=records,
            classes=world["classes"],
            purpose=world["purpose"],
            subjects=world["requests"],
        )
        check_what_never_opens(world, opened)
        raise Undo


def build(world) -> tuple[Reader, list[uuid.UUID]]:
    house, other = organisation(), organisation("Harbor Row")
    worker = membership(house, *world["roles"], answers_requests=world["answers"])
    owner = person()
    held = record_held_by(membership(house, "peer"))
    now = datetime.now(UTC)
    with as_owner():
        assign(world["assignment"], worker, held, now)
        block(world["block"], worker, [held, owner.record_id], now)
        write(world["wrote"], worker, held, now)
        if world["erased"]:
            Record.objects.filter(id=held).update(erased_at=now)
    for one in world["grants"]:
        grant(
            owner.record_id,
            house if one["mine"] else other,
            one["classes"],
            purpose=one["purpose"],
            subject=one["request"],
            **TIMES[one["time"]](now),
        )
    if world["ended"]:
        Membership.objects.filter(id=worker.id).update(ended_at=now)
    if world["account_ended"]:
        with connection.cursor() as cursor:
            cursor.execute("update accounts_user set is_active = false where id = %s", [worker.account_id])
    return wear(world["wears"], worker), [owner.record_id, held, uuid.uuid4()]


TIMES = {
    "active": lambda now: {"starts_at": now - DAY},
    "past": lambda now: {"starts_at": now - 9 * DAY, "until": now - DAY},
    "future": lambda now: {"starts_at": now + DAY},
    "stopped": lambda now: {"starts_at": now - 2 * DAY, "ended_at": now - DAY},
}


def assign(kind: str, worker, record, now) -> None:
    if kind == "open":
        Assignment.objects.create(record_id=record, membership=worker, since=now - DAY)
    if kind == "ended":
        Assignment.objects.create(record_id=record, membership=worker, since=now - 2 * DAY, until=now - DAY)
    if kind == "of a supervised worker":
        junior = membership(worker.organisation, "peer", supervisor=worker)
        Assignment.objects.create(record_id=record, membership=junior, since=now - DAY)


def write(who: str, worker, record, now) -> None:
    if who == "nothing":
        return
    author = worker if who == "this worker" else membership(worker.organisation, "clinician")
    Authorship.objects.create(
        item_id=ONE_ITEM, record_id=record, data_class=DataClass.COUNSELLING_NOTES, membership=author, since=now
    )


def block(kind: str, worker, records, now) -> None:
    spans = {"over": (now - 2 * DAY, now - DAY), "not yet": (now + DAY, None)}
    since, until = spans.get(kind, (now - DAY, None))
    for record in [] if kind == "none" else records:
        by_house = kind == "organisation"
        Block.objects.create(
            record_id=record,
            account_id=None if by_house else worker.account_id,
            organisation=worker.organisation if by_house else None,
            since=since,
            until=until,
        )


def wear(how: str, worker) -> Reader:
    reader = reader_for(worker)
    if how == "person hat":
        return Reader(account_id=worker.account_id, hat=Hat.PERSON)
    if how == "another's membership":
        return Reader(**{**reader.__dict__, "account_id": membership(worker.organisation, "peer").account_id})
    if how == "no account":
        return Reader(**{**reader.__dict__, "account_id": None})
    return reader


def check_what_never_opens(world, opened) -> None:
    ended = world["ended"] or world["account_ended"] or world["wears"] != "own hat"
    if ended or world["block"] in {"account", "organisation"}:
        assert opened.ids == frozenset()
    if set(world["roles"]) <= {"org_admin", "coordinator", "fiscal", "facilitator"}:
        assert opened.ids == frozenset()
    if world["purpose"] is Purpose.OWN:
        assert opened.ids == frozenset()
    assert {subject for _record, _class, subject in opened.bases if subject} <= set(world["requests"])
    notes = {subject for _record, one, subject in opened.bases if one == DataClass.COUNSELLING_NOTES}
    is_author = world["wrote"] == "this worker" and world["assignment"] == "open"
    assert notes <= ({ONE_ITEM} if is_author and "clinician" in world["roles"] else set())
