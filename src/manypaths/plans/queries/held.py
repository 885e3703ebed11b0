"""Reads the plan that a place keeps with somebody: whoever opened its record for that class reads it from there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from manypaths.plans.models import SafetyPlan
from manypaths.plans.queries.own import PlanPage, goals_of_opened, own_words_of_opened, strengths_of_opened
from manypaths.plans.rules import SafetyWords
from manypaths.vault.queries import Sealer


@dataclass(frozen=True)
class SafetyLine:
    """A plan for a bad day, and since when it stands."""

    words: SafetyWords
    written_at: datetime


def held_plan(*, record_id: UUID, sealer: Sealer) -> PlanPage:
    """The plan of a record whose recovery plan this request has opened already; a fault where it has not."""
    return PlanPage(
        own_words=own_words_of_opened(record_id, sealer),
        strengths=strengths_of_opened(record_id, sealer),
        goals=goals_of_opened(record_id, sealer),
        choices=[],
    )


def safety_plan(*, record_id: UUID, sealer: Sealer) -> SafetyLine | None:
    """The plan for a bad day of a record whose safety plan this request has opened already; else a fault."""
    row = SafetyPlan.objects.filter(record_id=record_id, replaced_at__isnull=True).first()
    if row is None:
        return None
    words = (sealer.read(record_id, f"plans.safetyplan.{name}", getattr(row, name)) for name in SafetyWords.PARTS)
    return SafetyLine(SafetyWords(*words), row.written_at)
