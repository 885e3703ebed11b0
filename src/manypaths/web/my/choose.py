"""Supports the person keeps: chosen from what they saw, with their reason."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.directory import queries as directory
from manypaths.directory.queries import Listing
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.plans import commands, queries, rules
from manypaths.plans.commands.choices import Seen
from manypaths.plans.queries import PlanPage
from manypaths.web.my.frame import go, put_reasons, show, thank, today
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

SEEN = "my_seen"


class ReasonForm(forms.Form):
    """Why this support."""

    reason = forms.CharField(
        label=_("Why this one?"),
        help_text=_("For you alone. For example: I can walk there, and they know my sister."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChooseForm(ReasonForm):
    """A support to keep: what else was seen, why this one, and whether it becomes a step."""

    seen = forms.MultipleChoiceField(
        label=_("What else did you look at?"),
        help_text=_("It helps you remember later that you had a choice."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    goal = forms.ChoiceField(
        label=_("Make it a step of a goal?"),
        help_text=_("From a step you can ask them, and their answer comes back to it."),
        required=False,
    )
    field_order = ["seen", "reason", "goal"]

    def __init__(self, data: Any, *, others: list[Listing], plan: PlanPage, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self._offer("seen", [(str(one.id), _named(one)) for one in others])
        goals = [(str(goal.id), goal.title) for goal in plan.open_goals]
        self._offer("goal", [("", _("No, only keep it")), *goals] if goals else [])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if not choices:
            del self.fields[name]


def _named(one: Listing) -> str:
    return f"{one.name}, {one.organisation}" if one.organisation not in one.name else one.name


def _seen_before(values: Iterable[str]) -> list[UUID]:
    """Ids that the page before put into the link; anything else is left out."""
    found = []
    for value in list(dict.fromkeys(values))[: rules.MOST_OPTIONS]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


@person
@require_http_methods(METHODS)
def choose(request: Asked, service_id: UUID) -> HttpResponse:
    """Keep a support on the own page. Nobody is told. What else was seen comes by the link, and leaves the address."""
    support = directory.listing(service_id=service_id)
    if support is None:
        raise NotThere
    plan = queries.plan_of(reader=request.reader)
    if request.GET.getlist("seen"):
        request.session[SEEN] = [str(one) for one in _seen_before(request.GET.getlist("seen"))]
        return go("my:choose", service_id)
    shown = _seen_before(request.session.get(SEEN, []))
    others = _others(request, support, shown)
    before = next((line for line in plan.choices if line.service_id == service_id), None)
    initial = {"reason": before.reason if before else ""}
    form = ChooseForm(request.POST or None, others=others, plan=plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _keep(request, support, others, form.cleaned_data)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            request.session.pop(SEEN, None)
            return thank(request, "chosen", "my:home", anchor="supports")
    return show(request, "choose", {"form": form, "support": support, "before": before})


def _others(request: Asked, support: Listing, shown: list[UUID]) -> list[Listing]:
    """What was shown before, or else a few others of the same kind here."""
    if shown:
        return [one for one in directory.listings(ids=shown) if one.id != support.id]
    community = request.reader.community_id
    here = [place for place, _name in network.taking_part(community_id=community)] if community else []
    return directory.similar(service_id=support.id, community_organisations=here, at=now())


def _keep(request: Asked, support: Listing, others: list[Listing], chosen: dict[str, Any]) -> None:
    picked = [Seen(one.id, _named(one)) for one in others if str(one.id) in chosen.get("seen", [])]
    kept, by, at, day = Seen(support.id, _named(support)), request.reader, now(), today(request)
    commands.choose_support(support=kept, options=picked, reason=chosen["reason"], today=day, by=by, at=at)
    if chosen.get("goal"):
        text = now_in_words("Get in touch with %(name)s") % {"name": support.name[:200]}
        goal = UUID(chosen["goal"])
        commands.add_step(goal_id=goal, text=text, by_day=None, today=day, service_id=support.id, by=by, at=at)


@person
@require_http_methods(METHODS)
def chosen(request: Asked, choice_id: UUID) -> HttpResponse:
    """Say in other words why a support was chosen."""
    lines = queries.plan_of(reader=request.reader).choices
    line = next((one for one in lines if one.id == choice_id), None)
    if line is None:
        raise NotThere
    form = ReasonForm(request.POST or None, initial={"reason": line.reason})
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_reason(choice_id=choice_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:home", anchor="supports")
    return show(request, "chosen", {"form": form, "line": line})


@person
@require_POST
def let_go(request: Asked, choice_id: UUID) -> HttpResponse:
    """Take a support off the page."""
    commands.let_go_of_support(choice_id=choice_id, by=request.reader, at=now())
    return thank(request, "taken_off", "my:home", anchor="supports")
