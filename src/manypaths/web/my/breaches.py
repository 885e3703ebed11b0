"""What went wrong with what places keep of the person: what, when, who, what now."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.reviews import word
from manypaths.network import queries as network
from manypaths.notices import commands
from manypaths.notices import queries as notices
from manypaths.notices.queries import Waiting
from manypaths.notices.rules import Template
from manypaths.referrals import queries
from manypaths.referrals.queries import OwnBreach
from manypaths.web.my import plain
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import show, thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now


@dataclass(frozen=True)
class Happened:
    """One breach in plain words."""

    line: OwnBreach
    place: str
    what: str
    receiver: str
    is_new: bool


@person
@require_safe
def index(request: Asked) -> HttpResponse:
    """Every breach the person was told of, the newest first."""
    fresh = {one.subject_id for one in news_of(request)}
    return show(request, "breaches", {"lines": all_that_happened(request, fresh), "any_new": bool(fresh)})


def all_that_happened(request: Asked, fresh: Collection[UUID] = ()) -> list[Happened]:
    """Every breach the person was told of, in plain words, the newest first."""
    found = queries.own_breaches(reader=request.reader)
    places = network.names_of_places(organisation_ids={one.organisation_id for one in found})
    return [_happened(one, places, fresh) for one in found]


def _happened(one: OwnBreach, places: dict[UUID, str], fresh: Collection[UUID]) -> Happened:
    return Happened(
        one,
        places.get(one.organisation_id, ""),
        plain.what_is_shared(one.classes),
        word(rules.RECEIVERS, one.receiver, spoken()),
        one.id in fresh,
    )


def news_of(request: Asked) -> list[Waiting]:
    """What the person was told of breaches and has not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    told = notices.waiting(reader=request.reader)
    return [one for one in told if one.is_new and one.template is Template.BREACH_TOLD]


@person
@require_POST
def read(request: Asked) -> HttpResponse:
    """Note that the person has read it."""
    for one in news_of(request):
        commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:breaches")
