"""The plan that a place keeps with somebody: written by who walks with them, and read by who may."""

import uuid
from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.models import Membership
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.models import Assignment
from manypaths.people.tests.factories import new_request, record_held_by
from manypaths.plans import commands, queries
from manypaths.plans.models import Goal, OwnWords, SafetyPlan
from manypaths.plans.rules import GoalState, SafetyWords, StepState

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
BAD_DAY = SafetyWords("I stop sleeping.", "A walk to the river.", "Ana, 802-555-0142")


class House:
    """A record, a clinician and a peer who walk with its person, their lead, and who does not walk with them."""

    def __init__(self) -> None:
        body = organisation()
        clinician, peer = membership(body, "clinician"), membership(body, "peer")
        self.clinician, self.peer = reader_for(clinician), reader_for(peer)
        self.record = record_held_by(clinician)
        lead, colleague = membership(body, "supervisor"), membership(body, "clinician")
        with as_owner():
            Assignment.objects.create(record_id=self.record, membership=peer, since=NOW)
            Membership.objects.filter(id=peer.id).update(supervisor=lead)
        self.lead, self.colleague = reader_for(lead), reader_for(colleague)
        self.desk = reader_for(membership(body, "frontdesk"))
        new_request()

    def open(self, by, data_class=DataClass.RECOVERY_PLAN, purpose=Purpose.CARE):
        new_request()
        return consent.open_record(reader=by, record=self.record, classes={data_class}, purpose=purpose).sealer

    def plan(self, by, purpose=Purpose.CARE):
        return queries.held_plan(record_id=self.record, sealer=self.open(by, purpose=purpose))


@pytest.fixture
def house() -> House:
    return House()


def test_a_peer_and_a_clinician_write_one_plan_with_somebody(house):
    new_request()
    commands.write_held_words(record_id=house.record, text="A quiet home.", by=house.peer, at=NOW)
    commands.add_held_strength(record_id=house.record, statement="I show up", by=house.peer, at=NOW)
    new_request()
    goal = commands.add_held_goal(record_id=house.record, title="Sleep", area="health", by=house.clinician, at=NOW)
    step = commands.add_held_step(
        record_id=house.record, goal_id=goal, text="No coffee", by_day=None, today=TODAY, by=house.clinician, at=NOW
    )
    new_request()
    commands.mark_held_step(
        record_id=house.record, step_id=step, state=StepState.DONE, today=TODAY, by=house.peer, at=NOW
    )
    commands.set_held_goal(record_id=house.record, goal_id=goal, state=GoalState.REACHED, by=house.peer, at=NOW)
    plan = house.plan(house.clinician)
    assert plan.own_words.text == "A quiet home."
    assert [one.statement for one in plan.strengths] == ["I show up"]
    assert [(one.title, one.state, one.done) for one in plan.goals] == [("Sleep", "reached", 1)]


def test_who_leads_the_peer_reads_it_and_writes_nothing(house):
    new_request()
    commands.write_held_words(record_id=house.record, text="A quiet home.", by=house.peer, at=NOW)
    assert house.plan(house.lead, Purpose.SUPERVISION).own_words.text == "A quiet home."
    with pytest.raises((NotThere, NotYourWork)):
        commands.write_held_words(record_id=house.record, text="Other words.", by=house.lead, at=NOW)
    sealer = house.open(house.lead, purpose=Purpose.SUPERVISION)
    words = sealer.seal(house.record, "plans.goal.title", "Forged")
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Goal(record_id=house.record, title=words, area="home", place=1, added_at=NOW).save(force_insert=True)
    assert OwnWords.objects.filter(record_id=house.record).update(replaced_at=NOW) == 0


@pytest.mark.parametrize(("who", "refused"), [("colleague", NotThere), ("desk", NotThere)])
def test_who_does_not_walk_with_them_writes_nothing(house, who, refused):
    new_request()
    with pytest.raises((refused, NotYourWork)):
        commands.add_held_goal(record_id=house.record, title="x", area="home", by=getattr(house, who), at=NOW)


def test_a_clinician_writes_the_plan_for_a_bad_day_and_a_peer_is_told_it_is_not_their_work(house):
    new_request()
    first = commands.write_safety_plan(record_id=house.record, words=BAD_DAY, by=house.clinician, at=NOW)
    assert commands.write_safety_plan(record_id=house.record, words=BAD_DAY, by=house.clinician, at=NOW) == first
    changed = SafetyWords("I stop eating.", BAD_DAY.helps, BAD_DAY.people)
    commands.write_safety_plan(record_id=house.record, words=changed, by=house.clinician, at=NOW)
    found = queries.safety_plan(record_id=house.record, sealer=house.open(house.clinician, DataClass.SAFETY_PLAN))
    assert found.words == changed
    assert SafetyPlan.objects.count() == 2
    for reader in (house.peer, house.lead):
        new_request()
        with pytest.raises((NotYourWork, NotThere)):
            commands.write_safety_plan(record_id=house.record, words=BAD_DAY, by=reader, at=NOW)


def test_it_is_empty_before_it_is_written(house):
    assert house.plan(house.peer).is_empty
    assert (
        queries.safety_plan(record_id=house.record, sealer=house.open(house.clinician, DataClass.SAFETY_PLAN)) is None
    )


def test_a_plan_for_a_bad_day_says_something_and_not_too_much(house):
    for words in (SafetyWords(), SafetyWords(" ", "\n", ""), SafetyWords("x" * 601)):
        new_request()
        with pytest.raises(Refused):
            commands.write_safety_plan(record_id=house.record, words=words, by=house.clinician, at=NOW)


def test_a_goal_or_step_of_another_plan_is_not_there(house):
    other = House()
    new_request()
    goal = commands.add_held_goal(record_id=other.record, title="Sleep", area="health", by=other.clinician, at=NOW)
    new_request()
    for one in (goal, uuid.uuid4()):
        with pytest.raises(NotThere):
            commands.set_held_goal(
                record_id=house.record, goal_id=one, state=GoalState.REACHED, by=house.clinician, at=NOW
            )
        with pytest.raises(NotThere):
            commands.add_held_step(
                record_id=house.record, goal_id=one, text="x", by_day=None, today=TODAY, by=house.clinician, at=NOW
            )


def test_the_words_of_a_bad_day_are_never_changed_in_place(house):
    new_request()
    commands.write_safety_plan(record_id=house.record, words=BAD_DAY, by=house.clinician, at=NOW)
    with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
        SafetyPlan.objects.update(signs=b"x")
