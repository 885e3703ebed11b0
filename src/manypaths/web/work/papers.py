"""Legal papers, as a privacy officer writes them down: most open nothing, and the page says what to do next."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import papers
from manypaths.consent.papers import OpenedByOrder, OpensNothing, PaperLine
from manypaths.consent.rules import papers as rules
from manypaths.consent.rules import reviews as spoken
from manypaths.consent.rules.papers import Order
from manypaths.lib.refusals import Refused
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.people import queries as people
from manypaths.referrals.commands import filing
from manypaths.support import queries as support
from manypaths.support.rules import CLASS_OF, Kind
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.offering import offer
from manypaths.web.work.entries import Section, in_words
from manypaths.web.work.frame import REFUSED, language, prove_first, put_reasons, show, zone_of
from manypaths.web.work.words import CLASSES, KINDS, WAYS

FORBIDDEN, PAGE = 403, 30
KINDS_OPEN = (Kind.TREATMENT, Kind.SCREEN, Kind.ATTENDANCE)
DAY = {"type": "date"}


class PaperForm(forms.Form):
    """What came, about whom; and what an order names."""

    kind = forms.ChoiceField(
        label=_("What came?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what came.")},
    )
    held = forms.UUIDField(
        label=_("The number of their page"),
        help_text=_("Who walks with them sees it, and so do you in the consents given here. Needed for an order."),
        required=False,
        error_messages={"invalid": _("Write the whole number, as it stands on the page.")},
    )
    section = forms.ChoiceField(
        label=_("Under which section?"), required=False, widget=forms.RadioSelect(attrs={"look": "picks"})
    )
    mandate = forms.ChoiceField(
        label=_("What came with it?"), required=False, widget=forms.RadioSelect(attrs={"look": "picks"})
    )
    court = forms.CharField(label=_("Which court?"), required=False)
    case_number = forms.CharField(label=_("Number of the case"), required=False)
    ordered_on = forms.DateField(label=_("Given on"), required=False, widget=forms.DateInput(attrs=DAY))
    classes = forms.MultipleChoiceField(
        label=_("What does it name?"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"})
    )
    until = forms.DateField(label=_("Open until the end of"), required=False, widget=forms.DateInput(attrs=DAY))
    silent_until = forms.DateField(
        label=_("Must not be told before"),
        help_text=_("Only where the order itself says so. Else they are told at once."),
        required=False,
        widget=forms.DateInput(attrs=DAY),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table in (("kind", rules.KINDS), ("section", rules.SECTIONS), ("mandate", rules.MANDATES)):
            offer(self, name, spoken.in_words(table, language()))
        names = sorted(rules.opens_by_order({Role.PRIVACY_OFFICER.value}))
        offer(self, "classes", [(one, CLASSES[one]) for one in names])

    def order(self, zone: str) -> Order | None:
        """The order as the rules read it; None for any other paper."""
        said = self.cleaned_data
        if said.get("kind") != rules.ORDER:
            return None
        return Order(
            said["court"], said["case_number"], said["section"], said["mandate"], said.get("ordered_on"),
            frozenset(said["classes"]), _end_of(said.get("until"), zone, 1), _end_of(said.get("silent_until"), zone, 0),
        )  # fmt: skip


def _end_of(day: date | None, zone: str, more: int) -> datetime | None:
    return datetime.combine(day + timedelta(days=more), time(), tzinfo=ZoneInfo(zone)) if day else None


@dataclass(frozen=True)
class Line:
    """One paper of the register in words."""

    line: PaperLine
    kind: str
    what: list[Any]


@member(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: Asked) -> HttpResponse:
    """The papers that came, and a form for one more. What is no order opens nothing: said with the steps to take."""
    proved = factor_is_fresh(request.reader, now())
    if not proved and request.method != "POST":
        return prove_first(request, request.get_full_path())
    form = PaperForm(request.POST or None, initial={"held": request.GET.get("of", "")})
    if not proved:
        return _draw(request, form, prove=reverse("entry:second_factor"))
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        try:
            order, held = form.order(zone_of(request)), form.cleaned_data["held"]
            paper = filing.record_paper(kind=kind, held=held, order=order, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            if kind != rules.ORDER or paper is None or held is None:
                return _opens_nothing(request, kind, written=True)
            return redirect("work:by_order", paper, held)
    elif request.method == "POST":
        filing.note_attempt(held=form.cleaned_data.get("held"), by=request.reader)
    return _draw(request, form)


def _draw(request: Asked, form: PaperForm, prove: str = "") -> HttpResponse:
    number = page_number(request.GET.get("page"))
    found, total = papers.papers_here(reader=request.reader, limit=PAGE, offset=PAGE * (number - 1))
    lines = [
        Line(one, spoken.word(rules.KINDS, one.kind, language()), [CLASSES.get(kind, kind) for kind in one.classes])
        for one in found
    ]
    context = {"form": form, "lines": lines, "number": number, "more": total > PAGE * number, "now": now()}
    refused = REFUSED if form.is_bound and form.errors else 200
    return show(request, "papers", {**context, "prove": prove}, status=FORBIDDEN if prove else refused)


def _opens_nothing(request: Asked, kind: str, *, written: bool) -> HttpResponse:
    """Why nothing opens, and what to do next."""
    context = {
        "kind": spoken.word(rules.KINDS, kind, language()), "is_order": kind in ("", rules.ORDER), "written": written,
        "steps": rules.steps_after(kind or rules.ORDER, language()),
    }  # fmt: skip
    return show(request, "paper_opens_nothing", context, status=FORBIDDEN)


@member(Role.PRIVACY_OFFICER)
@require_safe
def by_order(request: Asked, paper: UUID, record_id: UUID) -> HttpResponse:
    """What a recorded order opens of the one person it names."""
    if not factor_is_fresh(request.reader, now()):
        return prove_first(request, request.path)
    try:
        found = papers.open_by_order(reader=request.reader, paper=paper, record=record_id)
    except OpensNothing as nothing:
        return _opens_nothing(request, nothing.kind, written=False)
    return show(request, "by_order", _context(request, found, record_id))


def _context(request: Asked, found: OpenedByOrder, record: UUID) -> dict[str, Any]:
    sealer, classes = found.opened.sealer, found.classes
    profile = people.profile(record_id=record, sealer=sealer) if "demographics" in classes else None
    contact = people.safe_contact(record_id=record, sealer=sealer) if "safe_contact" in classes else None
    return {
        "name": profile.name if profile else "",
        "contact": contact,
        "way": WAYS.get(contact.way, "") if contact else "",
        "sections": [_section(request, found, record, kind) for kind in KINDS_OPEN if CLASS_OF[kind].value in classes],
        "until": found.until,
        "purpose": rules.PURPOSE,
    }


def _section(request: Asked, found: OpenedByOrder, record: UUID, kind: Kind) -> Section:
    page = support.entries_of_opened(record_id=record, kind=kind, opened=found.opened, limit=1000)
    return Section(kind, KINDS[kind], is_apart=False, rows=in_words(request, page), more=page.more, added=page.added)
