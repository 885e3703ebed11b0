"""A person's check-ins: one statement a page, saved as they go, and what they said over time."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.lib.refusals import NotThere, Refused
from manypaths.outcomes import commands, queries, rules
from manypaths.outcomes.instruments import Instrument, Wording
from manypaths.outcomes.queries import OwnSitting
from manypaths.outcomes.rules import RATHER_NOT_SAY, Standing
from manypaths.web.my.check_in_shown import shown_of
from manypaths.web.my.frame import CHECK_IN, WORDS, put_reasons, show, thank, today
from manypaths.web.ui import charts
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.words import day, short_month

CHART_NOTE = 60
TICKS = (20, 40, 60)
WORDS.update(
    {
        "answers_kept": gettext_lazy("Your answers so far are kept. Go on whenever you like."),
        "answers_gone": gettext_lazy("That check-in is deleted for good."),
    }
)
LICENCES: dict[str, Any] = {
    "Freely available; permission not required for use (PhenX Toolkit).": gettext_lazy(
        "Freely available; permission not required for use (PhenX Toolkit)."
    ),
}


class StatementForm(forms.Form):
    """One statement and the published answers to it. Going on without an answer is always possible."""

    def __init__(self, *args: Any, instrument: Instrument, wording: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = [(str(value), f"{value}  {label}") for value, label in wording.labels.items()]
        self.fields["answer"] = forms.ChoiceField(
            choices=[*published, (RATHER_NOT_SAY, _("I would rather not say"))],
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choose one of the answers shown.")},
        )

    def given(self) -> int | str | None:
        """What was chosen: a number, that they would rather not say, or nothing."""
        chosen = self.cleaned_data["answer"]
        return int(chosen) if chosen.isdigit() else chosen or None


class FinishForm(forms.Form):
    """What may stand beside the answers."""

    note = forms.CharField(
        label=gettext_lazy("What was going on?"),
        help_text=gettext_lazy(
            "A few words for yourself. They are locked: only you can read them, and whom you show them."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dataclass(frozen=True)
class Line:
    """One statement with what the person said to it."""

    number: int
    item: str
    text: str
    said: str
    is_strong: bool
    is_published: bool


def words_of(instrument: Instrument) -> tuple[Wording, bool]:
    """The statements in the person's language where a checked wording exists, and whether it does."""
    wording = instrument.wording((get_language() or "en").split("-")[0])
    return wording or instrument.first_wording, wording is not None


def lines_of(sitting: OwnSitting) -> list[Line]:
    """Every statement in order, with the answer in its published words."""
    wording, _checked = words_of(sitting.instrument)
    strong = {held.item for held in rules.what_holds(sitting.instrument, sitting.values, most=100)}
    return [
        Line(number, item, wording.items[item], _said(wording, given), item in strong, isinstance(given, int))
        for number, item in enumerate(sitting.instrument.items, 1)
        for given in [sitting.answers.get(item)]
    ]


def _said(wording: Wording, given: int | str | None) -> str:
    if given is None:
        return _("No answer")
    return wording.labels[given] if isinstance(given, int) else _("I would rather not say")


def _chart(sittings: list[OwnSitting]) -> charts.Trend | None:
    points = [
        charts.Point(one.answered_on, one.total, short_month(one.answered_on, get_language()), one.note[:CHART_NOTE])
        for one in sittings
        if one.total is not None and one.answered_on is not None
    ]
    return charts.trend(points, low=10, high=60, ticks=TICKS)


def chart_words(chart: charts.Trend) -> str:
    """The chart for those who do not see it: each day and its number."""
    spoken = [f"{day(p.on, get_language(), weekday=False, year=True)}: {int(p.value)}" for p in chart.points]
    return _("Your check-ins on a scale from 10 to 60. %(all)s.") % {"all": "; ".join(spoken)}


def headline(sittings: list[OwnSitting]) -> str:
    """What holds comes first. A lower number never leads a page."""
    strong = rules.count_of_strengths(sittings[-1].instrument, sittings[-1].values)
    if strong == 0:
        return _("You took the time to look")
    words = ngettext("You agree with %(n)s of the 10 statements", "You agree with %(n)s of the 10 statements", strong)
    return words % {"n": strong}


def chart_title(sittings: list[OwnSitting]) -> str:
    """What the line shows, where it rose; else what the line is."""
    whole = [one for one in sittings if one.total is not None]
    standing = rules.standing_of([(one.answered_on, one.total) for one in sittings if one.answered_on])
    if standing is Standing.FIRST:
        return _("Your first check-in: %(total)s of 60") % {"total": whole[-1].total}
    if standing is Standing.MORE:
        more = (whole[-1].total or 0) - (whole[-2].total or 0)
        return ngettext("Up %(n)s point since last time", "Up %(n)s points since last time", more) % {"n": more}
    if standing is Standing.SAME:
        return _("Steady at %(total)s") % {"total": whole[-1].total}
    return _("Your check-ins over time")


def line_in_short(request: Asked) -> dict[str, Any]:
    """The line over time for the person's first page, from the second whole check-in on."""
    sittings = queries.own_sittings(reader=request.reader, instrument=CHECK_IN)
    chart = _chart(sittings)
    if chart is None or len(chart.points) < 2:
        return {}
    return {"chart": chart, "chart_words": chart_words(chart), "chart_title": chart_title(sittings)}


