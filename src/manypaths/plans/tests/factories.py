"""Made-up plans for tests, written through the same commands as real ones."""

import uuid
from datetime import date
from uuid import UUID

from manypaths.network.rules import Reader
from manypaths.network.tests.factories import NOW
from manypaths.plans import commands
from manypaths.plans.commands.choices import Seen

TODAY = date(2026, 11, 20)


def goal(by: Reader, title: str = "Weekends with my kids", area: str = "family") -> UUID:
    """A goal without steps."""
    return commands.add_goal(title=title, area=area, by=by, at=NOW)


def step(by: Reader, goal_id: UUID, text: str = "Talk with the family worker", by_day: date | None = None) -> UUID:
    """A step of a goal."""
    return commands.add_step(goal_id=goal_id, text=text, by_day=by_day, today=TODAY, by=by, at=NOW)


def strength(by: Reader, statement: str = "I show up", fact: str = "14 meetings this season") -> UUID:
    """A strength."""
    return commands.add_strength(statement=statement, fact=fact, sign="sprout", by=by, at=NOW)


def support(name: str = "Lantern House") -> Seen:
    """A made-up service as it was shown."""
    return Seen(uuid.uuid4(), name)
