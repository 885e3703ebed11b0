"""Merges a whole imported directory: new rows by COPY, changed rows one by one, unchanged rows not at all."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.directory.models import SourceRow
from manypaths.directory.rules import WHOLE, how_shown
from manypaths.network.rules import Reader, sort_key

NAMESPACE = uuid.UUID("6f1d4c1e-6f0e-5d0f-9a55-0d6f3f3f7a10")
LARGEST_LOSS = 0.4
PLACE_COLUMNS = (
    "address_1", "address_2", "city", "state", "postal_code", "county_fips", "latitude", "longitude", "is_exact",
)  # fmt: skip
SERVICE_COLUMNS = (
    "name", "kind", "needs", "pathways", "costs", "languages", "audiences", "features", "source_codes", "medication",
    "phone", "phone_extension", "intake_phone", "zone",
)  # fmt: skip
EMPTY_SERVICE = {
    "description": "", "status": "active", "venue": "in_person", "website": "", "how_to_start": "", "first_visit": "",
    "cost_note": "", "hours_note": "", "room": "unknown", "verified_by": "",
}  # fmt: skip
EMPTY_BODY = {"kind": "", "description": "", "website": "", "email": "", "part2_posture": "unset"}


class TooManyMissing(Exception):
    """A new file lacks so many of the listings of the last one that it is probably not whole."""

    def __init__(self, missing: int, known: int) -> None:
        super().__init__(f"{missing} of {known}")
        self.missing, self.known = missing, known


@dataclass(frozen=True)
class Incoming:
    """One listing of an imported directory, already checked and in our words."""

    key: str
    organisation: str
    name: str
    kind: str
    address_1: str
    address_2: str
    city: str
    state: str
    postal_code: str
    county_fips: str
    latitude: float | None
    longitude: float | None
    is_exact: bool
    zone: str
    phone: str
    phone_extension: str
    intake_phone: str
    medication: str
    needs: tuple[str, ...]
    pathways: tuple[str, ...]
    costs: tuple[str, ...]
    languages: tuple[str, ...]
    audiences: tuple[str, ...]
    features: tuple[str, ...]
    source_codes: tuple[str, ...]

    def digest(self) -> str:
        """The same for the same content, whatever file or year it came from."""
        return hashlib.sha256(json.dumps(vars(self), sort_keys=True).encode()).hexdigest()

    @property
    def body_key(self) -> str:
        """Organisations of one name in one state are one."""
        return f"{self.state}:{sort_key(self.organisation)}"[:200]


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    back: int = 0


@transaction.atomic
def merge_listings(
    *, source: str, year: int, rows: Sequence[Incoming], by: Reader, at: datetime, allow_loss: bool = False
) -> Merged:
    """Bring the directory in step with one imported file, all of it or nothing.

    What someone here corrected stays corrected, and a point stays when a file brings none for it. A listing that is no
    longer in the file is marked, never deleted: a survey that was not answered is not a door that was closed.

    Refuses: TooManyMissing when more than 40 % of the known listings are gone, unless told that this is right.
    Records: directory.imported
    """
    rows = _with_points_held(source, rows)
    known = {row.key: row for row in SourceRow.objects.filter(source=source)}
    digests = {one.key: one.digest() for one in rows}
    gone = [row for key, row in known.items() if key not in digests and row.missing_since is None]
    if len(gone) > LARGEST_LOSS * max(1, len(known)) and not allow_loss:
        raise TooManyMissing(len(gone), len(known))
    new = [one for one in rows if one.key not in known]
    changed = [one for one in rows if one.key in known and known[one.key].row_hash != digests[one.key]]
    back = [row for key, row in known.items() if key in digests and row.missing_since is not None]
    _add_bodies(source, [*new, *changed], at)
    _add(source, year, new, digests, at)
    _change(source, changed, known, at)
    _note_seen(source, year, known, digests, changed, gone, at)
    if new or changed or gone or back:
        audit.record(what="directory.imported", by=by, at=at)
    same = len(rows) - len(new) - len(changed)
    return Merged(len(new), len(changed), same, len(gone), len(back))


def _with_points_held(source: str, rows: Sequence[Incoming]) -> list[Incoming]:
    """A row without its own point keeps the one held: its key is its address, so it is the same door."""
    held = SourceRow.objects.filter(source=source, service__location__is_exact=True)
    lines = held.exclude(overrides__contains=["location"]).values_list(
        "key", "service__location__latitude", "service__location__longitude"
    )
    points = {key: (latitude, longitude) for key, latitude, longitude in lines}
    return [one if one.is_exact or one.key not in points else _at(one, *points[one.key]) for one in rows]


def _at(one: Incoming, latitude: float | None, longitude: float | None) -> Incoming:
    return replace(one, latitude=latitude, longitude=longitude, is_exact=True)


def _id(*parts: str) -> UUID:
    return uuid.uuid5(NAMESPACE, "|".join(parts))


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows with COPY. Table and columns are names of this file, never of a person."""
    with connection.cursor() as cursor:
        statement = f"copy {table} ({', '.join(columns)}) from stdin"
        with cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([list(value) if isinstance(value, tuple) else value for value in row])


