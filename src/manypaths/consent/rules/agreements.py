"""Agreements with bodies that do a service for a place (QSOA, 42 CFR 2.11): what one must say, and how it stands. Pure.

An agreement opens no record. It is the ground on which the law lets a service be done without a consent, and what is
done on it names it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason
from manypaths.network.rules import Reader, Role, factor_is_fresh

CODES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "agreements-2026-11-23.json").read_text(encoding="utf-8")
)
VERSION: str = CODES["version"]
SERVICES: Mapping[str, dict[str, Any]] = CODES["services"]
ELEMENTS: Mapping[str, dict[str, Any]] = CODES["elements"]
ENDINGS: Mapping[str, dict[str, Any]] = CODES["endings"]
REVIEWS = "reviews"
LONGEST_NAME, LONGEST_EVIDENCE = 120, 200
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


class State(StrEnum):
    """How an agreement stands on a day."""

    HELD = "held"
    WAITING = "waiting"
    COMING = "coming"
    HOLDS = "holds"
    OVER = "over"
    ENDED = "ended"


@dataclass(frozen=True)
class Terms:
    """What is written down of an agreement: with whom (one of this community, or a name outside it), for which service,
    what the paper says, from when until when, who signed for each side, and where the paper is kept."""

    server_id: UUID | None
    server_name: str
    service: str
    elements: frozenset[str]
    starts_on: date | None
    until: date | None
    signed_here: str
    signed_there: str
    evidence: str


@dataclass(frozen=True)
class Standing:
    """What decides how it stands. `inside`: the other side works here and can say yes itself. `until` is its last
    day."""

    elements: frozenset[str]
    inside: bool
    is_confirmed: bool
    is_ended: bool
    starts_on: date
    until: date | None


def state(standing: Standing, today: date) -> State:
    """How it stands today. An element that the law asks for and the paper does not say holds it; so does the missing
    yes of the other side. Nothing holds after its last day."""
    if standing.is_ended:
        return State.ENDED
    if standing.until is not None and standing.until < today:
        return State.OVER
    if not standing.elements >= set(ELEMENTS):
        return State.HELD
    if standing.inside and not standing.is_confirmed:
        return State.WAITING
    return State.COMING if standing.starts_on > today else State.HOLDS


def missing(elements: frozenset[str]) -> list[str]:
    """Which elements the paper does not have, in their order."""
    return [one for one in ELEMENTS if one not in elements]


def may_keep(reader: Reader) -> bool:
    """True for who keeps the register of a place: its privacy officers and who leads it."""
    works = reader.is_member and reader.organisation_id is not None
    return works and reader.has_role(Role.PRIVACY_OFFICER, Role.ORG_ADMIN)


def reasons_not_to_write(
    terms: Terms, reader: Reader, at: datetime, *, own: UUID | None, taking_part: frozenset[UUID]
) -> Iterator[Reason]:
    """Why it cannot be written down like this."""
    yield from _unproved(reader, at)
    yield from reasons_of_the_terms(terms, own=own, taking_part=taking_part)


def reasons_of_the_terms(terms: Terms, *, own: UUID | None, taking_part: frozenset[UUID]) -> Iterator[Reason]:
    """What is missing of it, or cannot be. `taking_part`: who can be the other side here."""
    yield from _of_the_other_side(terms, own, taking_part)
    if terms.service not in SERVICES:
        yield Reason("no_service", _("Choose what they do for you."), "service")
    if not terms.elements <= set(ELEMENTS):
        yield Reason("unknown_element", _("Choose what the paper says."), "elements")
    yield from _of_the_days(terms)
    yield from _said(terms.signed_here, "signed_here", _("Write who signed for you."))
    yield from _said(terms.signed_there, "signed_there", _("Write who signed for them."))
    yield from _said(terms.evidence, "evidence", _("Write where the signed paper is kept."), LONGEST_EVIDENCE)


def _of_the_other_side(terms: Terms, own: UUID | None, taking_part: frozenset[UUID]) -> Iterator[Reason]:
    if terms.server_id is not None and terms.server_name.strip():
        yield Reason("both", _("Choose one here, or write a name. Not both."), "server_name")
    elif terms.server_id is None:
        yield from _said(terms.server_name, "server_name", _("Choose who it is with, or write their name."))
    elif terms.server_id == own or terms.server_id not in taking_part:
        yield Reason("not_here", _("Choose another organization that takes part here."), "server")
    if terms.server_id is None and terms.service == REVIEWS:
        yield Reason("reviews_inside", _("Only an organization that takes part here can do this."), "service")


def _of_the_days(terms: Terms) -> Iterator[Reason]:
    if terms.starts_on is None or not FIRST_DAY <= terms.starts_on < LAST_DAY:
        yield Reason("no_start", _("Write the day on which it begins."), "starts_on")
    elif terms.until is not None and not terms.starts_on <= terms.until < LAST_DAY:
        yield Reason("backwards", _("The last day comes before the first."), "until")


def _said(words: str, field: str, missing: Any, longest: int = LONGEST_NAME) -> Iterator[Reason]:
    if not words.strip():
        yield Reason("missing", missing, field)
    elif len(words.strip()) > longest:
        yield Reason("too_long", _("Write less."), field)


def reasons_not_to_confirm(found: State, reader: Reader, at: datetime, *, wrote_it: bool) -> Iterator[Reason]:
    """Why the other side cannot say yes now. Who wrote it down never says yes for the other side."""
    yield from _unproved(reader, at)
    if wrote_it:
        yield Reason("wrote_it", _("You wrote it down for the other side. Someone else has to say yes."))
    if found in {State.ENDED, State.OVER}:
        yield Reason("ended", _("It has ended meanwhile."))
    elif found is State.HELD:
        yield Reason("held", _("Something that the law asks for is missing. They have to write it down anew."))


def reasons_not_to_end(ending: str, reader: Reader, at: datetime) -> Iterator[Reason]:
    """Why it cannot be ended like this."""
    yield from _unproved(reader, at)
    if ending not in ENDINGS:
        yield Reason("no_ending", _("Choose why it ends."), "ending")


def _unproved(reader: Reader, at: datetime) -> Iterator[Reason]:
    if not factor_is_fresh(reader, at):
        yield Reason("prove_again", _("Prove once more that it is you, then try again."))
