"""How much reading is far more than usual: from when an alarm is raised, and from when further reading stops. Pure.

People opened one by one are counted apart from pages: a list of fifty is one page, and nobody was looked at alone. A
third measure counts the different people of all of it together, so that nobody copies the whole list of a house page by
page; who stands in a list thirty times counts once.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

FIGURES: Mapping[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "reading-2026-11-23.json").read_text(encoding="utf-8")
)
TEN, DAY = "ten", "day"
SPANS = (TEN, DAY)


@dataclass(frozen=True)
class Bounds:
    """From how many people one by one, pages, or people in all, an alarm is raised, or further reading stops."""

    persons: int
    pages: int
    shown: int
    stop_persons: int
    stop_pages: int
    stop_shown: int


MEASURES = ("persons", "pages", "shown")


def bounds(role: str, span: str) -> Bounds:
    """The bounds of one role for ten minutes or a day."""
    usual, floors = FIGURES["usual"][role][span], FIGURES["floors"][span]
    alarm, stop = FIGURES["alarm_factor"], FIGURES["stop_factor"]
    return Bounds(
        *(max(usual[one] * alarm, floors[one]) for one in MEASURES),
        *(max(usual[one] * stop, floors[one] * stop // alarm) for one in MEASURES),
    )


def highest(roles: Collection[str], span: str) -> Bounds | None:
    """The bounds of somebody with these roles: the highest of each. None where no role of theirs opens anything."""
    found = [bounds(role, span) for role in roles if role in FIGURES["usual"]]
    if not found:
        return None
    return Bounds(*(max(figures) for figures in zip(*map(astuple, found), strict=True)))


def is_far_above(bound: Bounds, persons: int, pages: int, shown: int) -> tuple[bool, bool]:
    """Whether an alarm is raised, and whether further reading stops."""
    return (
        persons >= bound.persons or pages >= bound.pages or shown >= bound.shown,
        persons >= bound.stop_persons or pages >= bound.stop_pages or shown >= bound.stop_shown,
    )
