"""The two readings of a page that was opened at a desk are one; it closes with the place; codes are for one desk."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.config.testing import as_owner
from manypaths.consent import desk
from manypaths.consent.models import DeskOpening
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import desk as rules
from manypaths.consent.rules.desk import DeskFacts
from manypaths.directory.rules import Span
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Membership
from manypaths.network.rules import Role
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Block, Record
from manypaths.people.tests.factories import new_request, person, record_held_by

MINUTE = timedelta(minutes=1)
NAMED = {"demographics", "safe_contact", "attendance", "contact_log"}
NARROW = NAMED - {"contact_log"}
OPENED_TO = {
    "peer": NAMED, "clinician": NAMED, "supervisor": NAMED, "frontdesk": NAMED, "volunteer": NARROW,
}  # fmt: skip
ZONE = "America/New_York"
WORLDS = st.fixed_dictionaries(
    {
        "roles": st.lists(st.sampled_from([role.value for role in Role]), min_size=1, max_size=2, unique=True),
        "place": st.sampled_from(["here", "another"]),
        "age": st.sampled_from(["waits for a code", -1, 0, 1, 300]),
        "left": st.sampled_from([-1, 0, 1, 300]),
        "stopped": st.booleans(),
        "mine": st.booleans(),
        "block": st.sampled_from(["none", "account", "organisation", "over", "another"]),
        "blocked_on": st.sampled_from(["own", "held"]),
        "erased": st.sampled_from(["none", "own", "held"]),
        "ended": st.sampled_from(["no", "membership", "account"]),
    }
)


class Undo(Exception):
    """Takes a made-up world away again."""


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_code_and_database_never_disagree(world):
    """`open_at_desk` raises WallsDisagree when they do; and what opens is what the prose says."""
    with pytest.raises(Undo), transaction.atomic():
        reader, opening, held = build(world)
        new_request()
        good = (
            world["place"] == "here", world["age"] in (0, 1, 300), world["left"] > 0, not world["stopped"],
            world["mine"], world["block"] in ("none", "over", "another"), world["erased"] == "none",
            world["ended"] == "no",
        )  # fmt: skip
        expected = set().union(*(OPENED_TO.get(role, set()) for role in world["roles"])) if all(good) else set()
        try:
            line, opened = desk.open_page(reader=reader, opening=opening)
        except NotThere:
            assert not expected
        else:
            assert line.record_id == held
            assert {kind for record, kind, _subject in opened.bases if record == held} == expected
            assert set(opened.bases.values()) == {f"desk:{opening}/named"}
        new_request()
        found = desk.open_now(reader=reader, classes={DataClass.DEMOGRAPHICS})
        assert [one.id for one in found.lines] == ([opening] if expected else [])
        raise Undo


def build(world):
    with as_owner():
        house, other = organisation(), organisation("Harbor Row")
        worker = membership(house, *world["roles"])
    owner, at = person(), transaction_time()
    held = record_held_by(membership(house if world["place"] == "here" else other, "peer"))
    with as_owner():
        opening = kept(owner.record_id, held, world, at)
        block(world, worker, owner.record_id if world["blocked_on"] == "own" else held, at)
        if world["erased"] != "none":
            which = owner.record_id if world["erased"] == "own" else held
            Record.objects.filter(id=which).update(erased_at=at)
        reader = reader_for(worker)
        if not world["mine"]:
            reader = replace(reader, account_id=owner.account_id)
        end(world["ended"], worker, at)
    return reader, opening.id, held


def transaction_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select transaction_timestamp()")
        return cursor.fetchone()[0]


def kept(own, held, world, at) -> DeskOpening:
    until, waits = at + world["left"] * MINUTE, isinstance(world["age"], str)
    opened_at = None if waits else at - world["age"] * MINUTE
    made_at = min(at, opened_at or at, until - MINUTE)
    return DeskOpening.objects.create(
        record_id=own, held_record_id=held, made_at=made_at, opened_at=opened_at, until=until,
        code_hash=uuid.uuid4().hex if waits else None, code_until=made_at + MINUTE if waits else None,
        ended_at=at if world["stopped"] else None,
    )  # fmt: skip


def block(world, worker, record, at) -> None:
    since, until = (at - 2 * MINUTE, at - MINUTE) if world["block"] == "over" else (at - MINUTE, None)
    by = {"organisation": None, "account": worker.account_id, "over": worker.account_id, "another": uuid.uuid4()}
    if world["block"] != "none":
        house = worker.organisation if world["block"] == "organisation" else None
        Block.objects.create(
            record_id=record, account_id=by[world["block"]], organisation=house, since=since, until=until
        )


def end(what: str, worker, at) -> None:
    if what == "membership":
        Membership.objects.filter(id=worker.id).update(ended_at=at)
    if what == "account":
        with connection.cursor() as cursor:
            cursor.execute("update accounts_user set is_active = false where id = %s", [worker.account_id])


def test_a_desk_opens_named_fields_to_who_works_there_and_never_notes_or_plans():
    opens = {role.value: rules.opens_at_desk({role.value}) for role in Role}
    assert {role: classes for role, classes in opens.items() if classes} == OPENED_TO
    apart = {DataClass.COUNSELLING_NOTES, DataClass.RECOVERY_PLAN, DataClass.TREATMENT, DataClass.DRUG_SCREEN}
    assert not NAMED & {one.value for one in apart}


def test_a_role_that_is_added_to_the_table_still_opens_named_fields_only():
    at = datetime.now(UTC)
    fact = DeskFacts(uuid.uuid4(), uuid.uuid4(), True, at, at + MINUTE, False, False, False)
    for roles in itertools.combinations(OPENED_TO, 2):
        found = rules.bases_at_desk(roles, [fact], [one.value for one in DataClass], at)
        assert {basis for basis in found.values()} == {f"desk:{fact.id}/named"}


def test_it_closes_at_its_last_instant():
    at = datetime.now(UTC)
    fact = DeskFacts(uuid.uuid4(), uuid.uuid4(), True, at - 60 * MINUTE, at, False, False, False)
    assert rules.bases_at_desk({"frontdesk"}, [fact], NAMED, at) == {}
    assert rules.bases_at_desk({"frontdesk"}, [fact], NAMED, at - timedelta(microseconds=1)) != {}


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026 in Vermont; the 2nd is a Monday, and the clocks go back on the 1st."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(ZONE))


MONDAY_9_TO_5 = [Span(0, 540, 1020)]


@pytest.mark.parametrize(
    ("at", "weeks", "until"),
    [
        (local(2, 14, 3), [MONDAY_9_TO_5], local(2, 17)),
        (local(2, 16, 59), [MONDAY_9_TO_5], local(2, 17)),
        (local(2, 14), [MONDAY_9_TO_5, [Span(0, 600, 1140)]], local(2, 19)),
        (local(2, 18), [MONDAY_9_TO_5], local(3, 0)),
        (local(2, 20), [], local(3, 0)),
        (local(2, 9), [], local(2, 21)),
        (local(2, 14), [[Span(day, 0, 1440) for day in range(7)]], local(3, 0)),
        (local(2, 14), [[Span(day, 0, 1440) for day in range(7)], MONDAY_9_TO_5], local(2, 17)),
        (local(2, 23), [[Span(0, 1320, 1560)]], local(3, 2)),
        (local(3, 1), [[Span(0, 1320, 1560)]], local(3, 2)),
        (local(8, 23), [[Span(6, 1320, 1560)]], local(9, 2)),
        (local(9, 1), [[Span(6, 1320, 1560)]], local(9, 2)),
        (local(1, 0, 30), [[Span(6, 0, 240)]], local(1, 4)),
        (local(2, 6), [[Span(0, 300, 1439)]], local(2, 18)),
    ],
)
def test_it_closes_when_the_place_does_or_with_the_day_and_never_later_than_twelve_hours(at, weeks, until):
    assert rules.until_closing(at, ZONE, [(ZONE, spans) for spans in weeks]) == until


def test_a_place_in_another_zone_closes_by_its_own_clock():
    week = [("America/Chicago", MONDAY_9_TO_5)]
    assert rules.until_closing(local(2, 17, 30), ZONE, week) == local(2, 18)


def test_a_code_is_short_without_look_alikes_and_never_the_same():
    codes = {rules.new_code() for _number in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 9 and code[4] == "-" and not set(code) & set("01lo") for code in codes)
