"""What a worker who walks with somebody writes together with them, in the plan that their place keeps."""

import uuid
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import refuse_if
from manypaths.network.rules import Reader
from manypaths.plans import rules
from manypaths.plans.commands.goals import put_goal, put_goal_state
from manypaths.plans.commands.keeping import OpenPlan, open_held_to_write
from manypaths.plans.commands.steps import put_step, put_step_state
from manypaths.plans.commands.words import put_own_words, put_strength
from manypaths.plans.models import SafetyPlan
from manypaths.plans.rules import GoalState, SafetyWords, StepState


def _plan(record_id: UUID, by: Reader, at: datetime) -> OpenPlan:
    return open_held_to_write(record_id=record_id, data_class=DataClass.RECOVERY_PLAN, by=by, at=at)


@transaction.atomic
def write_held_words(*, record_id: UUID, text: str, by: Reader, at: datetime) -> UUID:
    """Write what a good life looks like to them, in their words. Earlier words are kept.

    Refuses: NotThere or NotYourWork for who does not walk with them · nothing written · too long.
    Records: plans.own_words_written
    """
    return put_own_words(_plan(record_id, by, at), text)


@transaction.atomic
def add_held_strength(*, record_id: UUID, statement: str, by: Reader, at: datetime) -> UUID:
    """Add something strong in them or in their life.

    Refuses: NotThere or NotYourWork for who does not walk with them · nothing written · too long · 24 already.
    Records: plans.strength_added
    """
    return put_strength(_plan(record_id, by, at), statement, "", rules.Sign.SPROUT)


@transaction.atomic
def add_held_goal(*, record_id: UUID, title: str, area: str, by: Reader, at: datetime) -> UUID:
    """Add something they want.

    Refuses: NotThere or NotYourWork for who does not walk with them · nothing written · too long · an unknown part of
    life · 12 goals open already.
    Records: plans.goal_added
    """
    return put_goal(_plan(record_id, by, at), title, area)


@transaction.atomic
def set_held_goal(*, record_id: UUID, goal_id: UUID, state: GoalState, by: Reader, at: datetime) -> None:
    """Mark a goal as reached, set it aside, or take it up again.

    Refuses: NotThere for a goal of another plan, and for who does not walk with them.
    Records: plans.goal_open, plans.goal_reached or plans.goal_set_aside
    Repeats safely.
    """
    put_goal_state(_plan(record_id, by, at), goal_id, state)


@transaction.atomic
def add_held_step(
    *, record_id: UUID, goal_id: UUID, text: str, by_day: date | None, today: date, by: Reader, at: datetime
) -> UUID:
    """Add something to do for a goal.

    Refuses: NotThere for a goal of another plan · nothing written · too long · a day gone · 20 steps already.
    Records: plans.step_added
    """
    return put_step(_plan(record_id, by, at), goal_id, text, by_day, today)


@transaction.atomic
def mark_held_step(*, record_id: UUID, step_id: UUID, state: StepState, today: date, by: Reader, at: datetime) -> None:
    """Mark a step as done, for now, or for later.

    Refuses: NotThere for a step of another plan, and for who does not walk with them.
    Records: plans.step_done, plans.step_now or plans.step_later
    Repeats safely.
    """
    put_step_state(_plan(record_id, by, at), step_id, state, today)


@transaction.atomic
def write_safety_plan(*, record_id: UUID, words: SafetyWords, by: Reader, at: datetime) -> UUID:
    """Write the plan for a bad day together: what shows that it comes, what helps, whom to call. Earlier ones are kept.

    Refuses: NotThere or NotYourWork for who does not walk with them as a clinician · nothing written · too long.
    Records: plans.safety_plan_written
    Repeats safely: the same words again change nothing.
    """
    plan = open_held_to_write(record_id=record_id, data_class=DataClass.SAFETY_PLAN, by=by, at=at)
    refuse_if(rules.reasons_not_a_safety_plan(words))
    before = SafetyPlan.objects.select_for_update().filter(record_id=record_id, replaced_at__isnull=True).first()
    if before and _says(plan, before) == words.tidied:
        return before.id
    if before:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    sealed = {name: plan.seal(f"plans.safetyplan.{name}", text) for name, text in vars(words).items()}
    row = SafetyPlan(id=uuid.uuid4(), record_id=record_id, written_at=at, **sealed)
    row.save(force_insert=True)
    plan.note("plans.safety_plan_written", row.id)
    return row.id


def _says(plan: OpenPlan, row: SafetyPlan) -> SafetyWords:
    return SafetyWords(
        *(plan.sealer.read(plan.record, f"plans.safetyplan.{name}", getattr(row, name)) for name in SafetyWords.PARTS)
    )
