"""Who reads what a person and a worker write to each other, and how it may be written. Pure.

The database function `support_thread_facts` and its readers are the second reading of `may_read`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import Basis, DataClass, part_for
from manypaths.lib.refusals import Reason

LONGEST_MESSAGE = 2000


class Party(StrEnum):
    """Who of the two wrote a message."""

    PERSON = "person"
    WORKER = "worker"


@dataclass(frozen=True)
class WalkerFacts:
    """What is known of a worker who would read. None: the database knows no such thing."""

    works: bool | None
    writes_to_people: bool | None
    walks_with_them: bool | None
    erased: bool | None = False
    blocked: bool | None = False


def writes_to_people(roles: frozenset[str]) -> bool:
    """True for roles that write to the people they walk with."""
    return part_for(roles, Basis.ORIGINATED, DataClass.MESSAGES) is not None


def may_read(facts: WalkerFacts | None) -> bool:
    """True for a worker who walks with the person now, in a role that writes to people.

    A safety block closes it, and so do the end of the assignment, of the work, and of either record. What nobody knows
    closes.
    """
    if facts is None:
        return False
    needed = facts.works, facts.writes_to_people, facts.walks_with_them
    return all(one is True for one in needed) and facts.erased is False and facts.blocked is False


def reasons_not_to_send(words: str, *, heard: bool) -> Iterator[Reason]:
    """Why a message cannot be sent as written."""
    if not heard:
        yield Reason("nobody_hears", _("Nobody would read this now. They do not walk with you any more."))
    if not words.strip():
        yield Reason("no_words", _("Write a few words first."), "words")
    if len(words.strip()) > LONGEST_MESSAGE:
        yield Reason("too_long", _("Write at most 2,000 letters. You can send a second message."), "words")


def reasons_not_to_take_back(*, read: bool) -> Iterator[Reason]:
    """Why a message cannot be taken back."""
    if read:
        yield Reason("read_already", _("They have read this by now. It stays."))
