"""What went wrong with what a place keeps: who may open its register, the four factors, and the days of the law. Pure.

The database function `open_incident` is the second reading of `may_open`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules.gate import DataClass
from manypaths.lib.refusals import Reason

CODES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "incidents-2026-11-23.json").read_text(encoding="utf-8")
)
RECEIVERS: Mapping[str, dict[str, Any]] = CODES["receivers"]
FACTORS: Mapping[str, dict[str, Any]] = CODES["factors"]
WEIGHTS: Mapping[str, dict[str, Any]] = CODES["weights"]
DECISIONS: Mapping[str, dict[str, Any]] = CODES["decisions"]
STEPS: Mapping[str, dict[str, Any]] = CODES["steps"]
TELL_WITHIN = timedelta(days=CODES["tell_within_days"])
BREACH, LOW = "breach", "low"
LONGEST_WORDS = 4000
NOT_KEPT_HERE = _("Your organization keeps no page with one of these numbers.")


@dataclass(frozen=True)
class DeskFacts:
    """What is known of one who wants to open an incident. `looked`: it was their own look, and somebody else there can
    weigh it. `kept_away`: somebody concerned keeps their account away. None: the database knows no such thing."""

    officer: bool | None
    of_this_place: bool | None
    looked: bool | None
    kept_away: bool | None


@dataclass(frozen=True)
class Incident:
    """What is written down of an incident: what, when found, when it happened, which records or all, which kinds of
    information, who got it."""

    what: str
    found_at: datetime | None
    happened_from: date | None
    happened_until: date | None
    receiver: str
    classes: frozenset[str]
    held: tuple[UUID, ...] = ()
    everyone: bool = False


@dataclass(frozen=True)
class Assessment:
    """The four factors, each with a finding and words; the decision, and why."""

    weights: Mapping[str, str]
    words: Mapping[str, str]
    decision: str
    reason: str


@dataclass(frozen=True)
class Letter:
    """What the people concerned read: what happened, what the place does, what they can do, whom to ask."""

    what: str
    done: str
    you: str
    ask: str


@dataclass(frozen=True)
class Clocks:
    """The last days of the law. `media_by` only where so many people are concerned."""

    people_by: date
    secretary_by: date
    at_once: bool
    media_by: date | None = None


def may_open(facts: DeskFacts) -> bool:
    """True for a privacy officer of the place whose own look it was not, and whom nobody concerned keeps away. What
    nobody knows closes."""
    return (facts.officer, facts.of_this_place, facts.looked, facts.kept_away) == (True, True, False, False)


def clocks(found_on: date, people: int) -> Clocks:
    """Until when who must be told: people within 60 days of finding it; with 500 or more the Secretary too, and the
    media above that; with fewer the Secretary within 60 days after the year. Days are those of the place."""
    last = found_on + TELL_WITHIN
    after_year = date(found_on.year, 12, 31) + TELL_WITHIN
    large = people >= CODES["secretary_from_people"]
    media = people > CODES["media_above_people"]
    return Clocks(last, last if large else after_year, large, last if media else None)


def reasons_not_to_record(incident: Incident, at: datetime) -> Iterator[Reason]:
    """What is missing of an incident, or cannot be."""
    yield from _words("what", incident.what)
    if incident.found_at is None or incident.found_at > at:
        yield Reason("no_found", _("Write the day on which it was found."), "found_on")
    if incident.happened_from is None or incident.happened_from > at.date() + timedelta(days=1):
        yield Reason("no_day", _("Write the day on which it happened."), "happened_from")
    elif incident.happened_until is not None and incident.happened_until < incident.happened_from:
        yield Reason("backwards", _("The last day comes before the first."), "happened_until")
    if incident.receiver not in RECEIVERS:
        yield Reason("no_receiver", _("Choose who got it."), "receiver")
    if not incident.classes or not incident.classes <= {one.value for one in DataClass}:
        yield Reason("no_classes", _("Choose what it was."), "classes")
    if not incident.everyone and not incident.held:
        yield Reason("no_people", _("Write the numbers of their pages, or choose everybody."), "held")


def reasons_not_to_assess(found: Assessment) -> Iterator[Reason]:
    """What is missing of an assessment: it weighs all four factors, in words too, and says why it decides so."""
    for name in FACTORS:
        if found.weights.get(name) not in WEIGHTS:
            yield Reason("no_weight", _("Choose what it speaks for."), name)
        yield from _words(f"{name}_words", found.words.get(name, ""))
    if found.decision not in DECISIONS:
        yield Reason("no_decision", _("Choose what it is."), "decision")
    elif found.decision == LOW and all(found.weights.get(name) != "low" for name in FACTORS):
        yield Reason("not_low", _("No factor speaks for a low risk. Then it counts as a breach."), "decision")
    yield from _words("reason", found.reason)


def reasons_not_to_tell(letter: Letter, decision: str, *, told: bool, seen: bool = True) -> Iterator[Reason]:
    """Why the people concerned cannot be told like this. An incident that nobody has weighed counts as a breach.
    `seen`: the letter that would be written anew is what their page showed."""
    if told:
        yield Reason("told_already", _("They were told already."))
    elif not seen:
        yield Reason("letter_changed", _("Someone wrote a letter meanwhile. Read it first."))
    if not is_breach(decision):
        yield Reason("no_breach", _("It was decided that this is no breach. Weigh it anew first."))
    for name, words in vars(letter).items():
        yield from _words(name, words)


def days_left(found_on: date, today: date) -> int:
    """How many days are left to tell the people concerned. Below nothing: it is late."""
    return (clocks(found_on, 0).people_by - today).days


def is_breach(decision: str) -> bool:
    """True until it is decided that it is none."""
    return decision != LOW


def reasons_not_to_agree(decision: str, *, waits: bool, own: bool, seen: bool) -> Iterator[Reason]:
    """Why an officer cannot agree to a letter that somebody else of the place wrote. `seen`: it is what their page
    showed."""
    if not waits:
        yield Reason("told_already", _("They were told already."))
    elif own:
        yield Reason("another_agrees", _("Someone else who answers privacy questions here has to agree."))
    elif not seen:
        yield Reason("letter_changed", _("The letter has changed since you read it. Read it again."))
    if not is_breach(decision):
        yield Reason("no_breach", _("It was decided that this is no breach. Weigh it anew first."))


# Steps that follow the letter: nothing is mailed before it is decided what it says.
OF_THE_LETTER = frozenset({"mail", "other_way"})


def reasons_not_to_note(step: str, on: date | None, at: datetime, *, done: bool, told: bool) -> Iterator[Reason]:
    """Why it cannot be noted that somebody was told. `told`: the letter stands on the pages of the people concerned."""
    if step not in STEPS:
        yield Reason("no_step", _("Choose who was told."), "step")
    if done:
        yield Reason("noted_already", _("This is noted already."), "step")
    if step in OF_THE_LETTER and not told:
        yield Reason("no_letter", _("Tell the people concerned first: write the letter below."), "step")
    if on is None or on > at.date() + timedelta(days=1):
        yield Reason("no_day", _("Write the day."), "done_on")


def _words(name: str, words: str) -> Iterator[Reason]:
    if not words.strip():
        yield Reason(f"no_{name}", _("Write a few words."), name)
    elif len(words) > LONGEST_WORDS:
        yield Reason("too_long", _("Write a little less."), name)
