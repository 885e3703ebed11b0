"""What may be told, in which words. Pure. Nothing here names a programme, a service, a person or a health fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext_lazy as _

# An e-mail that did not leave rests 1, 2, 4, 8 minutes, then 15 each time, for three days: a weekend without mail loses
# none, and a server that is back is asked within a quarter of an hour.
FIRST_REST, LONGEST_REST, TRIED_FOR = timedelta(minutes=1), timedelta(minutes=15), timedelta(days=3)
DOUBLINGS = 4


class Template(StrEnum):
    """The closed list of what can be told."""

    REQUEST_NEWS = "request_news"
    REQUEST_LATE = "request_late"
    REQUEST_ARRIVED = "request_arrived"
    REQUEST_WAITS_LONG = "request_waits_long"
    REQUEST_TAKEN_BACK = "request_taken_back"
    SHARING_STOPPED = "sharing_stopped"
    WALKS_ANEW = "walks_anew"
    REVIEW_ASKED = "review_asked"
    REVIEW_ANSWERED = "review_answered"
    MESSAGE_ARRIVED = "message_arrived"
    SOMETHING_SHOWN = "something_shown"
    EMERGENCY_OPENED = "emergency_opened"
    EMERGENCY_TO_REVIEW = "emergency_to_review"
    EMERGENCY_REVIEWED = "emergency_reviewed"
    PAPER_CAME = "paper_came"
    PAPER_CONSENT = "paper_consent"
    CONSENT_TO_CHECK = "consent_to_check"
    NEW_LOOKER = "new_looker"
    BREACH_TOLD = "breach_told"
    PETITION_ASKED = "petition_asked"
    PETITION_ANSWERED = "petition_answered"
    LETTER_WAITS = "letter_waits"
    AGREEMENT_WAITS = "agreement_waits"
    LOOK_TO_EXPLAIN = "look_to_explain"
    LOOK_NOT_RIGHT = "look_not_right"
    MUCH_WAS_OPENED = "much_was_opened"


class Way(StrEnum):
    """By which way a notice reaches someone."""

    HERE = "here"
    EMAIL = "email"


class State(StrEnum):
    """How far a notice came. `kept` is an e-mail that stayed here because no mail server is set; `dropped` is one that
    had no ground any more when its turn came."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    KEPT = "kept"
    FAILED = "failed"
    DROPPED = "dropped"


# Read after signing in, on the reader's own page.
INSIDE: Mapping[Template, Any] = MappingProxyType(
    {
        Template.REQUEST_NEWS: _("There is news about something you asked for."),
        Template.REQUEST_LATE: _("Nobody has answered yet. See what else you can do."),
        Template.REQUEST_ARRIVED: _("Someone asked you for something."),
        Template.REQUEST_WAITS_LONG: _("A request has waited longer than agreed."),
        Template.REQUEST_TAKEN_BACK: _("A request was taken back."),
        Template.SHARING_STOPPED: _("Someone stopped sharing."),
        Template.WALKS_ANEW: _("Someone else walks with you now, at a place you asked."),
        Template.REVIEW_ASKED: _("Someone asks about a look that was not right."),
        Template.REVIEW_ANSWERED: _("There is an answer to what you said was not right."),
        Template.MESSAGE_ARRIVED: _("Someone wrote to you."),
        Template.SOMETHING_SHOWN: _("Someone shows you something."),
        Template.EMERGENCY_OPENED: _("Someone opened a page about you in an emergency."),
        Template.EMERGENCY_TO_REVIEW: _("Something was opened in an emergency. Check if that was right."),
        Template.EMERGENCY_REVIEWED: _("Someone checked what was opened in an emergency."),
        Template.PAPER_CAME: _("A legal paper about you came."),
        Template.PAPER_CONSENT: _("There is news about a paper that a place says you signed."),
        Template.CONSENT_TO_CHECK: _("A consent on paper waits until you check it."),
        Template.NEW_LOOKER: _("Someone looked who had not looked before."),
        Template.BREACH_TOLD: _("A place wrote to you: something went wrong there."),
        Template.PETITION_ASKED: _("Someone asks your privacy desk for something."),
        Template.PETITION_ANSWERED: _("A privacy desk wrote to you."),
        Template.LETTER_WAITS: _("A letter waits until you agree."),
        Template.AGREEMENT_WAITS: _("An agreement with another organization waits for your yes."),
        Template.LOOK_TO_EXPLAIN: _("A look asks for a reason."),
        Template.MUCH_WAS_OPENED: _("Someone opened very many pages."),
        Template.LOOK_NOT_RIGHT: _("A place found that a look at you was not right."),
    }
)

# All that ever leaves the house, whatever it is about.
OUTSIDE_SUBJECT = _("You have a message")
OUTSIDE_BODY = _("You have a message. Sign in to read it.")


@dataclass(frozen=True)
class SendingFacts:
    """What is known of a notice at the moment it would leave. None: nobody knows."""

    works_there: bool | None
    still_open: bool | None
    blocked: bool | None


def may_leave(facts: SendingFacts) -> bool:
    """True while its reader works there, what it is about is open to them, and no safety block stands between them and
    the person. It is asked when the job runs, whatever was true when it was queued. What nobody knows closes."""
    return facts.works_there is True and facts.still_open is True and facts.blocked is False


def sender(address: str) -> str:
    """From whom an e-mail says it comes: the bare address. A name beside it could name a programme."""
    return parseaddr(address)[1]


def notice_id(template: Template, recipient: UUID, cause: str) -> UUID:
    """The one id of this notice to this recipient for this cause: told twice is told once."""
    return uuid5(NAMESPACE_URL, f"manypaths/notice/{template}/{recipient}/{cause}")


def next_try(*, attempts: int, written_at: datetime, at: datetime) -> datetime | None:
    """When an e-mail that failed at `at` is tried again. None: it is given up, and the notice itself waits inside."""
    rest = min(FIRST_REST * 2 ** min(attempts - 1, DOUBLINGS), LONGEST_REST)
    return at + rest if at + rest - written_at <= TRIED_FOR else None


FEWEST_TOLD = 11


def told_roughly(number: int) -> int | None:
    """A number in tens, downward; none for 1 to 10, as small numbers are protected everywhere here."""
    if number == 0:
        return 0
    return number - number % 10 if number >= FEWEST_TOLD else None
