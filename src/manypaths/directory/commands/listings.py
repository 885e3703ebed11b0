"""What organisations do with their own listings: add, change, close, say how much room there is, check."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.directory import queries, rules
from manypaths.directory.models import Hours, Location, RoomReport, Service, SourceRow, Verification
from manypaths.directory.rules import Span
from manypaths.lib.refusals import NotThere, Reason, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader


@dataclass(frozen=True)
class Place:
    """Where a service is. `visibility` is what its people wish; a home shows its town, whatever they wish."""

    address_1: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    county_fips: str = ""
    latitude: float | None = None
    longitude: float | None = None
    visibility: str = Location.Visibility.PUBLIC


@dataclass(frozen=True)
class Words:
    """What a listing says."""

    name: str
    kind: str
    zone: str
    description: str = ""
    venue: str = Service.Venue.IN_PERSON
    needs: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    medication: str = Service.Medication.UNKNOWN
    phone: str = ""
    website: str = ""
    how_to_start: str = ""
    first_visit: str = ""
    cost_note: str = ""
    hours_note: str = ""


@transaction.atomic
def add_service(*, words: Words, place: Place | None, hours: Sequence[Span], by: Reader, at: datetime) -> UUID:
    """List a new service or meeting of the reader's own organisation. The one who adds it has checked it.

    Refuses: another organisation's · no name · unknown kind · no way to reach · impossible hours.
    Records: directory.service_added
    """
    body = _own_organisation(by)
    refuse_if(_reasons_not_to_keep(words, hours))
    location = _keep_place(place, words.kind, by) if place else None
    service = Service(id=uuid.uuid4(), organisation_id=body, location=location, changed_at=at, **_columns(words))
    service.save(force_insert=True)
    _keep_hours(service.id, hours)
    _check(service.id, Verification.Outcome.RIGHT, by, at)
    audit.record(what="directory.service_added", by=by, subject=service.id, at=at)
    return service.id


@transaction.atomic
def edit_service(
    *, service_id: UUID, words: Words, place: Place | None, hours: Sequence[Span], by: Reader, at: datetime
) -> None:
    """Change what a listing says. A later import leaves the changed fields as they are.

    What becomes a home, or was one, hides the street it had, until somebody enters a place to be shown.

    Refuses: as for adding · NotThere for an unknown or closed service.
    Records: directory.service_edited
    """
    service = _own(service_id, by)
    refuse_if(_reasons_not_to_keep(words, hours))
    columns = _columns(words)
    changed = [name for name, value in columns.items() if getattr(service, name) != value]
    if place is not None:
        columns["location_id"] = _keep_place(place, words.kind, by).id
        changed.append("location")
    elif rules.HOMES & {service.kind, words.kind}:
        Location.objects.filter(service=service).update(visibility=rules.TOWN)
        changed.append("location")
    Service.objects.filter(id=service.id).update(**columns, changed_at=at)
    _keep_hours(service.id, hours)
    _keep_from_imports(service.id, changed)
    _check(service.id, Verification.Outcome.CHANGED, by, at)
    audit.record(what="directory.service_edited", by=by, subject=service.id, at=at)


@transaction.atomic
def close_service(*, service_id: UUID, by: Reader, at: datetime) -> None:
    """Take a listing out of the directory. It is kept, and no longer found.

    Refuses: another organisation's · NotThere for an unknown or closed service.
    Records: directory.service_closed
    """
    service = _own(service_id, by)
    Service.objects.filter(id=service.id).update(status=Service.Status.CLOSED, closed_at=at, changed_at=at)
    _keep_from_imports(service.id, ["status"])
    audit.record(what="directory.service_closed", by=by, subject=service.id, at=at)


@transaction.atomic
def report_room(
    *, service_id: UUID, room: str, places: int | None, wait_days: int | None, by: Reader, at: datetime
) -> None:
    """Say how much room a service has, by hand.

    Refuses: another organisation's · numbers out of range · open with no place.
    Records: directory.room_reported
    """
    service = _own(service_id, by)
    refuse_if(rules.reasons_not_to_report_room(room, places, wait_days))
    RoomReport.objects.create(
        service=service, room=room, places=places, wait_days=wait_days, membership_id=by.membership_id, at=at
    )
    Service.objects.filter(id=service.id).update(room=room, room_places=places, room_wait_days=wait_days, room_as_of=at)
    audit.record(what="directory.room_reported", by=by, subject=service.id, at=at)


@transaction.atomic
def confirm_service(*, service_id: UUID, by: Reader, at: datetime) -> None:
    """Say that a listing is still right.

    Refuses: another organisation's · NotThere for an unknown or closed service.
    Records: directory.service_confirmed
    """
    service = _own(service_id, by)
    _check(service.id, Verification.Outcome.RIGHT, by, at)
    audit.record(what="directory.service_confirmed", by=by, subject=service.id, at=at)


def _reasons_not_to_keep(words: Words, hours: Sequence[Span]) -> list[Reason]:
    kinds = frozenset(queries.words(kind="kind", language="en"))
    return [
        *rules.reasons_not_to_list(words.name, words.kind, kinds, words.phone, words.website),
        *rules.reasons_not_to_span(list(hours)),
    ]


def _own_organisation(by: Reader) -> UUID:
    refuse_if(rules.reasons_not_to_edit(by, by.organisation_id))
    if by.organisation_id is None:
        raise NotThere
    return by.organisation_id


def _own(service_id: UUID, by: Reader) -> Service:
    service = Service.objects.select_for_update().filter(id=service_id, status=Service.Status.ACTIVE).first()
    if service is None:
        raise NotThere
    refuse_if(rules.reasons_not_to_edit(by, service.organisation_id))
    return service


def _columns(words: Words) -> dict[str, object]:
    lists = {"needs", "pathways", "costs", "languages", "audiences", "features"}
    return {name: list(value) if name in lists else value for name, value in vars(words).items()}


def _keep_place(place: Place, kind: str, by: Reader) -> Location:
    values = {**vars(place), "visibility": rules.how_shown(kind, place.visibility)}
    location = Location(id=uuid.uuid4(), organisation_id=_own_organisation(by), is_exact=False, **values)
    location.save(force_insert=True)
    return location


def _keep_hours(service_id: UUID, hours: Sequence[Span]) -> None:
    Hours.objects.filter(service_id=service_id).delete()
    Hours.objects.bulk_create(
        [Hours(service_id=service_id, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in hours]
    )


def _keep_from_imports(service_id: UUID, fields: list[str]) -> None:
    for row in SourceRow.objects.filter(service_id=service_id):
        row.overrides = sorted({*row.overrides, *fields})
        row.save(update_fields=["overrides"])


def _own_name(by: Reader) -> str:
    body = network.organisation(organisation_id=_own_organisation(by))
    return body.name if body else ""


def _check(service_id: UUID, outcome: str, by: Reader, at: datetime) -> None:
    """Note a check. Whose it is stands in public: the organisation's name, and never a worker's own."""
    name = _own_name(by)
    Verification.objects.create(
        service_id=service_id, outcome=outcome, by_name=name, membership_id=by.membership_id, at=at
    )
    Service.objects.filter(id=service_id).update(verified_at=at, verified_by=name)
