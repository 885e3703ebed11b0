"""A person who stands at a desk opens the page that the place keeps of them: by a tap, or by a code."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import desk, greeting
from manypaths.consent import queries as consent
from manypaths.consent.desk import OwnOpening
from manypaths.consent.rules import DataClass
from manypaths.consent.rules.desk import CODE_HOLDS, until_closing
from manypaths.directory import queries as directory
from manypaths.directory.rules import Span
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.people import queries as people
from manypaths.referrals import queries
from manypaths.web.my.frame import show, thank, zone_of
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now


@dataclass(frozen=True)
class Desk:
    """A place that keeps a page of the person, and what they have open at its desk or a code that waits."""

    record_id: UUID
    place_id: UUID
    place: str
    opening: OwnOpening | None = None


def desks_of(request: Asked) -> list[Desk]:
    """Every place that keeps a page of the person, but for those that they have blocked."""
    held = queries.open_held(reader=request.reader, classes={DataClass.PRESENCE})
    openings = {one.held_record_id: one for one in desk.own_openings(reader=request.reader, at=now())}
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    away = people.blocked_places(reader=request.reader)
    places = network.names_of_places(organisation_ids={one.organisation_id for one in held.records})
    lines = [Desk(one.id, one.organisation_id, places[one.organisation_id], openings.get(one.id))
             for one in held.records if one.organisation_id not in away]  # fmt: skip
    return sorted(lines, key=lambda line: line.place)


def _desk(request: Asked, record_id: UUID) -> Desk:
    """Refuses: NotThere for a record that is not kept of the person, and for one of a place that they have blocked."""
    line = next((one for one in desks_of(request) if one.record_id == record_id), None)
    if line is None:
        raise NotThere
    return line


def _weeks(place_id: UUID, zone: str) -> list[tuple[str, list[Span]]]:
    return [(one.zone or zone, list(one.hours)) for one in directory.listings_of(organisation_id=place_id)]


@person
@require_safe
def index(request: Asked) -> HttpResponse:
    """Each place that keeps a page, and whether it is open at its desk now."""
    return show(request, "desk", {"desks": desks_of(request)})


@person
@require_POST
def open_it(request: Asked, record_id: UUID) -> HttpResponse:
    """Open it to the desk."""
    line, zone = _desk(request, record_id), zone_of(request)
    weeks = _weeks(line.place_id, zone)
    greeting.open_to_desk(held_record_id=record_id, weeks=weeks, zone=zone, by=request.reader, at=now())
    return thank(request, "desk_open", "my:desk")


@person
@require_POST
def make_code(request: Asked, record_id: UUID) -> HttpResponse:
    """Make a code and show it, once."""
    line, zone, at = _desk(request, record_id), zone_of(request), now()
    weeks = _weeks(line.place_id, zone)
    code = greeting.make_desk_code(held_record_id=record_id, weeks=weeks, zone=zone, by=request.reader, at=at)
    context = {"code": code, "place": line.place, "holds": at + CODE_HOLDS}
    return show(request, "desk_code", {**context, "until": until_closing(at, zone, weeks)})


@person
@require_POST
def close_it(request: Asked, opening: UUID) -> HttpResponse:
    """Close it, or take the code back."""
    greeting.end_at_desk(opening=opening, by=request.reader, at=now())
    return thank(request, "desk_closed", "my:desk")
