"""Consents behind a record that a place keeps, the register of all of them, and a record as a privacy officer sees it.

Nothing here can be changed: a consent is given, narrowed and stopped by the person, on the person's own page.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import queries as consent
from manypaths.consent import rules
from manypaths.consent.queries import Opened
from manypaths.consent.rules import Basis, DataClass, Purpose
from manypaths.consent.rules.keeping import reasons_not_to_rewrite
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader, Role
from manypaths.people import queries as people
from manypaths.referrals import queries
from manypaths.referrals.queries import GivenConsent, Terms
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.words import day, in_zone
from manypaths.web.work import paper_consents
from manypaths.web.work.frame import show, zone_of
from manypaths.web.work.reasons import AT_WORK, name_for, open_for, way_back
from manypaths.web.work.words import CLASSES, ENDINGS, LANGUAGES, PURPOSES

PAGE = 30
OFFICER = frozenset({DataClass.DEMOGRAPHICS, DataClass.CONSENT_RECORD})


@dataclass(frozen=True)
class Shown:
    """One consent in words. What only a whole opening shows is empty where named fields are open."""

    line: GivenConsent
    what: str
    why: Any = ""
    ending: Any = ""
    spoken: Any = ""
    title: str = ""
    words: str = ""


def to_open(reader: Reader, tie: Basis) -> frozenset[DataClass]:
    """What to open for the consents on the page of one person: nothing where they are not the reader's work."""
    mine = rules.part_for(reader.roles, tie, DataClass.CONSENT_RECORD) is not None
    return frozenset({DataClass.CONSENT_RECORD}) if mine else frozenset()


def of_record(record_id: UUID, opened: Opened, zone: str) -> list[Shown]:
    """The consents of one opened record, in words; none where they are closed."""
    if not opened.allows(record_id, DataClass.CONSENT_RECORD):
        return []
    return [in_words(one, zone) for one in queries.consents_of_opened(records=[record_id], opened=opened)]


def in_words(line: GivenConsent, zone: str) -> Shown:
    """One consent as a page says it."""
    what = _what(line)
    terms = line.terms
    if terms is None:
        return Shown(line, what)
    text = consent.text_of_version(key=terms.text_key, version=terms.text_version, language=terms.language)
    return Shown(
        line, what, PURPOSES.get(terms.purpose, ""), ENDINGS.get(terms.ending, ""), LANGUAGES.get(terms.language, ""),
        *_filled(text, line, terms, zone),
    )  # fmt: skip


def _what(line: GivenConsent) -> str:
    return ", ".join(str(CLASSES.get(one, one)) for one in sorted(line.classes, key=list(CLASSES).index))


def _filled(text: Any, line: GivenConsent, terms: Terms, zone: str) -> tuple[str, str]:
    """Title and words as the person read them, in their language, with place, kinds and last day in them."""
    if text is None:
        return "", ""
    with translation.override(text.language):
        until = day(in_zone(terms.last_day, zone).date(), text.language, weekday=False, year=True)
        marks = {"{organisation}": line.recipient, "{until}": until, "{parts}": f"{_what(line)}."}
        title, body = text.title, text.body
        for mark, word in marks.items():
            title, body = title.replace(mark, word), body.replace(mark, word)
    return title, body


@member(*AT_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Asked, record_id: UUID) -> HttpResponse:
    """What the person behind one record agreed to share with this place. It cannot be written from here."""
    purpose, opened = open_for(request, record_id, DataClass.CONSENT_RECORD)
    if request.method == "POST":
        refuse_if(reasons_not_to_rewrite())
    context = {
        "record_id": record_id, "purpose": purpose, "name": name_for(request, record_id, purpose),
        "back": way_back(purpose, record_id), "consents": of_record(record_id, opened, zone_of(request)),
        "is_whole": not opened.is_minimal(record_id, DataClass.CONSENT_RECORD),
        "on_paper": paper_consents.of_record(record_id, opened), "may_write_paper": purpose in paper_consents.WRITING,
    }  # fmt: skip
    return show(request, "consents", context)


