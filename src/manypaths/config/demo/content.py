"""Reads what we wrote for the demonstration: places, meetings, towns, and the words of made-up people."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True)
class Town:
    """A town on whose map a made-up place stands."""

    name: str
    zip_code: str
    county: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Hours:
    """Open on these days of the week, from a minute of the day to another; past midnight the end is smaller."""

    days: tuple[str, ...]
    opens: int
    closes: int


@dataclass(frozen=True)
class ServiceText:
    """A service or a meeting as it was written."""

    kind: str
    name: str
    words: str
    hours: tuple[Hours, ...]
    costs: tuple[str, ...]
    languages: tuple[str, ...]
    medication: str
    room: str
    marks: tuple[str, ...]
    pathway: str = ""
    town: str = ""
    venue: str = ""

    @property
    def is_meeting(self) -> bool:
        return bool(self.pathway)


@dataclass(frozen=True)
class PlaceText:
    """An organisation as it was written."""

    name: str
    kind: str
    town: str
    street: str
    about: str
    answers: bool
    part2: str
    online: bool
    services: tuple[ServiceText, ...] = field(default_factory=tuple)


@cache
def towns() -> dict[str, Town]:
    """Every town by name."""
    return {name: Town(name, *row) for name, row in _read("towns")["towns"].items()}


@cache
def places() -> tuple[PlaceText, ...]:
    """Every made-up organisation, in the order they were written."""
    files = ["places-1", "places-2", "places-3", "meetings"]
    return tuple(_place(row) for name in files for row in _read(name)["place"])


@cache
def lives(language: str) -> dict[str, list[str]]:
    """The words of made-up people in one language."""
    return _read(f"lives-{language}")


@cache
def entry_words(language: str) -> dict[str, list[str]]:
    """What made-up workers wrote down, in one language."""
    found: dict[str, list[str]] = _read("entries")[language]
    return found


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _place(row: dict[str, Any]) -> PlaceText:
    services = [_service(line) for line in row.get("services", [])]
    services += [_meeting(line, row) for line in row.get("meetings", [])]
    return PlaceText(
        name=row["name"],
        kind=row["kind"],
        town=row["town"],
        street=row["street"],
        about=row["about"],
        answers=row.get("answers", True),
        part2=row.get("part2", "no"),
        online=row.get("online", False),
        services=tuple(services),
    )


def _service(line: str) -> ServiceText:
    kind, name, words, hours, costs, languages, medication, room, marks = cells(line)
    return ServiceText(
        kind,
        name,
        words,
        _hours(hours),
        tuple(costs.split()),
        tuple(languages.split()),
        medication,
        room,
        tuple(marks.split()),
    )


def _meeting(line: str, row: dict[str, Any]) -> ServiceText:
    name, town, venue, when, minutes, languages, marks = cells(line)
    days, start = when.rsplit(" ", 1)
    opens = _minute(start)
    hours = (Hours(_days(days), opens, (opens + int(minutes)) % 1440),)
    return ServiceText(
        "mutual_aid",
        name,
        row["words"],
        hours,
        ("free",),
        tuple(languages.split()),
        "welcome",
        "yes",
        tuple(marks.split()),
        row["pathway"],
        town,
        venue,
    )


def cells(line: str) -> list[str]:
    """The columns of one line."""
    return [cell.strip() for cell in line.split("|")]


def _hours(text: str) -> tuple[Hours, ...]:
    if text == "always":
        return (Hours(DAYS, 0, 0),)
    found = []
    for part in text.split(";"):
        days, times = part.strip().rsplit(" ", 1)
        opens, closes = times.split("-")
        found.append(Hours(_days(days), _minute(opens), _minute(closes)))
    return tuple(found)


def _days(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        found += DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
    return tuple(found)


def _minute(text: str) -> int:
    hour, _colon, minute = text.partition(":")
    return int(hour) * 60 + int(minute or 0)
