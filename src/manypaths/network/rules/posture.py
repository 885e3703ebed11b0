"""Whether an organisation is a programme under 42 CFR Part 2: five questions, and what follows from the answers. Pure.

Only people can answer them, and a named person stands for the answers. What nobody knows counts as a programme; to call
a peer organisation a programme without ground keeps help from people and is a fault too.

Source: 42 CFR 2.11 (program), 2.12(b) (federal assistance). Not legal advice.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason
from manypaths.network.rules import Reader, Role, factor_is_fresh

FILE = Path(__file__).resolve().parents[1] / "data" / "posture-2026-11.json"
INTERVIEW: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
VERSION: str = INTERVIEW["version"]
QUESTIONS: list[dict[str, Any]] = INTERVIEW["questions"]
SHORTEST_REASON, LONGEST_REASON, LONGEST_NAME = 10, 500, 120


class Answer(StrEnum):
    """What somebody answers to one of the five questions."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Posture(StrEnum):
    """How an organisation stands to Part 2. Unset counts as a programme."""

    YES = "yes"
    NO = "no"
    UNSET = "unset"


@dataclass(frozen=True)
class Review:
    """The five answers, who stands for them, why, and whether the place wants to be treated as a programme anyway."""

    answers: Mapping[str, str]
    reviewer: str
    reason: str
    stricter: bool = False


def found(answers: Mapping[str, str]) -> Posture:
    """What follows from the answers.

    A programme is federally assisted, serves, and is known for it: a place of general medicine by its unit or people,
    any other by what it tells outside. One no of these is enough for a no, and all must be yes for a yes.
    """
    known = {answers["unit"], answers["says_so"]}
    known = {Answer.YES: {answers["unit"]}, Answer.NO: {answers["says_so"]}}.get(Answer(answers["general"]), known)
    needed = {answers["assisted"], answers["serves"]}
    if Answer.NO in needed or known == {Answer.NO}:
        return Posture.NO
    return Posture.YES if needed | known == {Answer.YES} else Posture.UNSET


def decided(review: Review) -> Posture:
    """What holds from now on: what was found, or the stricter of the two where the place wants it so."""
    return Posture.YES if review.stricter else found(review.answers)


def reasons_not_to_review(review: Review, reader: Reader, at: datetime) -> Iterator[Reason]:
    """Why this review cannot be kept."""
    if not (reader.is_member and reader.has_role(Role.ORG_ADMIN, Role.PRIVACY_OFFICER)):
        yield Reason("not_a_lead", _("Ask someone who leads your organization here to do this."))
    elif not factor_is_fresh(reader, at):
        yield Reason("prove_again", _("Prove once more that it is you, then try again."))
    for question in QUESTIONS:
        if review.answers.get(question["key"]) not in set(Answer):
            yield Reason("no_answer", _("Choose one answer."), question["key"])
    if not 1 <= len(review.reviewer.strip()) <= LONGEST_NAME:
        yield Reason("no_reviewer", _("Type the name of the person who looked at this."), "reviewer")
    if len(review.reason.strip()) < SHORTEST_REASON:
        yield Reason("no_reason", _("Say in a sentence why it is so."), "reason")
    if len(review.reason) > LONGEST_REASON:
        yield Reason("reason_too_long", _("Write at most 500 letters."), "reason")
