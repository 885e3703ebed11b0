"""What a person's answers may say, and when a sitting may be finished. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason
from manypaths.outcomes.instruments import Instrument

LONGEST_NOTE = 1000
RATHER_NOT_SAY = "rather_not_say"
Given = int | str


class Standing(StrEnum):
    """How the newest total stands beside the one before. A page may lead with `MORE` only."""

    FIRST = "first"
    MORE = "more"
    SAME = "same"
    LESS = "less"
    OPEN = "open"


@dataclass(frozen=True)
class Held:
    """A strength that the person named in their answers."""

    item: str
    value: int


def reasons_not_to_save(instrument: Instrument, answers: Mapping[str, Given]) -> Iterator[Reason]:
    """An answer belongs to an item of the instrument and stands on its scale."""
    for item, given in answers.items():
        if item not in instrument.items:
            yield Reason(
                "unknown_item", _("This question is not part of these questions. Go back and try again."), item
            )
        elif not _is_on_scale(instrument, given):
            yield Reason("off_scale", _("Choose one of the answers shown."), item)


def reasons_not_to_finish(answered: int) -> Iterator[Reason]:
    """There must be something to keep."""
    if answered == 0:
        yield Reason("nothing_answered", _("Answer at least one question first."))


def reasons_not_to_note(note: str) -> Iterator[Reason]:
    """A note has a length."""
    if len(note) > LONGEST_NOTE:
        yield Reason("note_too_long", _("Use at most 1,000 letters."), "note")


def what_holds(instrument: Instrument, answers: Mapping[str, int | None], most: int = 3) -> list[Held]:
    """The items with the strongest answers, above the middle of the scale, strongest first, in the order asked."""
    middle = (instrument.lowest + instrument.highest) / 2
    held = [
        Held(item, value) for item in instrument.items if (value := answers.get(item)) is not None and value > middle
    ]
    return sorted(held, key=lambda one: -one.value)[:most]


def count_of_strengths(instrument: Instrument, answers: Mapping[str, int | None]) -> int:
    """How many statements the person agrees with."""
    return len(what_holds(instrument, answers, most=len(instrument.items)))


def standing_of(totals: Sequence[tuple[date, int | None]]) -> Standing:
    """How the newest of some totals, oldest first, stands beside the one before it that is whole."""
    whole = [total for _day, total in totals if total is not None]
    if not totals or totals[-1][1] is None:
        return Standing.OPEN
    if len(whole) == 1:
        return Standing.FIRST
    return Standing.MORE if whole[-1] > whole[-2] else Standing.SAME if whole[-1] == whole[-2] else Standing.LESS


def _is_on_scale(instrument: Instrument, given: Given) -> bool:
    if isinstance(given, bool):
        return False
    return given == RATHER_NOT_SAY or (isinstance(given, int) and instrument.lowest <= given <= instrument.highest)
