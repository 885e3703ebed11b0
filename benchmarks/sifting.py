"""Finds a word in bytes, however it is written there: plain, in other letters, as hex, as base64, in UTF-16.

Every canary begins with one mark, so one search finds all of them, whole or cut short.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

AROUND = 24
AT_MOST = 1000  # of one spelling in one place
TAIL = re.compile(rb"[0-9a-f]{12}")
Spellings = dict[str, tuple[bytes, bool]]


@dataclass(frozen=True)
class Found:
    """One place where the mark stands, and the canary where the spelling lets it be read."""

    where: str
    written: str
    around: bytes
    word: str = ""

    def __str__(self) -> str:
        return f"{self.where} ({self.written}): {self.around!r}"


def spellings(mark: str) -> Spellings:
    """How a mark can be written, and whether upper and lower case are one there."""
    raw = mark.encode()
    ways = {
        "plain": (raw.lower(), True),
        "hex": (raw.hex().encode(), True),
        "hex of lower case": (raw.lower().hex().encode(), True),
        "UTF-16": (mark.lower().encode("utf-16-le")[:-1], True),
        "backwards": (raw[::-1].lower(), True),
    }
    for name, one in (("base64", raw), ("base64 of lower case", raw.lower())):
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + one + b"\0\0")
            sure = whole[-(-before * 8 // 6) : (before + len(one)) * 8 // 6]  # what no byte beside it can change
            ways[f"{name}, shifted by {before}"] = (sure, False)
            ways[f"{name} for addresses, shifted by {before}"] = (sure.translate(bytes.maketrans(b"+/", b"-_")), False)
    return ways


def sift(where: str, data: bytes, ways: Spellings) -> Iterator[Found]:
    """Every place in these bytes where the mark stands, in each spelling."""
    small = data.lower()
    for name, (form, any_case) in ways.items():
        sought, at = small if any_case else data, -1
        for _time in range(AT_MOST):
            at = sought.find(form, at + 1)
            if at < 0:
                break
            tail = TAIL.match(small, at + len(form)) if name == "plain" else None
            word = (form + tail[0]).decode() if tail else ""
            yield Found(where, name, data[max(0, at - AROUND) : at + len(form) + AROUND], word)


def sift_files(folders: Iterable[Path], ways: Spellings) -> Iterator[Found | int]:
    """Every file below some folders: what was found in it, then how many bytes it has."""
    for folder in folders:
        for path in sorted(one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()):
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # a file of the moment
                continue
            yield from sift(str(path), data, ways)
            yield len(data)


def missed(mark: str, in_database: dict[str, list[Found]]) -> list[str]:
    """Spellings of a control word that would not be found, and places of a database in which it was not."""
    ways, word = spellings(mark), f"{mark}0c0ffee0c0de"
    raw = word.encode()
    written = {
        "plain": b"-" + raw, "capitals": word.upper().encode(), "hex": raw.hex().encode(), "backwards": raw[::-1],
        "hex in capitals": raw.hex().upper().encode(), "UTF-16": word.encode("utf-16"),
        "UTF-16, the other way round": word.encode("utf-16-be"), "cut short": raw[: len(mark)],
        **{f"base64 after {before} more": base64.b64encode(b"x" * before + raw) for before in range(6)},
        **{f"base64 for addresses after {n} more": base64.urlsafe_b64encode(b"\xff" * n + raw) for n in range(6)},
        "base64 of lower case": base64.b64encode(raw.lower()),
    }  # fmt: skip
    lost = [name for name, data in written.items() if not any(True for _one in sift("", data, ways))]
    return lost + [name for name, found in in_database.items() if not found]
