"""Emergencies in an officer's list: what waits for a review, and what was reviewed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from manypaths.consent import emergencies
from manypaths.consent.emergencies import EmergencyLine
from manypaths.consent.rules import reviews as rules
from manypaths.lib.dates import days_until
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.frame import language, zone_of


@dataclass(frozen=True)
class ToReview:
    """One line of the desk: when it was opened, how many days are left, and what was found."""

    id: UUID
    opened_at: datetime
    days_left: int
    finding: str
    answered_at: datetime | None

    @property
    def days_over(self) -> int:
        """How many days it is late."""
        return -self.days_left


def emergencies_here(request: Asked, *, waiting: bool, limit: int) -> tuple[list[ToReview], int]:
    """Emergencies that wait for this officer, or were reviewed; and how many there are."""
    page = emergencies.emergencies_to_review(reader=request.reader, waiting=waiting, limit=limit)
    return [_line(request, one) for one in page.lines], page.total


def _line(request: Asked, one: EmergencyLine) -> ToReview:
    left = days_until(one.due_at, now(), zone_of(request))
    return ToReview(one.id, one.opened_at, left, rules.word(rules.FINDINGS, one.finding, language()), one.answered_at)
