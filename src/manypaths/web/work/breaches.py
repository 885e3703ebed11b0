"""The register of what went wrong: what waits to be written down, each incident, its four factors, and who was told."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import incidents, registering
from manypaths.consent.incidents import IncidentLine
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.reviews import word
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import Role
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.breach_forms import AssessForm, IncidentForm, LetterForm, StepForm
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.incident_page import Forms, draw

PAGE = 30


@dataclass(frozen=True)
class Line:
    """One incident of the register in words, and whether a day of the law is over."""

    line: IncidentLine
    decision: str
    days_left: int

    @property
    def days_over(self) -> int:
        """How many days it is late."""
        return -self.days_left


@member(Role.PRIVACY_OFFICER)
@require_safe
def register(request: Asked) -> HttpResponse:
    """What a review found and is not written down yet, and the register, what was found last first."""
    number = page_number(request.GET.get("page"))
    found, total = incidents.incidents_here(reader=request.reader, limit=PAGE, offset=PAGE * (number - 1))
    waiting = incidents.waiting_for_incident(reader=request.reader)
    context = {
        "lines": [_line(request, one) for one in found], "waiting": waiting, "number": number,
        "more": total > PAGE * number,
    }  # fmt: skip
    return show(request, "breaches", context)


def _line(request: Asked, one: IncidentLine) -> Line:
    zone = zone_of(request)
    left = rules.days_left(local_date(one.found_at, zone), local_date(now(), zone))
    return Line(one, word(rules.DECISIONS, one.decision, language()), left)


@member(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Write an incident down."""
    form = IncidentForm(request.POST or None, initial={"held": request.GET.get("of", "")})
    if request.method == "POST" and form.is_valid():
        try:
            found = registering.record_incident(incident=_incident(request, form), by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "incident", "work:incident", found)
    return show(request, "incident_new", {"form": form}, status=REFUSED if form.errors else 200)


def _incident(request: Asked, form: IncidentForm) -> rules.Incident:
    said = form.cleaned_data
    return rules.Incident(
        said["what"], _start_of(said["found_on"], zone_of(request)), said["happened_from"], said["happened_until"],
        said["receiver"], frozenset(said["classes"]), said["held"], everyone=said["whose"] == "everyone",
    )  # fmt: skip


def _start_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone))


@member(Role.PRIVACY_OFFICER)
@require_POST
def begin(request: Asked, source: str, source_id: UUID) -> HttpResponse:
    """Write down, with one press, what a review found."""
    if source not in {"review", "emergency"}:
        raise NotThere
    what = _("A look that should not have happened.")
    found = registering.record_from_review(source=source, source_id=source_id, what=what, by=request.reader, at=now())
    return thank(request, "incident", "work:incident", found)


@member(Role.PRIVACY_OFFICER)
@require_safe
def one(request: Asked, incident_id: UUID) -> HttpResponse:
    """One incident: what is known, the days of the law, what was decided, and who was told."""
    return draw(request, incidents.open_incident(reader=request.reader, incident_id=incident_id))


@member(Role.PRIVACY_OFFICER)
@require_POST
def assess(request: Asked, incident_id: UUID) -> HttpResponse:
    """Weigh it by the four factors, and decide."""
    form = AssessForm(request.POST)
    if form.is_valid():
        try:
            registering.assess_incident(
                incident_id=incident_id, assessment=form.assessment(), by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "assessed", "work:incident", incident_id)
    return _again(request, incident_id, Forms(assessing=form))


@member(Role.PRIVACY_OFFICER)
@require_POST
def tell(request: Asked, incident_id: UUID) -> HttpResponse:
    """Write the letter to everyone concerned. It waits for another officer, or is told at once where there is none."""
    form = LetterForm(request.POST)
    if form.is_valid():
        try:
            letter = rules.Letter(**form.cleaned_data)
            told = registering.tell_of_breach(
                incident_id=incident_id, letter=letter, seen=_seen(request), by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "breach_told" if told else "letter_waits", "work:incident", incident_id)
    return _again(request, incident_id, Forms(telling=form))


@member(Role.PRIVACY_OFFICER)
@require_POST
def agree(request: Asked, incident_id: UUID) -> HttpResponse:
    """Agree to a letter that another officer wrote: everyone concerned is told."""
    try:
        registering.agree_to_letter(incident_id=incident_id, seen=_seen(request), by=request.reader, at=now())
    except Refused as refused:
        found = incidents.open_incident(reader=request.reader, incident_id=incident_id)
        return draw(request, found, problem=" ".join(str(one.message) for one in refused.reasons))
    return thank(request, "breach_told", "work:incident", incident_id)


def _seen(request: Asked) -> datetime | None:
    """When the letter was written that their page showed."""
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


@member(Role.PRIVACY_OFFICER)
@require_POST
def note(request: Asked, incident_id: UUID) -> HttpResponse:
    """Note on which day the Secretary or the media were told, or the letters went out."""
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            registering.note_step(incident_id=incident_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return redirect("work:incident", incident_id)
    return _again(request, incident_id, Forms(noting=form))


def _again(request: Asked, incident_id: UUID, forms: Forms) -> HttpResponse:
    return draw(request, incidents.open_incident(reader=request.reader, incident_id=incident_id), forms)
