"""Reads a file of cells. A word that nobody knows is an error that names it and the cell."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manypaths.config.access_matrix import words

ASKED = ("role", "data_class", "consent_state", "action", "surface")
EXPECTED = ("expect", "http", "audit", "person_sees", "redisclosure_notice")
PROSE = frozenset({"rule", "basis", "source", "confidence", "related_consent_case", "note", "law"})
MORE = frozenset({"context", "fields"})


class NotUnderstood(ValueError):
    """A cell that says something nobody knows. `str()` names it."""


@dataclass(frozen=True)
class Cell:
    """One cell: who asks for what, in which state of consent, how, and what the answer must be."""

    name: str
    role: str
    data_class: str
    consent_state: str
    action: str
    surface: str
    expect: str
    http: int
    audit: str
    person_sees: bool
    redisclosure_notice: bool
    context: str = ""
    fields: tuple[str, ...] = ()


def read_rows(path: Path) -> list[Any]:
    """The rows of a file.

    Refuses: NotUnderstood for a file without cells, and for the same id twice.
    """
    data = json.loads(path.read_bytes())
    rows: object = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not rows:
        raise NotUnderstood('the file has no list "cells"')
    names = [row.get("id") for row in rows if isinstance(row, dict)]
    twice = {str(name) for name in names if names.count(name) > 1}
    if twice:
        raise NotUnderstood(f"the same id twice: {', '.join(sorted(twice))}")
    return rows


def read(row: object) -> Cell:
    """One cell, every word of it known.

    Refuses: NotUnderstood, which names the word.
    """
    if not isinstance(row, dict):
        raise NotUnderstood("a cell is an object")
    missing = [name for name in ("id", *ASKED, *EXPECTED) if name not in row]
    if missing:
        raise NotUnderstood(f"it does not say: {', '.join(missing)}")
    strange = sorted(set(row) - {"id", *ASKED, *EXPECTED, *PROSE, *MORE})
    if strange:
        raise NotUnderstood(f"unknown word: {', '.join(strange)}")
    for name in (*ASKED, *EXPECTED):
        _known(name, row[name])
    context, fields = row.get("context", ""), row.get("fields", [])
    if not isinstance(context, str) or not isinstance(fields, list) or not all(isinstance(one, str) for one in fields):
        raise NotUnderstood("context is text, and fields is a list of words")
    values = {name: row[name] for name in (*ASKED, *EXPECTED)}
    return Cell(str(row["id"]), **values, context=context, fields=tuple(fields))


def _known(name: str, value: object) -> None:
    if name in ("person_sees", "redisclosure_notice"):
        if not isinstance(value, bool):
            raise NotUnderstood(f"{name} cannot be {json.dumps(value)}")
        return
    known: Iterable[object] = words.KNOWN[name] if name in words.KNOWN else words.LISTS[name]
    if isinstance(value, bool | list | dict) or value not in known:
        raise NotUnderstood(f"unknown word: {name} {json.dumps(value, ensure_ascii=False)}")
