"""What a person shows to somebody outside: each consent in plain words, one of them, stopping it, keeping it away."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import shares, sharing
from manypaths.consent.queries import Text
from manypaths.consent.shares import ShareView
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.referrals import queries as referrals
from manypaths.web.my.frame import error_page, show, thank, zone_of
from manypaths.web.my.showing import CODE, filled_in, listed
from manypaths.web.my.showing_words import FIRM, KINDS, PURPOSES, STATES
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.words import day, in_zone


@dataclass(frozen=True)
class ShownLine:
    """One consent in plain words."""

    view: ShareView
    who: str
    place: str
    what: str
    why: Any
    holds: bool
    state: Any


def shown_lines(request: Asked) -> list[ShownLine]:
    """Every such consent in plain words, those that hold first."""
    lines = [_line(request, one, _names(request, [one])) for one in shares.own_shares(reader=request.reader)]
    return sorted(lines, key=lambda line: not line.holds)


def _names(request: Asked, views: list[ShareView]) -> dict[UUID, str]:
    places = {one.discloser_id for one in views} | {one.recipient_organisation_id for one in views} - {None}
    workers = {one.recipient_membership_id for one in views if one.recipient_membership_id}
    named = network.names_of_members(membership_ids=workers)
    people_there = {one: f"{name}, {house}" for one, (name, _title, house) in named.items()}
    return {**network.names_of_places(organisation_ids={one for one in places if one}), **people_there}


def _line(request: Asked, view: ShareView, names: dict[UUID, str]) -> ShownLine:
    named = view.recipient_organisation_id or view.recipient_membership_id
    holds = view.holds(now())
    state = view.state if view.state != "given" else "ended" if view.ended_at else "over"
    return ShownLine(
        view=view, who=names[named] if named else str(KINDS[view.kind].title), place=names[view.discloser_id],
        what=listed(view.classes), why=PURPOSES.get(view.purpose, ""), holds=holds,
        state="" if holds else STATES.get(state, ""),
    )  # fmt: skip


@person
@require_safe
def shown(request: Asked, share_id: UUID) -> HttpResponse:
    """One consent: what, to whom, why, until when, what was read; how to stop, and the exact words."""
    view = shares.own_share(reader=request.reader, share_id=share_id)
    line = _line(request, view, _names(request, [view]))
    text = shares.text_signed(reader=request.reader, share=view)
    looks = referrals.looks_on_share(reader=request.reader, share_id=share_id)
    context = {
        "line": line, "looks": looks, "text": text, "body": _body(view, line, text, zone_of(request)),
        "code": request.session.pop(CODE, ""), "kept_from": _kept_from(request, view),
    }  # fmt: skip
    return show(request, "show/one", context)


def _body(view: ShareView, line: ShownLine, text: Text | None, zone: str) -> str:
    if text is None:
        return ""
    with translation.override(text.language):
        until = day(in_zone(view.until, zone).date(), text.language, weekday=False, year=True)
        firm = str(FIRM[view.firm_until is not None]).replace("{until}", until)
        filled = {
            "{discloser}": line.place, "{recipient}": line.who, "{parts}": listed(view.classes),
            "{purpose}": f"{PURPOSES.get(view.purpose, '')}.", "{until}": until, "{firm}": firm,
        }  # fmt: skip
        return filled_in(text.body, filled)


def _kept_from(request: Asked, view: ShareView) -> UUID | None:
    """The restriction that stands between this record and the place, if the person asked for one."""
    found = shares.own_restrictions(reader=request.reader)
    wanted = (view.held_record_id, view.recipient_organisation_id)
    return next((one for one, held, place in found if (held, place) == wanted), None)


@person
@require_POST
def stop(request: Asked, share_id: UUID) -> HttpResponse:
    """Stop a consent."""
    try:
        sharing.stop_share(share_id=share_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "shown_stopped", "my:shown", share_id)


@person
@require_POST
def keep_from(request: Asked, share_id: UUID) -> HttpResponse:
    """Keep this record from the place, whatever was agreed to; or let it be again."""
    view = shares.own_share(reader=request.reader, share_id=share_id)
    kept = _kept_from(request, view)
    if view.recipient_organisation_id is None:
        raise NotThere
    if kept:
        sharing.stop_keeping_from(restriction_id=kept, by=request.reader, at=now())
        return thank(request, "let_again", "my:shown", share_id)
    sharing.keep_from(
        held_record_id=view.held_record_id, organisation_id=view.recipient_organisation_id, by=request.reader, at=now()
    )
    return thank(request, "kept_from", "my:shown", share_id)


@person
@require_POST
def shut_out(request: Asked, share_id: UUID) -> HttpResponse:
    """Block who typed the code, and stop it."""
    try:
        sharing.shut_out_taker(share_id=share_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "blocked", "my:shown", share_id)
