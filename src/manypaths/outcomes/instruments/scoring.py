"""The published arithmetic of instruments, and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass

from manypaths.outcomes.instruments.files import Instrument


@dataclass(frozen=True)
class Score:
    """How many items have an answer, and the total where every one of them has."""

    answered: int
    total: int | None


def score(instrument: Instrument, answers: Mapping[str, int | None]) -> Score:
    """Add up the answers. One item left out means no total: nothing is guessed or filled in."""
    given = [value for item in instrument.items if (value := answers.get(item)) is not None]
    return Score(len(given), sum(given) if len(given) == len(instrument.items) else None)
