"""Who may answer what a person asks a privacy desk, and who may open its register: code and database, in every case."""

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import registering
from manypaths.consent.rules import incidents
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.models import Block, Record
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.tests.test_breaches import WHAT
from manypaths.referrals.tests.test_petitioning import Kept, kept, officer_at
from manypaths.support.models import Petition, Treatment
from manypaths.support.rules.petitions import DeskFacts, may_answer

pytestmark = pytest.mark.django_db
__all__ = ["kept"]


def opened(function: str, by: Reader, one: uuid.UUID) -> dict[str, object]:
    new_request()
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s, %s, %s)", [by.account_id, by.membership_id, one])
        return cursor.fetchone()[0]


def bring_about(kept: Kept, petition: uuid.UUID, facts: DeskFacts, away: uuid.UUID) -> None:
    """Make the world so that these facts hold of the officer."""
    me, asked = Membership.objects.filter(id=kept.officer.membership_id), Petition.objects.filter(id=petition)
    other = Membership.objects.filter(id=officer_at(kept.stage, "Ana M.").membership_id)
    entry, record = Treatment.objects.filter(id=kept.entry), Record.objects.filter(id=kept.record)
    block = {"record_id": kept.record, "account_id": kept.officer.account_id, "since": NOW - timedelta(days=9)}
    acts = (
        (not facts.officer, lambda: me.update(roles=["frontdesk"])),
        (not facts.of_this_place, lambda: (asked.update(organisation_id=away), other.update(organisation_id=away))),
        (not facts.another, lambda: other.update(ended_at=NOW)),
        (facts.wrote, lambda: entry.update(membership_id=kept.officer.membership_id)),
        (facts.erased, lambda: record.update(erased_at=NOW)),
        (facts.blocked, lambda: Block.objects.create(**block)),
        (facts.taken_back, lambda: asked.update(state="withdrawn", withdrawn_at=NOW)),
    )
    with as_owner():
        for is_so, act in acts:
            if is_so:
                act()


def test_for_every_case_the_code_and_the_database_open_the_same_petition(kept):
    petition = kept.ask(kept.entry)
    with as_owner():
        away = organisation(name="Elsewhere").id
    decided = {True: 0, False: 0}
    for case in itertools.product([True, False], repeat=7):
        facts, mark = DeskFacts(*case), transaction.savepoint()
        bring_about(kept, petition, facts, away)
        found = opened("open_petition", kept.officer, petition)
        assert found["open"] == may_answer(facts), facts
        assert bool(found["keys"]) == found["open"], facts
        if found["open"]:
            assert DeskFacts(*found["facts"]) == facts
        decided[bool(found["open"])] += 1
        transaction.savepoint_rollback(mark)
    assert decided == {True: 3, False: 125}


def test_what_nobody_knows_closes():
    open_to = DeskFacts(officer=True, of_this_place=True, wrote=False, another=False)
    assert may_answer(open_to)
    for name in vars(open_to):
        assert may_answer(DeskFacts(**{**vars(open_to), name: None})) == (name in {"wrote", "another"}), name
    assert not may_answer(DeskFacts(officer=True, of_this_place=True, wrote=None, another=None))


def test_for_every_case_the_code_and_the_database_open_the_same_incident(kept):
    incident = registering.record_incident(incident=replace(WHAT, held=(kept.record,)), by=kept.officer, at=NOW)
    with as_owner():
        elsewhere = reader_for(membership(organisation(name="Elsewhere"), "privacy_officer"), kept.stage.place)
    for by, officer, here in (
        (kept.officer, True, True), (elsewhere, True, False), (kept.stage.desk, False, True), (Reader(), False, False),
    ):  # fmt: skip
        found = opened("open_incident", by, incident)
        assert found["open"] == incidents.may_open(incidents.DeskFacts(officer, here, looked=False, kept_away=False))
        assert found["open"] == incidents.may_open(incidents.DeskFacts(*found["facts"]))
        assert bool(found["keys"]) == bool(found["held"]) == found["open"]
    assert not opened("open_incident", kept.officer, uuid.uuid4())["open"]
    with as_owner():
        Block.objects.create(record_id=kept.record, account_id=kept.officer.account_id, since=NOW - timedelta(days=9))
    found = opened("open_incident", kept.officer, incident)
    assert not found["open"]
    assert incidents.DeskFacts(*found["facts"]) == incidents.DeskFacts(True, True, looked=False, kept_away=True)
    for number in range(4):
        facts = [True, True, False, False]
        assert incidents.may_open(incidents.DeskFacts(*facts))
        for unwanted in (None, not facts[number]):
            facts[number] = unwanted
            assert not incidents.may_open(incidents.DeskFacts(*facts))


def test_an_ended_membership_and_an_ended_account_open_neither(kept):
    petition = kept.ask(kept.entry)
    incident = registering.record_incident(incident=replace(WHAT, held=(kept.record,)), by=kept.officer, at=NOW)
    for ends in ("update network_membership set ended_at = now()", "update accounts_user set is_active = false"):
        mark = transaction.savepoint()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(ends)
        assert not opened("open_petition", kept.officer, petition)["open"]
        assert not opened("open_incident", kept.officer, incident)["open"]
        transaction.savepoint_rollback(mark)
    new_request()
    commands.withdraw_petition(record_id=kept.record, petition_id=petition, by=kept.stage.person, at=NOW)
