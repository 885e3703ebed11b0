"""A ZIP code or a town, misspelt or not, turned into a point on earth. Nothing leaves this machine."""

import math
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from manypaths.directory.models import Town
from manypaths.network.rules import sort_key

STATES = dict(
    pair.split("=")
    for pair in (
        "alabama=AL|alaska=AK|arizona=AZ|arkansas=AR|california=CA|colorado=CO|connecticut=CT|delaware=DE|"
        "district of columbia=DC|florida=FL|georgia=GA|hawaii=HI|idaho=ID|illinois=IL|indiana=IN|iowa=IA|kansas=KS|"
        "kentucky=KY|louisiana=LA|maine=ME|maryland=MD|massachusetts=MA|michigan=MI|minnesota=MN|mississippi=MS|"
        "missouri=MO|montana=MT|nebraska=NE|nevada=NV|new hampshire=NH|new jersey=NJ|new mexico=NM|new york=NY|"
        "north carolina=NC|north dakota=ND|ohio=OH|oklahoma=OK|oregon=OR|pennsylvania=PA|puerto rico=PR|"
        "rhode island=RI|south carolina=SC|south dakota=SD|tennessee=TN|texas=TX|utah=UT|vermont=VT|virginia=VA|"
        "washington=WA|west virginia=WV|wisconsin=WI|wyoming=WY"
    ).split("|")
)
EARTH_MILES = 3958.8
GUESSED_WITHIN = 150 / 69.0  # 150 miles, in degrees
ZIP = """
    select name, state, county_fips, latitude, longitude, zone from directory_town where postal_code = %s
"""
SPELT = """
    select name, state, county_fips, latitude, longitude, zone
      from directory_town where key = %(key)s and (%(state)s = '' or state = %(state)s)
"""
MISSPELT = """
    select name, state, county_fips, latitude, longitude, zone
      from directory_town
     where key %% %(key)s and (%(state)s = '' or state = %(state)s)
       and (%(state)s <> '' or %(home)s = '' or state = %(home)s
            or sqrt(power(latitude - %(lat)s, 2)
                    + power((longitude - %(lon)s) * cos(radians(%(lat)s)), 2)) <= %(near)s)
     order by similarity(key, %(key)s) - (case when state = %(home)s then 0 else 0.15 end) desc,
              power(latitude - %(lat)s, 2) + power(longitude - %(lon)s, 2), postal_code
     limit 1
"""


@dataclass(frozen=True)
class Point:
    """A place that was found. `guessed` is true when it is not spelt as it was typed."""

    name: str
    latitude: float
    longitude: float
    county_fips: str
    zone: str
    guessed: bool = False


def miles_between(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Miles along the earth between two points in degrees (haversine, mean radius 3958.8 miles)."""
    phi, theta = math.radians(a_lat), math.radians(b_lat)
    half_lat, half_lon = (theta - phi) / 2, math.radians(b_lon - a_lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi) * math.cos(theta) * math.sin(half_lon) ** 2
    return 2 * EARTH_MILES * math.asin(min(1.0, math.sqrt(chord)))


def find(text: str, *, home_state: str = "", near: tuple[float, float] = (39.8, -98.6)) -> Point | None:
    """The place that was typed: ZIP code, town, or town and state; a misspelt town finds the likeliest one.

    Towns of the community's own state come first, then nearer ones.
    """
    wanted = text.strip()
    digits = re.fullmatch(r"(\d{5})(?:-\d{4})?", wanted)
    if digits:
        return _zip(digits.group(1))
    town, state = _split(wanted)
    if not town:
        return None
    return _spelt(town, state, home_state, near) or _misspelt(town, state, home_state, near)


def nearest(latitude: float, longitude: float) -> Point | None:
    """The town around a point, for a device that gave its rounded position."""
    square = Town.objects.filter(
        latitude__range=(latitude - 1, latitude + 1), longitude__range=(longitude - 1.5, longitude + 1.5)
    )
    rows = square.values_list("name", "state", "county_fips", "latitude", "longitude", "zone")
    best = min(rows, key=lambda row: miles_between(latitude, longitude, row[3], row[4]), default=None)
    if best is None:
        return None
    return Point(f"{best[0]}, {best[1]}", latitude, longitude, best[2], best[5])


def _zip(code: str) -> Point | None:
    row = next(iter(_rows(ZIP, [code])), None)
    return None if row is None else _point(row, f"{row[0]}, {row[1]} {code}")


def _split(text: str) -> tuple[str, str]:
    plain = re.sub(r"[^\w\s,']", " ", sort_key(text))
    head, _comma, tail = plain.partition(",")
    if not tail.strip():
        words = plain.replace(",", " ").split()
        for count in (3, 2, 1):
            ending = " ".join(words[-count:])
            if len(words) > count and _state(ending):
                return " ".join(words[:-count]), _state(ending)
        return " ".join(words), ""
    return head.strip(), _state(tail.strip())


def _state(text: str) -> str:
    return text.upper() if text.upper() in STATES.values() else STATES.get(text, "")


def _spelt(town: str, state: str, home: str, near: tuple[float, float]) -> Point | None:
    rows = _rows(SPELT, {"key": town, "state": state})
    best = min(rows, key=lambda row: (row[1] != home, miles_between(*near, row[3], row[4])), default=None)
    return None if best is None else _point(best, f"{best[0]}, {best[1]}")


def _misspelt(town: str, state: str, home: str, near: tuple[float, float]) -> Point | None:
    """The likeliest town, in the state that was named; else in the home state or about 150 miles around."""
    where: dict[str, str | float] = {"home": home, "lat": near[0], "lon": near[1], "near": GUESSED_WITHIN}
    rows = _rows(MISSPELT, {"key": town, "state": state, **where})
    return None if not rows else _point(rows[0], f"{rows[0][0]}, {rows[0][1]}", guessed=True)


def _rows(statement: str, values: list[str] | dict[str, str | float]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _point(row: Any, name: str, *, guessed: bool = False) -> Point:
    _name, _state, county, latitude, longitude, zone = row
    return Point(name, latitude, longitude, county, zone, guessed=guessed)
