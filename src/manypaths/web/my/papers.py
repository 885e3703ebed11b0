"""Legal papers about the person: what came, to which place, and what an order of a court opened."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import papers
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import papers as rules
from manypaths.consent.rules import reviews as words
from manypaths.network import queries as network
from manypaths.notices import commands
from manypaths.notices import queries as notices
from manypaths.notices.queries import Waiting
from manypaths.notices.rules import Template
from manypaths.web.my import plain
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import show, thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now


@dataclass(frozen=True)
class Came:
    """One paper in plain words."""

    id: UUID
    place: str
    kind: str
    is_order: bool
    court: str
    case_number: str
    ordered_on: date | None
    what: str
    until: datetime | None
    recorded_at: datetime


@person
@require_safe
def index(request: Asked) -> HttpResponse:
    """Every legal paper of which the person may be told."""
    return show(request, "papers", {"came": _came(request), "is_new": bool(news_of(request))})


def news_of(request: Asked) -> list[Waiting]:
    """What the person was told of papers and has not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    told = notices.waiting(reader=request.reader)
    return [one for one in told if one.is_new and one.template is Template.PAPER_CAME]


def _came(request: Asked) -> list[Came]:
    found = []
    for one in papers.own_papers(reader=request.reader):
        house = network.organisation(organisation_id=one.organisation_id)
        kind = words.word(rules.KINDS, one.kind, spoken())
        found.append(
            Came(
                one.id, house.name if house else "", kind, one.kind == rules.ORDER, one.court, one.case_number,
                one.ordered_on, plain.what_is_shared(one.classes), one.until, one.recorded_at,
            )
        )  # fmt: skip
    return found


@person
@require_POST
def read(request: Asked) -> HttpResponse:
    """Note that the person has read it."""
    for one in news_of(request):
        commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:papers")
