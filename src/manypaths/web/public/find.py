"""Find support: one form, one list, one map. A search is posted and answered at an address that tells nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from manypaths.directory import commands, queries
from manypaths.directory.search import Ask, Found, Hit, find_services, take_turns
from manypaths.lib.dates import local_date
from manypaths.network import queries as network
from manypaths.web.public import cards
from manypaths.web.public.asking import DISTANCES, FIRST_NEEDS, MANY, USUAL_MILES, SearchForm, filters_on, kept, without
from manypaths.web.public.cards import Card
from manypaths.web.public.sealed import GoneError, seal, unseal
from manypaths.web.ui import maps, numbered
from manypaths.web.ui.access import anyone
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.place import place_of

PAGE = 8
MOST_PAGES = 10
MOST_WORDS = 32
NO_SERVICE = UUID(int=0)
SEE_OTHER = 303
GONE = 410


@anyone
@require_safe
def home(request: Asked) -> HttpResponse:
    """The first page: the form, and what is near the community's own place."""
    place = request.community.place if request.community else ""
    data = QueryDict(mutable=True)
    data.update({"place": place, "miles": USUAL_MILES})
    return show(request, data, token="")


@csrf_exempt
@anyone
@require_POST
def search(request: Asked) -> HttpResponse:
    """Take a search and answer at a sealed, short-lived address. Nothing is kept but a count when nothing was found."""
    values = kept(request.POST)
    form = form_of(request, request.POST)
    if form.is_valid():
        count_what_is_missing(request, form)
    return HttpResponseRedirect(reverse("public:results", args=[seal(values, now())]), status=SEE_OTHER)


@anyone
@require_safe
@cache_control(no_store=True, private=True)
def results(request: Asked, token: str) -> HttpResponse:
    """The answer to a search. Back and reload work for two hours; then the page asks to search again."""
    try:
        values = unseal(token, now())
    except GoneError:
        data = QueryDict(mutable=True)
        data.update({"place": "", "miles": USUAL_MILES})
        return show(request, data, token="", gone=True)
    return show(request, as_data(values), token=token)


@csrf_exempt
@anyone
@require_POST
def fewer(request: Asked) -> HttpResponse:
    """The same search without one of the things that narrowed it."""
    try:
        values = without(unseal(request.POST.get("token", ""), now()), request.POST.get("without", ""))
    except GoneError:
        return HttpResponseRedirect(reverse("public:home"), status=SEE_OTHER)
    return HttpResponseRedirect(reverse("public:results", args=[seal(values, now())]), status=SEE_OTHER)


@csrf_exempt
@anyone
@require_POST
def make_link(request: Asked) -> HttpResponse:
    """A plain link to a search, only because somebody asked for one. It shows what was searched."""
    try:
        values = unseal(request.POST.get("token", ""), now())
    except GoneError:
        return HttpResponseRedirect(reverse("public:home"), status=SEE_OTHER)
    for secret in ("lat", "lon"):
        values.pop(secret, None)
    path = f"{reverse('public:linked')}?{urlencode(values, doseq=True)}"
    return render(request, "public/link.html", {"link": request.build_absolute_uri(path), "path": path})


@anyone
@require_safe
def linked(request: Asked) -> HttpResponse:
    """Follow such a link, and leave what it shows behind at once."""
    return HttpResponseRedirect(reverse("public:results", args=[seal(kept(request.GET), now())]), status=SEE_OTHER)


def as_data(values: dict[str, Any]) -> QueryDict:
    """Sealed values as a form reads them."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return data


def form_of(request: Asked, data: QueryDict) -> SearchForm:
    """The form, in the reader's language, for the community served."""
    return SearchForm(data, language=cards.language(), community=request.community)


def show(request: Asked, data: QueryDict, *, token: str, gone: bool = False) -> HttpResponse:
    """One page for every state of a search: first, found, nothing found, wrong place, too old."""
    form = form_of(request, data)
    at = now()
    context = {"form": form, "token": token, "gone": gone, "first_needs": first_needs(), **choices(form)}
    if form.is_valid() and not gone:
        context |= answer(request, form, at)
    return render(request, "public/find.html", context, status=GONE if gone else 200)


def first_needs() -> list[dict[str, str]]:
    """The needs that stand as large buttons."""
    known = queries.words(kind="need", language=cards.language())
    return [{"value": code, "label": known[code], "icon": icon} for code, icon in FIRST_NEEDS]


def choices(form: SearchForm) -> dict[str, Any]:
    """What each list of filters offers, and what is chosen. Needs beyond the large buttons stand with the filters."""
    language = form.language
    shown = {code for code, _icon in FIRST_NEEDS}
    lists = {f"{kind}_words": tuple(queries.words(kind=kind, language=language).items()) for kind in MANY}
    lists["need_words"] = tuple(pair for pair in lists["need_words"] if pair[0] not in shown)
    lists["cost_words"], lists["language_words"] = lists["cost_words"][:5], lists["language_words"][:8]
    lists["miles_words"] = tuple((value, str(label)) for value, label in DISTANCES)
    miles = form.data.get("miles") or USUAL_MILES
    return {**lists, "picked": {**form.all_picked, "miles": {miles}}}


