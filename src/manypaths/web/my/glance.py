"""Who can see what, at a glance: people and places against kinds of information, in words that need no color."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from manypaths.web.ui.shapes import Column
from manypaths.web.ui.words import day, in_zone

Row = list[str]


@dataclass(frozen=True)
class Part:
    """A part of what one place keeps, shown to somebody: to a place here, a worker or somebody close."""

    to: UUID | None
    who: str
    kept_by: str
    until: datetime


def columns() -> list[Column]:
    """The kinds of information, in the words of these pages."""
    names = (
        _("Who"),
        _("Your page: plan, check-ins, hard days"),
        _("What you sent with a request, parts of your page too"),
        _("Your name and how to reach you"),
        _("What they write down about you"),
    )
    return [Column(name) for name in names]


def rows(
    sharing: dict[UUID, tuple[str, datetime]],
    keeping: Sequence[tuple[UUID, str]],
    seen_by: dict[UUID, str],
    parts: Sequence[Part],
    zone: str,
) -> list[Row]:
    """You, each place that can see anything, whoever else is shown a part, and everyone else.

    `sharing`: places with a consent that holds now, and its last day. `keeping`: places that keep a page of the
    person. `seen_by`: for a place, the one worker there to whom a check-in is shown. `parts`: what the person signed.
    """
    names = {place: name for place, (name, _until) in sharing.items()} | dict(keeping)
    kept = {place for place, _name in keeping}
    places = sorted(names, key=lambda place: names[place])
    found: list[Row] = [[_("You"), _("All of it"), _("All of it"), _("All of it"), _("All but notes of counseling")]]
    for one in places:
        row = _place(names[one], sharing.get(one), keeps=one in kept, seen_by=seen_by.get(one, ""), zone=zone)
        shown = [_part(part, zone) for part in parts if part.to == one]
        found.append([*row[:-1], ". ".join([*([row[-1]] if one in kept or not shown else []), *shown])])
    found += _others([part for part in parts if part.to not in names], zone)
    return [*found, [_("Everyone else here"), _("No"), _("No"), _("No"), _("No")]]


def _others(parts: Iterable[Part], zone: str) -> list[Row]:
    """Whoever sees nothing but what was signed for: one line for each, with all of it."""
    shown: dict[str, list[str]] = {}
    for part in parts:
        shown.setdefault(part.who, []).append(_part(part, zone))
    return [
        [who, _("No"), _("No"), _("The name you signed with"), ". ".join(what)] for who, what in sorted(shown.items())
    ]


def _part(part: Part, zone: str) -> str:
    until = day(in_zone(part.until, zone).date(), get_language(), weekday=False, year=True)
    return _("What you chose of %(place)s, until %(day)s") % {"place": part.kept_by, "day": until}


def _place(name: str, shared: tuple[str, datetime] | None, *, keeps: bool, seen_by: str, zone: str) -> Row:
    until = day(in_zone(shared[1], zone).date(), get_language(), weekday=False, year=True) if shared else ""
    sent = _("Yes, until %(day)s at most") % {"day": until} if shared else _("No, not any more")
    reach = _("Yes, their own copy") if keeps else _("Yes, what you sent")
    page = _("Only a check-in you show %(name)s") % {"name": seen_by} if seen_by else _("No")
    return [name, page, sent, reach, _("Yes, their own") if keeps else _("No")]
