"""Reads the directory's files into plain rows. What a file is called and how it is laid out is known here only."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

COLUMNS = (
    "name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "intake1", "intake2",
    "intake1a", "intake2a", "service_code_info",
)  # fmt: skip
NEEDED = frozenset({"name1", "street1", "city", "state", "zip", "phone", "service_code_info"})
CODE_COLUMNS = frozenset({"service_code", "service_name"})
YEAR = re.compile(r"(20\d\d)")
YEARS = range(2000, 2100)
MENTAL_HEALTH = "MH"  # explained in the code table of the other directory only, where nearly every row has it
FIRST_ROW = 2
PLACE_COLUMNS = frozenset({"name1", "street1", "zip", "latitude", "longitude"})


class CannotRead(Exception):
    """The file is not what it should be. The text is a sentence for the person who chose the file."""


@dataclass(frozen=True)
class Row:
    """One line of the directory: its number in the file, and its cells as text without blanks at the ends."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Feed:
    """One year's file: its rows, the codes it explains, and coordinates by name, street and ZIP."""

    year: int
    rows: list[Row]
    codes: dict[str, str]
    points: dict[tuple[str, str, str], tuple[float, float]] = field(default_factory=dict)


def read_feed(file: Path, *, codes: Path | None, points: Path | None, year: int | None) -> Feed:
    """Read a directory with the code table and the coordinates that lie beside it, or those that are named.

    Refuses: CannotRead for another kind of file, missing columns, an unknown year, a file without rows, or the
    directory of mental health facilities, whose codes of the same name mean other things.
    """
    table = _table(file, "Facilities List", NEEDED)
    rows = [Row(number, {name: row.get(name, "") for name in COLUMNS}) for number, row in table]
    if not rows:
        raise CannotRead(f"{file.name} has no rows.")
    _refuse_mental_health(file, rows)
    beside = codes or _beside(file, "service_codes_su*.csv")
    places = points or _beside(file, "locator_su*geocoded.csv")
    return Feed(_year(file, year), rows, _codes(file, beside), _points(places) if places else {})


def _refuse_mental_health(file: Path, rows: list[Row]) -> None:
    has = sum(MENTAL_HEALTH in row.cells["service_code_info"].replace("*", " ").split() for row in rows)
    if has * 2 > len(rows):
        raise CannotRead(
            f"{file.name} is the directory of mental health facilities. Only the one of substance use is read."
        )


def _year(file: Path, given: int | None) -> int:
    found = YEAR.findall(file.stem)
    if given is not None and given not in YEARS:
        raise CannotRead(f"{given} is not a year that a directory is of. Write it with four numbers: --year 2022.")
    if given is None and not found:
        raise CannotRead(f"{file.name} does not say of which year it is. Add --year and the year.")
    return given or int(found[-1])


def _beside(file: Path, pattern: str) -> Path | None:
    """The file of this name beside it: the one of the same year where there are several, else the newest."""
    found = sorted(file.parent.glob(pattern))
    same = [one for one in found if set(YEAR.findall(one.stem)) & set(YEAR.findall(file.stem))]
    return next(reversed(same or found), None)


def _codes(file: Path, beside: Path | None) -> dict[str, str]:
    if beside is not None:
        table = _table(beside, "Service Code Reference", CODE_COLUMNS)
    elif file.suffix.lower() == ".xlsx":
        table = _table(file, "Service Code Reference", CODE_COLUMNS)
    else:
        return {}
    return {row["service_code"]: row["service_name"] for _number, row in table if row["service_code"]}


def _points(file: Path) -> dict[tuple[str, str, str], tuple[float, float]]:
    found = {}
    for _number, row in _table(file, "", PLACE_COLUMNS):
        try:
            point = float(row["latitude"]), float(row["longitude"])
        except ValueError:
            continue
        if -90 <= point[0] <= 90 and -180 <= point[1] <= 180 and point != (0.0, 0.0):
            found[point_key(row["name1"], row["street1"], row["zip"])] = point
    return found


def point_key(name: str, street: str, postal_code: str) -> tuple[str, str, str]:
    """How a facility is known in two lists that have no common number."""
    return name.casefold(), street.casefold(), postal_code[:5]


def _table(file: Path, sheet: str, needed: frozenset[str]) -> Iterator[tuple[int, dict[str, str]]]:
    rows = _xlsx(file, sheet) if file.suffix.lower() == ".xlsx" else _csv(file)
    try:
        header = [_cell(one).casefold().replace(" ", "_") for one in next(rows)]
    except StopIteration:
        raise CannotRead(f"{file.name} is empty.") from None
    missing = needed - set(header)
    if missing:
        raise CannotRead(f"{file.name} has no column named {', '.join(sorted(missing))}.")
    for number, row in enumerate(rows, FIRST_ROW):
        cells = [_cell(one) for one in row]
        if any(cells):
            yield number, dict(zip(header, cells, strict=False))


def _csv(file: Path) -> Iterator[list[Any]]:
    try:
        text = _decode(file.read_bytes())
    except OSError as error:
        raise CannotRead(f"{file.name} cannot be opened: {error.strerror}.") from None
    yield from csv.reader(text.splitlines(keepends=True), strict=False)


def _decode(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _xlsx(file: Path, sheet: str) -> Iterator[list[Any]]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception:
        raise CannotRead(f"{file.name} is not an XLSX workbook that can be opened.") from None
    page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
    yield from (list(row) for row in page.iter_rows(values_only=True))
    book.close()


def _cell(value: Any) -> str:
    """A cell as text. A ZIP code kept as a number is a number here; `check` gives its zeros back."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).replace("\x00", "").split())
