"""A person stands at the desk and opens their page to whoever works there today: what of it, and until when. Pure.

The database function `open_at_desk` is the second reading of `bases_at_desk`.
"""

import json
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from manypaths.accounts.rules import CODE_LETTERS
from manypaths.consent.rules.gate import NAMED, DataClass, Purpose, part_for
from manypaths.directory.rules import Span, always_open, open_span, week_minute
from manypaths.lib.dates import local_date, start_of_day
from manypaths.lib.refusals import Reason

FIGURES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "desk-2026-11.json").read_text(encoding="utf-8")
)
LONGEST = timedelta(hours=FIGURES["longest_hours"])
CODE_HOLDS = timedelta(minutes=FIGURES["code_minutes"])
WRONG_CODES = int(FIGURES["wrong_codes_in_a_quarter_of_an_hour"])
AT_ONCE = int(FIGURES["at_once"])
TIE, BASIS, PURPOSE = "present", "desk", Purpose.DESK
CODE_LENGTH, GROUP = 8, 4
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class DeskFacts:
    """One page that was opened to a desk, as the reader stands to it. `is_here`: their own place keeps the page."""

    id: UUID
    record: UUID
    is_here: bool
    opened_at: datetime | None
    until: datetime
    ended: bool
    erased: bool
    blocked: bool


def new_code() -> str:
    """A code to be read out or shown at a desk: 8 letters and digits without look-alikes: `k7qm-3xtp`."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _one in range(CODE_LENGTH))
    return f"{letters[:GROUP]}-{letters[GROUP:]}"


def opens_at_desk(roles: Collection[str]) -> frozenset[str]:
    """The classes of which these roles may open the named fields when the person stands there."""
    held = frozenset(roles)
    return frozenset(one.value for one in DataClass if part_for(held, TIE, one) is not None)


def bases_at_desk(
    roles: Collection[str], facts: Collection[DeskFacts], wanted: Collection[str], at: datetime
) -> dict[tuple[UUID, str, UUID | None], str]:
    """The ground of each record and class that is open now because the person opened it to the desk. Named fields only.

    Closed before it was opened, from closing time on, when the person ended it, at another place, behind a safety
    block, and once either record is erased.
    """
    now_open = [one for one in facts if _is_open(one, at)]
    classes = opens_at_desk(roles) & frozenset(wanted)
    return {(one.record, kind, None): f"{BASIS}:{one.id}{NAMED}" for one in now_open for kind in classes}


def _is_open(one: DeskFacts, at: datetime) -> bool:
    in_time = one.opened_at is not None and one.opened_at <= at < one.until and not one.ended
    return one.is_here and in_time and not one.erased and not one.blocked


def until_closing(at: datetime, zone: str, weeks: Collection[tuple[str, list[Span]]]) -> datetime:
    """When a page that is opened to a desk closes: when the last of the services there that are open now closes; else
    at the end of the day. Never more than twelve hours from now.

    `weeks`: for each service of the place its zone and when it is open. One that never closes says nothing of a desk.
    """
    ends = [_closes(at, one, spans) for one, spans in weeks if not always_open(spans)]
    known = [end for end in ends if end is not None]
    end_of_day = start_of_day(local_date(at, zone) + timedelta(days=1), zone)
    return min(max(known, default=end_of_day), at + LONGEST)


def _closes(at: datetime, zone: str, spans: list[Span]) -> datetime | None:
    minute = week_minute(at, zone)
    span = open_span(spans, minute)
    if span is None:
        return None
    left = timedelta(minutes=span.end - minute) % WEEK or WEEK
    local = at.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0, tzinfo=None)
    return (local + left).replace(tzinfo=ZoneInfo(zone))


def reasons_not_to_try(wrong_lately: int) -> Iterator[Reason]:
    """Why this account waits: it typed many wrong codes. Nobody else waits for it."""
    if wrong_lately >= WRONG_CODES:
        message = _("Too many wrong codes from your account. Wait 15 minutes, or ask a colleague to type it.")
        yield Reason("too_many_codes", message, "code")


def reason_it_leads_nowhere() -> Reason:
    """One answer for every code that opens nothing: wrong, too old, of another place, or behind a safety block."""
    return Reason("leads_nowhere", _("This code opens nothing here. Ask them for a new one."), "code")
