"""Entries of one record: treatment, drug screens, attendance, and a counsellor's own notes. Add, correct, strike."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.consent import queries as consent
from manypaths.consent.rules import Purpose
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.support import commands, rules
from manypaths.support import queries as support
from manypaths.support.queries import Beside, EntriesPage, EntryLine, RemarkLine
from manypaths.support.rules import Kind
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.words import day
from manypaths.web.work.entry_forms import FORMS, EntryForm, StrikeForm, blank, filled
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.reasons import AT_WORK, name_for, reasons_to_look, way_back
from manypaths.web.work.words import KINDS, KindWords

SHORT = 3


@dataclass(frozen=True)
class Shown:
    """One entry in words."""

    line: EntryLine
    head: str
    tail: list[str]
    words: str = ""
    struck: str = ""
    remark: RemarkLine | None = None


@dataclass(frozen=True)
class Section:
    """The newest entries of one kind, on the page of a record. A kind that is kept apart has its address here only."""

    kind: Kind
    said: KindWords
    is_apart: bool
    rows: list[Shown] = field(default_factory=list)
    more: bool = False
    added: tuple[Beside, ...] = ()


def sections(
    request: Asked, record_id: UUID, opened: consent.Opened, kinds: list[Kind], said: dict[UUID, RemarkLine]
) -> list[Section]:
    """One section for each kind of entry that is the reader's work, from what their page has opened already."""
    found = []
    for kind in kinds:
        if kind is Kind.NOTE:
            found.append(Section(kind, KINDS[kind], is_apart=True))
            continue
        page = support.entries_of_opened(record_id=record_id, kind=kind, opened=opened, limit=SHORT)
        rows = in_words(request, replace(page, said=said))
        found.append(Section(kind, KINDS[kind], is_apart=False, rows=rows, more=page.more, added=page.added))
    return found


def in_words(request: Asked, page: EntriesPage) -> list[Shown]:
    """Entries as lines of a page, in the reader's language."""
    year = local_date(now(), zone_of(request)).year
    return [_shown(line, year, page.said.get(line.id)) for line in page.lines]


def _shown(line: EntryLine, year: int, remark: RemarkLine | None) -> Shown:
    facts, spoken = line.facts, language()
    on = day(facts.happened_on, spoken, year=facts.happened_on.year != year)
    head, *more = rules.what_happened(facts, spoken) or [on]
    tail = [*more, *([on] if head != on else []), *([line.worker] if line.worker else [])]
    return Shown(line, head, tail, getattr(facts, "words", ""), rules.word(rules.STRIKES, line.strike, spoken), remark)


def kind_of(name: str) -> Kind:
    """The kind that an address names. Refuses: NotThere for any other word."""
    if name not in list(Kind):
        raise NotThere
    return Kind(name)


def read(request: Asked, record_id: UUID, kind: Kind, *, offset: int = 0) -> tuple[Purpose, EntriesPage]:
    """Entries of one kind, and for what they were opened.

    Refuses: NotYourWork where the kind is not the work of somebody who may know that the person is served here;
    NotThere otherwise.
    """
    refusal: Exception = NotThere()
    for purpose in reasons_to_look(request):
        try:
            found = support.entries(
                reader=request.reader, record_id=record_id, kind=kind, purpose=purpose, offset=offset
            )
        except (NotThere, NotYourWork) as no:
            refusal = no if isinstance(no, NotYourWork) else refusal
        else:
            return purpose, found
    raise refusal


@member(*AT_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Asked, record_id: UUID, kind: str) -> HttpResponse:
    """Entries of one kind, and a form for another one."""
    which = kind_of(kind)
    form = FORMS[which](request.POST) if request.method == "POST" else blank(which, _today(request))
    if request.method == "POST" and _write(request, record_id, form, None):
        return thank(request, "entry", "work:entries", record_id, which.value)
    number = page_number(request.GET.get("page"))
    purpose, page = read(request, record_id, which, offset=support.SHOWN * (number - 1))
    context = {
        "rows": in_words(request, page), "more": page.more, "number": number, "form": form, "added": page.added,
        "may_write": purpose in rules.WRITING,
    }  # fmt: skip
    return _draw(request, "entries", record_id, which, purpose, context, form)


@member(*AT_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, record_id: UUID, kind: str, entry_id: UUID) -> HttpResponse:
    """One entry. It is never changed: a correction is another entry."""
    which = kind_of(kind)
    form = FORMS[which](request.POST) if request.method == "POST" else None
    if form is not None and _write(request, record_id, form, entry_id):
        return thank(request, "corrected", "work:entries", record_id, which.value)
    return _draw_one(request, record_id, which, entry_id, form, StrikeForm())


@member(*AT_WORK)
@require_POST
def strike(request: Asked, record_id: UUID, kind: str, entry_id: UUID) -> HttpResponse:
    """Strike an entry that should not be there."""
    which, form = kind_of(kind), StrikeForm(request.POST)
    purpose, _page = read(request, record_id, which)
    if form.is_valid():
        try:
            commands.strike_entry(
                record_id=record_id, kind=which, entry_id=entry_id, reason=form.cleaned_data["strike"],
                purpose=purpose, by=request.reader, at=now(),
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "struck", "work:entries", record_id, which.value)
    return _draw_one(request, record_id, which, entry_id, None, form)


def _write(request: Asked, record_id: UUID, form: EntryForm, replaces: UUID | None) -> bool:
    """Write what a form says. False where it is refused; the reasons are beside its fields then."""
    purpose, _page = read(request, record_id, rules.KIND_OF[form.facts_of])
    if not form.is_valid():
        return False
    try:
        commands.write_entry(
            record_id=record_id, facts=form.facts, replaces=replaces, purpose=purpose, by=request.reader, at=now()
        )
    except Refused as refused:
        put_reasons(form, refused)
        return False
    return True


def _draw_one(
    request: Asked, record_id: UUID, kind: Kind, entry_id: UUID, form: EntryForm | None, striking: StrikeForm
) -> HttpResponse:
    purpose, page = read(request, record_id, kind)
    line = support.entry(reader=request.reader, record_id=record_id, kind=kind, entry_id=entry_id, purpose=purpose)
    form = form or filled(kind, line.facts)
    (row,) = in_words(request, replace(page, lines=[line]))
    context = {"row": row, "form": form, "striking": striking, "may_write": purpose in rules.WRITING}
    return _draw(request, "entry", record_id, kind, purpose, context, form, striking)


def _draw(
    request: Asked, page: str, record_id: UUID, kind: Kind, purpose: Purpose, context: dict[str, Any], *held: forms.Form
) -> HttpResponse:
    shared = {
        "record_id": record_id, "kind": kind, "said_of": KINDS[kind], "name": name_for(request, record_id, purpose),
        "back": way_back(purpose, record_id), "purpose": purpose, "stated": request.GET.get("for", ""), **context,
    }  # fmt: skip
    wrong = any(form.is_bound and form.errors for form in held)
    return show(request, page, shared, status=REFUSED if wrong else 200)


def _today(request: Asked) -> Any:
    return local_date(now(), zone_of(request))
