"""What a request is and when it may move. Pure; read this file first.

States, parties and moves are those of the HL7 Gravity referral task. `received` and `ready` do not exist here, nothing
leaves a closed state, and work cannot start before it was accepted. The codes of reasons and outcomes are data.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import NOT_OPENED_AS_OWN
from manypaths.lib.dates import add_working_days, local_date, start_of_day
from manypaths.lib.refusals import Reason
from manypaths.network.rules import TAKING_UP

CODES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "request-codes-2026-11.json").read_text(encoding="utf-8")
)
NEEDS: Mapping[str, dict[str, Any]] = CODES["needs"]
REASONS: Mapping[str, dict[str, Any]] = CODES["reasons"]
OUTCOMES: Mapping[str, dict[str, Any]] = CODES["outcomes"]
ANSWERS: Mapping[str, dict[str, Any]] = CODES["answers"]

SHARED_FOR = timedelta(days=90)
SHARING_ENDED, SILENCE = "sharing_ended", "silence"
LONGEST_WORDS = 1000
LONGEST_NAME = 80


class Status(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Party(StrEnum):
    """Who moves it: the one who asked, or the one who was asked."""

    REQUESTER = "requester"
    TARGET = "target"


class Way(StrEnum):
    """How the person wants to be reached for this request."""

    CALL = "call"
    TEXT = "text"
    PERSON_CALLS = "person_calls"
    PERSON_VISITS = "person_visits"
    HERE = "here"


_BOTH_MAY_CANCEL = {
    (Status.ACCEPTED, Party.TARGET): {Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED, Status.FAILED},
    (Status.IN_PROGRESS, Party.TARGET): {Status.ON_HOLD, Status.COMPLETED, Status.FAILED},
    (Status.ON_HOLD, Party.TARGET): {Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED},
}
MOVES: Mapping[tuple[Status, Party], frozenset[Status]] = {
    (Status.DRAFT, Party.REQUESTER): frozenset({Status.REQUESTED}),
    (Status.REQUESTED, Party.TARGET): frozenset({Status.ACCEPTED, Status.REJECTED, Status.CANCELLED}),
    (Status.REQUESTED, Party.REQUESTER): frozenset({Status.CANCELLED}),
    **{key: frozenset(found | {Status.CANCELLED}) for key, found in _BOTH_MAY_CANCEL.items()},
    **{(status, Party.REQUESTER): frozenset({Status.CANCELLED}) for status, _party in _BOTH_MAY_CANCEL},
}
ORDER = (
    Status.ACCEPTED, Status.IN_PROGRESS, Status.COMPLETED, Status.ON_HOLD, Status.REJECTED, Status.FAILED,
    Status.CANCELLED,
)  # fmt: skip
OPEN = frozenset({Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD})
CLOSED = frozenset({Status.COMPLETED, Status.REJECTED, Status.FAILED, Status.CANCELLED})
WANT_REASON = frozenset({Status.REJECTED, Status.CANCELLED, Status.ON_HOLD, Status.FAILED})
TAKE_UP = frozenset(role.value for role in TAKING_UP)


def allowed_moves(status: Status, party: Party) -> frozenset[Status]:
    """Where a party may move a request from here. Nothing leaves a closed state."""
    return MOVES.get((status, party), frozenset())


def offered_moves(status: Status, party: Party) -> frozenset[Status]:
    """The moves that are worth a button. Before an answer, "not now" says all that "stop" would say."""
    both = {Status.REJECTED, Status.CANCELLED}
    allowed = allowed_moves(status, party)
    return allowed - {Status.CANCELLED} if both <= allowed else allowed


def is_running(status: Status) -> bool:
    """True from sending until one of the closed states."""
    return status in OPEN


def reasons_for(to: Status, party: Party, language: str) -> list[tuple[str, str]]:
    """The typed reasons a party may give for a move, in a language, in the order of the file."""
    rows = {code: row for code, row in REASONS.items() if row["by"] == party and to.value in row["moves"]}
    return in_words(rows, language)


def reasons_to_take_back(late: bool, language: str) -> list[tuple[str, str]]:
    """Why the one who asked may take a request back. Silence is on the list only where there was silence."""
    offered = reasons_for(Status.CANCELLED, Party.REQUESTER, language)
    return [(code, words) for code, words in offered if not list(reasons_not_to_take_back(code, late))]


def reasons_not_to_take_back(reason: str, late: bool) -> Iterator[Reason]:
    """Why a request cannot be taken back with this reason. The end of sharing is an act of its own, never chosen."""
    if reason == SHARING_ENDED or (reason == SILENCE and not late):
        yield Reason("not_this_reason", _("Choose another reason, or none."), "reason")


def in_words(table: Mapping[str, dict[str, Any]], language: str) -> list[tuple[str, str]]:
    """Codes with their words; English where we have none."""
    spoken = language.split("-", maxsplit=1)[0]
    return [(code, str(row.get(spoken, row["en"]))) for code, row in table.items()]


def word(table: Mapping[str, dict[str, Any]], code: str, language: str) -> str:
    """The words for one code, or an empty text where no code was given."""
    return dict(in_words(table, language)).get(code, "")


def word_to_person(table: Mapping[str, dict[str, Any]], code: str, language: str) -> str:
    """The words for one code as they are said to the one who asked."""
    row = table.get(code, {}).get("to_person")
    return word({code: row}, code, language) if row else word(table, code, language)


@dataclass(frozen=True)
class MoveFacts:
    """One wish to move a request. `seen` is the state on the page where the button was."""

    status: Status
    seen: Status
    to: Status
    party: Party
    reason: str = ""
    outcome: str = ""
    may_take_up: bool = True
    takes_part: bool = True


def reasons_not_to_move(facts: MoveFacts) -> Iterator[Reason]:
    """Why a request cannot be moved like this."""
    if facts.seen != facts.status:
        yield Reason("moved_meanwhile", _("Someone else has moved this in the meantime. Look at where it stands now."))
    elif facts.to not in allowed_moves(facts.status, facts.party):
        yield Reason("not_from_here", _("This cannot be done from where the request stands now."))
    elif facts.to is Status.ACCEPTED and not facts.takes_part:
        yield Reason("has_left", _("Your organization does not take part here any more, so it cannot say yes."))
    elif facts.to is Status.ACCEPTED and not facts.may_take_up:
        yield Reason(
            "not_your_part", _("Ask a coach or a clinician of your team to say yes. They will walk with them.")
        )
    elif facts.to in WANT_REASON and not _fits(facts):
        yield Reason("reason_missing", _("Choose a reason. It helps the next person who looks."), "reason")
    elif facts.to is Status.COMPLETED and facts.outcome not in OUTCOMES:
        yield Reason("outcome_missing", _("Choose what came of it."), "outcome")


def reasons_not_on_any_page(seen: Status, to: Status) -> Iterator[Reason]:
    """Why a button that no page has is refused before anything is opened: it skips what must come first."""
    if to not in allowed_moves(seen, Party.TARGET):
        yield Reason("not_from_here", _("This cannot be done from where the request stands now."))


def _fits(facts: MoveFacts) -> bool:
    row = REASONS.get(facts.reason)
    return row is not None and row["by"] == facts.party and facts.to.value in row["moves"]


@dataclass(frozen=True)
class Asked:
    """What is asked for, as the directory knows it. Copied into the request, so that it stays what was asked."""

    service_id: UUID
    service_name: str
    organisation_id: UUID
    community_id: UUID
    kind: str
    area: str = ""


@dataclass(frozen=True)
class PickedPart:
    """One part of the plan that the person picked to go along, as it reads now."""

    kind: str
    title: str
    body: str = ""


@dataclass(frozen=True)
class Reach:
    """A safe way to be reached, as the person keeps it for their next request."""

    way: str
    number: str
    hours: str
    may_leave_message: bool


@dataclass(frozen=True)
class SendingFacts:
    """What must be known before a request may be sent."""

    takes_requests: bool
    already_open: bool
    name: str
    way: str
    number: str
    need: str
    words: str
    blocked: bool = False


def reasons_not_to_send(facts: SendingFacts) -> Iterator[Reason]:
    """Why a request cannot be sent yet. Every reason names the page it is mended on by its field."""
    if not facts.takes_requests:
        yield Reason("takes_no_requests", _("This place does not answer here now. You can call them."))
    if facts.blocked:
        yield Reason("blocked", _("You said that this place must not see you. It could not read what you ask."))
    if facts.already_open:
        yield Reason("already_open", _("You have already asked them. Open that request to see where it stands."))
    yield from reasons_not_to_keep(facts)


def reasons_not_to_keep(facts: SendingFacts) -> Iterator[Reason]:
    """What is still missing or too long in what the person wrote."""
    if facts.need not in NEEDS:
        yield Reason("need_missing", _("Choose what would help first."), "need")
    if not facts.name.strip() or len(facts.name) > LONGEST_NAME:
        yield Reason("name_missing", _("Write a name they can use. It can be any name."), "name")
    if facts.way not in set(Way):
        yield Reason("way_missing", _("Choose how they can reach you."), "way")
    if wants_number(facts.way) and len([char for char in facts.number if char.isdigit()]) < 7:
        yield Reason("number_missing", _("Write the phone number they can use."), "number")
    if len(facts.words) > LONGEST_WORDS:
        yield Reason("words_too_long", _("Write at most 1,000 letters."), "words")


def wants_number(way: str) -> bool:
    """True when a phone number is needed to reach the person."""
    return way in {Way.CALL, Way.TEXT}


def reasons_not_to_agree_anew(status: Status) -> Iterator[Reason]:
    """Why a person cannot agree anew that a place sees what went along."""
    if not is_running(status):
        yield Reason("request_closed", _("This request is closed. You can ask again and agree anew."))


def reasons_not_to_narrow(
    status: Status, *, holds: bool, along: frozenset[UUID], kept: frozenset[UUID]
) -> Iterator[Reason]:
    """Why a person cannot go on sharing with fewer parts: closed, no yes that holds, or nothing would be left out."""
    yield from reasons_not_to_agree_anew(status)
    if is_running(status) and not holds:
        yield Reason("not_shared", _("You do not share this any more, so there is nothing to take out."))
    if not kept < along:
        yield Reason("nothing_less", _("Choose at least one part that they may no longer open."), "keep")


def first_contact_at(asked_at: datetime | None, happened_at: datetime, zone: str) -> datetime | None:
    """When the first contact stops the clock, or None where it was on a day before the person asked.

    A worker says a day rather than a minute, so days are compared; the clock never stops before it began.
    """
    if asked_at is None or local_date(happened_at, zone) < local_date(asked_at, zone):
        return None
    return max(asked_at, happened_at)


def answer_due_on(asked_at: datetime, days: int, zone: str) -> date:
    """The last day on which an answer is in time: so many working days after the day of asking, in the zone."""
    return add_working_days(local_date(asked_at, zone), days)


def answer_due_at(due_on: date, zone: str) -> datetime:
    """The first instant at which the clock has run out: the night after the last day."""
    return start_of_day(due_on + timedelta(days=1), zone)


def is_overdue(status: Status, due_at: datetime | None, at: datetime) -> bool:
    """True when nobody has answered and the clock has run out."""
    return status is Status.REQUESTED and due_at is not None and at >= due_at


def may_answer(status: Status, asked_at: datetime | None) -> bool:
    """True when the person may say whether they got what they needed: once it was sent and is no longer waiting."""
    return asked_at is not None and status not in {Status.DRAFT, Status.REQUESTED}


def wants_answer(status: Status, asked_at: datetime | None, answer: str) -> bool:
    """True when the person's own word is still to come: the work is over, and they did not take the request back."""
    return may_answer(status, asked_at) and status in CLOSED - {Status.CANCELLED} and not answer


def reasons_not_to_answer(status: Status, asked_at: datetime | None, answer: str) -> Iterator[Reason]:
    """Why the person's own answer cannot be kept."""
    if not may_answer(status, asked_at):
        yield Reason("too_early", _("You can answer once they have answered you."))
    if answer not in ANSWERS:
        yield Reason("answer_missing", _("Choose one of the answers."), "answer")


@dataclass(frozen=True)
class HeldFacts:
    """What is known where a person opens a record that a place keeps. None: the database knows no such thing."""

    person: bool | None
    by_a_place: bool | None
    erased: bool | None
    theirs: bool | None
    anothers_too: bool | None


def may_open_held(facts: HeldFacts, wanted: str) -> bool:
    """True for a person whose request led to the record, and for every class but the notes that the law keeps apart.

    A record that a request of somebody else names too is opened to neither. What nobody knows closes. A safety block
    is no question here: it does not stand between a person and what is kept of them.
    """
    open_now = facts.person, facts.by_a_place, facts.theirs
    closed = facts.erased, facts.anothers_too
    return all(one is True for one in open_now) and all(one is False for one in closed) and _is_told(wanted)


def _is_told(wanted: str) -> bool:
    return wanted not in NOT_OPENED_AS_OWN
