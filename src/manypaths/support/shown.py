"""Check-ins that a person shows to the worker who walks with them: one item, one worker, until it is stopped."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials
from manypaths.consent import queries as consent
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.support import messages, rules
from manypaths.support.models import ShownCheckIn
from manypaths.support.rules import WalkerFacts
from manypaths.vault.queries import Sealer, sealer_of

OPEN = "select open_shown(%s, %s, %s)"
WORDS = "support.showncheckin.words"
WITH = (
    "thread_id",
    "thread__membership_id",
    "thread__membership__organisation_id",
    "thread__membership__display_name",
    "thread__membership__organisation__name",
)


@dataclass(frozen=True)
class Said:
    """One statement, and what was said to it in its published words: nothing, where they left it out or would rather
    not say."""

    statement: str
    words: str


@dataclass(frozen=True)
class CheckIn:
    """A copy of one check-in, as a worker reads it."""

    id: UUID
    since: datetime
    answered_on: date
    answered: int
    total: int | None
    note: str
    said: list[Said]


@dataclass(frozen=True)
class ShownLine:
    """To whom the person shows, or showed, one check-in. Open while it stands and they walk with the person."""

    id: UUID
    sitting_id: UUID
    thread_id: UUID
    membership_id: UUID
    place_id: UUID
    worker: str
    place: str
    since: datetime
    until: datetime | None
    text_version: str
    is_open: bool = False


def shown_here(*, reader: Reader, org_record_id: UUID) -> int:
    """How many check-ins the person of a record shows to this reader. Finding is not opening."""
    with connection.cursor() as cursor:
        cursor.execute("select shown_to(%s, %s, %s)", [reader.account_id, reader.membership_id, org_record_id])
        return int(cursor.fetchone()[0])


def open_shown(*, reader: Reader, org_record_id: UUID) -> list[CheckIn]:
    """Open the check-ins that a person shows to the worker who walks with them. The person sees this look.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone else, and where nothing is shown.
    Records: one access row, for these copies under the person's own record
    """
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, org_record_id])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    if not found["open"]:
        denials.note(asking)
    facts = WalkerFacts(*found["facts"]) if found["facts"] else None
    if found["open"] != (found["shown"] and rules.may_read(facts)):
        raise WallsDisagree("shown")
    if not found["open"]:
        raise NotThere
    sealer = sealer_of(found["keys"])
    rows = ShownCheckIn.objects.filter(until__isnull=True).order_by("-since", "id")
    return [_check_in(row, sealer) for row in rows]


def own_shown(*, reader: Reader, sitting_id: UUID | None = None) -> list[ShownLine]:
    """What the person shows and showed, the newest first: all of it, or one check-in.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.CHECK_IN, DataClass.MESSAGES})
    rows = ShownCheckIn.objects.filter(record_id=record, **({"sitting_id": sitting_id} if sitting_id else {}))
    found = rows.order_by("-since").values_list("id", "sitting_id", *WITH, "since", "until", "text_version")
    heard = messages.heard_now(reader=reader)
    lines = [ShownLine(*row) for row in found]
    return [replace(one, is_open=one.until is None and one.thread_id in heard) for one in lines]


def _check_in(row: ShownCheckIn, sealer: Sealer) -> CheckIn:
    kept = json.loads(sealer.read(row.record_id, WORDS, row.words))
    said = [Said(statement, words) for statement, words in kept["said"]]
    on = date.fromisoformat(kept["answered_on"])
    return CheckIn(row.id, row.since, on, kept["answered"], kept["total"], kept["note"], said)
