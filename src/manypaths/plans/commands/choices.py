"""Writes the supports a person chose, what else they had seen, and why."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.plans import rules
from manypaths.plans.commands.keeping import OpenPlan, open_to_write
from manypaths.plans.models import Choice, Option


@dataclass(frozen=True)
class Seen:
    """A support as it was shown: its id and its name in the directory."""

    service_id: UUID
    name: str


@transaction.atomic
def choose_support(
    *, support: Seen, options: Iterable[Seen], reason: str, today: date, by: Reader, at: datetime
) -> UUID:
    """Keep a support in the plan, with what else was seen that day and why this one.

    Refuses: a name that is missing or too long · a reason that is too long · 40 supports already.
    Records: plans.support_chosen
    Repeats safely: choosing the same support again changes the reason and adds what else was seen.
    """
    plan = open_to_write(by=by, at=at)
    row = _chosen(plan).filter(service_id=support.service_id).first()
    full = [] if row else rules.reasons_not_to_add("choice", _chosen(plan).count())
    about = [*rules.reasons_about(rules.NAME, support.name), *rules.reasons_about(rules.REASON, reason)]
    refuse_if([*about, *full])
    if row is None:
        row = _new_choice(plan, support, reason)
    else:
        _write_reason(plan, row, reason)
    _add_options(plan, row, options, today)
    plan.note("plans.support_chosen", row.id)
    return row.id


def _new_choice(plan: OpenPlan, support: Seen, reason: str) -> Choice:
    row = Choice(
        id=uuid.uuid4(),
        record_id=plan.record,
        service_id=support.service_id,
        name=plan.seal("plans.choice.name", support.name),
        reason=plan.seal("plans.choice.reason", reason),
        chosen_at=plan.at,
    )
    row.save(force_insert=True)
    return row


def _add_options(plan: OpenPlan, row: Choice, options: Iterable[Seen], today: date) -> None:
    known = set(Option.objects.filter(record_id=plan.record, choice=row).values_list("service_id", flat=True))
    fresh = {one.service_id: one for one in options if one.service_id not in known | {row.service_id}}
    for one in list(fresh.values())[: rules.MOST_OPTIONS - len(known)]:
        Option(
            id=uuid.uuid4(),
            record_id=plan.record,
            choice=row,
            service_id=one.service_id,
            name=plan.seal("plans.option.name", one.name[: rules.NAME.longest]),
            seen_on=today,
        ).save(force_insert=True)


@transaction.atomic
def change_reason(*, choice_id: UUID, reason: str, by: Reader, at: datetime) -> None:
    """Say in other words why a support was chosen.

    Refuses: NotThere for one that is not the person's · too long.
    Records: plans.reason_changed
    """
    plan = open_to_write(by=by, at=at)
    row = _own_choice(plan, choice_id)
    refuse_if(rules.reasons_about(rules.REASON, reason))
    _write_reason(plan, row, reason)
    plan.note("plans.reason_changed", row.id)


def _write_reason(plan: OpenPlan, row: Choice, reason: str) -> None:
    row.reason = plan.replace(row.id, "plans.choice.reason", row.reason, reason)
    row.save(update_fields=["reason"])


@transaction.atomic
def let_go_of_support(*, choice_id: UUID, by: Reader, at: datetime) -> None:
    """Take a support off the plan. That it was chosen, and why, stays in the record.

    Refuses: NotThere for one that is not the person's.
    Records: plans.support_let_go
    """
    plan = open_to_write(by=by, at=at)
    row = _own_choice(plan, choice_id)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    plan.note("plans.support_let_go", row.id)


def _chosen(plan: OpenPlan) -> QuerySet[Choice]:
    return Choice.objects.select_for_update().filter(record_id=plan.record, ended_at__isnull=True)


def _own_choice(plan: OpenPlan, choice_id: UUID) -> Choice:
    row = _chosen(plan).filter(id=choice_id).first()
    if row is None:
        raise NotThere
    return row
