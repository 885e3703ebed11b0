"""What one's own organisation offers: still right, how much room, add, change, close. Made for a phone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.directory import commands, rules
from manypaths.directory import queries as directory
from manypaths.directory.queries import Listing
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.frame import OFFERING, REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.listing_form import ServiceForm, hours_from, initial_of, kept_hours, place_from, words_from

ROOM: dict[str, Any] = {
    "open": _("We have room"),
    "waitlist": _("Full, with a wait"),
    "full": _("Full"),
}


MEETING = "mutual_aid"
ASKED_WITH = {"open": ("places",), "waitlist": ("wait_days",)}


class RoomForm(forms.Form):
    """How many places are open, or how many days the wait is. Both may stay empty."""

    places = forms.IntegerField(
        required=False, error_messages={"invalid": _("Enter a number of places from 0 to 2,000.")}
    )
    wait_days = forms.IntegerField(required=False, error_messages={"invalid": _("Enter a wait from 0 to 730 days.")})


@dataclass(frozen=True)
class Offer:
    """One own service as its page shows it."""

    listing: Listing
    kind: str
    room: Any
    is_sure: bool
    is_fresh: bool

    @property
    def has_room(self) -> bool:
        """Whether they said lately that there is room."""
        return self.is_sure and self.listing.room == "open"

    @property
    def asks_room(self) -> bool:
        """False for a meeting with hours: people are shown when it meets next, and never how full it is."""
        return not (self.listing.kind == MEETING and self.listing.hours)


def _own(request: Asked, service_id: UUID) -> Listing:
    one = directory.listing(service_id=service_id)
    if one is None or one.organisation_id != request.reader.organisation_id:
        raise NotThere
    return one


def offers(request: Asked, at: datetime) -> list[Offer]:
    """Everything the reader's organisation offers, what was not checked for the longest time first."""
    if request.reader.organisation_id is None:
        return []
    kinds = directory.words(kind="kind", language=language().split("-")[0])
    made = [
        Offer(
            one,
            kinds.get(one.kind, one.kind),
            ROOM.get(one.room, _("Room not said")),
            rules.room_is_sure(one.room_as_of, at),
            rules.check_is_fresh(one.verified_at, at),
        )
        for one in directory.listings_of(organisation_id=request.reader.organisation_id)
    ]
    return sorted(made, key=lambda offer: (offer.is_fresh, offer.listing.name))


@member(*OFFERING)
@require_safe
def index(request: Asked) -> HttpResponse:
    """What the organisation offers: one tap says how much room there is, one says that it is still right."""
    return _draw_offers(request)


def _draw_offers(request: Asked, wrong: UUID | None = None, form: RoomForm | None = None) -> HttpResponse:
    request.return_to = reverse("work:services")
    context = {
        "offers": offers(request, now()),
        "rooms": ROOM.items(),
        "workplace": network.own_membership(reader=request.reader),
        "wrong": wrong,
        "form": form,
    }
    return show(request, "services", context, status=REFUSED if form else 200)


@member(*OFFERING)
@require_POST
def room(request: Asked, service_id: UUID) -> HttpResponse:
    """Say how much room there is."""
    said = request.POST.get("room", "")
    if said not in ROOM:
        raise NotThere
    form = RoomForm({name: request.POST.get(name) for name in ASKED_WITH.get(said, ())})
    if form.is_valid():
        facts = {name: form.cleaned_data.get(name) for name in ("places", "wait_days")}
        try:
            commands.report_room(service_id=service_id, room=said, by=request.reader, at=now(), **facts)
        except Refused as refused:
            put_reasons(form, refused)
        except NotThere:
            return thank(request, "gone", "work:services")
        else:
            return thank(request, "room", "work:services")
    return _draw_offers(request, wrong=service_id, form=form)


@member(*OFFERING)
@require_POST
def confirm(request: Asked, service_id: UUID) -> HttpResponse:
    """Say that a listing is still right."""
    try:
        commands.confirm_service(service_id=service_id, by=request.reader, at=now())
    except Refused as refused:
        return _refuse(request, refused)
    except NotThere:
        return thank(request, "gone", "work:services")
    return thank(request, "confirmed", "work:services")


def _refuse(request: Asked, refused: Refused) -> HttpResponse:
    request.return_to = reverse("work:services")
    return show(request, "refused", {"reasons": refused.reasons}, status=REFUSED)


@member(*OFFERING)
@require_POST
def close(request: Asked, service_id: UUID) -> HttpResponse:
    """Take a listing out of the directory."""
    try:
        commands.close_service(service_id=service_id, by=request.reader, at=now())
    except Refused as refused:
        return _refuse(request, refused)
    except NotThere:
        return thank(request, "gone", "work:services")
    return thank(request, "closed", "work:services")


@member(*OFFERING)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Asked) -> HttpResponse:
    """List a new service or meeting."""
    form = ServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_service(
                words=words_from(form, zone_of(request)),
                place=place_from(form),
                hours=hours_from(form, ()),
                by=request.reader,
                at=now(),
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "added", "work:services")
    return _draw(request, form)


@member(*OFFERING)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Asked, service_id: UUID) -> HttpResponse:
    """Change what a listing says. One that was closed meanwhile leads back to the list, whatever the cause."""
    try:
        one = _own(request, service_id)
    except NotThere:
        if request.method != "POST":
            raise
        return thank(request, "gone", "work:services")
    form = ServiceForm(request.POST or None, initial=initial_of(one), kept_hours=kept_hours(one))
    if request.method == "POST" and form.is_valid():
        try:
            commands.edit_service(
                service_id=service_id,
                words=words_from(form, one.zone, one),
                place=place_from(form, changed_only=True),
                hours=hours_from(form, one.hours),
                by=request.reader,
                at=now(),
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "work:services")
    return _draw(request, form, one)


def _draw(request: Asked, form: ServiceForm, one: Listing | None = None) -> HttpResponse:
    status = REFUSED if form.is_bound and form.errors else 200
    first = ("name", "kind", "phone", "venue", "where", "street", "town_only", "days", "opens", "closes")
    context = {
        "form": form,
        "one": one,
        "first": [form[name] for name in first],
        "more": [field for field in form if field.name not in first],
    }
    return show(request, "service", context, status=status)
