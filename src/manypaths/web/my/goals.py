"""Goals and their steps."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.consent import queries as consent
from manypaths.lib.refusals import NotThere, Refused
from manypaths.plans import commands, queries, rules
from manypaths.plans.rules import GoalState, StepState, Way
from manypaths.web.my.frame import error_page, go, put_reasons, show, thank, today
from manypaths.web.my.home import holding, newest_notes
from manypaths.web.my.places import answering_here
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

SAID_OF = {GoalState.REACHED: "reached", GoalState.SET_ASIDE: "set_aside", GoalState.OPEN: "taken_up"}


class GoalForm(forms.Form):
    """A goal."""

    title = forms.CharField(
        label=_("What do you want?"),
        help_text=_("In your own words. For example: weekends with my kids."),
        error_messages={"required": rules.TITLE.missing},
    )
    area = forms.ChoiceField(
        label=_("Which part of life is it about?"),
        choices=[(area.value, words) for area, words in rules.AREA_WORDS.items()],
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose a part of life.")},
    )


class StepForm(forms.Form):
    """A step of a goal."""

    text = forms.CharField(
        label=_("What can you do?"),
        help_text=_("Small is good. For example: call and ask when they are open."),
        error_messages={"required": rules.STEP.missing},
    )
    by_day = forms.DateField(
        label=_("By which day?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-s"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y"],
        error_messages={"invalid": _("Write the day as month/day/year, for example 11/30/2026.")},
    )


def _choice(kind: type, value: str) -> object:
    try:
        return kind(value)
    except ValueError:
        raise NotThere from None


@person
@require_http_methods(METHODS)
def add_goal(request: Asked) -> HttpResponse:
    """Begin to work on something."""
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.add_goal(**form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return go("my:goal", made)
    return show(request, "goal_words", {"form": form})


@person
@require_http_methods(METHODS)
def change_goal(request: Asked, goal_id: UUID) -> HttpResponse:
    """Say a goal in other words."""
    goal_line = queries.goal_of(reader=request.reader, goal_id=goal_id)
    form = GoalForm(request.POST or None, initial={"title": goal_line.title, "area": goal_line.area})
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_goal(goal_id=goal_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:goal", goal_id)
    return show(request, "goal_words", {"form": form, "goal": goal_line})


@person
@require_http_methods(METHODS)
def goal(request: Asked, goal_id: UUID) -> HttpResponse:
    """One goal with its steps; a new step is added here."""
    goal_line = queries.goal_of(reader=request.reader, goal_id=goal_id)
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_step(goal_id=goal_id, **form.cleaned_data, today=today(request), by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:goal", goal_id, anchor="steps")
    asks = answering_here(request, {step.service_id for step in goal_line.steps if step.service_id})
    active = holding(consent.grants_of_own_record(reader=request.reader), now())
    notes = newest_notes(request, active)
    return show(request, "goal", {"form": form, "goal": goal_line, "notes": notes, "asks": asks})


@person
@require_POST
def set_goal(request: Asked, goal_id: UUID) -> HttpResponse:
    """Mark a goal as reached, set it aside, or take it up again."""
    state = GoalState(str(_choice(GoalState, request.POST.get("state", ""))))
    try:
        commands.set_goal_state(goal_id=goal_id, state=state, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, SAID_OF[state], "my:home", anchor="goals")


@person
@require_POST
def move_goal(request: Asked, goal_id: UUID) -> HttpResponse:
    """Move a goal up or down."""
    way = Way(str(_choice(Way, request.POST.get("way", ""))))
    commands.move_goal(goal_id=goal_id, way=way, by=request.reader, at=now())
    return go("my:home", anchor="goals")


def _step(request: Asked, step_id: UUID) -> queries.StepLine:
    plan = queries.plan_of(reader=request.reader)
    found = next((step for one in plan.goals for step in one.steps if step.id == step_id), None)
    if found is None:
        raise NotThere
    return found


@person
@require_http_methods(METHODS)
def step(request: Asked, step_id: UUID) -> HttpResponse:
    """Say a step in other words, or give it another day."""
    line = _step(request, step_id)
    form = StepForm(request.POST or None, initial={"text": line.text, "by_day": line.by_day})
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_step(
                step_id=step_id, **form.cleaned_data, today=today(request), by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:goal", line.goal_id, anchor="steps")
    return show(request, "step", {"form": form, "step": line})


@person
@require_POST
def mark_step(request: Asked, step_id: UUID) -> HttpResponse:
    """Mark a step as done, for now, or for later."""
    state = StepState(str(_choice(StepState, request.POST.get("state", ""))))
    line = _step(request, step_id)
    commands.mark_step(step_id=step_id, state=state, today=today(request), by=request.reader, at=now())
    said = "done" if state == StepState.DONE else "saved"
    if request.POST.get("from") == "home":
        return thank(request, said, "my:home", anchor=f"goal-{line.goal_id}")
    return thank(request, said, "my:goal", line.goal_id, anchor="steps")


@person
@require_POST
def move_step(request: Asked, step_id: UUID) -> HttpResponse:
    """Move a step up or down."""
    way = Way(str(_choice(Way, request.POST.get("way", ""))))
    line = _step(request, step_id)
    commands.move_step(step_id=step_id, way=way, by=request.reader, at=now())
    return go("my:goal", line.goal_id, anchor="steps")


@person
@require_POST
def remove_step(request: Asked, step_id: UUID) -> HttpResponse:
    """Take a step off."""
    line = _step(request, step_id)
    commands.remove_step(step_id=step_id, by=request.reader, at=now())
    return thank(request, "taken_off", "my:goal", line.goal_id, anchor="steps")
