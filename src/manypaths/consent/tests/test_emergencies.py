"""The two readings of an emergency are one; what must be written down is asked for whole; cards are the person's."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.config.testing import as_owner
from manypaths.consent import emergencies, rescuing
from manypaths.consent.models import Emergency, EmergencyCard
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import emergencies as rules
from manypaths.consent.rules.emergencies import EmergencyFacts, Said
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.rules import Role
from manypaths.network.tests.factories import (
    NOW,
    community,
    membership,
    organisation,
    participation,
    reader_for,
)
from manypaths.people.models import Block, Record
from manypaths.people.tests.factories import new_request, person, record_held_by

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WHOLE = Said("Dr. Ito", "County Hospital", "Ana P.", "Overdose, not awake", True)
OPENS = {"demographics", "safe_contact", "sud_treatment_record", "drug_screen_result"}
WORLDS = st.fixed_dictionaries(
    {
        "roles": st.lists(st.sampled_from([role.value for role in Role]), max_size=2, unique=True),
        "medic": st.booleans(),
        "part": st.sampled_from(["takes part", "left", "never agreed"]),
        "age": st.sampled_from([-1, 0, 1, 59, 60, 61, 9000]),
        "mine": st.sampled_from(["mine", "a colleague's", "another's membership"]),
        "block": st.sampled_from(["none", "account", "organisation", "over", "another"]),
        "blocked_on": st.sampled_from(["own", "held"]),
        "erased": st.sampled_from(["none", "own", "held"]),
        "ended": st.sampled_from(["no", "membership", "account"]),
        "second": st.booleans(),
    }
)


class Undo(Exception):
    """Takes a made-up world away again."""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_code_and_database_never_disagree(world):
    """`open_emergency` raises WallsDisagree when they do; and what opens is what the prose says."""
    with pytest.raises(Undo), transaction.atomic():
        reader, opening, first = build(world)
        new_request()
        good = (
            world["medic"], world["part"] == "takes part", 0 <= world["age"] < 60, world["mine"] == "mine",
            world["block"] in ("none", "over", "another"), world["erased"] == "none", world["ended"] == "no",
        )  # fmt: skip
        try:
            found = emergencies.open_emergency(reader=reader, opening=opening)
        except NotThere:
            opened = frozenset()
        else:
            opened = frozenset(kind for record, kind, _subject in found.opened.bases if record == first)
        assert opened == (OPENS if all(good) else frozenset())
        raise Undo


def build(world):
    with as_owner():
        house, holder = organisation(), organisation("Harbor Row")
        fields = {"left": {"left_at": NOW}, "never agreed": {"agreed_at": None, "agreed_by": None, "agreement": None}}
        participation(community(), house, **fields.get(world["part"], {}))
        roles = [*(one for one in world["roles"] if one != Role.MEDIC), *(["medic"] if world["medic"] else [])]
        worker = membership(house, *(roles or ["peer"]))
        colleague = membership(house, "medic")
    owner, at = person(), datetime.now(UTC)
    opening, held = uuid.uuid4(), record_held_by(membership(holder, "peer"))
    whose = worker if world["mine"] != "a colleague's" else colleague
    with as_owner():
        records = [held, *([record_held_by(membership(holder, "peer"))] if world["second"] else [])]
        for number, one in enumerate(records):
            age = MINUTE * (world["age"] if number == 0 else 5)
            kept(opening, owner.record_id, one, holder, whose, at - age)
        block(world, worker, owner.record_id if world["blocked_on"] == "own" else held, at)
        if world["erased"] != "none":
            which = owner.record_id if world["erased"] == "own" else held
            Record.objects.filter(id=which).update(erased_at=at)
        reader = reader_for(worker)
        if world["mine"] == "another's membership":
            reader = reader_for(membership(house, "medic"))
            reader = replace(reader, membership_id=worker.id)
        end(world["ended"], worker, at)
    return reader, opening, held


def kept(opening, own, held, holder, member, at) -> Emergency:
    return Emergency.objects.create(
        opening=opening, record_id=own, org_record_id=held, organisation=holder, membership=member, by_card=True,
        recipient=b"x", affiliation=b"x", discloser=b"x", nature=b"x", opened_at=at, due_at=at + timedelta(days=1),
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


def test_an_emergency_never_opens_notes_of_counselling_or_the_plan():
    assert rules.opens_in_emergency({"medic"}) == OPENS
    assert not OPENS & {DataClass.COUNSELLING_NOTES, DataClass.RECOVERY_PLAN, DataClass.OUTCOME_ANSWERS}


def test_only_who_does_emergency_work_opens_anything_and_a_clinician_is_told_why_not():
    opens = {role.value for role in Role if rules.opens_in_emergency({role.value})}
    told = {role.value for role in Role if rules.is_told_why_not({role.value})}
    assert (opens, told) == ({"medic"}, {"clinician"})
    assert not rules.is_told_why_not({"clinician", "medic"})


@pytest.mark.parametrize("spaces", [False, True])
def test_each_field_is_asked_for_and_all_that_is_missing_is_said_at_once(spaces):
    names = ("recipient", "affiliation", "discloser", "nature", "cannot_agree")
    for left_out in itertools.chain.from_iterable(itertools.combinations(names, size) for size in range(6)):
        values = {name: (" " if spaces else "") for name in names[:4]} | {"cannot_agree": False}
        said = Said(**{name: values[name] if name in left_out else getattr(WHOLE, name) for name in names})
        assert {reason.field for reason in rules.reasons_not_to_open(said)} == set(left_out)


def test_the_hour_ends_at_its_last_instant():
    at = datetime.now(UTC)
    fact = EmergencyFacts(uuid.uuid4(), uuid.uuid4(), True, at - 60 * MINUTE, False, False)
    assert rules.bases_in_emergency({"medic"}, [fact], at, takes_part=True) == {}
    assert rules.bases_in_emergency({"medic"}, [fact], at - timedelta(microseconds=1), takes_part=True) != {}


def test_a_code_is_read_however_it_is_typed_and_a_number_is_no_code():
    code = rules.new_code()
    assert rescuing.hash_of_card(f" {code.upper().replace('-', ' ')} ") == rescuing.hash_of_card(code)
    number = uuid.uuid4()
    assert rules.as_key(f" {number} ") == number
    assert isinstance(rules.as_key(code), str)


def test_a_card_is_one_and_the_one_before_no_longer_counts():
    who = replace(person(), factor_at=NOW)
    codes = []
    for _time in range(2):
        new_request()
        codes.append(rescuing.make_card(by=who, at=NOW))
    with as_owner():
        row = EmergencyCard.objects.get(record_id=who.record_id)
    assert row.code_hash == rescuing.hash_of_card(codes[1]) != rescuing.hash_of_card(codes[0])
    assert codes[1] not in row.code_hash
    new_request()
    assert emergencies.own_card(reader=who) == NOW
    for _time in range(2):
        new_request()
        rescuing.drop_card(by=who, at=NOW)
    assert emergencies.own_card(reader=who) is None


def test_a_card_needs_a_fresh_proof():
    who = replace(person(), factor_at=NOW)
    with pytest.raises(Refused, match="prove_again"):
        rescuing.make_card(by=who, at=NOW + 6 * MINUTE)
    new_request()
    assert emergencies.own_card(reader=who) is None
