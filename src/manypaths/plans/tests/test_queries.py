"""Reading a plan: whole, in few statements, and only by the person."""

import uuid

import pytest
from django.db import ProgrammingError, transaction

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.factories import ONE_REQUEST, grant
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import ANONYMOUS
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.tests.factories import new_request, person
from manypaths.plans import commands, models, queries
from manypaths.plans.rules import GoalState, StepState
from manypaths.plans.tests.factories import TODAY, goal, step, strength, support

pytestmark = pytest.mark.django_db
TABLES = [
    models.OwnWords,
    models.Strength,
    models.Goal,
    models.Step,
    models.StepRequest,
    models.Choice,
    models.Option,
    models.Earlier,
    models.HardDay,
]


def written_plan():
    maria = person()
    commands.write_own_words(text="I pick them up from school.", by=maria, at=NOW)
    strength(maria, "I show up", "14 meetings")
    one = goal(maria, "Weekends with my kids")
    first = step(maria, one, "Talk with the family worker")
    step(maria, one, "Ask for overnight visits")
    commands.mark_step(step_id=first, state=StepState.DONE, today=TODAY, by=maria, at=NOW)
    commands.choose_support(
        support=support(), options=[support("Harbor Row")], reason="", today=TODAY, by=maria, at=NOW
    )
    return maria, one


def filled_plan() -> None:
    """A plan with a row in every table of the room: an empty table has nothing to weigh."""
    maria, one = written_plan()
    (waiting,) = (row for row in queries.plan_of(reader=maria).goals[0].steps if row.state != StepState.DONE)
    commands.link_request(step_id=waiting.id, referral_id=uuid.uuid4(), by=maria, at=NOW)
    commands.change_goal(goal_id=one, title="Every weekend with my kids", area="family", by=maria, at=NOW)
    commands.write_hard_day(text="I call my sister.", by=maria, at=NOW)


def test_a_fresh_plan_is_empty():
    plan = queries.plan_of(reader=person())
    assert plan.is_empty
    assert plan.next_step is None


def test_a_plan_is_read_in_ten_statements(django_assert_num_queries):
    maria, _goal = written_plan()
    new_request()
    with django_assert_num_queries(10):
        queries.plan_of(reader=maria)


def test_the_next_step_is_the_one_for_now():
    maria, one = written_plan()
    found_goal, found_step = queries.plan_of(reader=maria).next_step
    assert (found_goal.id, found_step.text) == (one, "Ask for overnight visits")


def test_a_goal_that_is_set_aside_is_not_next():
    maria, one = written_plan()
    commands.set_goal_state(goal_id=one, state=GoalState.SET_ASIDE, by=maria, at=NOW)
    assert queries.plan_of(reader=maria).next_step is None


def test_parts_to_share_are_the_exact_words_one_by_one():
    maria, one = written_plan()
    parts = queries.parts_to_share(reader=maria)
    assert [(part.kind, part.text) for part in parts] == [
        ("own_words", "I pick them up from school."),
        ("strength", "I show up\n14 meetings"),
        ("goal", "Weekends with my kids\nDone: Talk with the family worker\nNow: Ask for overnight visits"),
    ]
    assert parts[2].key == f"goal-{one}"
    assert len({part.key for part in parts}) == 3


def test_what_helps_on_a_hard_day_is_no_part_to_share():
    maria, _goal = written_plan()
    commands.write_hard_day(text="Call Ana", by=maria, at=NOW)
    assert not any("Call Ana" in part.text for part in queries.parts_to_share(reader=maria))


def test_a_plan_that_is_open_to_somebody_does_not_open_the_list_for_a_hard_day():
    maria, _goal = written_plan()
    commands.write_hard_day(text="Call Ana", by=maria, at=NOW)
    house = organisation()
    grant(maria.record_id, house, [DataClass.RECOVERY_PLAN, DataClass.SAFETY_PLAN])
    worker = reader_for(membership(house, "peer", answers_requests=True))
    new_request()
    asked = {DataClass.RECOVERY_PLAN, DataClass.SAFETY_PLAN}
    opened = consent.open_records(
        reader=worker, records=[maria.record_id], classes=asked, purpose=Purpose.REFERRAL, subjects=[ONE_REQUEST]
    )
    assert opened.allows(maria.record_id, DataClass.RECOVERY_PLAN)
    assert not opened.allows(maria.record_id, DataClass.SAFETY_PLAN)
    assert list(models.HardDay.objects.all()) == []


def test_a_goal_looks_absent_to_another_person():
    _maria, one = written_plan()
    new_request()
    with pytest.raises(NotThere):
        queries.goal_of(reader=person(), goal_id=one)


def test_a_plan_is_not_there_for_anyone_who_is_not_a_person():
    maria, _goal = written_plan()
    house = organisation()
    grant(maria.record_id, house, [DataClass.RECOVERY_PLAN])
    worker = reader_for(membership(house, "peer", answers_requests=True))
    for reader in (ANONYMOUS, worker):
        new_request()
        for read in (queries.plan_of, queries.parts_to_share, queries.earlier_words):
            with pytest.raises(NotThere):
                read(reader=reader)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_nobody_opened_is_a_loud_fault(table):
    filled_plan()
    new_request()
    with pytest.raises(ProgrammingError, match=r"nobody opened (recovery|safety)_plan"), transaction.atomic():
        list(table.objects.all())


@pytest.mark.parametrize("table", TABLES)
def test_with_every_filter_taken_away_another_person_still_reads_nothing(table):
    written_plan()
    other = person()
    new_request()
    queries.open_own_plan(reader=other)
    assert list(table.objects.all()) == []
