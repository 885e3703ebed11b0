"""A plain query for the time before there is an index: fewer ways to find, and the result says so."""

from uuid import UUID

from django.db.models import Q, QuerySet

from manypaths.directory.models import Hours, Service
from manypaths.directory.rules import SQUARE, Span, how_shown, open_span, room_is_sure, told, week_minute
from manypaths.directory.search.asking import MILES_PER_DEGREE, Ask
from manypaths.directory.search.finder import Found, Hit
from manypaths.directory.search.places import miles_between
from manypaths.directory.search.words import read

MOST = 2000
COLUMNS = ("id", "location__latitude", "location__longitude", "zone", "kind", "location__visibility")


def find(ask: Ask, *, limit: int) -> Found:
    """Search the tables themselves."""
    hits = [hit for hit in _hits(ask) if hit.miles is None or hit.miles <= ask.miles]
    hits.sort(key=lambda one: (one.miles is None, one.miles or 0.0, one.service_id))
    if not ask.taking_people:
        return Found(hits[:limit], [], len(hits), len(hits) >= MOST, False, False)
    rooms = _sure_rooms(ask, hits)
    sure = [hit for hit in hits if rooms.get(hit.service_id) == Service.Room.OPEN]
    maybe = [hit for hit in hits if rooms.get(hit.service_id) == Service.Room.UNKNOWN]
    return Found(sure[:limit], maybe[:limit], len(sure) + len(maybe), len(hits) >= MOST, False, False)


def _sure_rooms(ask: Ask, hits: list[Hit]) -> dict[UUID, str]:
    """What was said about room. What was said too long ago counts as not said."""
    rows = Service.objects.filter(id__in=[hit.service_id for hit in hits]).values_list("id", "room", "room_as_of")
    return {one: room if room_is_sure(as_of, ask.at) else Service.Room.UNKNOWN for one, room, as_of in rows}


def _hits(ask: Ask) -> list[Hit]:
    rows = _filtered(ask).values_list(*COLUMNS)[:MOST]
    open_ids = _open_now(ask, [row[0] for row in rows], {row[0]: row[3] for row in rows}) if ask.open_now else None
    return [
        Hit(one, _miles(ask, latitude, longitude, how_shown(kind, visibility)), 0, 0.0)
        for one, latitude, longitude, _zone, kind, visibility in rows
        if open_ids is None or one in open_ids
    ]


def _filtered(ask: Ask) -> "QuerySet[Service]":
    found = Service.objects.filter(status=Service.Status.ACTIVE)
    chosen = {
        "needs": ask.needs, "pathways": ask.pathways, "costs": ask.costs, "languages": ask.languages,
        "audiences": ask.audiences, "features": ask.features,
    }  # fmt: skip
    for column, codes in chosen.items():
        if codes:
            found = found.filter(**{f"{column}__overlap": sorted(codes)})
    if ask.medication_friendly:
        found = found.filter(medication__in=["yes", "conditional"])
    for word in (one for one in read(ask.text) if one.needed):
        needs = [code for kind, code in word.means if kind == "need"]
        named = Q(name__icontains=word.text) | Q(organisation__sort_name__icontains=word.text)
        found = found.filter(named | Q(needs__overlap=needs) if needs else named)
    return _inside(ask, found).order_by("id")


def _inside(ask: Ask, found: "QuerySet[Service]") -> "QuerySet[Service]":
    if ask.latitude is None or ask.longitude is None:
        return found
    high = ask.miles / MILES_PER_DEGREE + SQUARE  # a hidden place is cut off where it is told to be, not here
    wide = 2 * high
    square = Q(location__latitude__range=(ask.latitude - high, ask.latitude + high)) & Q(
        location__longitude__range=(ask.longitude - wide, ask.longitude + wide)
    )
    return found.filter(square | Q(location__latitude__isnull=True))


def _open_now(ask: Ask, ids: list[UUID], zones: dict[UUID, str]) -> set[UUID]:
    spans: dict[UUID, list[Span]] = {}
    for service, weekday, opens, closes in Hours.objects.filter(service_id__in=ids).values_list(
        "service_id", "weekday", "opens", "closes"
    ):
        spans.setdefault(service, []).append(Span(weekday, opens, closes))
    return {one for one, its in spans.items() if open_span(its, week_minute(ask.at, zones[one]))}


def _miles(ask: Ask, latitude: float | None, longitude: float | None, shown: str) -> float | None:
    latitude, longitude = told(latitude, shown), told(longitude, shown)
    if ask.latitude is None or ask.longitude is None or latitude is None or longitude is None:
        return None
    return miles_between(ask.latitude, ask.longitude, latitude, longitude)
