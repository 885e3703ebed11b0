"""The words a person agrees to, on the page where they agree: what they read is what is kept.

The page carries which version in which language it showed, and a mark of what goes along. What changed since is shown
again, never assumed.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from manypaths.accounts import queries as accounts
from manypaths.consent import queries as consent
from manypaths.consent.queries import Text
from manypaths.lib.refusals import Refused
from manypaths.referrals import rules
from manypaths.referrals.queries import RequestView
from manypaths.referrals.rules import Way
from manypaths.web.my.ask_forms import language_name, spoken
from manypaths.web.my.frame import REFUSED, show, zone_of
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.words import day, in_zone

KEY = "request"
MAY_LEAVE: dict[bool, Any] = {True: _("that they may leave a message"), False: _("that they may leave no message")}


@dataclass(frozen=True)
class Agreement:
    """The words with place, parts and last day in them, and which version in which language they are."""

    title: str
    sections: list[tuple[str, str, str]]
    version: str
    language: str
    along: str


def show_agreement(
    request: Asked, page: str, view: RequestView, back: str, refused: Refused | None = None, **more: Any
) -> HttpResponse:
    """Draw a page with the words in them that are now asked for. One that was refused says why and answers 422."""
    reasons = refused.reasons if refused else []
    context = {"line": view.line, "parts": view.parts, "agreement": _agreement(request, view), "back": back}
    response = show(request, page, {**context, "reasons": reasons, **more})
    response.status_code = REFUSED if refused else response.status_code
    return response


def text_shown(request: Asked, view: RequestView) -> Text:
    """The words that stood on the page which was sent.

    Refuses: words that are not the newest any more, or that no page showed · what goes along was changed meanwhile.
    """
    version, language, along = (request.POST.get(f"words_{name}", "") for name in ("version", "language", "along"))
    return consent.text_as_shown(key=KEY, version=version, language=language, unchanged=along == _along(view))


def _along(view: RequestView) -> str:
    """A mark of everything that goes along: another tab may change it between reading and agreeing."""
    return accounts.fingerprint("agreement", str(view.line.id), repr(view.packet), repr(view.parts))


def _agreement(request: Asked, view: RequestView) -> Agreement:
    text = consent.text(key=KEY, language=spoken().split("-")[0])
    until = day(in_zone(now() + rules.SHARED_FOR, zone_of(request)).date(), spoken(), weekday=False, year=True)
    filled = {"{organisation}": view.line.organisation_name, "{until}": until, "{parts}": what_goes_along(view)}
    sections = [_filled(section, filled).partition("\n") for section in text.body.split("\n\n")]
    return Agreement(_filled(text.title, filled), sections, text.version, text.language, _along(view))


def _filled(words: str, filled: dict[str, str]) -> str:
    for mark, value in filled.items():
        words = words.replace(mark, value)
    return words


def what_goes_along(view: RequestView) -> str:
    """Everything that goes along, in one or two sentences."""
    packet = view.packet
    if packet is None:
        return ""
    things = [str(_("the name %(name)s")) % {"name": packet.name}, str(_("how to reach you"))]
    if packet.number:
        things.append(str(_("your number")))
        things += [str(MAY_LEAVE[packet.may_leave_message])] if packet.way == Way.CALL else []
    things += [str(_("safe hours"))] if packet.hours else []
    things.append(str(_("your language (%(language)s)")) % {"language": language_name(packet.language)})
    things.append(str(_("what would help first")))
    things += [str(_("your own words"))] if packet.words else []
    things += [str(_("this part of your page: %(part)s")) % {"part": part.title} for part in view.parts]
    listed = "; ".join(things)
    return f"{listed[:1].upper()}{listed[1:]}."
