"""Each row becomes a listing in our own words, and what is wrong with it becomes a line of the report. Pure."""

import json
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from manypaths.directory.commands import Incoming
from manypaths.exchange.samhsa.read import Feed, Row, point_key

SOURCE = "samhsa_su"
MAPPING = json.loads((Path(__file__).parent / "data" / "codes-2022.json").read_text(encoding="utf-8"))
KEYS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:manypaths:source:samhsa_su")
NOT_A_NUMBER = re.compile(r"^(\d)\1{9}$")
DIGITS = re.compile(r"\D")
ZIP = re.compile(r"^\d{5}$")
STATE = re.compile(r"^[A-Z]{2}$")
BETWEEN_CATEGORIES = "*"
HEADER = 1
NO_TABLE = "could not be compared: no code table lies beside the file, and none was named with --codes"
Codes = frozenset[str] | None  # those that are explained; None without a table
SETS = ("needs", "pathways", "costs", "audiences", "features")


@dataclass(frozen=True)
class Problem:
    """One line of the row report. `stops` is true when the row could not be listed because of it."""

    line: int
    field: str
    why: str
    value: str = ""
    stops: bool = False


@dataclass(frozen=True)
class Checked:
    """What a file gives: listings, and everything a person should know about its rows."""

    listings: list[Incoming]
    problems: list[Problem]


