"""Corrections and complaints in an officer's list: what waits, the nearest day first, and what was answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.lib.dates import days_until
from manypaths.support import petitions
from manypaths.support.petitions import PetitionLine
from manypaths.support.rules import petitions as rules
from manypaths.support.rules import word
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.frame import language, zone_of

KINDS: dict[str, Any] = {rules.CORRECTION: _("A correction"), rules.COMPLAINT: _("A complaint")}


@dataclass(frozen=True)
class Petitioned:
    """One line of the desk: what was asked and when, how many days are left, and what was found."""

    id: UUID
    kind: Any
    asked_at: datetime
    days_left: int
    finding: str
    answered_at: datetime | None

    @property
    def days_over(self) -> int:
        """How many days it is late."""
        return -self.days_left


def petitions_here(request: Asked, *, waiting: bool, limit: int) -> tuple[list[Petitioned], int]:
    """Corrections and complaints that wait for this officer, or have their answer; and how many there are."""
    page = petitions.petitions_to_answer(reader=request.reader, waiting=waiting, limit=limit)
    return [_line(request, one) for one in page.lines], page.total


def _line(request: Asked, one: PetitionLine) -> Petitioned:
    left = days_until(one.due_at, now(), zone_of(request))
    finding = word(rules.PETITION_FINDINGS[one.kind], one.finding, language())
    return Petitioned(one.id, KINDS[one.kind], one.asked_at, left, finding, one.answered_at)
