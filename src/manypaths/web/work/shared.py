"""What persons show to this place, or to this worker: a list, one of them to read, and the same for programs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from manypaths.consent import shares
from manypaths.consent.rules.shares import NOTICE, NOTICE_VERSION
from manypaths.consent.shares import OpenedShare, SharedLine
from manypaths.network import queries as network
from manypaths.support import queries as support
from manypaths.support import rules
from manypaths.support.queries import Beside, EntryLine
from manypaths.support.rules import AttendanceFacts, Kind, ScreenFacts
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.words import day
from manypaths.web.work.contacts import corrected
from manypaths.web.work.entries import Shown, in_words
from manypaths.web.work.frame import SHOWN_TO, language, show
from manypaths.web.work.words import CLASSES, KINDS, PURPOSES

KIND_OF = {str(rules.CLASS_OF[kind]): kind for kind in Kind}
AT_ONCE = 100


@dataclass(frozen=True)
class Part:
    """One kind of entry that is shown, in words."""

    kind: Kind
    title: Any
    none: Any
    rows: list[Shown]
    more: bool
    added: tuple[Beside, ...] = ()


@member(*SHOWN_TO)
@require_safe
def index(request: Asked) -> HttpResponse:
    """Who shows something to this reader now, the newest first."""
    number = page_number(request.GET.get("page"))
    page = shares.shared_with(reader=request.reader, offset=shares.A_PAGE * (number - 1))
    places = network.names_of_places(organisation_ids={line.discloser_id for line in page.lines})
    lines = [(line, places[line.discloser_id], _what(line)) for line in page.lines]
    context = {"lines": lines, "total": page.total, "number": number, "more": page.total > shares.A_PAGE * number}
    return show(request, "shared", context)


def _what(line: SharedLine) -> list[Any]:
    return [CLASSES.get(one, one) for one in line.classes]


@member(*SHOWN_TO)
@require_safe
def one(request: Asked, share_id: UUID) -> HttpResponse:
    """What one consent shows, with its scope and the notice that the law wants to go along."""
    found = shares.open_shared(reader=request.reader, share_id=share_id)
    places = network.names_of_places(organisation_ids={found.discloser_id})
    context = {
        "share": found,
        "place": places[found.discloser_id],
        "parts": [_part(request, found, one) for one in found.classes],
        "why": PURPOSES.get(found.purpose, ""),
        "what": [CLASSES.get(one, one) for one in found.classes],
        "notice": NOTICE if found.notice else "",
        "notice_version": NOTICE_VERSION,
    }
    return show(request, "shared_one", context)


def _part(request: Asked, found: OpenedShare, data_class: str) -> Part:
    kind = KIND_OF[data_class]
    page = support.entries_of_opened(record_id=found.held_record_id, kind=kind, opened=found.opened, limit=AT_ONCE)
    rows = in_words(request, page)
    if found.named_only:
        rows = [least(row) for row in rows if row.line.stands]
    return Part(kind, KINDS[kind].title, KINDS[kind].none, rows, page.more, page.added)


def least(row: Shown) -> Shown:
    """The named fields of an entry: that somebody came, or the result of a test, and the day. No words, no names."""
    spoken, facts = language(), row.line.facts
    match facts:
        case AttendanceFacts():
            head = rules.word(rules.PRESENCES, facts.presence, spoken)
        case ScreenFacts():
            head = rules.word(rules.RESULTS, facts.result, spoken)
        case _:
            head = ""
    return Shown(row.line, head, [day(facts.happened_on, spoken, year=True)])


@member(*SHOWN_TO)
@require_safe
def api_one(request: Asked, share_id: UUID) -> JsonResponse:
    """The same as JSON, with the notice in it."""
    found = shares.open_shared(reader=request.reader, share_id=share_id)
    parts = {one: [_row(line, found) for line in _lines(found, one)] for one in found.classes}
    answer = {
        "id": str(found.id), "name": found.name, "purpose": found.purpose, "until": found.until.isoformat(),
        "classes": list(found.classes), "case": found.case, "entries": parts,
    }  # fmt: skip
    if found.notice:
        answer |= {"notice": NOTICE, "notice_version": NOTICE_VERSION}
    return JsonResponse(answer)


def _lines(found: OpenedShare, data_class: str) -> list[EntryLine]:
    page = support.entries_of_opened(
        record_id=found.held_record_id, kind=KIND_OF[data_class], opened=found.opened, limit=AT_ONCE
    )
    return [line for line in page.lines if line.stands]


def _row(line: EntryLine, found: OpenedShare) -> dict[str, Any]:
    kept = {name: value for name, value in vars(line.facts).items() if not found.named_only or name in LEAST}
    on = kept.pop("happened_on")
    return {
        "id": str(line.id),
        "happened_on": on.isoformat(),
        **kept,
        "stands": line.stands,
        "beside": corrected(line.beside),
    }


LEAST = frozenset({"happened_on", "presence", "result"})
