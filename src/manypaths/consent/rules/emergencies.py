"""A medical emergency: who may open what without a consent, for how long, and what is written down first. Pure.

The database function `open_emergency` is the second reading of `bases_in_emergency`.
"""

import json
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.accounts.rules import CODE_LETTERS, code_as_typed
from manypaths.consent.rules.gate import DataClass, part_for
from manypaths.lib.refusals import Reason

FIGURES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "emergencies-2026-11.json").read_text(encoding="utf-8")
)
OPEN_FOR = timedelta(minutes=FIGURES["open_minutes"])
REVIEW_WITHIN = timedelta(days=FIGURES["review_within_days"])
WRONG_CODES = int(FIGURES["wrong_codes_in_a_quarter_of_an_hour"])
TIE, BASIS, PURPOSE = "emergency", "emergency", "emergency"
CODE_LENGTH, GROUP = 12, 4
LONGEST_NAME, LONGEST_NATURE = 200, 1000
NOT_FOR_ROUTINE = frozenset({"clinician"})


@dataclass(frozen=True)
class Said:
    """What 42 CFR 2.51(c) asks to be written down, but for the day and hour: the clock writes these. `cannot_agree`:
    it is an emergency now, and the person cannot be asked first."""

    recipient: str
    affiliation: str
    discloser: str
    nature: str
    cannot_agree: bool


@dataclass(frozen=True)
class EmergencyFacts:
    """One recorded emergency, about one record, as the reader stands to it."""

    id: UUID
    record: UUID
    is_mine: bool
    opened_at: datetime
    erased: bool
    blocked: bool


def new_code() -> str:
    """The code of a card: 12 letters and digits without look-alikes, 58 bits: `k7qm-3xtp-9dhz`."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _one in range(CODE_LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP))


def as_key(text: str) -> UUID | str:
    """What was typed: the number of a page, or the code of a card, spaces and dashes apart."""
    try:
        return UUID(text.strip())
    except ValueError:
        return code_as_typed(text)


def opens_in_emergency(roles: Collection[str]) -> frozenset[str]:
    """The classes that these roles may open in an emergency; as wholes, or not at all."""
    held = frozenset(roles)
    return frozenset(one.value for one in DataClass if part_for(held, TIE, one) == "")


def is_told_why_not(roles: Collection[str]) -> bool:
    """True for a clinician who is no emergency worker: such work is real here, and a routine visit is no emergency."""
    return not opens_in_emergency(roles) and bool(NOT_FOR_ROUTINE & frozenset(roles))


def bases_in_emergency(
    roles: Collection[str], facts: Collection[EmergencyFacts], at: datetime, *, takes_part: bool
) -> dict[tuple[UUID, str, UUID | None], str]:
    """The ground of each record and class that is open now because of an emergency. Empty when all is closed.

    Who wrote it down opens it, for an hour, while their organisation takes part in a community. A safety block and an
    erased record close it.
    """
    if not takes_part:
        return {}
    now_open = (one for one in facts if _is_open(one, at))
    return {(one.record, wanted, None): f"{BASIS}:{one.id}" for one in now_open for wanted in opens_in_emergency(roles)}


def _is_open(one: EmergencyFacts, at: datetime) -> bool:
    in_time = one.opened_at <= at < one.opened_at + OPEN_FOR
    return one.is_mine and in_time and not one.erased and not one.blocked


def reasons_not_to_open(said: Said) -> Iterator[Reason]:
    """What is missing of what must be written down first. All of it at once."""
    if not said.recipient.strip():
        yield Reason("no_recipient", _("Write the name of who receives it."), "recipient")
    if not said.affiliation.strip():
        yield Reason("no_affiliation", _("Write where they work."), "affiliation")
    if not said.discloser.strip():
        yield Reason("no_discloser", _("Write the name of who gives it out."), "discloser")
    if not said.nature.strip():
        yield Reason("no_nature", _("Write what kind of emergency it is."), "nature")
    if not said.cannot_agree:
        yield Reason("no_emergency", _("Without this, ask the person first."), "cannot_agree")
    named = {"recipient": said.recipient, "affiliation": said.affiliation, "discloser": said.discloser}
    longest = {**dict.fromkeys(named, LONGEST_NAME), "nature": LONGEST_NATURE}
    for name, words in {**named, "nature": said.nature}.items():
        if len(words) > longest[name]:
            yield Reason("too_long", _("Write a little less."), name)


def reasons_not_to_try(wrong_lately: int) -> Iterator[Reason]:
    """Why this account waits: it typed many wrong codes. Nobody else waits for it."""
    if wrong_lately >= WRONG_CODES:
        message = _("Too many wrong codes from your account. Wait 15 minutes, or ask a colleague to type it.")
        yield Reason("too_many_codes", message, "key")
