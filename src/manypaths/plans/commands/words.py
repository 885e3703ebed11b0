"""Writes own words, what helps on a hard day, and strengths."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.plans import rules
from manypaths.plans.commands.keeping import OpenPlan, open_to_write
from manypaths.plans.models import HardDay, OwnWords, Strength


@transaction.atomic
def write_own_words(*, text: str, by: Reader, at: datetime) -> UUID:
    """Write what a good life looks like. Earlier words are kept with their days.

    Refuses: nothing written · too long.
    Records: plans.own_words_written
    Repeats safely: the same words again change nothing.
    """
    return put_own_words(open_to_write(by=by, at=at), text)


def put_own_words(plan: OpenPlan, text: str) -> UUID:
    """New words on top of this plan. Refuses: as `write_own_words`."""
    refuse_if(rules.reasons_about(rules.OWN_WORDS, text))
    before = _current(plan)
    if before and plan.sealer.read(plan.record, "plans.ownwords.text", before.text) == rules.tidy(text):
        return before.id
    _replace(before, plan.at)
    row = OwnWords(
        id=uuid.uuid4(), record_id=plan.record, text=plan.seal("plans.ownwords.text", text), written_at=plan.at
    )
    row.save(force_insert=True)
    plan.note("plans.own_words_written", row.id)
    return row.id


@transaction.atomic
def take_off_own_words(*, by: Reader, at: datetime) -> None:
    """Leave the top of the plan empty. The words are kept as earlier words.

    Records: plans.own_words_taken_off
    Repeats safely.
    """
    plan = open_to_write(by=by, at=at)
    before = _current(plan)
    if before:
        _replace(before, at)
        plan.note("plans.own_words_taken_off", before.id)


@transaction.atomic
def write_hard_day(*, text: str, by: Reader, at: datetime) -> UUID:
    """Write what helps on a hard day, one thing a line. The earlier list is kept with its days.

    Refuses: nothing written · too long · more than 6 things.
    Records: plans.hard_day_written
    Repeats safely: the same list again changes nothing.
    """
    plan = open_to_write(by=by, at=at)
    refuse_if(rules.reasons_not_a_list(text))
    before = HardDay.objects.select_for_update().filter(record_id=plan.record, replaced_at__isnull=True).first()
    if before and plan.sealer.read(plan.record, "plans.hardday.text", before.text) == rules.tidy(text):
        return before.id
    _replace(before, at)
    row = HardDay(id=uuid.uuid4(), record_id=plan.record, text=plan.seal("plans.hardday.text", text), written_at=at)
    row.save(force_insert=True)
    plan.note("plans.hard_day_written", row.id)
    return row.id


@transaction.atomic
def take_off_hard_day(*, by: Reader, at: datetime) -> None:
    """Take the list for a hard day off the page. It is kept as earlier words.

    Records: plans.hard_day_taken_off
    Repeats safely.
    """
    plan = open_to_write(by=by, at=at)
    before = HardDay.objects.select_for_update().filter(record_id=plan.record, replaced_at__isnull=True).first()
    if before:
        _replace(before, at)
        plan.note("plans.hard_day_taken_off", before.id)


def _current(plan: OpenPlan) -> OwnWords | None:
    return OwnWords.objects.select_for_update().filter(record_id=plan.record, replaced_at__isnull=True).first()


def _replace(before: OwnWords | HardDay | None, at: datetime) -> None:
    if before:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])


@transaction.atomic
def add_strength(*, statement: str, fact: str, sign: str, by: Reader, at: datetime) -> UUID:
    """Add something strong.

    Refuses: nothing written · too long · an unknown picture · a plan that holds 24 already.
    Records: plans.strength_added
    """
    return put_strength(open_to_write(by=by, at=at), statement, fact, sign)


def put_strength(plan: OpenPlan, statement: str, fact: str, sign: str) -> UUID:
    """A new strength of this plan. Refuses: as `add_strength`."""
    count = Strength.objects.filter(record_id=plan.record, removed_at__isnull=True).count()
    refuse_if([*rules.reasons_not_a_strength(statement, fact, sign), *rules.reasons_not_to_add("strength", count)])
    row = Strength(
        id=uuid.uuid4(),
        record_id=plan.record,
        statement=plan.seal("plans.strength.statement", statement),
        fact=plan.seal("plans.strength.fact", fact),
        sign=sign,
        added_at=plan.at,
    )
    row.save(force_insert=True)
    plan.note("plans.strength_added", row.id)
    return row.id


@transaction.atomic
def change_strength(*, strength_id: UUID, statement: str, fact: str, sign: str, by: Reader, at: datetime) -> None:
    """Say a strength in other words.

    Refuses: NotThere for one that is not the person's · nothing written · too long · an unknown picture.
    Records: plans.strength_changed
    """
    plan = open_to_write(by=by, at=at)
    row = _strength(plan, strength_id)
    refuse_if(rules.reasons_not_a_strength(statement, fact, sign))
    row.statement = plan.replace(row.id, "plans.strength.statement", row.statement, statement)
    row.fact = plan.replace(row.id, "plans.strength.fact", row.fact, fact)
    row.sign = sign
    row.save(update_fields=["statement", "fact", "sign"])
    plan.note("plans.strength_changed", row.id)


@transaction.atomic
def remove_strength(*, strength_id: UUID, by: Reader, at: datetime) -> None:
    """Take a strength off the plan. Its words are kept in the record.

    Refuses: NotThere for one that is not the person's.
    Records: plans.strength_removed
    """
    plan = open_to_write(by=by, at=at)
    row = _strength(plan, strength_id)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    plan.note("plans.strength_removed", row.id)


def _strength(plan: OpenPlan, strength_id: UUID) -> Strength:
    rows = Strength.objects.select_for_update().filter(id=strength_id, record_id=plan.record, removed_at__isnull=True)
    row = rows.first()
    if row is None:
        raise NotThere
    return row
