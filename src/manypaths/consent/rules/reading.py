"""How much reading is far more than usual: from when an alarm is raised, and from when further reading stops. Pure.

People opened one by one are counted apart from pages: a list of fifty is one page, and nobody was looked at alone.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIGURES: Mapping[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "reading-2026-11.json").read_text(encoding="utf-8")
)
TEN, DAY = "ten", "day"
SPANS = (TEN, DAY)


@dataclass(frozen=True)
class Bounds:
    """From how many people, or pages, an alarm is raised, and from how many further reading stops."""

    persons: int
    pages: int
    stop_persons: int
    stop_pages: int


def bounds(role: str, span: str) -> Bounds:
    """The bounds of one role for ten minutes or a day."""
    usual, floors = FIGURES["usual"][role][span], FIGURES["floors"][span]
    alarm, stop = FIGURES["alarm_factor"], FIGURES["stop_factor"]
    return Bounds(
        max(usual["persons"] * alarm, floors["persons"]),
        max(usual["pages"] * alarm, floors["pages"]),
        max(usual["persons"] * stop, floors["persons"] * stop // alarm),
        max(usual["pages"] * stop, floors["pages"] * stop // alarm),
    )


def highest(roles: Collection[str], span: str) -> Bounds | None:
    """The bounds of somebody with these roles: the highest of each. None where no role of theirs opens anything."""
    found = [bounds(role, span) for role in roles if role in FIGURES["usual"]]
    if not found:
        return None
    return Bounds(
        max(one.persons for one in found),
        max(one.pages for one in found),
        max(one.stop_persons for one in found),
        max(one.stop_pages for one in found),
    )


def is_far_above(bound: Bounds, persons: int, pages: int) -> tuple[bool, bool]:
    """Whether an alarm is raised, and whether further reading stops."""
    return (
        persons >= bound.persons or pages >= bound.pages,
        persons >= bound.stop_persons or pages >= bound.stop_pages,
    )
