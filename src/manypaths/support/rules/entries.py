"""How an entry may be written down, corrected and struck: treatment, drug screens, attendance, counselling. Pure; the
codes are data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import Basis, DataClass, Purpose, part_for
from manypaths.lib.refusals import Reason
from manypaths.support.rules.contacts import word

ENTRY_CODES: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "entry-codes-2026-11.json").read_text(encoding="utf-8")
)
SERVICES: dict[str, dict[str, str]] = ENTRY_CODES["services"]
PANELS: dict[str, dict[str, Any]] = ENTRY_CODES["panels"]
SUBSTANCES: dict[str, dict[str, str]] = ENTRY_CODES["substances"]
RESULTS: dict[str, dict[str, str]] = ENTRY_CODES["results"]
ORDERED_BY: dict[str, dict[str, str]] = ENTRY_CODES["ordered_by"]
SESSIONS: dict[str, dict[str, str]] = ENTRY_CODES["sessions"]
PRESENCES: dict[str, dict[str, str]] = ENTRY_CODES["presences"]
STRIKES: dict[str, dict[str, str]] = ENTRY_CODES["strikes"]
FOUND = "found"
LONGEST_WORDS = 4000
ENTRY_LOOK_BACK = timedelta(days=366)
# Whoever guides a worker reads what was written; writing is for those who do the work.
WRITING = frozenset({Purpose.CARE, Purpose.DESK})


class Kind(StrEnum):
    """Kinds of entry. Each is a class of data of its own, with its own readers."""

    TREATMENT = "treatment"
    SCREEN = "screens"
    ATTENDANCE = "attendance"
    NOTE = "notes"


CLASS_OF = {
    Kind.TREATMENT: DataClass.TREATMENT,
    Kind.SCREEN: DataClass.DRUG_SCREEN,
    Kind.ATTENDANCE: DataClass.ATTENDANCE,
    Kind.NOTE: DataClass.COUNSELLING_NOTES,
}


@dataclass(frozen=True)
class TreatmentFacts:
    """One service of treatment: the day, the kind of service, and words."""

    happened_on: date
    service: str
    words: str = ""


@dataclass(frozen=True)
class ScreenFacts:
    """One drug screen: the day, what was looked for, what came of it, and who had asked for it."""

    happened_on: date
    panel: str
    result: str
    found: tuple[str, ...] = ()
    ordered_by: str = "here"
    words: str = ""


@dataclass(frozen=True)
class AttendanceFacts:
    """Whether somebody came to one thing on one day."""

    happened_on: date
    session: str
    presence: str


@dataclass(frozen=True)
class NoteFacts:
    """One note of counselling: the day, and words for nobody but who wrote them."""

    happened_on: date
    words: str


EntryFacts = TreatmentFacts | ScreenFacts | AttendanceFacts | NoteFacts
KIND_OF: dict[type[EntryFacts], Kind] = {
    TreatmentFacts: Kind.TREATMENT,
    ScreenFacts: Kind.SCREEN,
    AttendanceFacts: Kind.ATTENDANCE,
    NoteFacts: Kind.NOTE,
}


def what_happened(facts: EntryFacts, language: str) -> list[str]:
    """What an entry says, in plain words, the weightiest first. A note of counselling says only its own words."""
    match facts:
        case TreatmentFacts():
            return [word(SERVICES, facts.service, language)]
        case ScreenFacts():
            found = ", ".join(word(SUBSTANCES, one, language) for one in facts.found)
            result = word(RESULTS, facts.result, language)
            asked = str(_("Asked for by: %(who)s")) % {"who": word(ORDERED_BY, facts.ordered_by, language)}
            return [f"{result}: {found}" if found else result, word(PANELS, facts.panel, language), asked]
        case AttendanceFacts():
            return [word(PRESENCES, facts.presence, language), word(SESSIONS, facts.session, language)]
    return []


def is_work_of(roles: frozenset[str], kind: Kind) -> bool:
    """True when these roles open a kind of entry of somebody they walk with: all of it, or what they wrote."""
    wanted = CLASS_OF[kind]
    return any(part_for(roles, tie, wanted) is not None for tie in (Basis.ASSIGNED, Basis.ORIGINATED))


def reasons_not_to_write(facts: EntryFacts, today: date) -> Iterator[Reason]:
    """Why an entry cannot be written as asked."""
    if facts.happened_on > today:
        yield Reason("in_the_future", _("Choose a day that has come."), "happened_on")
    if facts.happened_on < today - ENTRY_LOOK_BACK:
        yield Reason("too_long_ago", _("Choose a day within the last year."), "happened_on")
    match facts:
        case TreatmentFacts():
            yield from _unless(facts.service in SERVICES, "unknown_service", _("Choose the service."), "service")
        case ScreenFacts():
            yield from _reasons_about_screen(facts)
        case AttendanceFacts():
            yield from _unless(facts.session in SESSIONS, "unknown_session", _("Choose what it was."), "session")
            yield from _unless(
                facts.presence in PRESENCES, "unknown_presence", _("Choose whether they came."), "presence"
            )
        case NoteFacts():
            yield from _unless(bool(facts.words.strip()), "no_words", _("Write the note."), "words")
    if not isinstance(facts, AttendanceFacts) and len(facts.words) > LONGEST_WORDS:
        yield Reason("words_too_long", _("Write at most 4,000 letters."), "words")


def _unless(holds: bool, code: str, message: Any, field: str) -> Iterator[Reason]:
    if not holds:
        yield Reason(code, message, field)


def _reasons_about_screen(facts: ScreenFacts) -> Iterator[Reason]:
    yield from _unless(facts.panel in PANELS, "unknown_panel", _("Choose the test."), "panel")
    yield from _unless(facts.result in RESULTS, "unknown_result", _("Choose the result."), "result")
    yield from _unless(facts.ordered_by in ORDERED_BY, "unknown_orderer", _("Choose who asked for it."), "ordered_by")
    looked_for = set(PANELS.get(facts.panel, {}).get("substances", ()))
    if facts.result == FOUND and not facts.found:
        yield Reason("found_what", _("Choose what was found."), "found")
    elif facts.result != FOUND and facts.found:
        yield Reason("found_nothing", _("Choose “Something found”, or nothing here."), "found")
    elif not set(facts.found) <= looked_for:
        yield Reason("not_looked_for", _("Choose only what this test looks for."), "found")


def reasons_not_to_touch(*, struck: bool, replaced: bool) -> Iterator[Reason]:
    """Why an entry can be neither corrected nor struck: it stands no more."""
    if struck:
        yield Reason("struck", _("This entry is struck. Write a new one."))
    if replaced:
        yield Reason("replaced", _("This entry was corrected already. Change the newer one."))


def reasons_not_to_strike(reason: str, *, struck: bool, replaced: bool) -> Iterator[Reason]:
    """Why an entry cannot be struck as asked."""
    yield from reasons_not_to_touch(struck=struck, replaced=replaced)
    yield from _unless(reason in STRIKES, "unknown_strike", _("Choose why it is wrong."), "strike")
