"""The plan that a place keeps with somebody, and their plan for a bad day: written together, read by who may."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.dates import local_date
from manypaths.lib.refusals import NotThere, Refused, refuse_if
from manypaths.plans import commands, queries, rules
from manypaths.plans.queries import PlanPage
from manypaths.plans.rules import GoalState, SafetyWords, StepState
from manypaths.support import queries as support
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import reasons_not_as_drawn
from manypaths.web.work.contacts import beside
from manypaths.web.work.frame import REFUSED, put_reasons, show, thank, zone_of
from manypaths.web.work.reasons import AT_WORK, name_for, open_for, way_back


def _line(label: Any, missing: Any = "", about: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=about, error_messages={"required": missing})


def _lines(label: Any, about: Any = "", rows: int = 3, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=about, required=required, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": rules.OWN_WORDS.missing},
    )  # fmt: skip


class WordsForm(forms.Form):
    """What a good life looks like to them."""

    text = _lines(_("What does a good life look like to them?"), _("In their own words."), required=True)


class StrengthForm(forms.Form):
    """Something strong."""

    statement = _line(_("Something strong in them or in their life"), rules.STATEMENT.missing)


class GoalForm(forms.Form):
    """Something they want."""

    title = _line(_("What do they want?"), rules.TITLE.missing, _("In their own words."))
    area = forms.ChoiceField(
        label=_("Which part of life is it about?"),
        choices=[(area.value, words) for area, words in rules.AREA_WORDS.items()],
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose a part of life.")},
    )


class StepForm(forms.Form):
    """Something to do for a goal."""

    text = _line(_("One step"), rules.STEP.missing)


class SafetyForm(forms.Form):
    """A plan for a bad day."""

    signs = _lines(_("What shows that a bad day is coming?"), _("In their own words, one thing a line."))
    helps = _lines(_("What helps then?"), _("What they can do alone, and where they can go."))
    people = _lines(_("Whom can they call?"), _("988 answers day and night. It is on the page already."))


@dataclass
class Bound:
    """The forms of a page as they came in: the one that was sent keeps its words and its reasons."""

    sent: dict[str, forms.Form] = field(default_factory=dict)
    goal: UUID | None = None

    def get(self, name: str, made: Callable[[], forms.Form]) -> forms.Form:
        """The form that was sent, or a new one."""
        return self.sent.get(name) or made()

    def step_of(self, goal_id: UUID) -> forms.Form:
        """The form for another step of one goal."""
        return self.sent["step"] if goal_id == self.goal else StepForm(auto_id=f"step-{goal_id}_%s")

    @property
    def is_wrong(self) -> bool:
        return any(form.errors for form in self.sent.values())


@member(*AT_WORK)
@require_safe
def plan(request: Asked, record_id: UUID) -> HttpResponse:
    """The plan as it stands, and what can be added to it."""
    return _draw(request, record_id, Bound())


def _draw(request: Asked, record_id: UUID, bound: Bound) -> HttpResponse:
    purpose, opened = open_for(request, record_id, DataClass.RECOVERY_PLAN)
    found = queries.held_plan(record_id=record_id, sealer=opened.sealer)
    words = {"text": found.own_words.text if found.own_words else ""}
    context = {
        **_shared(request, record_id, purpose, opened), "plan": found,
        "words_form": bound.get("words", lambda: WordsForm(initial=words, auto_id="words_%s")),
        "strength_form": bound.get("strength", StrengthForm), "goal_form": bound.get("goal", GoalForm),
        "goals": [(one, bound.step_of(one.id)) for one in found.goals],
    }  # fmt: skip
    return show(request, "plan", context, status=REFUSED if bound.is_wrong else 200)


def _shared(request: Asked, record_id: UUID, purpose: Purpose, opened: Opened) -> dict[str, Any]:
    return {
        "record_id": record_id, "purpose": purpose, "may_write": purpose is Purpose.CARE,
        "name": name_for(request, record_id, purpose), "back": way_back(purpose, record_id),
        "remark": support.said_beside(record_id=record_id, sealer=opened.sealer).get(record_id),
    }  # fmt: skip


Act = Callable[..., object]


def _act(request: Asked, record_id: UUID, bound: Bound, act: Act, **known: Any) -> HttpResponse:
    """Do what the form that was sent says; where it is refused, draw the page once more with every word kept."""
    (form,) = bound.sent.values()
    open_for(request, record_id, DataClass.RECOVERY_PLAN)
    refuse_if(reasons_not_as_drawn(form))
    if form.is_valid():
        try:
            act(record_id=record_id, **form.cleaned_data, **known, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "plan", "work:plan", record_id)
    return _draw(request, record_id, bound)


@member(*AT_WORK)
@require_POST
def words(request: Asked, record_id: UUID) -> HttpResponse:
    """Write what a good life looks like to them."""
    bound = Bound({"words": WordsForm(request.POST, auto_id="words_%s")})
    return _act(request, record_id, bound, commands.write_held_words)


@member(*AT_WORK)
@require_POST
def strength(request: Asked, record_id: UUID) -> HttpResponse:
    """Add something strong."""
    return _act(request, record_id, Bound({"strength": StrengthForm(request.POST)}), commands.add_held_strength)


@member(*AT_WORK)
@require_POST
def goal(request: Asked, record_id: UUID) -> HttpResponse:
    """Add something they want."""
    return _act(request, record_id, Bound({"goal": GoalForm(request.POST)}), commands.add_held_goal)


@member(*AT_WORK)
@require_POST
def step(request: Asked, record_id: UUID, goal_id: UUID) -> HttpResponse:
    """Add a step to a goal."""
    bound = Bound({"step": StepForm(request.POST, auto_id=f"step-{goal_id}_%s")}, goal_id)
    known = {"goal_id": goal_id, "by_day": None, "today": local_date(now(), zone_of(request))}
    return _act(request, record_id, bound, commands.add_held_step, **known)


@member(*AT_WORK)
@require_POST
def state(request: Asked, record_id: UUID, goal_id: UUID) -> HttpResponse:
    """Mark a goal as reached, set it aside, or take it up again."""
    became = request.POST.get("state", "")
    if became not in set(GoalState):
        raise NotThere
    commands.set_held_goal(record_id=record_id, goal_id=goal_id, state=GoalState(became), by=request.reader, at=now())
    return thank(request, "plan", "work:plan", record_id)


@member(*AT_WORK)
@require_POST
def mark(request: Asked, record_id: UUID, step_id: UUID) -> HttpResponse:
    """Mark a step as done, for now, or for later."""
    became = request.POST.get("state", "")
    if became not in set(StepState):
        raise NotThere
    commands.mark_held_step(
        record_id=record_id, step_id=step_id, state=StepState(became), today=local_date(now(), zone_of(request)),
        by=request.reader, at=now(),
    )  # fmt: skip
    return thank(request, "plan", "work:plan", record_id)


@member(*AT_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: Asked, record_id: UUID) -> HttpResponse:
    """The plan for a bad day, and the form to write it together."""
    purpose, opened = open_for(request, record_id, DataClass.SAFETY_PLAN)
    found = queries.safety_plan(record_id=record_id, sealer=opened.sealer)
    form = SafetyForm(request.POST or None, initial=vars(found.words) if found else {})
    refuse_if(reasons_not_as_drawn(form))
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_safety_plan(
                record_id=record_id, words=SafetyWords(**form.cleaned_data), by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "plan", "work:safety", record_id)
    context = {**_shared(request, record_id, purpose, opened), "found": found, "form": form}
    return show(request, "safety", context, status=REFUSED if form.is_bound and form.errors else 200)


@member(*AT_WORK)
@require_safe
def api_plan(request: Asked, record_id: UUID) -> JsonResponse:
    """The plan, for programs."""
    purpose, opened = open_for(request, record_id, DataClass.RECOVERY_PLAN)
    found = queries.held_plan(record_id=record_id, sealer=opened.sealer)
    remark = support.said_beside(record_id=record_id, sealer=opened.sealer).get(record_id)
    said = {"id": str(record_id), **in_data(found), "said_beside": beside(remark), "opened_for": purpose}
    return JsonResponse(said)


def in_data(found: PlanPage) -> dict[str, Any]:
    """A plan as a program reads it."""
    return {
        "own_words": found.own_words.text if found.own_words else "",
        "strengths": [one.statement for one in found.strengths],
        "goals": [
            {
                "id": str(one.id), "title": one.title, "area": one.area, "state": one.state,
                "steps": [{"text": step.text, "state": step.state} for step in one.steps],
            }
            for one in found.goals
        ],
    }  # fmt: skip


@member(*AT_WORK)
@require_safe
def api_safety(request: Asked, record_id: UUID) -> JsonResponse:
    """The plan for a bad day, for programs."""
    purpose, opened = open_for(request, record_id, DataClass.SAFETY_PLAN)
    found = queries.safety_plan(record_id=record_id, sealer=opened.sealer)
    remark = support.said_beside(record_id=record_id, sealer=opened.sealer).get(record_id)
    written = {"words": asdict(found.words), "written_at": found.written_at.isoformat()} if found else None
    return JsonResponse({"id": str(record_id), "plan": written, "said_beside": beside(remark), "opened_for": purpose})
