"""Each condition of the doors to what is shown outside is turned once: what is open, the log, the keys or the list is
then not what the worlds below say of themselves."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import shares
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import shares as rules
from manypaths.consent.tests.test_shares import Stage, Undo, build_world
from manypaths.network.rules import Hat, Reader
from manypaths.people.models import Record
from manypaths.people.tests.factories import new_request
from tests.mutants.sql import mutants_of_function
from tests.mutants.test_every_rule_of_the_gate_is_held import as_superuser, definition_of

pytestmark = pytest.mark.django_db
OPEN: dict[str, Any] = {
    "kind": rules.KINDS["named"], "state": "given", "time": "now", "place": "clinic", "law": "part2",
    "roles": ["clinician"], "answers": True, "named": True, "ended": False, "block": "none", "restricted": False,
    "related": False, "noted": False, "erased": False, "asked": ["attendance", "drug_screen_result"], "hat": "worker",
}  # fmt: skip
NAMED, CARE, NOTES, COURT, ALLY, CASE, STUDY = (
    {"kind": rules.KINDS[key], **more}
    for key, more in {
        "named": {},
        "tpo_single": {"related": True},
        "counseling_notes": {"asked": ["sud_counseling_notes"], "noted": True},
        "cj_referral": {"place": "probation", "roles": ["monitor"], "answers": False},
        "ally": {"hat": "person", "asked": ["attendance"]},
        "proceedings": {"place": "court", "roles": ["monitor"], "answers": False},
        "research": {"place": ""},
    }.items()
)
WORLDS: list[dict[str, Any]] = [
    *({**OPEN, **kind, **more} for kind in (NAMED, CARE, NOTES, COURT, ALLY, CASE, STUDY) for more in (
        {}, {"state": "draft"}, {"state": "refused"}, {"time": "past"}, {"time": "future"}, {"time": "stopped"},
        {"named": False}, {"ended": True}, {"block": "account"}, {"block": "organisation"}, {"block": "over"},
        {"restricted": True}, {"erased": True}, {"erased": "own"}, {"answers": False}, {"roles": ["supervisor"]},
        {"asked": ["recovery_plan"]}, {"block": "not yet"}, {"block": "own"}, {"restricted": "over"},
        {"restricted": "not yet"}, {"restricted": "elsewhere"}, {"wears": "another's membership"},
        {"wears": "no hat"}, {"wears": "another hat of theirs"}, {"ended": "account"}, {"time": "stops later"},
        {"block": "until later"}, {"block": "elsewhere"}, {"restricted": "until later"},
        {"restricted": "another record"},
    )),
    *({**OPEN, **more} for more in (
        {"roles": ["monitor"], "answers": False}, {"place": ""}, {"roles": ["peer"]}, {"roles": ["peer", "clinician"]},
        {"asked": ["sud_counseling_notes"], "noted": True}, {"hat": "person"}, {"classes": ["attendance"]},
        {"asked": ["attendance"]},
    )),
    *({**OPEN, **CARE, **more} for more in (
        {"related": False}, {"related": False, "law": "hipaa"}, {"place": ""}, {"place": "", "law": "hipaa"},
        {"place": "housing"}, {"related": "elsewhere"}, {"related": "another's"},
    )),
    {**OPEN, **NOTES, "noted": False}, {**OPEN, **NOTES, "place": "probation"}, {**OPEN, **NOTES, "noted": "elsewhere"},
    {**OPEN, **NOTES, "noted": "another class"},
    {**OPEN, **NOTES, "roles": ["peer"]}, {**OPEN, **COURT, "roles": ["clinician"], "place": "clinic"},
    {**OPEN, **ALLY, "block": "account"},
    *({**OPEN, **CASE, "place": place} for place in ("probation", "landlord", "police", "clinic")),
    *({**OPEN, **STUDY, "place": place} for place in ("court", "probation", "landlord", "police", "clinic")),
    {**OPEN, **CASE, "place": "", "roles": ["clinician"], "answers": True}, {**OPEN, "place": "probation"},
]  # fmt: skip
ROWS = """
    select opened, bases, denied, classes, purpose, account_id, membership_id, organisation_id
      from audit_access where seq > %s order by seq
