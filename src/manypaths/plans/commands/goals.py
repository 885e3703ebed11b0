"""Writes goals."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.plans import rules
from manypaths.plans.commands.keeping import OpenPlan, open_to_write
from manypaths.plans.models import Goal
from manypaths.plans.rules import GoalState, Way


@transaction.atomic
def add_goal(*, title: str, area: str, by: Reader, at: datetime) -> UUID:
    """Begin to work on something.

    Refuses: nothing written · too long · an unknown part of life · 12 goals open already.
    Records: plans.goal_added
    """
    return put_goal(open_to_write(by=by, at=at), title, area)


def put_goal(plan: OpenPlan, title: str, area: str) -> UUID:
    """A new goal of this plan. Refuses: as `add_goal`."""
    places = list(Goal.objects.filter(record_id=plan.record).values_list("place", "state"))
    count = sum(state == GoalState.OPEN for _place, state in places)
    refuse_if([*rules.reasons_not_a_goal(title, area), *rules.reasons_not_to_add("goal", count)])
    row = Goal(
        id=uuid.uuid4(),
        record_id=plan.record,
        title=plan.seal("plans.goal.title", title),
        area=area,
        place=max((place for place, _state in places), default=0) + 1,
        added_at=plan.at,
    )
    row.save(force_insert=True)
    plan.note("plans.goal_added", row.id)
    return row.id


@transaction.atomic
def change_goal(*, goal_id: UUID, title: str, area: str, by: Reader, at: datetime) -> None:
    """Say a goal in other words, or put it in another part of life.

    Refuses: NotThere for one that is not the person's · nothing written · too long · an unknown part of life.
    Records: plans.goal_changed
    """
    plan = open_to_write(by=by, at=at)
    row = own_goal(plan, goal_id)
    refuse_if(rules.reasons_not_a_goal(title, area))
    row.title = plan.replace(row.id, "plans.goal.title", row.title, title)
    row.area = area
    row.save(update_fields=["title", "area"])
    plan.note("plans.goal_changed", row.id)


@transaction.atomic
def set_goal_state(*, goal_id: UUID, state: GoalState, by: Reader, at: datetime) -> None:
    """Mark a goal as reached, set it aside, or take it up again.

    Refuses: NotThere for one that is not the person's · 12 goals open already, when it is taken up again.
    Records: plans.goal_open, plans.goal_reached or plans.goal_set_aside
    Repeats safely.
    """
    put_goal_state(open_to_write(by=by, at=at), goal_id, state)


def put_goal_state(plan: OpenPlan, goal_id: UUID, state: GoalState) -> None:
    """A goal of this plan in another state. Refuses: as `set_goal_state`."""
    row = own_goal(plan, goal_id)
    if row.state == state:
        return
    if state == GoalState.OPEN:
        count = Goal.objects.filter(record_id=plan.record, state=GoalState.OPEN).count()
        refuse_if(rules.reasons_not_to_add("goal", count))
    row.state = state.value
    row.closed_at = None if state == GoalState.OPEN else plan.at
    row.save(update_fields=["state", "closed_at"])
    plan.note(f"plans.goal_{state.value}", row.id)


@transaction.atomic
def move_goal(*, goal_id: UUID, way: Way, by: Reader, at: datetime) -> None:
    """Move an open goal up or down by one.

    Refuses: NotThere for one that is not the person's.
    Records: plans.goal_moved
    """
    plan = open_to_write(by=by, at=at)
    row = own_goal(plan, goal_id)
    rows = list(
        Goal.objects.select_for_update().filter(record_id=plan.record, state=row.state).order_by("place", "added_at")
    )
    order = rules.places_after_move([one.id for one in rows], row.id, way)
    places = sorted(one.place for one in rows)
    for one in rows:
        one.place = places[order.index(one.id)]
    Goal.objects.bulk_update(rows, ["place"])
    plan.note("plans.goal_moved", row.id)


def own_goal(plan: OpenPlan, goal_id: UUID) -> Goal:
    """One goal of this plan, locked.

    Refuses: NotThere for one that is not the person's.
    """
    row = Goal.objects.select_for_update().filter(id=goal_id, record_id=plan.record).first()
    if row is None:
        raise NotThere
    return row
