"""When a look was not right: who may answer, and what can be asked, answered and closed. Pure.

The database function `open_review` is the second reading of `may_answer`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

CODES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "reviews-2026-11.json").read_text(encoding="utf-8")
)
WISHES: Mapping[str, dict[str, Any]] = CODES["wishes"]
FINDINGS: Mapping[str, dict[str, Any]] = CODES["findings"]
DEEDS: Mapping[str, dict[str, Any]] = CODES["deeds"]
ANSWER_WITHIN = timedelta(days=CODES["answer_within_days"])
SHOULD_NOT = "should_not"  # the finding that leads into the register of what went wrong
LONGEST_WORDS = 2000


class State(StrEnum):
    """How far a review has come. Withdrawn and read are both closed."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Ending(StrEnum):
    """How the person closed it."""

    WITHDRAWN = "withdrawn"
    READ = "read"


@dataclass(frozen=True)
class OfficerFacts:
    """What is known of one who wants to open a review. None: the database knows no such thing."""

    officer: bool | None
    of_this_place: bool | None
    looked: bool | None
    erased: bool | None = False
    blocked: bool | None = False
    taken_back: bool | None = False


def may_answer(facts: OfficerFacts) -> bool:
    """True for a privacy officer of the place whose worker looked, who is not the one who looked.

    A safety block closes this too, and so does taking it back. What nobody knows closes.
    """
    closed = facts.looked, facts.erased, facts.blocked, facts.taken_back
    return facts.officer is True and facts.of_this_place is True and all(one is False for one in closed)


def reasons_not_to_ask(wish: str, words: str) -> Iterator[Reason]:
    """Why a review cannot be asked for as written."""
    if wish not in WISHES:
        yield Reason("no_wish", _("Choose what you want."), "wish")
    if len(words) > LONGEST_WORDS:
        yield Reason("too_long", _("Write a little less."), "words")


def reasons_not_to_answer(state: str, finding: str, deed: str, answer: str) -> Iterator[Reason]:
    """Why a review cannot be answered like this."""
    if state != State.OPEN:
        yield Reason("answered_already", _("This has an answer already, or was taken back."))
    if finding not in FINDINGS:
        yield Reason("no_finding", _("Choose what you found."), "finding")
    if deed not in DEEDS:
        yield Reason("no_deed", _("Choose what was done."), "deed")
    if not answer.strip():
        yield Reason("no_answer", _("Write the answer that the person will read."), "answer")
    elif len(answer) > LONGEST_WORDS:
        yield Reason("too_long", _("Write a little less."), "answer")


def reasons_not_to_withdraw(state: str) -> Iterator[Reason]:
    """Why a review cannot be taken back."""
    if state == State.ANSWERED:
        yield Reason("answered_already", _("There is an answer by now. Read it first."))


def in_words(table: Mapping[str, dict[str, Any]], language: str) -> list[tuple[str, str]]:
    """Codes with their words; English where we have none."""
    spoken = language.split("-", maxsplit=1)[0]
    return [(code, str(row.get(spoken, row["en"]))) for code, row in table.items()]


def word(table: Mapping[str, dict[str, Any]], code: str, language: str) -> str:
    """The words for one code, or an empty text where no code was given."""
    return dict(in_words(table, language)).get(code, "")


class FlagState(StrEnum):
    """What became of looks that nothing known explains: they wait, were the work, or are looked into.

    Alone: nobody else of the place may answer, so after a day they rest. Whoever comes to answer finds them at once.
    """

    WAITS = "waits"
    ALONE = "alone"
    WORK = "work"
    REVIEW = "review"
    RIGHT = "right"
    WRONG = "wrong"


FLAG_ANSWERS: Mapping[FlagState, tuple[FlagState, ...]] = {
    FlagState.WAITS: (FlagState.WORK, FlagState.REVIEW),
    FlagState.ALONE: (FlagState.WORK, FlagState.REVIEW),
    FlagState.REVIEW: (FlagState.RIGHT, FlagState.WRONG),
}
OPEN_FLAGS = frozenset(FLAG_ANSWERS)


def reasons_not_to_answer_flag(state: str, answer: str, reason: str) -> Iterator[Reason]:
    """Why looks that ask for a reason cannot be answered so now."""
    known = FLAG_ANSWERS.get(FlagState(state), ())
    if not known:
        yield Reason("answered_already", _("This has its answer already."))
    elif answer not in known:
        yield Reason("no_answer", _("Choose what you found."), "answer")
    if not reason.strip():
        yield Reason("no_reason", _("Write the reason, in your words."), "reason")
    if len(reason) > LONGEST_WORDS:
        yield Reason("too_long", _("Write a little less."), "reason")