class Somewhere(Protocol):
    """Where a town lies."""

    @property
    def county_fips(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...
    @property
    def zone(self) -> str: ...


class Towns:
    """Where a row lies when it brings no coordinates: by its ZIP code, else by the name of its town."""

    def __init__(
        self,
        by_zip: Mapping[str, Somewhere],
        by_name: Callable[[str], Somewhere | None],
        states: Mapping[str, str],
    ) -> None:
        self.by_zip, self.by_name = by_zip, by_name
        zones: dict[str, Counter[str]] = defaultdict(Counter)
        for postal_code, state in states.items():
            zones[state][by_zip[postal_code].zone] += 1
        self.zones = {state: counts.most_common(1)[0][0] for state, counts in zones.items()}

    def of(self, postal_code: str, city: str, state: str) -> Somewhere | None:
        """The town of a row, or None when neither its ZIP code nor its name is known."""
        return self.by_zip.get(postal_code) or self.by_name(f"{city}, {state}")

    def zone(self, state: str) -> str:
        """The time zone that most of a state keeps."""
        return self.zones.get(state, "UTC")


def check(feed: Feed, towns: Towns) -> Checked:
    """Turn rows into listings. A row is left out only when it has no name or no town."""
    known = frozenset(feed.codes) | _mapped_codes() if feed.codes else None
    problems = [] if feed.codes else [Problem(HEADER, "service_code_info", NO_TABLE)]
    seen: Counter[str] = Counter()
    listings = []
    for row in feed.rows:
        stopped = _reasons_to_leave_out(row)
        problems += stopped
        if stopped:
            continue
        natural = _natural_key(row)
        seen[natural] += 1
        if seen[natural] > 1:
            problems.append(Problem(row.line, "name1", "listed more than once in this file", row.cells["name1"]))
        key = uuid.uuid5(KEYS, f"{natural}\n{seen[natural]}")
        listings.append(_listing(row, str(key), feed, towns, known, problems))
    return Checked(listings, problems)


def _natural_key(row: Row) -> str:
    """How the directory knows a facility: it has no number of its own."""
    parts = [row.cells[name] for name in ("name1", "name2", "street1", "street2")]
    return "\n".join([*parts, zip_of(row.cells["zip"])]).casefold()


def zip_of(text: str) -> str:
    """A ZIP code with the zeros that a spreadsheet takes away."""
    code = text.split("-", maxsplit=1)[0]
    return code.zfill(5) if code.isdigit() else code


def _reasons_to_leave_out(row: Row) -> list[Problem]:
    found = [
        Problem(row.line, name, "is empty, so this row cannot be listed", stops=True)
        for name in ("name1", "city", "state")
        if not row.cells[name]
    ]
    state = row.cells["state"].upper()
    if state and not STATE.match(state):
        found.append(Problem(row.line, "state", "is not a state's two letters, so this row is left out", state, True))
    return found


def _listing(row: Row, key: str, feed: Feed, towns: Towns, known: Codes, problems: list[Problem]) -> Incoming:
    cells = row.cells
    codes = _codes(row, known, problems)
    zip_code, state = _zip(row, problems), cells["state"].upper()
    town = towns.of(zip_code, cells["city"], state)
    exact = feed.points.get(point_key(cells["name1"], cells["street1"], zip_code))
    if town is None and exact is None:
        problems.append(Problem(row.line, "zip", "neither the ZIP code nor the town is known: no distance", zip_code))
    number, extension, second = _phones(row, problems)
    latitude, longitude = exact or ((town.latitude, town.longitude) if town else (None, None))
    return Incoming(
        key=key,
        organisation=cells["name1"],
        name=cells["name2"] or cells["name1"],
        kind=_kind(codes),
        address_1=cells["street1"],
        address_2=cells["street2"],
        city=cells["city"],
        state=state,
        postal_code=zip_code,
        county_fips=town.county_fips if town else "",
        latitude=latitude,
        longitude=longitude,
        is_exact=exact is not None,
        zone=town.zone if town else towns.zone(state),
        phone=number,
        phone_extension=extension,
        intake_phone=second,
        medication=_medication(codes),
        languages=("en", *_set("languages", codes)),
        source_codes=tuple(sorted(codes)),
        **{name: _set(name, codes) for name in SETS},
    )


def _phones(row: Row, problems: list[Problem]) -> tuple[str, str, str]:
    """The number to call, its extension, and the first other number, which is for starting."""
    found = [one for one in (_phone(row, name, problems) for name in ("phone", "intake1", "intake2")) if one[0]]
    if not found:
        problems.append(Problem(row.line, "phone", "no number that can be called"))
        return "", "", ""
    others = [one for one in found[1:] if one != found[0]]
    return *found[0], " x".join(part for part in others[0] if part) if others else ""


def _codes(row: Row, known: Codes, problems: list[Problem]) -> frozenset[str]:
    found = frozenset(row.cells["service_code_info"].replace(BETWEEN_CATEGORIES, " ").split())
    if not found:
        problems.append(Problem(row.line, "service_code_info", "is empty: listed as outpatient, not sure"))
    for code in sorted(found - known if known is not None else ()):
        problems.append(Problem(row.line, "service_code_info", "is not in the code table; kept as it is", code))
    return frozenset(code[:16] for code in found)


def _zip(row: Row, problems: list[Problem]) -> str:
    code = zip_of(row.cells["zip"])
    if ZIP.match(code):
        return code
    problems.append(Problem(row.line, "zip", "is not a ZIP code of 5 numbers; left empty", row.cells["zip"]))
    return ""


def _phone(row: Row, name: str, problems: list[Problem]) -> tuple[str, str]:
    """A number and its extension; a number that nobody can have is left out."""
    text = row.cells[name]
    if not text:
        return "", ""
    number, _x, extension = text.lower().partition("x")
    digits, inside = DIGITS.sub("", number), DIGITS.sub("", extension)
    if len(digits) != 10 or NOT_A_NUMBER.match(digits) or digits[0] in "01":
        problems.append(Problem(row.line, name, "is not a number that can be called; left out", text))
        return "", ""
    if inside and NOT_A_NUMBER.match(inside.ljust(10, inside[0])) and inside[0] == "9":
        inside = ""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", inside[:12]


def _kind(codes: frozenset[str]) -> str:
    for kind, test in MAPPING["kinds"]:
        if not set(test.get("has", ())) <= codes or set(test.get("without", ())) & codes:
            continue
        if "any" in test and not set(test["any"]) & codes:
            continue
        return str(kind)
    raise AssertionError("the last rule of the mapping takes everything")


def _medication(codes: frozenset[str]) -> str:
    return next((str(stance) for stance, any_of in MAPPING["medication"] if codes & set(any_of)), "unknown")


def _set(name: str, codes: frozenset[str]) -> tuple[str, ...]:
    return tuple(code for code, any_of in MAPPING[name].items() if codes & set(any_of))


def _mapped_codes() -> set[str]:
    return {code for name in (*SETS, "languages") for any_of in MAPPING[name].values() for code in any_of}