@person
@require_safe
def answers(request: Asked) -> HttpResponse:
    """All check-ins: what holds, the line over time, and the way to the next one."""
    sittings = queries.own_sittings(reader=request.reader, instrument=CHECK_IN)
    chart = _chart(sittings)
    instrument = _instrument()
    context: dict[str, Any] = {
        "sittings": sittings[::-1],
        "waiting": queries.own_unfinished(reader=request.reader, instrument=CHECK_IN),
        "chart": chart,
        "chart_words": chart_words(chart) if chart else "",
        "instrument": instrument,
        "licence": LICENCES.get(instrument.licence, instrument.licence),
        "checked": words_of(instrument)[1],
    }
    if sittings:
        lines = {line.item: line for line in lines_of(sittings[-1])}
        held = rules.what_holds(sittings[-1].instrument, sittings[-1].values)
        standing = rules.standing_of([(one.answered_on, one.total) for one in sittings if one.answered_on])
        context |= {
            "headline": headline(sittings),
            "chart_title": chart_title(sittings),
            "held": [lines[one.item] for one in held],
            "offer_help": standing is Standing.LESS or not held,
        }
    return show(request, "answers/all", context)


def _instrument() -> Instrument:
    return queries.definition(queries.instrument_version(instrument=CHECK_IN))


@person
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: Asked, number: int) -> HttpResponse:
    """One statement. What is chosen is kept at once, whichever way the person goes from here."""
    waiting = queries.own_unfinished(reader=request.reader, instrument=CHECK_IN)
    instrument = waiting.instrument if waiting else _instrument()
    if not 1 <= number <= len(instrument.items):
        raise Http404
    item, (wording, checked) = instrument.items[number - 1], words_of(instrument)
    before = waiting.answers.get(item) if waiting else None
    form = StatementForm(
        request.POST or None, instrument=instrument, wording=wording, initial={"answer": str(before or "")}
    )
    if request.method == "POST" and form.is_valid():
        given = form.given()
        if given is not None:
            commands.save_answers(
                instrument=CHECK_IN, answers={item: given}, language=wording.language, by=request.reader, at=now()
            )
        return _onward(request, number, len(instrument.items))
    context = {
        "form": form,
        "number": number,
        "count": len(instrument.items),
        "statement": wording.items[item],
        "wording": wording,
        "checked": checked,
    }
    return show(request, "answers/statement", context)


def _onward(request: Asked, number: int, count: int) -> HttpResponse:
    if request.POST.get("go") == "later":
        return thank(request, "answers_kept", "my:answers")
    if request.POST.get("to_end") == "1" or number == count:
        return redirect("my:answers_end")
    return redirect("my:statement", number + 1)


@person
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Asked) -> HttpResponse:
    """Look over the answers, add words of one's own, and finish."""
    waiting = queries.own_unfinished(reader=request.reader, instrument=CHECK_IN)
    if waiting is None:
        return redirect("my:answers")
    form = FinishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.finish_sitting(
                sitting_id=waiting.id, **form.cleaned_data, on=today(request), by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return redirect("my:checked_in", waiting.id)
    _wording, checked = words_of(waiting.instrument)
    missing = [line.number for line in lines_of(waiting) if line.item not in waiting.answers]
    context = {"form": form, "sitting": waiting, "lines": lines_of(waiting), "checked": checked, "missing": missing}
    return show(request, "answers/end", context)


@person
@require_safe
def checked_in(request: Asked, sitting_id: UUID) -> HttpResponse:
    """One check-in with everything in it."""
    sitting = queries.own_sitting(reader=request.reader, sitting_id=sitting_id)
    if sitting.finished_at is None:
        return redirect("my:answers_end")
    lines = lines_of(sitting)
    _wording, checked = words_of(sitting.instrument)
    strong = [line for line in lines if line.is_strong]
    context = {
        "sitting": sitting,
        "lines": lines,
        "strong": strong,
        "headline": headline([sitting]),
        "shown": shown_of(request, sitting_id),
        "checked": checked,
    }
    return show(request, "answers/one", context)


@person
@require_POST
def forget(request: Asked, sitting_id: UUID) -> HttpResponse:
    """Delete one check-in for good."""
    commands.forget_sitting(sitting_id=sitting_id, by=request.reader, at=now())
    return thank(request, "answers_gone", "my:answers")


@person
@require_safe
def published_line(request: Asked) -> HttpResponse:
    """The published line, only here and only when asked for, with what it cannot tell."""
    sittings = queries.own_sittings(reader=request.reader, instrument=CHECK_IN)
    instrument, chart = _instrument(), _chart(sittings)
    if instrument.line is None:
        raise NotThere
    context: dict[str, Any] = {"instrument": instrument, "line": instrument.line, "chart": chart}
    if chart:
        context["chart_words"] = chart_words(chart)
        context["frames"] = [(frame, _height(frame, instrument.line.at_least)) for frame in (chart.wide, chart.narrow)]
    return show(request, "answers/line", context)


def _height(frame: charts.TrendFrame, value: int) -> float:
    return charts.scale(10, 60, frame.base, 28.0)(value)