"""
LIST = "select id from shared_with(%s, %s, %s, 100, 0)"
Town = list[tuple[dict[str, Any], Stage, Reader, uuid.UUID]]


def stands(world: dict[str, Any]) -> bool:
    """Whether a consent of such a world holds, for whom it names, with nothing in its way."""
    worker = world["hat"] == "worker"
    names = {"organisation": worker and (world["answers"] or "monitor" in world["roles"]), "worker": worker,
             "account": not worker}  # fmt: skip
    in_the_way = world["block"] in ("account", "own", "until later") or (world["block"] == "organisation" and worker)
    kept = world["restricted"] in (True, "until later") and worker
    going_on = world["time"] in ("now", "stops later")
    held = (world["state"], going_on, world["erased"], world["ended"]) == ("given", True, False, False)
    return (
        held and world["named"] and "wears" not in world and names[world["kind"].recipient] and not (in_the_way or kept)
    )


def is_lawful(world: dict[str, Any]) -> bool:
    """What the law asks of such a recipient beside the consent."""
    clinic = world["place"] == "clinic" and (world["related"] is True or world["law"] == "hipaa")
    of_a_case = world["place"] not in ("probation", "landlord", "police")
    return {
        "tpo_single": clinic, "counseling_notes": world["place"] != "probation", "proceedings": of_a_case,
        "research": of_a_case and world["place"] != "court",
    }.get(world["kind"].key, True)  # fmt: skip


def opens(world: dict[str, Any]) -> set[str]:
    """What is open in such a world, said without the rules."""
    kind = world["kind"]
    of_role = {
        "clinician": {"attendance", "sud_treatment_record", "drug_screen_result", "sud_counseling_notes"},
        "peer": {"attendance", "sud_treatment_record"},
        "monitor": {"attendance", "sud_treatment_record", "drug_screen_result"},
    }
    tied = set().union(*(of_role.get(role, set()) for role in world["roles"]))
    if world["hat"] == "person":
        tied = set(kind.classes)
    if not is_lawful(world) or (kind.key == "counseling_notes" and world["noted"] is not True):
        return set()
    agreed = set(world.get("classes", kind.classes))
    return agreed & set(world["asked"]) & tied if stands(world) else set()


def build_all() -> Town:
    """Every world beside the others: those whose record differs have a record of their own."""
    stages: dict[tuple[Any, ...], Stage] = {}
    town: Town = []
    for world in WORLDS:
        key = (world["law"], world["noted"], world["erased"], world["block"] == "own", world["related"])
        stage = stages.setdefault(key, stages.get(key) or Stage())
        town.append((world, stage, *build_world(stage, {**world, "erased": False})))
    with as_owner():
        for (_law, _noted, erased, *_more), stage in stages.items():
            whose = {True: stage.held, "own": stage.person.record_id}.get(erased)
            Record.objects.filter(id=whose).update(erased_at=stage.at)
    return town


def the_doors_hold(town: Town) -> bool:
    try:
        with transaction.atomic():
            return (
                all(_as_said(*one) for one in town)
                and too_much_is_refused(town[0][1])
                and what_is_closed_beside_is_logged(town)
            )
    except (WallsDisagree, DatabaseError, KeyError, TypeError, ValueError):
        return False


def _as_said(world: dict[str, Any], stage: Stage, reader: Reader, share: uuid.UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LIST, [reader.account_id, str(reader.hat), reader.membership_id])
        listed = share in {row[0] for row in cursor.fetchall()}
    with as_superuser() as cursor:
        cursor.execute("select max(seq) from audit_access")
        (mark,) = cursor.fetchone()
    new_request()
    found = shares._ask(reader, [share], sorted(world["asked"]))
    with as_superuser() as cursor:
        cursor.execute(ROWS, [mark or 0])
        rows = cursor.fetchall()
    expected = opens(world)
    keys = {str(stage.held), str(stage.person.record_id)} if expected else set()
    return (
        {unit[2] for unit in found["units"]} == expected
        and rows == _rows(world, stage, reader, share, expected)
        and {key[0] for key in found["keys"]} == keys
        and listed == stands(world)
        and _is_named(reader, share) == (stands(world) and is_lawful(world))
    )


def _is_named(reader: Reader, share: uuid.UUID) -> bool:
    """Whether the reader is told the name of whom it is from."""
    new_request()
    return bool(shares._ask(reader, [share], [shares.LISTED])["units"])


def what_is_closed_beside_is_logged(town: Town) -> bool:
    """One consent that is open, asked for together with one that does not exist: both stand in the log."""
    _world, stage, reader, share = town[0]
    with as_superuser() as cursor:
        cursor.execute("select max(seq) from audit_access")
        (mark,) = cursor.fetchone()
    new_request()
    shares._ask(reader, [share, uuid.uuid4()], ["attendance"])
    with as_superuser() as cursor:
        cursor.execute(ROWS, [mark])
        return [row[0] for row in cursor.fetchall()] == [[stage.held], []]


def _rows(world: dict[str, Any], stage: Stage, reader: Reader, share: uuid.UUID, expected: set[str]) -> list[Any]:
    """The rows of the log: one for what was opened, and one where anything that was asked for was not."""
    worker, kind = reader.hat is Hat.MEMBER, world["kind"]
    lives = worker and not world["ended"] and world.get("wears") != "another's membership"
    gone = reader.hat is Hat.PERSON and (world["ended"] or world.get("wears") == "another's membership")
    account = None if gone else reader.account_id
    who = (account, reader.membership_id if worker else None, reader.organisation_id if lives else None)
    basis = f"shared:{share}" + ("/named" if kind.named_fields else "")
    rows: list[Any] = []
    if expected:
        rows.append(([stage.held], [basis], [], sorted(expected), kind.purposes[0], *who))
    if expected != set(world["asked"]):
        denied = [] if expected else [stage.held]
        rows.append(([], [], denied, sorted(world["asked"]), "shared", *who))
    return rows


def too_much_is_refused(stage: Stage) -> bool:
    """Nobody asks for no consent, for no class, or for more than a hundred at once."""
    return all(_is_refused(stage, shares_, kinds) for shares_, kinds in (
        ([], ["attendance"]), ([uuid.uuid4()], []), ([uuid.uuid4() for _one in range(101)], ["attendance"]),
    ))  # fmt: skip


def _is_refused(stage: Stage, wanted: list[uuid.UUID], kinds: list[str]) -> bool:
    try:
        with transaction.atomic():
            shares._ask(stage.reader, wanted, kinds)
    except DatabaseError:
        return True
    return False


def is_noticed(town: Town, definition: str) -> bool:
    noticed = False
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            noticed = not the_doors_hold(town)
            raise Undo
    except (Undo, DatabaseError) as end:
        return noticed or isinstance(end, DatabaseError)


# Conditions that only spare work: what they keep out is kept out by another.
SPARES_WORK: dict[str, dict[str, str]] = {
    "open_shared": {
        "bool_and(rc.named_fields) -> false": "no role is shown named fields by the table today; a kind of consent is",
        "s.id = any(p_shares) -> true": "the other consents for the record that is open are of the same person",
        "v_worker -> true": "who is not here as a worker has no role",
    },
    "shared_with": {
        "(p_hat = 'person' or m.id is not null) -> true": "a consent names nobody without a membership",
        "m.id is not null -> true": "the same",
        "p_hat = 'person' -> true": "the same",
    },
}


@pytest.mark.parametrize("function", ["open_shared", "shared_with"])
def test_every_condition_that_is_turned_is_noticed(function: str):
    town = build_all()
    assert [world for world, *rest in town if not _as_said(world, *rest)] == []
    assert not is_noticed(town, definition_of(function))
    mutants = mutants_of_function(definition_of(function))
    assert len(mutants) > 20
    left = {one.what for one in mutants if not is_noticed(town, one.definition)}
    assert left == set(SPARES_WORK[function])


def test_the_worlds_reach_open_and_closed_of_each_kind():
    reached = {(world["kind"].key, bool(opens(world))) for world in WORLDS}
    assert reached == {(key, is_open) for key in rules.KINDS for is_open in (True, False)}
