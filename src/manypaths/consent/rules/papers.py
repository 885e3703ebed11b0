"""Legal papers: what opens nothing, what an order of a court opens, and what to do next. Pure.

The database function `open_by_order` is the second reading of `bases_by_order`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules.gate import DataClass, part_for
from manypaths.lib.refusals import Reason

CODES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "papers-2026-11.json").read_text(encoding="utf-8")
)
KINDS: Mapping[str, dict[str, Any]] = CODES["kinds"]
SECTIONS: Mapping[str, dict[str, Any]] = CODES["sections"]
MANDATES: Mapping[str, dict[str, Any]] = CODES["mandates"]
STEPS: Mapping[str, list[dict[str, str]]] = CODES["steps"]
LONGEST = timedelta(days=CODES["longest_days"])
TIE, BASIS, PURPOSE = "ordered", "order", "legal"
ORDER = "order"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Order:
    """What an order says: who gave it, on what ground, with what mandate, of what and until when; and until when it
    forbids to tell the person."""

    court: str
    case_number: str
    section: str
    mandate: str
    ordered_on: date | None
    classes: frozenset[str]
    until: datetime | None
    silent_until: datetime | None = None


@dataclass(frozen=True)
class OrderFacts:
    """A recorded paper, as the reader stands to it and to the record they ask for."""

    id: UUID
    record: UUID
    is_order: bool
    has_mandate: bool
    is_of_this_place: bool
    names_this_record: bool
    classes: frozenset[str]
    recorded_at: datetime
    until: datetime | None
    erased: bool
    blocked: bool


def opens_by_order(roles: Collection[str]) -> frozenset[str]:
    """The classes that these roles may open by an order; as wholes, or not at all. Notes of counselling never."""
    held = frozenset(roles)
    return frozenset(one.value for one in DataClass if part_for(held, TIE, one) == "")


def bases_by_order(
    roles: Collection[str], facts: OrderFacts | None, at: datetime
) -> dict[tuple[UUID, str, UUID | None], str]:
    """What one recorded paper opens of one record now. A paper that is no order opens nothing, ever.

    An order opens the record it names, of the place that recorded it, its classes, until its last instant. A safety
    block and an erased record close it.
    """
    if facts is None or not facts.is_order or not facts.has_mandate or not facts.is_of_this_place:
        return {}
    in_time = facts.until is not None and facts.recorded_at <= at < facts.until
    if not facts.names_this_record or not in_time or facts.erased or facts.blocked:
        return {}
    return {(facts.record, one, None): f"{BASIS}:{facts.id}" for one in opens_by_order(roles) & facts.classes}


def reasons_not_to_record(kind: str, order: Order | None, roles: Collection[str], at: datetime) -> Iterator[Reason]:
    """What is missing of a paper, or cannot be."""
    if kind not in KINDS:
        yield Reason("no_kind", _("Choose what came."), "kind")
    if kind == ORDER and order is not None:
        yield from _reasons_of_order(order, roles, at)


def _reasons_of_order(order: Order, roles: Collection[str], at: datetime) -> Iterator[Reason]:
    if order.section not in SECTIONS:
        yield Reason("no_section", _("Choose under which section it was given."), "section")
    if order.mandate not in MANDATES:
        yield Reason("no_mandate", _("Without a mandate an order opens nothing. Choose what came with it."), "mandate")
    yield from _reasons_of_words(order)
    if order.ordered_on is None or order.ordered_on > at.date() + timedelta(days=1):
        yield Reason("no_day", _("Write the day on which it was given."), "ordered_on")
    if not order.classes or not order.classes <= opens_by_order(roles):
        yield Reason("no_classes", _("Choose what the order names."), "classes")
    if order.until is None or not at < order.until <= at + LONGEST:
        yield Reason("no_end", _("Write until when, at most one year from now."), "until")
    if order.silent_until is not None and order.silent_until > at + LONGEST:
        yield Reason("too_silent", _("Write a day within one year."), "silent_until")


def _reasons_of_words(order: Order) -> Iterator[Reason]:
    if not order.court.strip():
        yield Reason("no_court", _("Write which court gave it."), "court")
    if not order.case_number.strip():
        yield Reason("no_case", _("Write the number of the case."), "case_number")
    for name, words in {"court": order.court, "case_number": order.case_number}.items():
        if len(words) > LONGEST_NAME:
            yield Reason("too_long", _("Write a little less."), name)


def steps_after(kind: str, language: str) -> list[str]:
    """What to do next, in plain words; English where we have none."""
    spoken = language.split("-", maxsplit=1)[0]
    return [one.get(spoken, one["en"]) for one in STEPS.get(kind, STEPS["letter"])]
