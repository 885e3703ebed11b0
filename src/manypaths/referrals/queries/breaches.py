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
from manypaths.vault.queries import Sealer, sealer_of


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
    letters = {one.incident_id: one for one in BreachLetter.objects.filter(incident_id__in=found["found"])}
    with connection.cursor() as cursor:
        cursor.execute("select * from incidents_told()")
        told = [_own(row, letters[row[0]], sealer) for row in cursor.fetchall() if row[0] in letters]
    return sorted(sorted(told, key=lambda one: one.id), key=lambda one: one.told_at, reverse=True)


def _own(row: tuple[Any, ...], letter: BreachLetter, sealer: Sealer) -> OwnBreach:
    assert letter.at is not None, "what waits is not opened"
    incident, place, found_at, since, until, receiver, classes = row
    words = letter_of(letter, sealer)
    return OwnBreach(incident, place, found_at, since, until, receiver, tuple(classes), words, letter.at)
