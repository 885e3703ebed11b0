"""What sort of place an organisation is, and what a place with power over people can never do here. Pure."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

DATA: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "places-2026-11.json").read_text(encoding="utf-8")
)
PLACES: Mapping[str, dict[str, Any]] = DATA["places"]
WATCHING = frozenset(key for key, row in PLACES.items() if row["watches"])
OFFICERS = frozenset({"monitor"})
OF_WATCHING = OFFICERS | {"org_admin"}


def reasons_not_of_this_place(kind: str, roles: frozenset[str]) -> Iterator[Reason]:
    """Why nobody can do this work at such a place: a court has officers and a lead; others have none."""
    if kind in WATCHING and not roles <= OF_WATCHING:
        yield Reason("only_officers", _("A place like yours has officers and a lead here, and no other work."), "roles")
    if kind not in WATCHING and roles & OFFICERS:
        yield Reason("no_officers", _("Only a court or a place like it has officers."), "roles")


def may_answer(kind: str) -> bool:
    """True for a place that people can ask for support. One that watches is never asked."""
    return kind not in WATCHING


def in_words(language: str) -> list[tuple[str, str]]:
    """Sorts of place with their words; English where we have none."""
    spoken = language.split("-", maxsplit=1)[0]
    return [(key, str(row.get(spoken, row["en"]))) for key, row in PLACES.items()]
