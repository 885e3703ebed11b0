"""Says who is asking, and which community is served, before any view runs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpResponseBase
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation.trans_real import parse_accept_lang_header

from manypaths.accounts.rules import Device, has_ended, session_hash
from manypaths.network import queries as network
from manypaths.network.rules import ANONYMOUS, Hat, Reader
from manypaths.people.rules import Visitor as Account
from manypaths.people.rules import Workplace
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

OURS = frozenset(dict(settings.LANGUAGES))
GetResponse = Callable[[Asked], HttpResponseBase]


class Visitor:
    """Sets `request.reader` and `request.community`. An ended account, session or membership is nobody from now on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponseBase:
        request.community = network.community_for(host=request.get_host())
        _speak_as_the_community(request)
        request.reader = _reader(request)
        if request.reader.is_signed_in and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(request.reader.language)
        return self.get_response(request)


def _speak_as_the_community(request: Asked) -> None:
    """Whose device asks for none of our languages hears the first language of the community."""
    first = next(iter(request.community.languages), "") if request.community else ""
    if first in OURS and not _asks_for_ours(request):
        translation.activate(first)
        request.LANGUAGE_CODE = first


def _asks_for_ours(request: Asked) -> bool:
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return True
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return any(code.split("-")[0] in OURS for code, _weight in asked)


def _reader(request: Asked) -> Reader:
    community = request.community
    anonymous = replace(ANONYMOUS, community_id=community.id if community else None, language=_language(request))
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
        return anonymous
    visitor: Account | None = request.session.visitor  # type: ignore[attr-defined]  # our SESSION_ENGINE has it
    if visitor is None or not _still_valid(request, visitor):
        request.session.flush()
        return anonymous
    _touch(request)
    return _wearing_a_hat(request, visitor, anonymous)


def _still_valid(request: Asked, visitor: Account) -> bool:
    session = request.session
    known = constant_time_compare(session.get(HASH_SESSION_KEY, ""), session_hash(visitor.password))
    return known and not has_ended(
        Device(session.get("device", Device.SHARED)),
        started_at=_instant(session.get("started_at")),
        seen_at=_instant(session.get("seen_at")),
        at=now(),
    )


def _wearing_a_hat(request: Asked, visitor: Account, anonymous: Reader) -> Reader:
    reader = replace(
        anonymous,
        account_id=visitor.account_id,
        factor_at=_instant(request.session.get("factor_at")),
        language=visitor.language,
    )
    if visitor.kind == "person":
        return replace(reader, hat=Hat.PERSON, person_id=visitor.person_id, record_id=visitor.record_id)
    if visitor.kind == "operator":
        return replace(reader, hat=Hat.OPERATOR)
    work = _workplace(request, visitor)
    if work is None:
        return reader
    return replace(
        reader,
        hat=Hat.MEMBER,
        membership_id=work.membership_id,
        organisation_id=work.organisation_id,
        roles=work.roles,
        answers_requests=work.answers_requests,
        name=work.display_name,
    )


def _workplace(request: Asked, visitor: Account) -> Workplace | None:
    """The place of work this session chose, or the first one."""
    chosen = request.session.get("membership")
    places = [place for place in visitor.workplaces if str(place.membership_id) == chosen]
    return next(iter([*places, *visitor.workplaces]), None)


def _touch(request: Asked) -> None:
    """Note that the session is alive, at most once a minute, so that reading a page seldom writes."""
    seen, at = _instant(request.session.get("seen_at")), now()
    if seen is None or (at - seen).total_seconds() > 60:
        request.session["seen_at"] = at.isoformat()


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _language(request: Asked) -> str:
    return getattr(request, "LANGUAGE_CODE", None) or translation.get_language() or settings.LANGUAGE_CODE
