"""Made-up listings for tests."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from manypaths.directory.models import Hours, Location, Service
from manypaths.directory.rules import Span
from manypaths.network.models import Organisation
from manypaths.network.tests import factories as network

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday, 10 in the morning in Vermont
MONTPELIER = (44.26, -72.5754)
OFFICE = tuple(Span(day, 540, 1020) for day in range(5))
_numbers = itertools.count(1)


def service(
    name: str = "",
    *,
    body: Organisation | None = None,
    at: tuple[float, float] | None = MONTPELIER,
    hours: Sequence[Span] = (),
    place: dict[str, object] | None = None,
    **fields: object,
) -> Service:
    """One listing in Montpelier, open to everybody who asks."""
    number = next(_numbers)
    owner = body or network.organisation(f"Lantern House {number}")
    location = None
    if at is not None:
        values = {"address_1": f"{number} Lantern Lane", "city": "Montpelier", "state": "VT", "postal_code": "05602"}
        values |= {"county_fips": "50023", "latitude": at[0], "longitude": at[1], **(place or {})}
        location = Location.objects.create(id=uuid.uuid4(), organisation=owner, **values)
    said = {"room_as_of": NOW} if fields.get("room", "unknown") != "unknown" else {}
    values = {**said, "kind": "peer_support", "zone": "America/New_York", "phone": "802-555-0100", "changed_at": NOW}
    made = Service.objects.create(
        organisation=owner, location=location, name=name or f"Drop-in {number}", **{**values, **fields}
    )
    Hours.objects.bulk_create(
        [Hours(service=made, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in hours]
    )
    return made
