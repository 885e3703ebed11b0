"""Writes the steps of a goal, and ties a request to the step that started it."""

import uuid
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.plans import rules
from manypaths.plans.commands.goals import own_goal
from manypaths.plans.commands.keeping import OpenPlan, open_to_write
from manypaths.plans.models import Step, StepRequest
from manypaths.plans.rules import StepState, Way


@transaction.atomic
def add_step(
    *,
    goal_id: UUID,
    text: str,
    by_day: date | None,
    today: date,
    service_id: UUID | None = None,
    by: Reader,
    at: datetime,
) -> UUID:
    """Add something to do for a goal. The first step of a goal is the one for now; the others wait.

    Refuses: NotThere for a goal that is not the person's · nothing written · too long · a day gone · 20 steps already.
    Records: plans.step_added
    """
    return put_step(open_to_write(by=by, at=at), goal_id, text, by_day, today, service_id)


def put_step(
    plan: OpenPlan, goal_id: UUID, text: str, by_day: date | None, today: date, service_id: UUID | None = None
) -> UUID:
    """A new step of a goal of this plan. Refuses: as `add_step`."""
    goal = own_goal(plan, goal_id)
    rows = _steps(plan, goal.id)
    refuse_if([*rules.reasons_not_a_step(text, by_day, None, today), *rules.reasons_not_to_add("step", len(rows))])
    row = Step(
        id=uuid.uuid4(),
        record_id=plan.record,
        goal=goal,
        text=plan.seal("plans.step.text", text),
        state=(StepState.LATER if _has_one_for_now(rows) else StepState.NOW).value,
        place=max((one.place for one in rows), default=0) + 1,
        by_day=by_day,
        service_id=service_id,
        added_at=plan.at,
    )
    row.save(force_insert=True)
    plan.note("plans.step_added", row.id)
    return row.id


@transaction.atomic
def change_step(*, step_id: UUID, text: str, by_day: date | None, today: date, by: Reader, at: datetime) -> None:
    """Say a step in other words, or give it another day.

    Refuses: NotThere for one that is not the person's · nothing written · too long · a new day gone by.
    Records: plans.step_changed
    """
    plan = open_to_write(by=by, at=at)
    row = _own_step(plan, step_id)
    refuse_if(rules.reasons_not_a_step(text, by_day, row.by_day, today))
    row.text = plan.replace(row.id, "plans.step.text", row.text, text)
    row.by_day = by_day
    row.save(update_fields=["text", "by_day"])
    plan.note("plans.step_changed", row.id)


@transaction.atomic
def mark_step(*, step_id: UUID, state: StepState, today: date, by: Reader, at: datetime) -> None:
    """Mark a step as done, for now, or for later. When the last one for now is done, the next waiting one is for now.

    Refuses: NotThere for one that is not the person's.
    Records: plans.step_done, plans.step_now or plans.step_later
    Repeats safely.
    """
    put_step_state(open_to_write(by=by, at=at), step_id, state, today)


def put_step_state(plan: OpenPlan, step_id: UUID, state: StepState, today: date) -> None:
    """A step of this plan in another state. Refuses: as `mark_step`."""
    row = _own_step(plan, step_id)
    if row.state == state:
        return
    row.state = state.value
    row.done_on = today if state == StepState.DONE else None
    row.save(update_fields=["state", "done_on"])
    if state == StepState.DONE:
        _bring_up_the_next(plan, row.goal_id)
    plan.note(f"plans.step_{state.value}", row.id)


@transaction.atomic
def move_step(*, step_id: UUID, way: Way, by: Reader, at: datetime) -> None:
    """Move a step up or down by one within its goal.

    Refuses: NotThere for one that is not the person's.
    Records: plans.step_moved
    """
    plan = open_to_write(by=by, at=at)
    row = _own_step(plan, step_id)
    rows = _steps(plan, row.goal_id)
    order = rules.places_after_move([one.id for one in rows], row.id, way)
    for one in rows:
        one.place = order.index(one.id) + 1
    Step.objects.bulk_update(rows, ["place"])
    plan.note("plans.step_moved", row.id)


@transaction.atomic
def remove_step(*, step_id: UUID, by: Reader, at: datetime) -> None:
    """Take a step off its goal. Its words are kept in the record, and so are the requests it started.

    Refuses: NotThere for one that is not the person's.
    Records: plans.step_removed
    """
    plan = open_to_write(by=by, at=at)
    row = _own_step(plan, step_id)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    _bring_up_the_next(plan, row.goal_id)
    plan.note("plans.step_removed", row.id)


@transaction.atomic
def link_request(*, step_id: UUID, referral_id: UUID, by: Reader, at: datetime) -> None:
    """Tie a request to the step that started it, so that its state and the person's answer come back to the step.

    Refuses: NotThere for a step that is not the person's.
    Records: plans.request_linked
    Repeats safely.
    """
    plan = open_to_write(by=by, at=at)
    row = _own_step(plan, step_id)
    if StepRequest.objects.filter(referral_id=referral_id, record_id=plan.record).exists():
        return
    link = StepRequest(id=uuid.uuid4(), record_id=plan.record, step=row, referral_id=referral_id, linked_at=at)
    link.save(force_insert=True)
    plan.note("plans.request_linked", row.id)


def _steps(plan: OpenPlan, goal_id: UUID) -> list[Step]:
    rows = Step.objects.select_for_update().filter(record_id=plan.record, goal_id=goal_id, removed_at__isnull=True)
    return list(rows.order_by("place", "added_at"))


def _own_step(plan: OpenPlan, step_id: UUID) -> Step:
    rows = Step.objects.select_for_update().filter(id=step_id, record_id=plan.record, removed_at__isnull=True)
    row = rows.first()
    if row is None:
        raise NotThere
    return row


def _has_one_for_now(rows: list[Step]) -> bool:
    return any(row.state == StepState.NOW for row in rows)


def _bring_up_the_next(plan: OpenPlan, goal_id: UUID) -> None:
    rows = _steps(plan, goal_id)
    waiting = next((row for row in rows if row.state == StepState.LATER), None)
    if waiting is not None and not _has_one_for_now(rows):
        waiting.state = StepState.NOW.value
        waiting.save(update_fields=["state"])
