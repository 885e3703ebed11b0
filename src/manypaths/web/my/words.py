"""Writes own words, what helps on a hard day, and strengths."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.lib.refusals import NotThere, Refused
from manypaths.plans import commands, queries, rules
from manypaths.web.my.frame import put_reasons, show, thank
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.shapes import Option

METHODS = ["GET", "HEAD", "POST"]


class OwnWordsForm(forms.Form):
    """What a good life looks like."""

    text = forms.CharField(
        label=_("What does a good life look like for you?"),
        help_text=_("Write it as you would say it. Nobody corrects it. Only you see it, until you choose to share it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": rules.OWN_WORDS.missing},
    )


class StrengthForm(forms.Form):
    """Something strong."""

    statement = forms.CharField(
        label=_("What is strong in you, or in your life?"),
        help_text=_("A few words that start with I or my. For example: I show up."),
        error_messages={"required": rules.STATEMENT.missing},
    )
    fact = forms.CharField(
        label=_("One thing that shows it"),
        help_text=_("For example: 14 meetings this season."),
        required=False,
    )
    sign = forms.ChoiceField(
        label=_("A picture for it"),
        choices=[(sign.value, words) for sign, words in rules.SIGN_WORDS.items()],
        widget=forms.RadioSelect,
        initial="sprout",
    )


SIGNS = [Option(sign.value, words, sign.value) for sign, words in rules.SIGN_WORDS.items()]


@person
@require_http_methods(METHODS)
def own_words(request: Asked) -> HttpResponse:
    """Write or change what a good life looks like."""
    before = queries.plan_of(reader=request.reader).own_words
    form = OwnWordsForm(request.POST or None, initial={"text": before.text if before else ""})
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_own_words(text=form.cleaned_data["text"], by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:home")
    kept = queries.earlier_words(reader=request.reader)
    earlier = [line for line in kept if line.label == "plans.ownwords.text"]
    return show(request, "own_words", {"form": form, "before": before, "earlier": earlier})


@person
@require_POST
def take_off_own_words(request: Asked) -> HttpResponse:
    """Leave the top of the plan empty."""
    commands.take_off_own_words(by=request.reader, at=now())
    return thank(request, "taken_off", "my:home")


class HardDayForm(forms.Form):
    """What helps on a hard day."""

    text = forms.CharField(
        label=_("What helps me"),
        help_text=_("One thing a line, up to 6. For example: call Ana. Walk to the river and back."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": rules.HARD_DAY.missing},
    )


@person
@require_http_methods(METHODS)
def hard_day(request: Asked) -> HttpResponse:
    """Write or change what helps on a hard day."""
    before = queries.plan_of(reader=request.reader).hard_day
    form = HardDayForm(request.POST or None, initial={"text": "\n".join(before)})
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_hard_day(text=form.cleaned_data["text"], by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:home")
    return show(request, "hard_day", {"form": form, "before": before})


@person
@require_POST
def take_off_hard_day(request: Asked) -> HttpResponse:
    """Take the list for a hard day off the page."""
    commands.take_off_hard_day(by=request.reader, at=now())
    return thank(request, "taken_off", "my:home")


@person
@require_http_methods(METHODS)
def add_strength(request: Asked) -> HttpResponse:
    """Add a strength."""
    form = StrengthForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_strength(**form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:home", anchor="strengths")
    return show(request, "strength", {"form": form, "signs": SIGNS})


@person
@require_http_methods(METHODS)
def strength(request: Asked, strength_id: UUID) -> HttpResponse:
    """Say a strength in other words."""
    lines = queries.plan_of(reader=request.reader).strengths
    line = next((one for one in lines if one.id == strength_id), None)
    if line is None:
        raise NotThere
    form = StrengthForm(
        request.POST or None, initial={"statement": line.statement, "fact": line.fact, "sign": line.sign}
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_strength(strength_id=line.id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:home", anchor="strengths")
    return show(request, "strength", {"form": form, "signs": SIGNS, "line": line})


@person
@require_POST
def remove_strength(request: Asked, strength_id: UUID) -> HttpResponse:
    """Take a strength off."""
    commands.remove_strength(strength_id=strength_id, by=request.reader, at=now())
    return thank(request, "taken_off", "my:home", anchor="strengths")