def _add_bodies(source: str, rows: Iterable[Incoming], at: datetime) -> None:
    wanted = {one.body_key: one.organisation for one in rows}
    with connection.cursor() as cursor:
        cursor.execute("select source_key from network_organisation where source = %s", [source])
        there = {row[0] for row in cursor.fetchall()}
    fresh = {key: name for key, name in wanted.items() if key not in there}
    columns = ("id", "name", "sort_name", "source", "source_key", "created_at", *EMPTY_BODY)
    lines = (
        (_id(source, "body", key), name, sort_key(name), source, key, at, *EMPTY_BODY.values())
        for key, name in fresh.items()
    )
    _copy("network_organisation", columns, lines)


def _add(source: str, year: int, rows: Sequence[Incoming], digests: dict[str, str], at: datetime) -> None:
    places = ("id", "organisation_id", *PLACE_COLUMNS, "visibility")
    rows_of_places = ((*_place_ids(source, one), *_place(one), how_shown(one.kind, WHOLE)) for one in rows)
    _copy("directory_location", places, rows_of_places)
    empty = EMPTY_SERVICE.values()
    services = ("id", "organisation_id", "location_id", *SERVICE_COLUMNS, "changed_at", *EMPTY_SERVICE)
    _copy(
        "directory_service",
        services,
        (
            (_id(source, "service", one.key), *reversed(_place_ids(source, one)), *_words(one), at, *empty)
            for one in rows
        ),
    )
    seen = ("service_id", "source", "key", "year", "row_hash", "overrides", "first_seen", "last_seen")
    _copy(
        "directory_sourcerow",
        seen,
        ((_id(source, "service", one.key), source, one.key, year, digests[one.key], [], at, at) for one in rows),
    )


def _place_ids(source: str, one: Incoming) -> tuple[UUID, UUID]:
    return _id(source, "place", one.key), _id(source, "body", one.body_key)


def _place(one: Incoming) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in PLACE_COLUMNS)


def _words(one: Incoming) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in SERVICE_COLUMNS)


def _change(source: str, rows: Sequence[Incoming], known: dict[str, SourceRow], at: datetime) -> None:
    places, services = [], []
    for one in rows:
        kept = set(known[one.key].overrides)
        place_id, body_id = _place_ids(source, one)
        if "location" not in kept:
            places.append((*_place(one), how_shown(one.kind, WHOLE), place_id))
        services.append((_kept_columns(one, kept), at, body_id, _id(source, "service", one.key)))
    sets = ", ".join(f"{name} = %s" for name in (*PLACE_COLUMNS, "visibility"))
    with connection.cursor() as cursor:
        cursor.executemany(f"update directory_location set {sets} where id = %s", places)  # noqa: S608
        for statement, lines in _by_columns(services):
            cursor.executemany(statement, lines)


def _kept_columns(one: Incoming, kept: set[str]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in SERVICE_COLUMNS
        if name not in kept and (value := getattr(one, name)) is not None
    }


def _by_columns(services: Sequence[tuple[dict[str, Any], datetime, UUID, UUID]]) -> Iterator[tuple[str, list[Any]]]:
    """One statement for each set of columns that may be written; nearly always there is only one."""
    groups: dict[tuple[str, ...], list[Any]] = {}
    for values, at, body, service in services:
        groups.setdefault(tuple(values), []).append((*values.values(), at, body, service))
    for columns, lines in groups.items():
        sets = ", ".join(f"{name} = %s" for name in columns)
        head = f"update directory_service set {sets}{', ' if sets else ''}"  # noqa: S608
        yield f"{head}changed_at = %s, organisation_id = %s where id = %s", lines


def _note_seen(
    source: str,
    year: int,
    known: dict[str, SourceRow],
    digests: dict[str, str],
    changed: Sequence[Incoming],
    gone: Sequence[SourceRow],
    at: datetime,
) -> None:
    """Keep when each row was last seen. An unchanged row of the same year is not written again."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "update directory_sourcerow set row_hash = %s where source = %s and key = %s",
            [(digests[one.key], source, one.key) for one in changed],
        )
        stale = [key for key, row in known.items() if key in digests and (row.year != year or row.missing_since)]
        cursor.execute(
            "update directory_sourcerow set year = %s, last_seen = %s, missing_since = null "
            "where source = %s and key = any(%s)",
            [year, at, source, list({*stale, *(one.key for one in changed)})],
        )
        cursor.execute(
            "update directory_sourcerow set missing_since = %s where source = %s and key = any(%s)",
            [at, source, [row.key for row in gone]],
        )
