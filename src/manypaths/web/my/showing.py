"""Show somebody outside a part of what a place keeps: choose, read the words, sign; or say no."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.accounts.rules import code_as_typed, new_code
from manypaths.consent import queries as consent
from manypaths.consent import sharing
from manypaths.consent.queries import Text
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import shares as rules
from manypaths.consent.rules.shares import Kind
from manypaths.consent.sharing import Wish
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.people import queries as people
from manypaths.referrals import queries as referrals
from manypaths.referrals.queries import HeldRecord
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import REFUSED, put_reasons, show, thank, today, zone_of
from manypaths.web.my.proof import proved
from manypaths.web.my.showing_forms import Offers, ShowForm, SignForm, days_of
from manypaths.web.my.showing_words import FIRM, KINDS, PARTS, why
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.words import day, in_zone

CODE = "share_code"
NAMED_ROLES = {"cj_referral": Role.MONITOR, "counseling_notes": Role.CLINICIAN}


@dataclass(frozen=True)
class Words:
    """The words of one consent with everything in them, and which version in which language they are."""

    title: str
    sections: list[tuple[str, str, str]]
    version: str
    language: str


@person
@require_safe
def kinds(request: Asked) -> HttpResponse:
    """The kinds of consent there are. Without a place that keeps a page, there is nothing to show."""
    return show(request, "show/kinds", {"kinds": KINDS, "keeping": _kept(request)})


@person
@require_http_methods(METHODS)
def choose(request: Asked, kind: str) -> HttpResponse:
    """Choose; then read the words with the choice in them, and sign."""
    which, form = _asked(request, kind)
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        return _sign(request, which, form)
    if not form.offers.held:
        return show(request, "show/kinds", {"kinds": KINDS, "keeping": []})
    return show(request, "show/choose", {"form": form, "kind": which, "said_of": KINDS[kind]})


def _asked(request: Asked, key: str) -> tuple[Kind, ShowForm]:
    if key not in rules.KINDS:
        raise NotThere
    kind = rules.KINDS[key]
    return kind, ShowForm(request.POST or None, kind, _offers(request, kind))


def _offers(request: Asked, kind: Kind) -> Offers:
    held = _kept(request)
    first, last, usual = days_of(kind, today(request))
    keepers = {one.id: (one.organisation_id, name) for one, name in held}
    return Offers(_by_name(held, zone_of(request)), keepers, _recipients(request, kind), first, last, usual)


def _kept(request: Asked) -> list[tuple[HeldRecord, str]]:
    """Records that places keep of the person, with the name of the place."""
    found = referrals.open_held(reader=request.reader, classes={DataClass.PRESENCE}).records
    names = network.names_of_places(organisation_ids={one.organisation_id for one in found})
    return sorted(((one, names[one.organisation_id]) for one in found), key=lambda one: (one[1], one[0].opened_at))


def _by_name(held: list[tuple[HeldRecord, str]], zone: str) -> list[tuple[UUID, str]]:
    """How a record is offered: by its place, and since when where the place keeps more than one."""
    often = Counter(name for _one, name in held)
    return [(one.id, _since(one, name, zone) if often[name] > 1 else name) for one, name in held]


def _since(one: HeldRecord, name: str, zone: str) -> str:
    on = day(in_zone(one.opened_at, zone).date(), spoken(), weekday=False, year=True)
    return str(_("%(place)s, since %(day)s")) % {"place": name, "day": on}


def _recipients(request: Asked, kind: Kind) -> list[tuple[UUID, str]]:
    """Whom a consent of this kind can name here; nobody whom the person keeps away."""
    community = request.reader.community_id
    if community is None or kind.recipient == "account":
        return []
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    away = people.blocked_places(reader=request.reader)
    if kind.recipient == "worker":
        named = network.who_can_be_named(community_id=community, role=NAMED_ROLES[kind.key])
        return [(one, name) for one, name, place in named if place not in away]
    places = [one for one in network.taking_part(community_id=community) if one[0] not in away]
    sorts = network.kinds_of_places(organisation_ids=[one for one, _name in places])
    return [one for one in places if rules.may_name(kind, sorts[one[0]])]


def _sign(request: Asked, kind: Kind, form: ShowForm) -> HttpResponse:
    """The words, with a place to sign. The first time nothing is signed yet."""
    at = now()
    fresh = factor_is_fresh(request.reader, at)
    alone = _asks_whether_alone(kind, form)
    signing = SignForm(request.POST if "sign" in request.POST else None, fresh=fresh, alone=alone)
    if "no" in request.POST:
        return _say_no(request, kind, form, at)
    if alone and request.POST.get("alone") == "no":
        return _keep_for_later(request, kind, form, at)
    if signing.is_bound and signing.is_valid() and (fresh or proved(request, signing, at)):
        try:
            return _give(request, kind, form, signing.cleaned_data["name"], at)
        except Refused as refused:
            put_reasons(signing, refused)
    context = {"form": form, "signing": signing, "kind": kind, "words": _words(kind, _filling(form, kind, request))}
    context |= {"hidden": _hidden(request), "form": None, "press": _press(request) or uuid4()}
    response = show(request, "show/sign", context)
    response.status_code = REFUSED if signing.is_bound and signing.errors else response.status_code
    return response


def _give(request: Asked, kind: Kind, form: ShowForm, name: str, at: datetime) -> HttpResponse:
    code = new_code() if kind.recipient == "account" else ""
    wish = replace(_wish(request, kind, form), code=code_as_typed(code), press=None if code else _press(request))
    if sharing.has_to_wait(wish=wish, by=request.reader, at=at):
        return _keep_for_later(request, kind, form, at)
    given = sharing.give_share(wish=wish, name=name, text=_text_shown(request, kind), by=request.reader, at=at)
    if code:
        request.session[CODE] = code
    return thank(request, "share_given", "my:shown", given)


def _press(request: Asked) -> UUID | None:
    """Which page was signed: pressed twice, it is still one consent. A code is shown once, so each press makes one."""
    try:
        return UUID(request.POST.get("press", ""))
    except ValueError:
        return None


def _asks_whether_alone(kind: Kind, form: ShowForm) -> bool:
    """Whether the one whom it names has power over the person, so that nobody may stand beside them."""
    named = form.cleaned_data.get("recipient")
    place = UUID(named) if named and kind.recipient == "organisation" else None
    sorts = network.kinds_of_places(organisation_ids=[place]) if place else {}
    return rules.asks_whether_alone(kind, sorts[place] if place else "")


def _keep_for_later(request: Asked, kind: Kind, form: ShowForm, at: datetime) -> HttpResponse:
    """Keep it, and say nothing on the screen that tells who stands there that it waits until they are gone."""
    sharing.keep_for_later(wish=_wish(request, kind, form), text=_text_shown(request, kind), by=request.reader, at=at)
    return thank(request, "kept_for_later", "my:sharing")


def _say_no(request: Asked, kind: Kind, form: ShowForm, at: datetime) -> HttpResponse:
    wish = _wish(request, kind, form)
    if kind.recipient == "account":
        wish = replace(wish, code=code_as_typed(new_code()))
    sharing.refuse_share(wish=wish, text=_text_shown(request, kind), by=request.reader, at=at)
    return thank(request, "said_no", "my:sharing")


def _text_shown(request: Asked, kind: Kind) -> Text:
    version, language = (request.POST.get(f"words_{name}", "") for name in ("version", "language"))
    return consent.text_as_shown(key=kind.text, version=version, language=language, unchanged=True)


def _wish(request: Asked, kind: Kind, form: ShowForm) -> Wish:
    chosen, held = form.cleaned_data, UUID(form.cleaned_data["held"])
    (record,) = (
        one
        for one in referrals.open_held(reader=request.reader, classes={DataClass.PRESENCE}).records
        if one.id == held
    )
    until = _end_of(chosen["until"], zone_of(request))
    named = UUID(chosen["recipient"]) if chosen.get("recipient") else None
    return Wish(
        kind=kind.key, held_record_id=held, discloser_id=record.organisation_id,
        classes=chosen.get("parts") or list(kind.classes), purpose=chosen.get("purpose") or kind.purposes[0],
        until=until, organisation_id=named if kind.recipient == "organisation" else None,
        membership_id=named if kind.recipient == "worker" else None,
        firm_until=until if chosen.get("firm") else None, case=chosen.get("case", ""),
    )  # fmt: skip


def _end_of(last: date, zone: str) -> datetime:
    """The end of the last day, where the community is."""
    return datetime.combine(last, time(23, 59, 59), ZoneInfo(zone))


def _hidden(request: Asked) -> list[tuple[str, str]]:
    """What was chosen goes along to the signature, and nowhere else."""
    names = ("held", "recipient", "case", "parts", "purpose", "until", "firm")
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def _filling(form: ShowForm, kind: Kind, request: Asked) -> dict[str, str]:
    chosen = form.cleaned_data
    until = day(chosen["until"], spoken(), weekday=False, year=True)
    purpose = why(chosen.get("purpose") or kind.purposes[0])
    return {
        "{discloser}": form.offers.keepers[UUID(chosen["held"])][1],
        "{recipient}": _recipient(form, kind),
        "{parts}": listed(chosen.get("parts") or kind.classes),
        "{purpose}": f"{purpose}.",
        "{firm}": str(FIRM[bool(chosen.get("firm"))]).replace("{until}", until),
        "{until}": until,
        "{case}": chosen.get("case", ""),
    }


def _recipient(form: ShowForm, kind: Kind) -> str:
    chosen = form.cleaned_data.get("recipient")
    return dict(form.offers.recipients)[UUID(chosen)] if chosen else str(KINDS[kind.key].title)


def listed(classes: Any) -> str:
    """Parts of a record, one short sentence each."""
    return " ".join(f"{PARTS[one]}." for one in classes)


def _words(kind: Kind, filled: dict[str, str]) -> Words:
    text = consent.text(key=kind.text, language=spoken().split("-")[0])
    return words_of(text, filled)


def words_of(text: Text, filled: dict[str, str]) -> Words:
    """One version of the words in one language, part by part, with what was chosen in them."""
    sections = [filled_in(section, filled).partition("\n") for section in text.body.split("\n\n")]
    return Words(filled_in(text.title, filled), sections, text.version, text.language)


def filled_in(words: str, filled: dict[str, str]) -> str:
    """Words of a consent with what was chosen in them."""
    for mark, value in filled.items():
        words = words.replace(mark, value)
    return words
