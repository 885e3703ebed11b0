"""A small made-up directory around Montpelier, for the tests of the find pages."""

from datetime import datetime, timedelta

from manypaths.directory.models import Hours, Location, Service
from manypaths.network.models import Organisation
from manypaths.network.tests.factories import organisation
from manypaths.web.ui.clock import now

MONTPELIER = (44.26, -72.58)


def place(
    body: Organisation, city: str = "Montpelier", *, at: tuple[float, float] = MONTPELIER, **more: object
) -> Location:
    """A place with an address."""
    values = {"address_1": "12 Elm Street", "state": "VT", "postal_code": "05602", "county_fips": "50023"}
    return Location.objects.create(organisation=body, city=city, latitude=at[0], longitude=at[1], **{**values, **more})


def listed(name: str, kind: str = "peer_support", needs: tuple[str, ...] = ("talk",), **more: object) -> Service:
    """A service that is offered, with a phone, in Montpelier."""
    body = more.pop("body", None) or organisation(name)
    where = more.pop("location", None) or place(body)
    values = {"phone": "802-555-0142", "zone": "America/New_York", "changed_at": now(), "languages": ["en"]}
    return Service.objects.create(
        organisation=body, location=where, name=name, kind=kind, needs=list(needs), **{**values, **more}
    )


def open_all_week(service: Service) -> None:
    """Open day and night."""
    for day in range(7):
        Hours.objects.create(service=service, weekday=day, opens=0, closes=1440)


def said(days: int = 0) -> datetime:
    """An instant some days ago."""
    return now() - timedelta(days=days)
