"""What a person asks of the privacy desk of a place: a correction, or a complaint. Who answers, in which time. Pure.

The database function `open_petition` is the second reading of `may_answer`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

PETITION_CODES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "petitions-2026-11.json").read_text(encoding="utf-8")
)
PETITION_FINDINGS: dict[str, dict[str, dict[str, Any]]] = PETITION_CODES["findings"]
GROUNDS: dict[str, dict[str, Any]] = PETITION_CODES["grounds"]
ELSEWHERE: dict[str, dict[str, Any]] = PETITION_CODES["elsewhere"]
CORRECTION, COMPLAINT = "correction", "complaint"
AGREED, DENIED = "agreed", "denied"
LONGEST_PETITION = 4000


class PetitionState(StrEnum):
    """How far it has come. What was taken back is closed to the place."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class DeskFacts:
    """What is known of one who wants to open a petition. None: the database knows no such thing. `wrote`: the entry it
    is about is theirs. `another`: somebody else there could answer."""

    officer: bool | None
    of_this_place: bool | None
    wrote: bool | None
    another: bool | None
    erased: bool | None = False
    blocked: bool | None = False
    taken_back: bool | None = False


@dataclass(frozen=True)
class Asking:
    """What a person asks, in their words: a correction of one thing, or what is missing (no item); or a complaint."""

    kind: str
    data_class: str
    words: str
    why: str = ""
    item_id: UUID | None = None
    tell_others: bool = False


@dataclass(frozen=True)
class PetitionAnswer:
    """What the desk says: its finding, the ground where it says no, what stands beside the entry, and its words."""

    finding: str
    ground: str = ""
    amendment: str = ""
    words: str = ""


def may_answer(facts: DeskFacts) -> bool:
    """True for a privacy officer of the place; for the author of what is asked about only where there is nobody else.

    A safety block closes it, and so does taking it back. What nobody knows closes.
    """
    closed = facts.erased, facts.blocked, facts.taken_back
    own_work = facts.wrote is not False and facts.another is not False
    return (
        facts.officer is True and facts.of_this_place is True and not own_work and all(one is False for one in closed)
    )


def answer_within(kind: str) -> timedelta:
    """How long the desk has for an answer."""
    return timedelta(days=PETITION_CODES["kinds"][kind]["answer_within_days"])


def more_time(kind: str) -> timedelta:
    """How much longer it may take, once, for a reason. Nothing where the law gives no more."""
    return timedelta(days=PETITION_CODES["kinds"][kind]["extend_by_days"])


def reasons_not_to_petition(asking: Asking) -> Iterator[Reason]:
    """Why this cannot be asked as written."""
    if asking.kind not in {CORRECTION, COMPLAINT}:
        yield Reason("no_kind", _("Choose one."))
    yield from _reasons_of_words("words", asking.words, needed=True)
    yield from _reasons_of_words("why", asking.why, needed=asking.kind == CORRECTION)


def _reasons_of_words(field: str, words: str, *, needed: bool) -> Iterator[Reason]:
    if needed and not words.strip():
        yield Reason(f"no_{field}", _("Write a few words."), field)
    elif len(words) > LONGEST_PETITION:
        yield Reason("too_long", _("Write a little less."), field)


def reasons_not_to_extend(
    kind: str, state: str, reason: str, *, extended: bool, due_at: datetime, at: datetime
) -> Iterator[Reason]:
    """Why more time cannot be taken: it is taken once, before the day, and for a reason that the person reads."""
    yield from _reasons_of_time(kind, state, extended=extended, due_at=due_at, at=at)
    yield from _reasons_of_words("reason", reason, needed=True)


def may_extend(kind: str, state: str, *, extended: bool, due_at: datetime, at: datetime) -> bool:
    """True while more time can be taken, for a reason."""
    return not any(_reasons_of_time(kind, state, extended=extended, due_at=due_at, at=at))


def _reasons_of_time(kind: str, state: str, *, extended: bool, due_at: datetime, at: datetime) -> Iterator[Reason]:
    if state != PetitionState.OPEN:
        yield _answered_already()
    elif extended or not more_time(kind):
        yield Reason("no_more_time", _("There is no more time to take."))
    elif at >= due_at:
        yield Reason("too_late", _("The day has passed. Answer now."))


def reasons_not_to_answer_petition(kind: str, state: str, answer: PetitionAnswer) -> Iterator[Reason]:
    """What is missing of an answer, or cannot be."""
    if state != PetitionState.OPEN:
        yield _answered_already()
    if answer.finding not in PETITION_FINDINGS[kind]:
        yield Reason("no_finding", _("Choose what you found."), "finding")
    if answer.finding == DENIED and answer.ground not in GROUNDS:
        yield Reason("no_ground", _("Choose why. The law knows these four reasons and no other."), "ground")
    if answer.finding == AGREED:
        yield from _reasons_of_words("amendment", answer.amendment, needed=True)
    yield from _reasons_of_words("words", answer.words, needed=True)


def reasons_not_to_disagree(finding: str, words: str, *, said: bool) -> Iterator[Reason]:
    """Why a person cannot put it down that they disagree: they do so once, with an answer that says no."""
    if finding != DENIED or said:
        yield Reason("nothing_to_say", _("This can be said once, after a no."))
    yield from _reasons_of_words("words", words, needed=True)


def _answered_already() -> Reason:
    return Reason("answered_already", _("This has an answer already, or was taken back."))
