"""The four steps in a row: read, check, then one command of the directory that compares and writes."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from manypaths.directory import queries
from manypaths.directory.commands import Merged, merge_listings
from manypaths.directory.search import places
from manypaths.exchange.samhsa.check import SOURCE, Checked, Problem, Towns, check, zip_of
from manypaths.exchange.samhsa.read import Feed, read_feed
from manypaths.network.rules import SYSTEM

REPORT_COLUMNS = ("line", "field", "why", "value", "left_out")


@dataclass(frozen=True)
class Files:
    """What an operator names: the directory, and where they lie elsewhere, its code table and its coordinates."""

    directory: Path
    codes: Path | None = None
    points: Path | None = None
    year: int | None = None


@dataclass(frozen=True)
class Result:
    """What came of one file."""

    year: int
    rows: int
    checked: Checked
    merged: Merged


def import_file(files: Files, *, at: datetime, allow_loss: bool, tell: Callable[[str], None]) -> Result:
    """Import one file, all of it or nothing. Run again it changes nothing.

    Refuses: CannotRead and TooManyMissing, each with nothing done.
    """
    tell("Reading")
    feed = read_feed(files.directory, codes=files.codes, points=files.points, year=files.year)
    tell("Checking")
    checked = check(feed, towns_for(feed))
    tell("Comparing and writing")
    merged = merge_listings(
        source=SOURCE, year=feed.year, rows=checked.listings, by=SYSTEM, at=at, allow_loss=allow_loss
    )
    return Result(feed.year, len(feed.rows), checked, merged)


def towns_for(feed: Feed) -> Towns:
    """Where the ZIP codes of a file are; a town whose ZIP code is not known is looked up by its name."""
    wanted = {zip_of(row.cells["zip"]) for row in feed.rows}
    by_zip = queries.towns(postal_codes=wanted)
    by_name = lru_cache(maxsize=None)(places.find)
    return Towns(by_zip, by_name, {code: town.state for code, town in by_zip.items()})


def write_report(problems: Sequence[Problem], file: Path) -> None:
    """The row report as a table: line, field, why."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(REPORT_COLUMNS)
        for one in problems:
            writer.writerow([one.line, one.field, one.why, _as_text(one.value), "yes" if one.stops else ""])


def _as_text(value: str) -> str:
    """A cell that no spreadsheet reads as a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t"} else value
