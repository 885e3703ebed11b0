"""Who can see what, and who has looked: in plain words, with a way to stop and a way to go on longer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from manypaths.consent import queries as consent
from manypaths.consent import rules as consent_rules
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.people import queries as people
from manypaths.referrals import queries as referrals
from manypaths.referrals.queries import Looks, RequestLine
from manypaths.support import shown
from manypaths.web.my import glance, plain
from manypaths.web.my.agreeing import what_goes_along
from manypaths.web.my.alerts import new_lookers, sentences
from manypaths.web.my.ask_forms import language_name
from manypaths.web.my.emergency import news_of
from manypaths.web.my.frame import show, zone_of
from manypaths.web.my.reviews import said_of
from manypaths.web.my.shown import shown_lines
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.words import day, in_zone

SEEN_ON_A_PAGE = 30
READ_AT_ONCE = 500


@dataclass(frozen=True)
class SharedLine:
    """One consent in plain words."""

    id: UUID
    place_id: UUID
    who: str
    what: str
    why: Any
    request_id: UUID
    service: str
    given_at: datetime
    until: datetime
    is_active: bool
    ending: Any = ""
    ended_at: datetime | None = None


def shared_lines(request: Asked, asked: Sequence[RequestLine], at: datetime) -> list[SharedLine]:
    """Every consent the person ever gave, those that hold now first. `asked` are the person's own requests."""
    grants = consent.grants_of_own_record(reader=request.reader)
    services = {line.id: line.service_name for line in asked}
    lines = [_line(grant, services.get(grant.subject_id, ""), at) for grant in grants]
    return sorted(lines, key=lambda line: not line.is_active)


def _line(grant: Any, service: str, at: datetime) -> SharedLine:
    active = consent_rules.is_active(consent.grant_facts(grant), at)
    return SharedLine(
        id=grant.id,
        place_id=grant.recipient_organisation_id,
        who=grant.recipient_organisation.name,
        what=plain.what_is_shared(grant.classes),
        why=plain.PURPOSES.get(grant.purpose, ""),
        request_id=grant.subject_id,
        service=service,
        given_at=grant.given_at,
        until=grant.until,
        is_active=active,
        ending="" if active else plain.ENDINGS.get(grant.ending, plain.OVER),
        ended_at=grant.ended_at or (None if active else grant.until),
    )


@person
@require_safe
def sharing(request: Asked) -> HttpResponse:
    """Who can see what."""
    asked = referrals.own_requests(reader=request.reader)
    lines = shared_lines(request, asked, now())
    active = [line for line in lines if line.is_active]
    paused = paused_of(lines, asked)
    ended = [line for line in lines if not line.is_active and line not in paused]
    keeping = _keeping(request, asked)
    context: dict[str, Any] = {"active": active, "paused": paused, "ended": ended, "keeping": keeping}
    sharing_now = {line.place_id: (line.who, line.until) for line in active}
    shown_now = [one for one in shown.own_shown(reader=request.reader) if one.is_open]
    seen_by = {one.place_id: one.worker for one in shown_now}
    signed = [one for one in shown_lines(request) if not one.replaced]
    parts = [glance.Part(one.place_id, one.who, one.place, one.view.until) for one in signed if one.holds]
    context["rows"] = glance.rows(sharing_now, keeping, seen_by, parts, zone_of(request))
    context["columns"] = glance.columns()
    context["check_ins"] = shown_now
    context["answers"] = [one for one in said_of(request) if one.is_new]
    context["shown"] = signed
    context["urgent"] = news_of(request)
    return show(request, "sharing", context)


def paused_of(lines: Sequence[SharedLine], asked: Sequence[RequestLine]) -> list[SharedLine]:
    """The newest consent for each request that a place took up and still works on, where none holds now."""
    running = {line.id for line in asked if line.status in plain.TAKEN_UP}
    shared = {line.request_id for line in lines if line.is_active}
    newest: dict[UUID, SharedLine] = {}
    for line in lines:
        if line.request_id in running - shared:
            before = newest.get(line.request_id)
            newest[line.request_id] = line if before is None or line.given_at > before.given_at else before
    return list(newest.values())


def _keeping(request: Asked, asked: Sequence[RequestLine]) -> list[tuple[UUID, str]]:
    """Places that said yes once and keep a page of the person, but for those that the person has blocked."""
    places = {line.organisation_id: line.organisation_name for line in asked if line.org_record_id is not None}
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    away = people.blocked_places(reader=request.reader)
    return sorted((one for one in places.items() if one[0] not in away), key=lambda one: one[1])


