"""Each condition of the doors to what is shown outside is turned once: the rules in code, the log, the keys or the list
then say otherwise."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from manypaths.consent import shares
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import shares as rules
from manypaths.consent.tests.test_shares import Stage, Undo, build_world
from manypaths.network.rules import Reader
from manypaths.people.tests.factories import new_request
from tests.mutants.sql import mutants_of_function
from tests.mutants.test_every_rule_of_the_gate_is_held import as_superuser, definition_of

pytestmark = pytest.mark.django_db
OPEN: dict[str, Any] = {
    "kind": rules.KINDS["named"], "state": "given", "time": "now", "place": "clinic", "law": "part2",
    "roles": ["clinician"], "answers": True, "named": True, "ended": False, "block": "none", "restricted": False,
    "related": False, "noted": False, "erased": False, "asked": ["attendance", "drug_screen_result"], "hat": "worker",
}  # fmt: skip
NAMED, CARE, NOTES, COURT, ALLY = (
    {"kind": rules.KINDS[key], **more}
    for key, more in {
        "named": {},
        "tpo_single": {"related": True},
        "counseling_notes": {"asked": ["sud_counseling_notes"], "noted": True},
        "cj_referral": {"place": "probation", "roles": ["monitor"], "answers": False},
        "ally": {"hat": "person", "asked": ["attendance"]},
    }.items()
)
WORLDS: list[dict[str, Any]] = [
    *({**OPEN, **kind, **more} for kind in (NAMED, CARE, NOTES, COURT, ALLY) for more in (
        {}, {"state": "draft"}, {"state": "refused"}, {"time": "past"}, {"time": "future"}, {"time": "stopped"},
        {"named": False}, {"ended": True}, {"block": "account"}, {"block": "organisation"}, {"block": "over"},
        {"restricted": True}, {"erased": True}, {"erased": "own"}, {"answers": False}, {"roles": ["supervisor"]},
        {"asked": ["recovery_plan"]}, {"block": "not yet"}, {"block": "own"}, {"restricted": "over"},
        {"restricted": "not yet"}, {"restricted": "elsewhere"}, {"wears": "another's membership"},
    )),
    *({**OPEN, **more} for more in (
        {"roles": ["monitor"], "answers": False}, {"place": ""}, {"roles": ["peer"]}, {"roles": ["peer", "clinician"]},
        {"asked": ["sud_counseling_notes"], "noted": True}, {"hat": "person"},
    )),
    *({**OPEN, **CARE, **more} for more in (
        {"related": False}, {"related": False, "law": "hipaa"}, {"place": ""}, {"place": "", "law": "hipaa"},
        {"place": "housing"}, {"related": "elsewhere"},
    )),
    {**OPEN, **NOTES, "noted": False}, {**OPEN, **NOTES, "place": "probation"}, {**OPEN, **NOTES, "noted": "elsewhere"},
    {**OPEN, **NOTES, "roles": ["peer"]}, {**OPEN, **COURT, "roles": ["clinician"], "place": "clinic"},
    {**OPEN, **ALLY, "block": "account"},
]  # fmt: skip
LAST = """
    select coalesce(array_agg(distinct x.id) filter (where x.id is not null), '{}'),
           coalesce(array_agg(distinct d.id) filter (where d.id is not null), '{}')
      from audit_access a left join unnest(a.opened) as x(id) on true left join unnest(a.denied) as d(id) on true
     where a.seq > %s
"""


def the_doors_hold(stage: Stage) -> bool:
    return all(_holds_in(stage, world) for world in WORLDS)


def _holds_in(stage: Stage, world: dict[str, Any]) -> bool:
    held = True
    try:
        with transaction.atomic():
            reader, share = build_world(stage, world)
            held = _agree(stage, reader, share, world)
            raise Undo
    except Undo:
        return held
    except (WallsDisagree, DatabaseError, KeyError, TypeError, ValueError):
        return False


def _agree(stage: Stage, reader: Reader, share: uuid.UUID, world: dict[str, Any]) -> bool:
    with as_superuser() as cursor:
        cursor.execute("select max(seq) from audit_access")
        (mark,) = cursor.fetchone()
    new_request()
    found = shares._ask(reader, [share], sorted(world["asked"]))
    opened = {unit[2] for unit in found["units"]}
    with as_superuser() as cursor:
        cursor.execute(LAST, [mark or 0])
        logged, denied = cursor.fetchone()
    new_request()
    listed = bool(shares._ask(reader, [share], [shares.LISTED])["units"])
    new_request()
    in_list = share in {line.id for line in shares.shared_with(reader=reader).lines}
    keys = {key[0] for key in found["keys"]}
    both = {str(stage.held), str(stage.person.record_id)}
    return (
        (set(logged) == ({stage.held} if opened else set()))
        and (set(denied) == (set() if opened else {stage.held}))
        and keys == (both if opened else set())
        and listed == in_list
    )


def is_noticed(stage: Stage, definition: str) -> bool:
    noticed = False
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            noticed = not the_doors_hold(stage)
            raise Undo
    except (Undo, DatabaseError) as end:
        return noticed or isinstance(end, DatabaseError)


SPARES_WORK: dict[str, set[str]] = {"open_shared": set(), "shared_with": set()}


@pytest.mark.parametrize("function", ["open_shared", "shared_with"])
def test_every_condition_that_is_turned_is_noticed(function: str):
    stage = Stage()
    assert the_doors_hold(stage)
    assert not is_noticed(stage, definition_of(function))
    mutants = mutants_of_function(definition_of(function))
    assert len(mutants) > 20
    left = {one.what for one in mutants if not is_noticed(stage, one.definition)}
    assert left == SPARES_WORK[function]


def test_the_worlds_reach_open_and_closed_of_each_kind():
    stage, reached = Stage(), set()
    for world in WORLDS:
        with pytest.raises(Undo), transaction.atomic():
            reader, share = build_world(stage, world)
            new_request()
            found = shares._ask(reader, [share], sorted(world["asked"]))
            reached.add((world["kind"].key, bool(found["units"])))
            raise Undo
    assert reached == {(key, is_open) for key in rules.KINDS for is_open in (True, False)}
