"""How a contact may be written down. Pure; the codes are data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

CODES: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "contact-codes-2026-11.json").read_text(encoding="utf-8")
)
WAYS: dict[str, dict[str, str]] = CODES["ways"]
DEEDS: dict[str, dict[str, Any]] = CODES["deeds"]
LONGEST_NOTE = 500
LOOK_BACK = timedelta(days=60)
CLOCK_SLIP = timedelta(minutes=5)


@dataclass(frozen=True)
class ContactFacts:
    """One contact as a worker wants to write it."""

    happened_at: datetime
    way: str
    deed: str
    note: str


def choices(table: dict[str, dict[str, Any]], language: str) -> list[tuple[str, str]]:
    """Codes and their words in a language, in the order of the file; English where we have no words."""
    spoken = language.split("-", maxsplit=1)[0]
    return [(code, str(row.get(spoken, row["en"]))) for code, row in table.items()]


def word(table: dict[str, dict[str, Any]], code: str, language: str) -> str:
    """The word of one code in a language; nothing for a code we do not know."""
    return dict(choices(table, language)).get(code, "")


def reached(deed: str) -> bool:
    """True when the person was reached; a try counts as care, not as contact."""
    return bool(DEEDS[deed]["reached"])


def reasons_not_to_record(facts: ContactFacts, at: datetime) -> Iterator[Reason]:
    """Why a contact cannot be written as asked."""
    if facts.way not in WAYS:
        yield Reason("unknown_way", _("Choose how you were in touch."), "way")
    if facts.deed not in DEEDS:
        yield Reason("unknown_deed", _("Choose what you did."), "deed")
    if facts.happened_at > at + CLOCK_SLIP:
        yield Reason("in_the_future", _("Choose a time that has passed."), "when")
    if facts.happened_at < at - LOOK_BACK:
        yield Reason("too_long_ago", _("Choose a day within the last 60 days."), "when")
    if len(facts.note) > LONGEST_NOTE:
        yield Reason("note_too_long", _("Write at most 500 letters."), "note")
