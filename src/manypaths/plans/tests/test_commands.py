"""What a person does with their plan: done, refused, recorded, and nothing overwritten."""

import uuid
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from manypaths.audit import commands as audit
from manypaths.config.testing import as_owner
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import ANONYMOUS
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.tests.factories import new_request, person
from manypaths.plans import commands, queries
from manypaths.plans.models import Goal, OwnWords, Strength
from manypaths.plans.rules import GoalState, StepState, Way
from manypaths.plans.tests.factories import TODAY, goal, step, strength, support

pytestmark = pytest.mark.django_db


def acts() -> list[str]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select what from audit_act where what like 'plans.%%' order by at")
        return [row[0] for row in cursor.fetchall()]


def refusal(act) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [reason.code for reason in refused.value.reasons]


def test_own_words_stand_on_top_and_the_earlier_ones_are_kept():
    maria = person()
    commands.write_own_words(text="A quiet home.", by=maria, at=NOW)
    commands.write_own_words(text="I pick them up from school.", by=maria, at=NOW + timedelta(days=1))
    assert queries.plan_of(reader=maria).own_words.text == "I pick them up from school."
    assert [line.text for line in queries.earlier_words(reader=maria)] == ["A quiet home."]
    assert acts() == ["plans.own_words_written"] * 2


def test_the_same_own_words_again_change_nothing():
    maria = person()
    first = commands.write_own_words(text="A quiet home.", by=maria, at=NOW)
    assert commands.write_own_words(text=" A quiet home.\r\n", by=maria, at=NOW + timedelta(days=1)) == first
    assert acts() == ["plans.own_words_written"]


def test_own_words_can_be_taken_off_and_are_still_kept():
    maria = person()
    commands.write_own_words(text="A quiet home.", by=maria, at=NOW)
    commands.take_off_own_words(by=maria, at=NOW + timedelta(seconds=1))
    commands.take_off_own_words(by=maria, at=NOW + timedelta(seconds=2))
    assert queries.plan_of(reader=maria).own_words is None
    assert len(queries.earlier_words(reader=maria)) == 1
    assert acts() == ["plans.own_words_written", "plans.own_words_taken_off"]


def test_what_helps_on_a_hard_day_is_written_changed_and_taken_off():
    maria = person()
    commands.write_hard_day(text="Call Ana", by=maria, at=NOW)
    commands.write_hard_day(text="Call Ana\nWalk", by=maria, at=NOW + timedelta(days=1))
    commands.write_hard_day(text="Call Ana\r\nWalk ", by=maria, at=NOW + timedelta(days=1))
    assert queries.plan_of(reader=maria).hard_day == ("Call Ana", "Walk")
    commands.take_off_hard_day(by=maria, at=NOW)
    commands.take_off_hard_day(by=maria, at=NOW)
    assert queries.plan_of(reader=maria).hard_day == ()
    assert {line.text for line in queries.earlier_words(reader=maria)} == {"Call Ana", "Call Ana\nWalk"}
    assert sorted(acts()) == ["plans.hard_day_taken_off", "plans.hard_day_written", "plans.hard_day_written"]


def test_a_hard_day_list_of_seven_things_is_refused():
    maria = person()
    assert refusal(lambda: commands.write_hard_day(text="\n".join("abcdefg"), by=maria, at=NOW)) == ["too_many_lines"]
    assert acts() == []


def test_words_are_sealed_in_the_table():
    maria = person()
    strength(maria, "I show up")
    with as_owner():
        row = Strength.objects.get()
    assert b"show up" not in bytes(row.statement)


def test_empty_words_are_refused_and_leave_nothing_behind():
    maria = person()
    assert refusal(lambda: commands.write_own_words(text=" ", by=maria, at=NOW)) == ["missing"]
    assert acts() == []


def test_nothing_stays_when_the_log_cannot_be_written(monkeypatch):
    maria = person()

    def fail(**_):
        raise RuntimeError("no log")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        goal(maria)
    with as_owner():
        assert not Goal.objects.exists()


def test_a_changed_strength_keeps_what_it_said_before():
    maria = person()
    one = strength(maria, "I show up", "14 meetings")
    commands.change_strength(strength_id=one, statement="I show up", fact="20 meetings", sign="sun", by=maria, at=NOW)
    line = queries.plan_of(reader=maria).strengths[0]
    assert (line.statement, line.fact, line.sign) == ("I show up", "20 meetings", "sun")
    assert [(was.subject_id, was.text) for was in queries.earlier_words(reader=maria)] == [(one, "14 meetings")]


def test_a_removed_strength_leaves_the_plan_and_stays_in_the_record():
    maria = person()
    one = strength(maria)
    commands.remove_strength(strength_id=one, by=maria, at=NOW)
    assert queries.plan_of(reader=maria).strengths == []
    with as_owner():
        assert Strength.objects.filter(id=one).exists()


