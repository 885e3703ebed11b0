"""Reads of the directory. No reader is needed: nobody's person data is here, and everyone sees the same."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from manypaths.directory.models import Hours, Location, Service, SourceRow, Term, Town
from manypaths.directory.rules import Span

CARD_FIELDS = (
    "id", "organisation_id", "organisation__name", "organisation__kind", "name", "kind", "description", "venue",
    "needs", "pathways", "costs", "languages", "audiences", "features", "medication", "phone", "phone_extension",
    "intake_phone", "website", "how_to_start", "first_visit", "cost_note", "zone", "hours_note", "room", "room_places",
    "room_wait_days", "room_as_of", "verified_at", "verified_by", "status", "location__address_1",
    "location__address_2", "location__city", "location__state", "location__postal_code", "location__county_fips",
    "location__latitude", "location__longitude", "location__is_exact", "location__visibility",
)  # fmt: skip


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
    source: str = ""
    missing_since: datetime | None = None


def listings(*, ids: Collection[UUID]) -> list[Listing]:
    """These services in the given order; closed and unknown ones are left out. Three statements."""
    rows = {row["id"]: row for row in Service.objects.filter(id__in=ids, status="active").values(*CARD_FIELDS)}
    hours, sources = _hours_of(rows), _sources_of(rows)
    return [_listing(rows[one], hours.get(one, ()), sources.get(one)) for one in ids if one in rows]


def listing(*, service_id: UUID) -> Listing | None:
    """One service that is offered now, or None."""
    return next(iter(listings(ids=[service_id])), None)


def listings_of(*, organisation_id: UUID) -> list[Listing]:
    """Everything an organisation offers now, by name."""
    ids = Service.objects.filter(organisation_id=organisation_id, status="active").order_by("name")
    return listings(ids=list(ids.values_list("id", flat=True)))


def _hours_of(ids: Iterable[UUID]) -> dict[UUID, tuple[Span, ...]]:
    found: dict[UUID, list[Span]] = {}
    for service, weekday, opens, closes in Hours.objects.filter(service_id__in=list(ids)).values_list(
        "service_id", "weekday", "opens", "closes"
    ):
        found.setdefault(service, []).append(Span(weekday, opens, closes))
    return {service: tuple(spans) for service, spans in found.items()}


def _sources_of(ids: Iterable[UUID]) -> dict[UUID, tuple[str, datetime | None]]:
    rows = SourceRow.objects.filter(service_id__in=list(ids)).values_list(
        "service_id", "source", "year", "missing_since"
    )
    return {service: (f"{source} {year}", missing) for service, source, year, missing in rows}


def _listing(row: dict[str, Any], hours: tuple[Span, ...], source: tuple[str, datetime | None] | None) -> Listing:
    shown = row["location__visibility"] == Location.Visibility.PUBLIC
    lines = [row["location__address_1"], row["location__address_2"]] if shown else []
    values: dict[str, Any] = {name: row[name] for name in PLAIN}
    values |= {name: tuple(row[name]) for name in LISTS}
    values |= {name: row[f"location__{name}"] or "" for name in ("city", "state", "county_fips")}
    return Listing(
        id=row["id"],
        organisation_id=row["organisation_id"],
        organisation=row["organisation__name"],
        street=", ".join(line for line in lines if line),
        postal_code=(row["location__postal_code"] or "") if shown else "",
        latitude=_shown(row["location__latitude"], shown),
        longitude=_shown(row["location__longitude"], shown),
        is_exact=bool(row["location__is_exact"]) and shown,
        hours=hours,
        source=source[0] if source else "",
        missing_since=source[1] if source else None,
        **values,
    )


LISTS = ("needs", "pathways", "costs", "languages", "audiences", "features")
PLAIN = (
    "name", "kind", "description", "status", "venue", "medication", "phone", "phone_extension", "intake_phone",
    "website", "how_to_start", "first_visit", "cost_note", "zone", "hours_note", "room", "room_places",
    "room_wait_days", "room_as_of", "verified_at", "verified_by",
)  # fmt: skip


def _shown(degrees: float | None, shown: bool) -> float | None:
    """A hidden place is shown to about 10 km only."""
    return degrees if degrees is None or shown else round(degrees, 1)


@lru_cache(maxsize=64)
def words(*, kind: str, language: str) -> dict[str, str]:
    """The shared words of one kind in a language, in their order; English stands in where a label is missing."""
    rows = Term.objects.filter(kind=kind, language__in={"en", language}).order_by("position")
    found: dict[str, str] = {}
    for code, its_language, label in rows.values_list("code", "language", "label"):
        if code not in found or its_language == language:
            found[code] = label
    return found


def similar(*, service_id: UUID, community_organisations: Collection[UUID], limit: int = 3) -> list[Listing]:
    """Other services of the same kind by organisations that can be asked, those with room first."""
    one = Service.objects.filter(id=service_id).values("kind", "needs").first()
    if one is None:
        return []
    others = Service.objects.filter(
        organisation_id__in=community_organisations, status="active", needs__overlap=one["needs"] or [""]
    ).exclude(id=service_id)
    ranked = sorted(
        others.values_list("id", "kind", "room"), key=lambda row: (row[1] != one["kind"], row[2] != "open", str(row[0]))
    )
    return listings(ids=[row[0] for row in ranked[:limit]])


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