@member(*AT_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def api_index(request: Asked, record_id: UUID) -> HttpResponse:
    """The same, for programs."""
    purpose, opened = open_for(request, record_id, DataClass.CONSENT_RECORD)
    if request.method == "POST":
        refuse_if(reasons_not_to_rewrite())
    lines = queries.consents_of_opened(records=[record_id], opened=opened)
    return JsonResponse({"id": str(record_id), "consents": [in_json(one) for one in lines], "opened_for": purpose})


def in_json(one: GivenConsent) -> dict[str, object]:
    """The named fields, by their names; and the rest where the whole is open."""
    named: dict[str, object] = {
        "status": "holds" if one.holds else "ended", "recipient": one.recipient, "information": list(one.classes),
        "expires": one.until.isoformat(),
    }  # fmt: skip
    if one.terms is None:
        return named
    terms = {
        name: value if value is None or isinstance(value, str) else getattr(value, "isoformat", value.__str__)()
        for name, value in vars(one.terms).items()
    }
    return {**named, **terms}


@member(Role.PRIVACY_OFFICER)
@require_safe
def register(request: Asked) -> HttpResponse:
    """Every consent given to this place behind a record it keeps: those that hold, or those that ended."""
    number, ended = page_number(request.GET.get("page")), request.GET.get("show") == "ended"
    page = queries.register_of_consents(
        reader=request.reader, holding=not ended, limit=PAGE, offset=PAGE * (number - 1)
    )
    rows = _registered(request, page)
    if number > 1 and not rows:
        return redirect("work:register")
    context = {
        "rows": rows, "total": page.total, "number": number, "more": page.total > PAGE * number, "ended": ended,
        "purpose": Purpose.PRIVACY,
    }  # fmt: skip
    return show(request, "register", context)


@member(Role.PRIVACY_OFFICER)
@require_safe
def api_register(request: Asked) -> JsonResponse:
    """The same, for programs."""
    number, ended = page_number(request.GET.get("page")), request.GET.get("show") == "ended"
    page = queries.register_of_consents(
        reader=request.reader, holding=not ended, limit=PAGE, offset=PAGE * (number - 1)
    )
    rows = [
        {"id": str(one.line.record_id), "name": name, **in_json(one.line)} for name, one in _registered(request, page)
    ]
    return JsonResponse({"consents": rows, "total": page.total, "opened_for": Purpose.PRIVACY})


def _registered(request: Asked, page: queries.RegisterPage) -> list[tuple[str, Shown]]:
    """The lines of one page with the name on each record: one opening that names all of them."""
    if not page.lines:
        return []
    records = list(dict.fromkeys(record for record, _grant in page.lines))
    opened = _open(request, records)
    names = people.names_of(records=opened.ids, sealer=opened.sealer)
    found = {
        (one.record_id, one.terms.grant_id): one
        for one in queries.consents_of_opened(records=list(opened.ids), opened=opened)
        if one.terms
    }
    zone = zone_of(request)
    return [(names.get(line[0], ""), in_words(found[line], zone)) for line in page.lines if line in found]


def _open(request: Asked, records: list[UUID]) -> Opened:
    return consent.open_records(reader=request.reader, records=records, classes=OFFICER, purpose=Purpose.PRIVACY)


@member(Role.PRIVACY_OFFICER)
@require_safe
def person(request: Asked, record_id: UUID) -> HttpResponse:
    """One record as a privacy officer knows it: the name they use and its number, and where the rest of it stands."""
    context = {"record_id": record_id, "name": _name(request, record_id), "purpose": Purpose.PRIVACY}
    return show(request, "privacy_person", context)


@member(Role.PRIVACY_OFFICER)
@require_safe
def api_person(request: Asked, record_id: UUID) -> JsonResponse:
    """The same, for programs."""
    return JsonResponse({"id": str(record_id), "name": _name(request, record_id), "opened_for": Purpose.PRIVACY})


def _name(request: Asked, record_id: UUID) -> str:
    """The name on a record of this place.

    Refuses: NotThere where it is not open to a privacy officer.
    """
    name = name_for(request, record_id, Purpose.PRIVACY)
    if not name:
        raise NotThere
    return name