def answer(request: Asked, form: SearchForm, at: datetime) -> dict[str, Any]:
    """The results of a search, one page of them, with a map."""
    ask = form.ask(at)
    found = find_services(ask, limit=PAGE * MOST_PAGES)
    number = page_number(request)
    in_order = found.sure if found.best_first else take_turns(found.sure)
    apart = found.ask_first if found.best_first else take_turns(found.ask_first)
    hits = [*in_order, *apart][PAGE * (number - 1) : PAGE * number]
    first_apart = max(0, len(in_order) - PAGE * (number - 1))
    shown = make_cards(request, hits, form, at, first=PAGE * (number - 1) + 1)
    return {
        "found": found,
        "cards": shown[:first_apart] if ask.taking_people else shown,
        "ask_first": shown[first_apart:] if ask.taking_people else [],
        "near": form.point,
        "afar": at_no_place(found) if form.point else 0,
        "map": map_of(shown, form),
        "filters": filters_on(form),
        "number": number,
        "more": len(in_order) + len(apart) > PAGE * number,
        "miles": int(ask.miles),
    }


def at_no_place(found: Found) -> int:
    """How many help by phone or online, from anywhere; 0 where there are too many results to tell."""
    hits = [*found.sure, *found.ask_first]
    return sum(hit.miles is None for hit in hits) if len(hits) == found.total else 0


def page_number(request: Asked) -> int:
    """Which page of the results; anything strange is the first."""
    return numbered.page_number(request.GET.get("page"), MOST_PAGES)


def make_cards(request: Asked, hits: list[Hit], form: SearchForm, at: datetime, *, first: int) -> list[Card]:
    """Each hit as a card, with what could be read about it."""
    far = {hit.service_id: hit.miles for hit in hits}
    listings = queries.listings(ids=[hit.service_id for hit in hits])
    community = request.community
    bodies = {one.organisation_id for one in listings}
    asked = network.takes_requests(organisation_ids=bodies, community_id=community.id) if community else set()
    page_of_none = reverse("public:service", args=[NO_SERVICE])
    return [
        Card(
            number=number,
            service_id=one.id,
            href=page_of_none.replace(str(NO_SERVICE), str(one.id)),
            kind="".join(cards.labels("kind", (one.kind,))),
            name=one.name,
            room=cards.room(one, at),
            about=Truncator(cards.about(one)).words(MOST_WORDS, truncate=" …"),
            facts=cards.facts(one, far.get(one.id), at),
            tags=cards.tags(one),
            why=why(one, form),
            phone=one.phone or one.intake_phone,
            website=one.website,
            checked=cards.checked(one, at),
            can_ask=one.organisation_id in asked,
            longitude=one.longitude,
            latitude=one.latitude,
            city=one.city,
        )
        for number, one in enumerate(listings, first)
    ]


def why(one: queries.Listing, form: SearchForm) -> str:
    """Why a result is shown: the chosen things it has, or that it is near."""
    have = {
        "need": one.needs, "pathway": one.pathways, "cost": one.costs, "language": one.languages,
        "audience": one.audiences, "feature": one.features,
    }  # fmt: skip
    matched = [
        label for kind, codes in have.items() for label in cards.labels(kind, tuple(form.picked(kind) & set(codes)))
    ]
    if form.cleaned_data.get("q"):
        matched.append(gettext("your words"))
    if form.point and one.city:
        matched.append(gettext("near you"))
    return ", ".join(matched)


def map_of(shown: list[Card], form: SearchForm) -> maps.PinMap | None:
    """The shown results on county lines. Homes stand at their town."""
    tones = {"wait": "wait", "ask": "wait"}
    pins = [
        maps.Pin(
            one.number, f"{one.name}, {one.city}", one.longitude, one.latitude, f"#r{one.number}",
            tones.get(one.room.tone, ""),
        )
        for one in shown
        if one.longitude is not None and one.latitude is not None
    ]  # fmt: skip
    here = (form.point.longitude, form.point.latitude) if form.point else None
    return maps.pinned(pins, here=here)


def what_is_missing(ask: Ask) -> str:
    """Why a search leads to nobody: nothing is there, or all that is there is full. Somebody to ask first is a door."""
    if find_services(ask, limit=1).total:
        return ""
    anyway = replace(ask, taking_people=False)
    return "no_room" if ask.taking_people and find_services(anyway, limit=1).total else "nothing_found"


def count_what_is_missing(request: Asked, form: SearchForm) -> None:
    """A search that led to no open door is counted once a day: need, county and month. No words, no place, no one."""
    community = request.community
    if community is None:
        return
    at = now()
    cause = what_is_missing(form.ask(at))
    if not cause:
        return
    area = form.point.county_fips if form.point else ""
    day, place = local_date(at, community.zone), place_of(request)
    for need in sorted(form.picked("need")) or ["any"]:
        commands.count_gap(community_id=community.id, need=need, area=area, cause=cause, day=day, place=place)
