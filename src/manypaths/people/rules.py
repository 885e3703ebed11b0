"""Whose a request is, and what can be kept about how a person is called and reached. Pure."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason
from manypaths.network.rules import sort_key

LONGEST_NAME = 80
LONGEST_PRONOUNS = 40
LONGEST_NUMBER = 40
LONGEST_HOURS = 1000
FEWEST_DIGITS = 7
FEWEST_LETTERS = 3
LAST_DIGITS = 10
MOST_WORDS = 12
NAME, CONTACT = "name", "contact"


@dataclass(frozen=True)
class Workplace:
    """One membership of an account, as its own visitor facts."""

    membership_id: UUID
    organisation_id: UUID
    roles: frozenset[str]
    answers_requests: bool
    display_name: str


@dataclass(frozen=True)
class Visitor:
    """What an account may know about itself: its kind, its person, its places of work."""

    account_id: UUID
    kind: str
    language: str
    password: str
    person_id: UUID | None
    record_id: UUID | None
    workplaces: tuple[Workplace, ...]


class Way(StrEnum):
    """How a person wants to be reached."""

    CALL = "call"
    TEXT = "text"
    PERSON_CALLS = "person_calls"
    PERSON_VISITS = "person_visits"
    HERE = "here"


def words_of_name(name: str) -> list[str]:
    """The words a name is found by: without accents, in small letters, each once. Part of a word finds nothing."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    found = "".join(one if one.isalnum() else " " for one in plain.casefold()).split()
    return list(dict.fromkeys(found))[:MOST_WORDS]


def words_of_contact(address: str) -> list[str]:
    """What a way to reach somebody is found by: an e-mail in small letters, or the last ten digits of a number."""
    if "@" in address:
        return ["".join(address.split()).casefold()]
    digits = "".join(one for one in unicodedata.normalize("NFKC", address) if one in "0123456789")
    return [digits[-LAST_DIGITS:]] if len(digits) >= FEWEST_DIGITS else []


def words_looked_for(text: str) -> tuple[str, list[str]]:
    """What somebody at a desk typed: an e-mail or a number where it is one, else words of a name."""
    is_number = not any(one.isalpha() for one in text)
    contact = words_of_contact(text) if "@" in text or is_number else []
    return (CONTACT, contact) if contact else (NAME, words_of_name(text))


def reasons_not_to_look_for(text: str) -> Iterator[Reason]:
    """Why nobody is looked for by this."""
    if not words_looked_for(text)[1]:
        yield Reason("nothing_to_find", _("Type a name, a phone number or an e-mail address."), "words")
    if len(text) > LONGEST_NAME:
        yield Reason("too_long_to_find", _("Type at most 80 characters."), "words")


def reasons_not_to_erase(*, sure: bool) -> Iterator[Reason]:
    """Why what a person keeps is not erased: it cannot be undone, so it is asked for twice."""
    if not sure:
        yield Reason("not_sure", _("Say first that you know: nobody can bring it back."), "sure")


def reasons_not_to_be_called(name: str, pronouns: str) -> Iterator[Reason]:
    """Why a name and pronouns cannot be kept as written."""
    if not name.strip():
        yield Reason("name_missing", _("Write a name we can use. It can be any name."), "name")
    if len(name) > LONGEST_NAME:
        yield Reason("name_too_long", _("Use a shorter name, at most 80 characters."), "name")
    if len(pronouns) > LONGEST_PRONOUNS:
        yield Reason("pronouns_too_long", _("Use at most 40 characters."), "pronouns")


def reasons_not_to_be_reached(way: str, number: str, hours: str) -> Iterator[Reason]:
    """Why a way to be reached cannot be kept as written."""
    if way not in set(Way):
        yield Reason("way_missing", _("Choose how you want to be reached."), "way")
    if wants_number(way) and sum(char.isdigit() for char in number) < FEWEST_DIGITS:
        yield Reason("number_missing", _("Write the phone number, with the area code."), "address")
    if len(number) > LONGEST_NUMBER:
        yield Reason("number_too_long", _("Use at most 40 characters for the number."), "address")
    if len(hours) > LONGEST_HOURS:
        yield Reason("hours_too_long", _("Say it shorter."), "hours")


def wants_number(way: str) -> bool:
    """True when a phone number is needed to reach the person."""
    return way in {Way.CALL, Way.TEXT}


def family_name(name: str) -> str:
    """The last word of a name as it is compared: without accents and capitals. Empty where there is only one word, or
    an initial: then nothing can be compared."""
    words = sort_key(name).replace(".", " ").split()
    return words[-1] if len(words) > 1 and len(words[-1]) >= FEWEST_LETTERS else ""
