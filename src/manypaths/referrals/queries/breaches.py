"""What a person is told of a breach, at every place that keeps something of them: here stands what is theirs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent.incidents import letter_of
from manypaths.consent.models import BreachLetter
from manypaths.consent.rules.incidents import Letter
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.vault.queries import sealer_of


@dataclass(frozen=True)
class OwnBreach:
    """One breach as the person concerned reads it."""

    id: UUID
    organisation_id: UUID
    found_at: datetime
    happened_from: date
    happened_until: date | None
    receiver: str
    classes: tuple[str, ...]
    letter: Letter
    told_at: datetime


def own_breaches(*, reader: Reader) -> list[OwnBreach]:
    """Every breach that the person was told of, the newest first. A safety block does not stand between.

    Refuses: NotThere for anyone who is not here as a person.
    Records: one access row, under their own account
    """
    if not reader.is_person:
        raise NotThere
    with connection.cursor() as cursor:
        cursor.execute("select open_own_breaches(%s)", [reader.account_id])
        found: dict[str, Any] = cursor.fetchone()[0]
    sealer = sealer_of(found["keys"])
    rows = BreachLetter.objects.filter(incident_id__in=found["found"]).select_related("incident")
    return [
        OwnBreach(
            row.incident_id, row.incident.organisation_id, row.incident.found_at, row.incident.happened_from,
            row.incident.happened_until, row.incident.receiver, tuple(row.incident.classes), letter_of(row, sealer),
            row.at,
        )
        for row in rows.order_by("-at", "incident_id")
    ]  # fmt: skip
