"""A person takes away the proof of each look at them, and it says nothing of anyone else."""

import copy
import json
import uuid

import pytest
from django.db import transaction

from manypaths.audit.rules.proof import holds
from manypaths.audit.tests.sealed_world import SealedWorld, add_look, superuser
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT, scene, sent


@pytest.fixture
def world(committed_db, tmp_path):
    made = SealedWorld(tmp_path)
    yield made
    made.close()


@pytest.fixture
def looked_at(world):
    """A request that was taken up, a look of the coach at a list, and the log sealed."""
    stage = scene()
    with transaction.atomic():
        referral = sent(stage)
    with transaction.atomic():
        new_request()
        record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    with transaction.atomic():
        new_request()
        others = [uuid.uuid4() for _number in range(6)]
        consent.open_records(
            reader=stage.coach, records=[*others[:3], record, *others[3:]], classes={DataClass.DEMOGRAPHICS},
            purpose=Purpose.CARE,
        )  # fmt: skip
    world.fill(blocks=1, rows=4)
    return stage


def proofs(stage):
    with transaction.atomic():
        new_request()
        return queries.proofs_of_looks(reader=stage.person)


def test_every_look_in_the_list_has_a_proof_that_holds(looked_at):
    with transaction.atomic():
        new_request()
        lines = queries.who_looked(reader=looked_at.person, zone="UTC").lines
    found = proofs(looked_at)
    assert len(found) == sum(one.times for one in lines) > 0
    assert all(holds(one) for one in found)
    assert all(holds(json.loads(json.dumps(one))) for one in found)


def test_a_proof_shows_who_looked_when_and_why(looked_at):
    shown = json.loads(proofs(looked_at)[-1]["parts"][0]["text"])
    kind, _seq, _at, hat, membership, organisation, _classes, purpose = shown
    assert (kind, hat, purpose) == ("look", "member", "care")
    assert (membership, organisation) == (str(looked_at.coach.membership_id), str(looked_at.body.id))


def test_a_proof_names_nobody_else(looked_at, world):
    """The list of the look holds many records; the proof has the words of one of them and hashes of the rest."""
    with superuser() as raw, raw.transaction():
        many = [uuid.uuid4() for _number in range(9)]
        mine = many[4] = looked_at.person.record_id
        add_look(raw, many)
    world.seal()
    found = proofs(looked_at)[-1]
    said = json.dumps(found)
    assert str(mine) in said
    assert not [one for one in many if one != mine and str(one) in said]
    assert {json.loads(part["text"])[0] for part in found["parts"]} == {"look", "look-record"}
    with superuser() as raw:
        secrets = [bytes(row[0]).hex() for row in raw.execute("select secret from audit_leaf").fetchall()]
    assert not [one for one in secrets if one in said]


def changes(proof):
    """Every proof that differs from this one in one value."""

    def walk(here, path):
        if isinstance(here, dict | list):
            for key, inner in here.items() if isinstance(here, dict) else enumerate(here):
                yield from walk(inner, [*path, key])
        else:
            yield path

    for path in walk(proof, []):
        changed = copy.deepcopy(proof)
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        old = inner[path[-1]]
        if isinstance(old, int):
            inner[path[-1]] = old + 1
        elif old in ("left", "right"):
            inner[path[-1]] = "left" if old == "right" else "right"
        else:
            inner[path[-1]] = old.replace("2", "3", 1) if "2" in old else old[:-1] + ("0" if old[-1] != "0" else "1")
        yield path, changed


def test_a_proof_with_any_value_changed_does_not_hold(looked_at):
    tried = list(changes(proofs(looked_at)[-1]))
    assert len(tried) > 15
    assert [path for path, changed in tried if holds(changed)] == []


def test_a_proof_that_is_no_proof_does_not_hold(looked_at):
    found = proofs(looked_at)[0]
    for strange in ({}, {**found, "parts": []}, {**found, "path": [["up", "00"]]}, {**found, "block": None}):
        assert not holds(strange)


def test_a_row_that_was_bent_since_has_no_proof(looked_at):
    before = len(proofs(looked_at))
    with superuser() as raw:
        raw.execute("set session_replication_role = replica")
        raw.execute("update audit_access set purpose = 'own' where membership_id = %s", [looked_at.coach.membership_id])
    assert len(proofs(looked_at)) < before


def test_nobody_but_the_person_gets_the_proofs(looked_at):
    for asked in (queries.proofs_of_looks, queries.seal_of_looks):
        with pytest.raises(NotThere), transaction.atomic():
            new_request()
            asked(reader=looked_at.coach)


def test_the_list_says_up_to_when_it_is_sealed(looked_at, world):
    def seal():
        with transaction.atomic():
            new_request()
            return queries.seal_of_looks(reader=looked_at.person)

    assert (seal().sealed_at, seal().waiting) == (world.at, 0)
    with transaction.atomic():
        new_request()
        consent.open_records(
            reader=looked_at.coach, records=[looked_at.person.record_id], classes={DataClass.PRESENCE},
            purpose=Purpose.CARE,
        )  # fmt: skip
    assert seal().sealed > 0