def test_the_twenty_fifth_strength_is_refused():
    maria = person()
    for number in range(24):
        strength(maria, f"Strong {number}")
    assert refusal(lambda: strength(maria)) == ["no_room"]


def test_the_thirteenth_open_goal_is_refused_until_one_is_set_aside():
    maria = person()
    goals = [goal(maria, f"Goal {number}") for number in range(12)]
    assert refusal(lambda: goal(maria)) == ["no_room"]
    commands.set_goal_state(goal_id=goals[0], state=GoalState.SET_ASIDE, by=maria, at=NOW)
    goal(maria)
    again = lambda: commands.set_goal_state(goal_id=goals[0], state=GoalState.OPEN, by=maria, at=NOW)  # noqa: E731
    assert refusal(again) == ["no_room"]


def test_a_goal_is_reached_and_can_be_taken_up_again():
    maria = person()
    one = goal(maria)
    for _ in range(2):
        commands.set_goal_state(goal_id=one, state=GoalState.REACHED, by=maria, at=NOW + timedelta(seconds=1))
    assert [line.id for line in queries.plan_of(reader=maria).closed_goals] == [one]
    commands.set_goal_state(goal_id=one, state=GoalState.OPEN, by=maria, at=NOW + timedelta(seconds=2))
    assert queries.plan_of(reader=maria).closed_goals == []
    assert acts() == ["plans.goal_added", "plans.goal_reached", "plans.goal_open"]


def test_goals_are_moved_by_one_place():
    maria = person()
    first, second = goal(maria, "First"), goal(maria, "Second")
    commands.move_goal(goal_id=second, way=Way.EARLIER, by=maria, at=NOW)
    assert [line.id for line in queries.plan_of(reader=maria).goals] == [second, first]
    commands.move_goal(goal_id=second, way=Way.EARLIER, by=maria, at=NOW)
    assert [line.id for line in queries.plan_of(reader=maria).goals] == [second, first]


def test_a_changed_goal_keeps_its_earlier_title():
    maria = person()
    one = goal(maria, "Weekends")
    commands.change_goal(goal_id=one, title="Every day", area="home", by=maria, at=NOW)
    assert [(line.title, line.area) for line in queries.plan_of(reader=maria).goals] == [("Every day", "home")]
    assert [was.text for was in queries.earlier_words(reader=maria)] == ["Weekends"]


def states(reader) -> list[str]:
    return [line.state for line in queries.plan_of(reader=reader).goals[0].steps]


def test_the_first_step_is_for_now_and_the_next_one_waits():
    maria = person()
    one = goal(maria)
    step(maria, one, "Call")
    step(maria, one, "Go")
    assert states(maria) == ["now", "later"]


def test_when_a_step_is_done_the_next_one_comes_up():
    maria = person()
    one = goal(maria)
    first, _second = step(maria, one, "Call"), step(maria, one, "Go")
    commands.mark_step(step_id=first, state=StepState.DONE, today=TODAY, by=maria, at=NOW)
    assert states(maria) == ["done", "now"]
    assert queries.plan_of(reader=maria).goals[0].steps[0].done_on == TODAY


def test_a_step_can_be_opened_again_and_loses_its_day():
    maria = person()
    only = step(maria, goal(maria))
    commands.mark_step(step_id=only, state=StepState.DONE, today=TODAY, by=maria, at=NOW)
    commands.mark_step(step_id=only, state=StepState.NOW, today=TODAY, by=maria, at=NOW)
    line = queries.plan_of(reader=maria).goals[0].steps[0]
    assert (line.state, line.done_on) == ("now", None)


def test_marking_a_step_twice_is_the_same_as_once():
    maria = person()
    only = step(maria, goal(maria))
    for _ in range(2):
        commands.mark_step(step_id=only, state=StepState.DONE, today=TODAY, by=maria, at=NOW)
    assert acts().count("plans.step_done") == 1


def test_steps_are_moved_by_one_place():
    maria = person()
    one = goal(maria)
    first, second = step(maria, one, "First"), step(maria, one, "Second")
    commands.move_step(step_id=first, way=Way.LATER, by=maria, at=NOW)
    assert [line.id for line in queries.plan_of(reader=maria).goals[0].steps] == [second, first]


def test_a_removed_step_gives_its_turn_to_the_next():
    maria = person()
    one = goal(maria)
    first, _second = step(maria, one), step(maria, one, "Second")
    commands.remove_step(step_id=first, by=maria, at=NOW)
    assert states(maria) == ["now"]


def test_a_step_is_said_in_other_words_and_gets_a_day():
    maria = person()
    only = step(maria, goal(maria), "Call")
    day = TODAY + timedelta(days=3)
    commands.change_step(step_id=only, text="Call Ana", by_day=day, today=TODAY, by=maria, at=NOW)
    line = queries.plan_of(reader=maria).goals[0].steps[0]
    assert (line.text, line.by_day) == ("Call Ana", day)
    late = lambda: commands.change_step(  # noqa: E731
        step_id=only, text="Call Ana", by_day=TODAY - timedelta(days=1), today=TODAY, by=maria, at=NOW
    )
    assert refusal(late) == ["day_gone"]


