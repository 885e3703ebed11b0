"""Supports the person keeps: chosen from what they saw, with their reason."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.lib.refusals import NotThere, Refused
from manypaths.plans import commands, queries
from manypaths.web.my.frame import Asked, put_reasons, show, thank
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.clock import now


class ReasonForm(forms.Form):
    """Why this support."""

    reason = forms.CharField(
        label=_("Why this one?"),
        help_text=_("For you alone. For example: I can walk there, and they know my sister."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
