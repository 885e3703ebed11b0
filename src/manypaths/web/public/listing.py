"""One service: next steps first, what to expect, where, and how sure we are. Made to be printed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from manypaths.directory import queries
from manypaths.directory.queries import Listing
from manypaths.directory.rules import DAY_MINUTES
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.web.public import cards
from manypaths.web.public.seen import seen_beside
from manypaths.web.ui import maps
from manypaths.web.ui.access import anyone
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now


@anyone
@require_safe
def service(request: Asked, service_id: UUID) -> HttpResponse:
    """One service that is offered now."""
    one = queries.listing(service_id=service_id)
    if one is None:
        raise NotThere
    at = now()
    context = {
        "one": one,
        "kind": next(iter(cards.labels("kind", (one.kind,))), ""),
        "room": cards.room(one, at),
        "open_words": cards.open_words(one, at),
        "checked": cards.checked(one, at),
        "week": week(one),
        "about": cards.about(one),
        "can_ask": can_ask(request, one),
        "where": cards.where(one, None),
        "languages": cards.languages(one.languages),
        **{kind: cards.labels(kind, getattr(one, f"{kind}s")) for kind in ("need", "cost", "audience", "feature")},
        "pathways": cards.labels("pathway", one.pathways),
        "map": map_of(one),
        "seen": seen_beside(request, one.id),
    }
    return render(request, "public/service.html", context)


def can_ask(request: Asked, one: Listing) -> bool:
    """True where the organisation takes part in this community and somebody there answers."""
    community: Any = request.community
    if community is None:
        return False
    return bool(network.takes_requests(organisation_ids=[one.organisation_id], community_id=community.id))


def week(one: Listing) -> list[tuple[str, str]]:
    """Hours by day, Monday first; days without hours are left out."""
    days: dict[int, list[str]] = {}
    for span in sorted(one.hours, key=lambda span: span.start):
        whole_day = span.closes - span.opens >= DAY_MINUTES
        words = gettext("24 hours") if whole_day else cards.from_to(span.opens, span.closes)
        days.setdefault(span.weekday, []).append(words)
    return [(cards.weekday(day), ", ".join(spans)) for day, spans in days.items()]


def map_of(one: Listing) -> maps.PinMap | None:
    """Where it is on county lines; a home stands at its town."""
    if one.longitude is None or one.latitude is None:
        return None
    return maps.pinned([maps.Pin(1, f"{one.name}, {one.city}", one.longitude, one.latitude, "#where")])
