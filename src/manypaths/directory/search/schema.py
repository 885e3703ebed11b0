"""What the index holds of one service: words to find, codes to filter, and where and when as numbers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import tantivy

from manypaths.directory.rules import (
    DAY_MINUTES,
    WEEK_MINUTES,
    Span,
    always_open,
    how_shown,
    room_sure_until,
    told,
)
from manypaths.network.rules import sort_key

SLOT_MINUTES = 15
ALWAYS = "always"
NOWHERE = "nowhere"
HAS_ROOM, NOT_SAID = "open", "unknown"
CODES = ("need", "pathway", "cost", "language", "audience", "feature", "kind", "medication", "room", "zone", "body")
COUNTED = ("need", "cost", "language", "audience", "kind")
GRIDS = {"z": 0.02, "a": 0.1, "b": 0.5, "c": 2.0}
WIDEST = "c"
HALF = 2**64


def build() -> tantivy.Schema:
    """The fields of the index. A change here needs a rebuild; `writer` sees it and rebuilds."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("sid", tokenizer_name="raw", index_option="basic", stored=False)
    builder.add_unsigned_field("sid_high", fast=True)
    builder.add_unsigned_field("sid_low", fast=True)
    builder.add_text_field("name", tokenizer_name="en_stem", index_option="freq")
    builder.add_text_field("text", tokenizer_name="en_stem", index_option="freq")
    builder.add_text_field("plain", tokenizer_name="default", index_option="freq")
    for code in CODES:
        builder.add_text_field(code, tokenizer_name="raw", index_option="basic", fast=code in COUNTED)
    builder.add_text_field("cell", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("zone_there", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("slot", tokenizer_name="raw", index_option="basic")
    builder.add_float_field("latitude", fast=True)
    builder.add_float_field("longitude", fast=True)
    builder.add_unsigned_field("kind_number", fast=True)
    builder.add_unsigned_field("open_until", fast=True)
    builder.add_unsigned_field("full_until", fast=True)
    return builder.build()


def document(one: dict[str, Any], spans: Iterable[Span], kind_number: int, schema: tantivy.Schema) -> tantivy.Document:
    """One listing as an index document. `one` has the columns that `writer` reads."""
    high, low = halves(one["id"])
    words = f"{one['name']} {one['organisation__name']}"
    values: dict[str, Any] = {
        "sid": str(one["id"]),
        "sid_high": high,
        "sid_low": low,
        "name": sort_key(words),
        "text": sort_key(f"{one['description']} {one['how_to_start']} {one['location__city'] or ''}"),
        "plain": sort_key(f"{words} {one['location__city'] or ''}"),
        "kind_number": kind_number,
        "slot": [in_zone(one["zone"], slot) for slot in slots(list(spans))],
        **_room(one["room"], one["room_as_of"]),
        **_codes(one),
        **_where(*_told(one), one["zone"]),
    }
    return tantivy.Document.from_dict(values, schema)


def halves(service_id: UUID) -> tuple[int, int]:
    """A uuid as two whole numbers of 64 bits, for columns that are read without touching the stored document."""
    return service_id.int // HALF, service_id.int % HALF


def whole(high: int, low: int) -> UUID:
    """The uuid of two halves."""
    return UUID(int=high * HALF + low)


def _codes(one: dict[str, Any]) -> dict[str, list[str]]:
    many = {"need": "needs", "pathway": "pathways", "cost": "costs", "language": "languages"}
    many |= {"audience": "audiences", "feature": "features"}
    found = {code: list(one[column]) for code, column in many.items()}
    single = {code: [one[code]] for code in ("kind", "medication", "room", "zone")}
    return {**found, **single, "body": [str(one["organisation_id"])]}


def _room(room: str, as_of: datetime | None) -> dict[str, int]:
    """Until when it is sure to have room, and until when it is sure to be full; 0 where that is not sure at all."""
    until = seconds(room_sure_until(as_of)) if as_of and room != NOT_SAID else 0
    return {"open_until": until, "full_until": 0} if room == HAS_ROOM else {"open_until": 0, "full_until": until}


def seconds(at: datetime) -> int:
    """A moment as a whole number, as the columns hold it."""
    return max(0, int(at.timestamp()))


def _told(one: dict[str, Any]) -> tuple[float | None, float | None]:
    """Where it is for everyone. The index does not know where a hidden place is."""
    shown = how_shown(one["kind"], one["location__visibility"])
    return told(one["location__latitude"], shown), told(one["location__longitude"], shown)


def _where(latitude: float | None, longitude: float | None, zone: str) -> dict[str, Any]:
    if latitude is None or longitude is None:
        return {"cell": [NOWHERE], "zone_there": [f"{NOWHERE} {zone}"]}
    cells = {grid: cell(grid, latitude, longitude) for grid in GRIDS}
    point = {"latitude": float(latitude), "longitude": float(longitude)}
    return {**point, "cell": list(cells.values()), "zone_there": [f"{cells[WIDEST]} {zone}"]}


def cell(grid: str, latitude: float, longitude: float) -> str:
    """The name of the square of a grid that holds a point."""
    side = GRIDS[grid]
    return f"{grid}{int((latitude + 90) // side)}_{int((longitude + 180) // side)}"


def slots(spans: list[Span]) -> list[str]:
    """Every quarter of an hour of the week in which the service is open for at least a part."""
    if always_open(spans):
        return [ALWAYS]
    found = {
        minute % WEEK_MINUTES // SLOT_MINUTES
        for span in spans
        for minute in range(span.start - span.start % SLOT_MINUTES, span.end, SLOT_MINUTES)
    }
    return [str(slot) for slot in sorted(found)]


def in_zone(zone: str, slot: str) -> str:
    """A slot on the clock of one zone, so that one word of the index says both."""
    return f"{zone} {slot}"


def slot_of(minute: int) -> str:
    """The quarter of an hour that holds a minute of the week (0 to 10,079)."""
    return str(minute % (7 * DAY_MINUTES) // SLOT_MINUTES)