def test_the_twenty_first_step_of_a_goal_is_refused():
    maria = person()
    one = goal(maria)
    for number in range(20):
        step(maria, one, f"Step {number}")
    assert refusal(lambda: step(maria, one)) == ["no_room"]


def test_a_request_returns_to_the_step_that_started_it():
    maria = person()
    only, request = step(maria, goal(maria)), uuid.uuid4()
    for _ in range(2):
        commands.link_request(step_id=only, referral_id=request, by=maria, at=NOW)
    assert queries.step_of_request(reader=maria, referral_id=request).id == only
    assert queries.plan_of(reader=maria).goals[0].steps[0].requests == (request,)
    assert queries.step_of_request(reader=maria, referral_id=uuid.uuid4()) is None


def test_a_support_is_kept_with_what_else_was_seen_and_why():
    maria = person()
    chosen, other = support("Lantern House"), support("Harbor Row")
    for _ in range(2):
        commands.choose_support(
            support=chosen, options=[other, chosen], reason="They know my sister.", today=TODAY, by=maria, at=NOW
        )
    line = queries.plan_of(reader=maria).choices[0]
    assert (line.name, line.reason) == ("Lantern House", "They know my sister.")
    assert [(one.name, one.seen_on) for one in line.options] == [("Harbor Row", TODAY)]


def test_a_reason_is_changed_and_a_support_let_go():
    maria = person()
    one = commands.choose_support(support=support(), options=[], reason="Near", today=TODAY, by=maria, at=NOW)
    commands.change_reason(choice_id=one, reason="Near, and kind", by=maria, at=NOW)
    assert queries.plan_of(reader=maria).choices[0].reason == "Near, and kind"
    assert [was.text for was in queries.earlier_words(reader=maria)] == ["Near"]
    commands.let_go_of_support(choice_id=one, by=maria, at=NOW)
    assert queries.plan_of(reader=maria).choices == []


OTHERS = {
    "change_strength": lambda ids, by: commands.change_strength(
        strength_id=ids["strength"], statement="x", fact="", sign="sun", by=by, at=NOW
    ),
    "remove_strength": lambda ids, by: commands.remove_strength(strength_id=ids["strength"], by=by, at=NOW),
    "change_goal": lambda ids, by: commands.change_goal(goal_id=ids["goal"], title="x", area="home", by=by, at=NOW),
    "set_goal_state": lambda ids, by: commands.set_goal_state(
        goal_id=ids["goal"], state=GoalState.REACHED, by=by, at=NOW
    ),
    "move_goal": lambda ids, by: commands.move_goal(goal_id=ids["goal"], way=Way.LATER, by=by, at=NOW),
    "add_step": lambda ids, by: step(by, ids["goal"]),
    "change_step": lambda ids, by: commands.change_step(
        step_id=ids["step"], text="x", by_day=None, today=TODAY, by=by, at=NOW
    ),
    "mark_step": lambda ids, by: commands.mark_step(
        step_id=ids["step"], state=StepState.DONE, today=TODAY, by=by, at=NOW
    ),
    "move_step": lambda ids, by: commands.move_step(step_id=ids["step"], way=Way.LATER, by=by, at=NOW),
    "remove_step": lambda ids, by: commands.remove_step(step_id=ids["step"], by=by, at=NOW),
    "link_request": lambda ids, by: commands.link_request(step_id=ids["step"], referral_id=uuid.uuid4(), by=by, at=NOW),
    "change_reason": lambda ids, by: commands.change_reason(choice_id=ids["choice"], reason="x", by=by, at=NOW),
    "let_go_of_support": lambda ids, by: commands.let_go_of_support(choice_id=ids["choice"], by=by, at=NOW),
}


@pytest.mark.parametrize("act", list(OTHERS))
def test_another_person_finds_nothing_to_change(act):
    maria, other = person(), person()
    one = goal(maria)
    ids = {
        "strength": strength(maria),
        "goal": one,
        "step": step(maria, one),
        "choice": commands.choose_support(support=support(), options=[], reason="", today=TODAY, by=maria, at=NOW),
    }
    before, written = queries.plan_of(reader=maria), acts()
    new_request()
    with pytest.raises(NotThere):
        OTHERS[act](ids, other)
    assert queries.plan_of(reader=maria) == before
    assert acts() == written


@pytest.mark.parametrize("who", ["worker", "anonymous"])
def test_nobody_but_a_person_writes_a_plan(who):
    reader = reader_for(membership(organisation())) if who == "worker" else ANONYMOUS
    with pytest.raises(NotThere):
        commands.write_own_words(text="A quiet home.", by=reader, at=NOW)


def test_nothing_of_a_plan_can_be_deleted_by_the_application():
    maria = person()
    commands.write_own_words(text="A quiet home.", by=maria, at=NOW)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        OwnWords.objects.all()._raw_delete("default")
