"""The register of what went wrong: what waits to be written down, each incident, its four factors, and who was told."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import incidents, registering
from manypaths.consent import queries as consent
from manypaths.consent.incidents import IncidentLine, OpenedIncident
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.reviews import word
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.people import queries as people
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.breach_forms import AssessForm, IncidentForm, LetterForm, StepForm
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.words import CLASSES

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
    last = rules.clocks(local_date(one.found_at, zone), one.people).people_by
    left = (last - local_date(now(), zone)).days
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
    return _draw(request, incidents.open_incident(reader=request.reader, incident_id=incident_id))


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
    return _draw(request, incidents.open_incident(reader=request.reader, incident_id=incident_id), assessing=form)


@member(Role.PRIVACY_OFFICER)
@require_POST
def tell(request: Asked, incident_id: UUID) -> HttpResponse:
    """Tell everyone concerned."""
    form = LetterForm(request.POST)
    if form.is_valid():
        try:
            letter = rules.Letter(**form.cleaned_data)
            registering.tell_of_breach(incident_id=incident_id, letter=letter, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "breach_told", "work:incident", incident_id)
    return _draw(request, incidents.open_incident(reader=request.reader, incident_id=incident_id), telling=form)


@member(Role.PRIVACY_OFFICER)
@require_POST
def note(request: Asked, incident_id: UUID) -> HttpResponse:
    """Note on which day the Secretary or the media were told."""
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            registering.note_step(incident_id=incident_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return redirect("work:incident", incident_id)
    return _draw(request, incidents.open_incident(reader=request.reader, incident_id=incident_id), noting=form)


def _draw(
    request: Asked,
    found: OpenedIncident,
    assessing: AssessForm | None = None,
    telling: LetterForm | None = None,
    noting: StepForm | None = None,
) -> HttpResponse:
    spoken, zone = language(), zone_of(request)
    ids = {found.membership_id, *(one.membership_id for one in found.assessments)}
    names = network.names_of_members(membership_ids=ids)
    clocks = rules.clocks(local_date(found.found_at, zone), found.people)
    context = {
        "one": found,
        "clocks": clocks,
        "purpose": Purpose.PRIVACY,
        "names": _names(request, found.held),
        "what_kinds": [CLASSES.get(kind, kind) for kind in found.classes],
        "receiver": word(rules.RECEIVERS, found.receiver, spoken),
        "by": names.get(found.membership_id, ("",))[0],
        "assessments": [
            (
                [
                    (word(rules.FACTORS, name, spoken), word(rules.WEIGHTS, weight, spoken), words)
                    for name, weight, words in one.factors
                ],
                word(rules.DECISIONS, one.decision, spoken), one.reason, one.at,
                names.get(one.membership_id, ("",))[0],
            )
            for one in found.assessments
        ],
        "steps": [(word(rules.STEPS, step, spoken), on) for step, on in sorted(found.steps.items())],
        "assessing": assessing or AssessForm(),
        "telling": telling or LetterForm(),
        "noting": noting or StepForm(),
        "may_tell": found.letter is None and found.decision != rules.LOW,
        "is_breach": found.decision != rules.LOW,
        "days_left": (clocks.people_by - local_date(now(), zone)).days,
    }  # fmt: skip
    wrong = any(form is not None and form.errors for form in (assessing, telling, noting))
    return show(request, "incident", context, status=REFUSED if wrong else 200)


def _names(request: Asked, held: list[UUID]) -> list[tuple[UUID, str]]:
    """The names on the first pages concerned: a look at each of them."""
    if not held:
        return []
    reached = consent.open_records(
        reader=request.reader, records=held, classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.PRIVACY
    )
    names = people.names_of(records=sorted(reached.ids), sealer=reached.sealer)
    return sorted(names.items(), key=lambda row: row[1])
