"""Reads instrument files of our own format, and refuses one whose words are not the words that were checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DATA = Path(__file__).parent / "data"
FORMAT = 1


class BadInstrument(ValueError):
    """An instrument file that we do not take; `str()` says why in a sentence."""


@dataclass(frozen=True)
class Wording:
    """The exact words of an instrument in one language, as they were checked."""

    language: str
    title: str
    instruction: str
    items: Mapping[str, str]
    labels: Mapping[int, str]
    checked_on: str
    sha256: str


@dataclass(frozen=True)
class Line:
    """A published line between scores, with what it cannot tell. Never drawn unless the person asks."""

    at_least: int
    source: str


@dataclass(frozen=True)
class Instrument:
    """One version of a questionnaire. `sha256` is the hash of the whole file."""

    id: str
    version: str
    sha256: str
    items: tuple[str, ...]
    lowest: int
    highest: int
    least_total: int
    most_total: int
    wordings: Mapping[str, Wording]
    line: Line | None
    citation: str
    source: str
    licence: str
    golden: tuple[tuple[tuple[int, ...], int], ...]

    def wording(self, language: str) -> Wording | None:
        """The checked words in a language, or None: another language never stands in silently."""
        return self.wordings.get(language)

    @property
    def first_wording(self) -> Wording:
        """The words in the language in which it was published."""
        return next(iter(self.wordings.values()))


def read(body: bytes) -> Instrument:
    """Read one instrument file.

    Refuses: BadInstrument for another format, an item without words, or words that are not the checked ones.
    """
    data = json.loads(body)
    if data.get("format") != FORMAT:
        raise BadInstrument("This is not an instrument file of format 1.")
    items = tuple(data["items"])
    wordings = {language: _wording(language, row, items, data) for language, row in data["wordings"].items()}
    line = data.get("line")
    low, high = data["scale"]
    return Instrument(
        id=data["id"],
        version=data["version"],
        sha256=hashlib.sha256(body).hexdigest(),
        items=items,
        lowest=low,
        highest=high,
        least_total=low * len(items),
        most_total=high * len(items),
        wordings=MappingProxyType(wordings),
        line=Line(line["at_least"], line["source"]) if line else None,
        citation=data["citation"],
        source=data["source"],
        licence=data["licence"],
        golden=tuple((tuple(row["answers"]), row["total"]) for row in data["golden"]),
    )


def wording_hash(row: Mapping[str, Any]) -> str:
    """The hash that pins the words of one language: title, instruction, items and labels, in order."""
    words = [row["title"], row["instruction"], list(row["items"].items()), list(row["labels"].items())]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def _wording(language: str, row: Mapping[str, Any], items: tuple[str, ...], data: Mapping[str, Any]) -> Wording:
    low, high = data["scale"]
    if tuple(row["items"]) != items or [int(value) for value in row["labels"]] != list(range(low, high + 1)):
        raise BadInstrument(f"The words in {language} are not complete.")
    if row["sha256"] != wording_hash(row):
        raise BadInstrument(f"The words in {language} are not the words that were checked. Make a new version.")
    return Wording(
        language=language,
        title=row["title"],
        instruction=row["instruction"],
        items=MappingProxyType(dict(row["items"])),
        labels=MappingProxyType({int(value): label for value, label in row["labels"].items()}),
        checked_on=row["checked_on"],
        sha256=row["sha256"],
    )


@cache
def shipped(instrument: str, version: str) -> Instrument:
    """An instrument that comes with the software."""
    return read((DATA / f"{instrument}-{version}.json").read_bytes())