@person
@require_safe
def shared(request: Asked, grant_id: UUID) -> HttpResponse:
    """One consent: exactly what went along, the exact words agreed to, what was read, and how to stop."""
    grant = consent.own_grant(reader=request.reader, grant_id=grant_id)
    text, along = consent.text_agreed_to(reader=request.reader, grant=grant), _along(request, grant.subject_id)
    line = _line(grant, along.line.service_name if along else "", now())
    body = ""
    if text:
        with translation.override(text.language):
            body = _filled(text.body, line, along, zone_of(request))
    looks = referrals.looks_on_grant(reader=request.reader, grant_id=grant_id)
    context = {"line": line, "along": along, "text": text, "body": body, "version": grant.text_version, "looks": looks}
    context["language"] = language_name(along.packet.language) if along and along.packet else ""
    return show(request, "shared", context)


def _along(request: Asked, request_id: UUID) -> referrals.RequestView | None:
    try:
        return referrals.own_request(reader=request.reader, referral_id=request_id)
    except NotThere:
        return None


def _filled(body: str, line: SharedLine, along: referrals.RequestView | None, zone: str) -> str:
    """The words with place, parts and last day in them, in the language in which they were shown."""
    until = day(in_zone(line.until, zone).date(), get_language(), weekday=False, year=True)
    parts = what_goes_along(along) if along else f"{line.what[:1].upper()}{line.what[1:]}."
    for mark, word in {"{organisation}": line.who, "{until}": until, "{parts}": parts}.items():
        body = body.replace(mark, word)
    return body


@dataclass(frozen=True)
class Seen:
    """What one reader looked at on one day, for one reason."""

    membership_id: UUID | None
    name: str
    title: str
    place: str
    on: date
    times: int
    first_at: datetime
    last_at: datetime
    what: str
    why: Any
    ground: Any
    look: UUID
    said: UUID | None = None


def _seen(look: Looks, names: dict[UUID, tuple[str, str, str]]) -> Seen:
    nobody = (str(plain.CLOSE) if look.basis == "shared" else "", "", "")
    name, title, place = names.get(look.membership_id, ("", "", "")) if look.membership_id else nobody
    usual = str(plain.TITLES.get(title, title))
    what, why = plain.what_is_shared(look.classes), plain.PURPOSES.get(look.purpose, "")
    return Seen(
        look.membership_id, name, usual, place, look.on, look.times, look.first_at, look.last_at, what, why,
        plain.ground(look.basis, look.purpose), look.look,
    )  # fmt: skip


def looks_of(request: Asked, *, limit: int, offset: int = 0) -> tuple[list[Seen], bool]:
    """Looks by anyone else with the names of those who looked, the newest first, and whether there are older ones."""
    page = referrals.who_looked(reader=request.reader, zone=zone_of(request), limit=limit, offset=offset)
    names = network.names_of_members(membership_ids={one.membership_id for one in page.lines if one.membership_id})
    return [_seen(one, names) for one in page.lines], page.more


def every_look_of(request: Asked) -> list[Seen]:
    """All looks there ever were, read in parts, for a copy."""
    found: list[Seen] = []
    more = True
    while more:
        part, more = looks_of(request, limit=READ_AT_ONCE, offset=len(found))
        found += part
    return found


@person
@require_safe
def looked(request: Asked) -> HttpResponse:
    """Who looked, when, at which part, why, and on what ground. The newest first, so many on a page."""
    number = page_number(request.GET.get("page"))
    seen, more = looks_of(request, limit=SEEN_ON_A_PAGE, offset=SEEN_ON_A_PAGE * (number - 1))
    if number > 1 and not seen:
        return redirect("my:looked")
    said_before = said_of(request)
    asked = {one.look: one.id for one in said_before}
    context: dict[str, Any] = {"seen": [replace(one, said=asked.get(one.look)) for one in seen]}
    context |= {"older": number + 1 if more else None, "newer": number - 1, "said_before": said_before}
    context |= {
        "told_since": consent.told_of_lookers_since(reader=request.reader),
        "news": sentences(new_lookers(request)),
    }
    return show(request, "looked", context | {"seal": referrals.seal_of_looks(reader=request.reader)})
