"""What a person shows to somebody outside: each consent in plain words, one of them, stopping it, keeping it away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.consent import shares, sharing
from manypaths.consent.queries import Text
from manypaths.consent.rules import DataClass
from manypaths.consent.rules.shares import ALONE_AFTER
from manypaths.consent.shares import ShareView
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import factor_is_fresh
from manypaths.people import queries as people
from manypaths.referrals import queries as referrals
from manypaths.web.my.frame import REFUSED, error_page, prove_first, put_reasons, show, thank, zone_of
from manypaths.web.my.proof import proved
from manypaths.web.my.showing import CODE, filled_in, listed, words_of
from manypaths.web.my.showing_forms import SignForm
from manypaths.web.my.showing_words import FIRM, KINDS, STATES, why
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.once import closes, closes_when
from manypaths.web.ui.words import day, in_zone


@dataclass(frozen=True)
class ShownLine:
    """One consent in plain words. `stands`: signed, and neither over nor stopped. `holds`: it opens something now."""

    view: ShareView
    who: str
    place_id: UUID | None
    place: str
    what: str
    why: Any
    stands: bool
    holds: bool
    state: Any

    @property
    def replaced(self) -> bool:
        """True for one that another one took the place of: it stands in the history of that one."""
        return self.view.ending == "replaced"


@dataclass(frozen=True)
class Around:
    """What is known around consents: names, where workers work, whom the person keeps away, and what from whom."""

    names: dict[UUID, str]
    places: dict[UUID, UUID]
    away: set[UUID]
    kept: dict[tuple[UUID, UUID], UUID]

    def place_of(self, view: ShareView) -> UUID | None:
        """The place that is named, or at which the one works who is."""
        worker = view.recipient_membership_id
        return view.recipient_organisation_id or (self.places.get(worker) if worker else None)

    def kept_from(self, view: ShareView) -> UUID | None:
        """The restriction that stands between this record and the place, if the person asked for one."""
        place = self.place_of(view)
        return self.kept.get((view.held_record_id, place)) if place else None


def shown_lines(request: Asked) -> list[ShownLine]:
    """Every such consent in plain words, those that hold first."""
    views = shares.own_shares(reader=request.reader)
    if not views:
        return []
    around = _around(request, views)
    return sorted((_line(one, around) for one in views), key=lambda line: not line.holds)


def _around(request: Asked, views: list[ShareView]) -> Around:
    workers = {one.recipient_membership_id for one in views if one.recipient_membership_id}
    named = network.names_of_members(membership_ids=workers)
    houses = {one.discloser_id for one in views} | {
        one.recipient_organisation_id for one in views if one.recipient_organisation_id
    }
    names = {one: f"{name}, {house}" for one, (name, _title, house) in named.items()}
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    return Around(
        {**network.names_of_places(organisation_ids=houses), **names},
        network.places_of_members(membership_ids=workers),
        people.blocked_places(reader=request.reader),
        {(held, place): one for one, held, place in shares.own_restrictions(reader=request.reader)},
    )


def line_of(request: Asked, view: ShareView) -> ShownLine:
    """One consent in plain words."""
    return _line(view, _around(request, [view]))


def _line(view: ShareView, around: Around) -> ShownLine:
    named, state = view.recipient_organisation_id or view.recipient_membership_id, _state(view, around)
    return ShownLine(
        view=view, who=around.names[named] if named else str(KINDS[view.kind].title), place_id=around.place_of(view),
        place=around.names[view.discloser_id], what=listed(view.classes), why=why(view.purpose),
        stands=view.holds(now()), holds=not state, state=STATES.get(state, ""),
    )  # fmt: skip


def _state(view: ShareView, around: Around) -> str:
    """Why it opens nothing now; empty where it does."""
    if view.state != "given":
        return view.state
    if not view.holds(now()):
        return view.ending or "over"
    if around.place_of(view) in around.away:
        return "away"
    if around.kept_from(view):
        return "kept"
    return "waiting" if view.kind == "ally" and not view.taken_up else ""


@person
@require_safe
def shown(request: Asked, share_id: UUID) -> HttpResponse:
    """One consent: what, to whom, why, until when, what was read; how to stop, and the exact words."""
    view = shares.own_share(reader=request.reader, share_id=share_id)
    around = _around(request, [view])
    line = _line(view, around)
    text = shares.text_signed(reader=request.reader, share=view)
    looks = referrals.looks_on_share(reader=request.reader, share_id=share_id)
    before = shares.own_before(reader=request.reader, share=view)
    context = {
        "line": line, "looks": looks, "looks_before": times_by(request, before), "text": text,
        "body": _body(view, line, text, zone_of(request)),
        "before": [_line(one, around) for one in before],
        "after": shares.own_after(reader=request.reader, share=view),
        "may_less": _may_less(view, now(), zone_of(request)),
        "code": request.session.pop(CODE, ""), "kept_from": around.kept_from(view), "over": view.until <= now(),
        "yes_from": view.written_at + ALONE_AFTER,
    }  # fmt: skip
    return show(request, "show/one", context)


def times_by(request: Asked, views: Sequence[ShareView]) -> int:
    """How often it was opened by these consents."""
    return sum(referrals.looks_on_share(reader=request.reader, share_id=one.id).times for one in views)


def _may_less(view: ShareView, at: datetime, zone: str) -> bool:
    """Not before the day that one for a court case holds until, nor while nobody has typed the code; and not where one
    part until today is all there is."""
    is_least = len(view.classes) == 1 and local_date(view.until, zone) <= local_date(at, zone)
    return not is_least and not (view.firm_until and at < view.firm_until) and (view.kind != "ally" or view.taken_up)


def _body(view: ShareView, line: ShownLine, text: Text | None, zone: str) -> str:
    return filled_in(text.body, _filling(view, line, text, zone)) if text else ""


def filling_of(request: Asked, view: ShareView, text: Text, classes: Sequence[str], until: datetime) -> dict[str, str]:
    """What stands in the words of a consent like this one, for these parts and this end; it can be stopped."""
    less = replace(view, classes=tuple(classes), until=until, firm_until=None)
    return _filling(less, line_of(request, less), text, zone_of(request))


def _filling(view: ShareView, line: ShownLine, text: Text, zone: str) -> dict[str, str]:
    """What stands in the words, in the language in which they were shown."""
    with translation.override(text.language):
        until = day(in_zone(view.until, zone).date(), text.language, weekday=False, year=True)
        firm = str(FIRM[view.firm_until is not None]).replace("{until}", until)
        return {
            "{discloser}": line.place, "{recipient}": line.who, "{parts}": listed(view.classes),
            "{purpose}": f"{why(view.purpose)}.", "{until}": until, "{firm}": firm, "{case}": view.case,
        }  # fmt: skip


@person
@require_http_methods(METHODS)
def answer(request: Asked, share_id: UUID) -> HttpResponse:
    """Answer, alone, what was asked while somebody stood beside the person: the same words, and a place to sign."""
    view, at = shares.own_share(reader=request.reader, share_id=share_id), now()
    if view.state != "draft":
        raise NotThere
    text = consent.text(key=view.text_key, language=view.language)
    fresh = factor_is_fresh(request.reader, at)
    signing = SignForm(request.POST if "sign" in request.POST else None, fresh=fresh, alone=True)
    if "no" in request.POST:
        sharing.decline_share(share_id=share_id, by=request.reader, at=at)
        return thank(request, "said_no", "my:sharing")
    if signing.is_bound and signing.data.get("alone") == "no":
        return thank(request, "kept_for_later", "my:sharing")
    if signing.is_bound and signing.is_valid() and _agreed(request, view, signing, at):
        return thank(request, "share_given", "my:shown", share_id)
    line = _line(view, _around(request, [view]))
    words = words_of(text, _filling(view, line, text, zone_of(request)))
    context = {"signing": signing, "words": words, "waits": view, "changed": text.version != view.text_version}
    response = show(request, "show/sign", context)
    response.status_code = REFUSED if signing.is_bound and signing.errors else response.status_code
    return response


def _agreed(request: Asked, view: ShareView, signing: SignForm, at: datetime) -> bool:
    """Whether it is agreed to now. What is against it is noted on the form."""
    if "passphrase" in signing.fields and not proved(request, signing, at):
        return False
    told = signing.cleaned_data
    try:
        sharing.confirm_share(
            share_id=view.id, name=told["name"], version=request.POST.get("words_version", ""),
            alone=told["alone"] == "yes", by=request.reader, at=at,
        )  # fmt: skip
    except Refused as refused:
        put_reasons(signing, refused)
        return False
    return True


@person
@require_POST
@closes
def stop(request: Asked, share_id: UUID) -> HttpResponse:
    """Stop a consent."""
    try:
        sharing.stop_share(share_id=share_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "shown_stopped", "my:shown", share_id)


@person
@require_POST
@closes_when(lambda sent: "let" not in sent)
def keep_from(request: Asked, share_id: UUID) -> HttpResponse:
    """Keep this record from the place, whatever was agreed to; or let it be again, where exactly that was pressed: who
    presses "keep" on an older page never opens anything."""
    view = shares.own_share(reader=request.reader, share_id=share_id)
    if view.recipient_organisation_id is None:
        raise NotThere
    if "let" in request.POST:
        return _let_again(request, view)
    sharing.keep_from(
        held_record_id=view.held_record_id, organisation_id=view.recipient_organisation_id, by=request.reader, at=now()
    )
    return thank(request, "kept_from", "my:shown", share_id)


def _let_again(request: Asked, view: ShareView) -> HttpResponse:
    kept, at = _around(request, [view]).kept_from(view), now()
    if kept and not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:shown", view.id)
    if kept:
        sharing.stop_keeping_from(restriction_id=kept, by=request.reader, at=at)
    return thank(request, "let_again", "my:shown", view.id)


@person
@require_POST
@closes
def shut_out(request: Asked, share_id: UUID) -> HttpResponse:
    """Block who typed the code, and stop it."""
    try:
        sharing.shut_out_taker(share_id=share_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "blocked", "my:shown", share_id)
