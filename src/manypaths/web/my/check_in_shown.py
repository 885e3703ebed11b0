"""Showing one check-in to one worker who walks with the person, in words that stand on the page; and stopping it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.consent import queries as consent
from manypaths.lib.refusals import NotThere, Refused
from manypaths.outcomes import queries as outcomes
from manypaths.outcomes.queries import OwnSitting
from manypaths.referrals import commands, queries
from manypaths.referrals.queries import Walker
from manypaths.support import showing, shown
from manypaths.support.shown import ShownLine
from manypaths.web.my.frame import REFUSED, WORDS, show, thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.words import day

KEY = "check_in"
WORDS.update(
    {
        "shown": _("They can open this one check-in now. You can stop it any time."),
        "shown_no_more": _("They can no longer open this check-in."),
    }
)


@dataclass(frozen=True)
class Shown:
    """Who sees one check-in now, and who else could be shown it."""

    to: list[ShownLine]
    could: list[Walker]


def shown_of(request: Asked, sitting_id: UUID) -> Shown:
    """Who sees one check-in of the person, and who walks with them and does not."""
    to = [one for one in shown.own_shown(reader=request.reader, sitting_id=sitting_id) if one.is_open]
    seen_by = {one.membership_id for one in to}
    walkers = queries.who_walks(reader=request.reader)
    return Shown(to, [one for one in walkers if one.membership_id not in seen_by])


@person
@require_http_methods(["GET", "HEAD", "POST"])
def show_it(request: Asked, sitting_id: UUID, membership_id: UUID) -> HttpResponse:
    """Read the words, and agree to show one check-in to one worker."""
    sitting = outcomes.own_sitting(reader=request.reader, sitting_id=sitting_id)
    walkers = queries.who_walks(reader=request.reader)
    walker = next((one for one in walkers if one.membership_id == membership_id), None)
    if walker is None or sitting.finished_at is None:
        raise NotThere
    if request.method != "POST":
        return _draw(request, sitting, walker)
    version, language = (request.POST.get(f"words_{name}", "") for name in ("version", "language"))
    try:
        text = consent.text_as_shown(key=KEY, version=version, language=language, unchanged=True)
        commands.show_check_in(
            membership_id=membership_id, sitting_id=sitting_id, text=text, by=request.reader, at=now()
        )
    except Refused as refused:
        return _draw(request, sitting, walker, refused)
    return thank(request, "shown", "my:checked_in", sitting_id)


def _draw(request: Asked, sitting: OwnSitting, walker: Walker, refused: Refused | None = None) -> HttpResponse:
    text = consent.text(key=KEY, language=(get_language() or "en").split("-")[0])
    sections = [_filled(part, sitting, walker).partition("\n") for part in text.body.split("\n\n")]
    context = {
        "sitting": sitting, "walker": walker, "title": _filled(text.title, sitting, walker), "text": text,
        "sections": sections, "reasons": refused.reasons if refused else [],
    }  # fmt: skip
    response = show(request, "answers/show", context)
    response.status_code = REFUSED if refused else response.status_code
    return response


def _filled(words: str, sitting: OwnSitting, walker: Walker) -> str:
    on = day(sitting.answered_on, get_language(), weekday=False, year=True) if sitting.answered_on else ""
    for mark, value in {"{worker}": walker.name, "{organisation}": walker.place, "{day}": on}.items():
        words = words.replace(f"{mark}.", f"{value.removesuffix('.')}.").replace(mark, value)
    return words


@person
@require_POST
def stop(request: Asked, shown_id: UUID) -> HttpResponse:
    """Stop showing one check-in to one worker."""
    sitting = showing.stop_showing(shown_id=shown_id, by=request.reader, at=now())
    return thank(request, "shown_no_more", "my:checked_in", sitting)
