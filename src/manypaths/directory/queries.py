"""Reads of the directory. No reader is needed: nobody's person data is here, and everyone sees the same."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, When

from manypaths.directory.models import Service, Term, Town
from manypaths.directory.rules import ROOM_IS_SURE_FOR, WHOLE, Span, how_shown, told

LISTS = ("needs", "pathways", "costs", "languages", "audiences", "features")
PLAIN = (
    "name", "kind", "description", "status", "venue", "medication", "phone", "phone_extension", "intake_phone",
    "website", "how_to_start", "first_visit", "cost_note", "zone", "hours_note", "room", "room_places",
    "room_wait_days", "room_as_of", "verified_at", "verified_by",
)  # fmt: skip
CARDS = """
    select s.id, s.organisation_id, o.name as organisation, s.name, s.kind, s.description, s.status, s.venue,
           s.medication, s.phone, s.phone_extension, s.intake_phone, s.website, s.how_to_start, s.first_visit,
           s.cost_note, s.zone, s.hours_note, s.room, s.room_places, s.room_wait_days, s.room_as_of, s.verified_at,
           s.verified_by, s.needs, s.pathways, s.costs, s.languages, s.audiences, s.features,
           p.visibility, p.address_1, p.address_2, p.city, p.state, p.postal_code, p.county_fips,
           p.latitude, p.longitude, p.is_exact, r.source, r.year, r.missing_since,
           array(select array[h.weekday, h.opens, h.closes] from directory_hours h
                  where h.service_id = s.id order by h.weekday, h.opens) as hours
      from directory_service s
      join network_organisation o on o.id = s.organisation_id
      left join directory_location p on p.id = s.location_id
      left join directory_sourcerow r on r.service_id = s.id
     where s.id = any(%s) and s.status = 'active'
"""


@dataclass(frozen=True)
class Listing:
    """One service as people see it: plain values, a home's address already left out."""

    id: UUID
    organisation_id: UUID
    organisation: str
    name: str
    kind: str
    description: str
    status: str
    venue: str
    needs: tuple[str, ...]
    pathways: tuple[str, ...]
    costs: tuple[str, ...]
    languages: tuple[str, ...]
    audiences: tuple[str, ...]
    features: tuple[str, ...]
    medication: str
    phone: str
    phone_extension: str
    intake_phone: str
    website: str
    how_to_start: str
    first_visit: str
    cost_note: str
    zone: str
    hours_note: str
    room: str
    room_places: int | None
    room_wait_days: int | None
    room_as_of: datetime | None
    verified_at: datetime | None
    verified_by: str
    street: str
    city: str
    state: str
    postal_code: str
    county_fips: str
    latitude: float | None
    longitude: float | None
    is_exact: bool
    hours: tuple[Span, ...]
    visibility: str = WHOLE
    source: str = ""
    missing_since: datetime | None = None


def listings(*, ids: Collection[UUID]) -> list[Listing]:
    """These services in the given order; closed and unknown ones are left out. One statement, written out: this is read
    for every page of results, and putting the same statement together again took longer than answering it."""
    with connection.cursor() as cursor:
        cursor.execute(CARDS, [list(ids)])
        columns = [column.name for column in cursor.description]
        rows = {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}
    return [_listing(rows[one]) for one in ids if one in rows]


def listing(*, service_id: UUID) -> Listing | None:
    """One service that is offered now, or None."""
    return next(iter(listings(ids=[service_id])), None)


def listings_of(*, organisation_id: UUID) -> list[Listing]:
    """Everything an organisation offers now, by name."""
    ids = Service.objects.filter(organisation_id=organisation_id, status="active").order_by("name")
    return listings(ids=list(ids.values_list("id", flat=True)))


def _listing(row: dict[str, Any]) -> Listing:
    visibility = how_shown(row["kind"], row["visibility"] or WHOLE)
    shown = visibility == WHOLE
    lines = [row["address_1"], row["address_2"]] if shown else []
    values: dict[str, Any] = {name: row[name] for name in PLAIN}
    values |= {name: tuple(row[name]) for name in LISTS}
    values |= {name: row[name] or "" for name in ("city", "state", "county_fips")}
    return Listing(
        id=row["id"],
        organisation_id=row["organisation_id"],
        organisation=row["organisation"],
        street=", ".join(line for line in lines if line),
        postal_code=(row["postal_code"] or "") if shown else "",
        latitude=told(row["latitude"], visibility),
        longitude=told(row["longitude"], visibility),
        is_exact=bool(row["is_exact"]) and shown,
        visibility=visibility,
        hours=tuple(Span(*span) for span in row["hours"]),
        source=f"{row['source']} {row['year']}" if row["source"] else "",
        missing_since=row["missing_since"],
        **values,
    )


@lru_cache(maxsize=64)
def words(*, kind: str, language: str) -> dict[str, str]:
    """The shared words of one kind in a language, in their order; English stands in where a label is missing."""
    rows = Term.objects.filter(kind=kind, language__in={"en", language}).order_by("position")
    found: dict[str, str] = {}
    for code, its_language, label in rows.values_list("code", "language", "label"):
        if code not in found or its_language == language:
            found[code] = label
    return found


def similar(
    *, service_id: UUID, community_organisations: Collection[UUID], at: datetime, limit: int = 3
) -> list[Listing]:
    """A few other services of the same kind by organisations that can be asked, those that surely have room first."""
    kind = Service.objects.filter(id=service_id).values_list("kind", flat=True).first()
    if not kind:
        return []
    offered = Service.objects.filter(organisation_id__in=community_organisations, status="active", kind=kind)
    others = offered.exclude(id=service_id)
    has_room = Case(When(room="open", room_as_of__gte=at - ROOM_IS_SURE_FOR, then=0), default=1)
    ranked = others.order_by(has_room, "id").values_list("id", flat=True)
    return listings(ids=list(ranked[:limit]))


@dataclass(frozen=True)
class TownFacts:
    """Where a ZIP code is."""

    state: str
    county_fips: str
    latitude: float
    longitude: float
    zone: str


def towns(*, postal_codes: Collection[str]) -> dict[str, TownFacts]:
    """Where these ZIP codes are; unknown ones are left out."""
    rows = Town.objects.filter(postal_code__in=postal_codes).values_list(
        "postal_code", "state", "county_fips", "latitude", "longitude", "zone"
    )
    return {row[0]: TownFacts(*row[1:]) for row in rows}
