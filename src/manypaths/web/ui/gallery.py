"""The gallery: every component of the look on one page, in every state, with made-up content."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from manypaths.web.ui import charts, maps
from manypaths.web.ui.access import anyone
from manypaths.web.ui.shapes import Column, Fact, Option, Sight, Step

PLACE = (-72.5754, 44.2601)


class SampleForm(forms.Form):
    """A form with each kind of field."""

    name = forms.CharField(label=lazy("What name should we use?"), help_text=lazy("Any name you like."))
    zip_code = forms.CharField(
        label=lazy("ZIP code"), widget=forms.TextInput(attrs={"class": "w-s", "autocomplete": "postal-code"})
    )
    words = forms.CharField(label=lazy("What would help now?"), widget=forms.Textarea, required=False)
    way = forms.ChoiceField(
        label=lazy("How should we reach you?"),
        help_text=lazy("We use this for this request only."),
        choices=[("call", lazy("Call me")), ("text", lazy("Text me")), ("come", lazy("I will come by"))],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label=lazy("What matters most?"),
        choices=[("talk", lazy("Someone to talk to")), ("home", lazy("Housing")), ("ride", lazy("A ride"))],
        widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"}),
        required=False,
    )
    month = forms.ChoiceField(label=lazy("When?"), choices=[("1", lazy("This week")), ("2", lazy("This month"))])
    message = forms.BooleanField(
        label=lazy("You may leave a message"), help_text=lazy("We say only our first name."), required=False
    )

    def clean_zip_code(self) -> str:
        """Five digits, said as what to do."""
        value: str = self.cleaned_data["zip_code"]
        if len(value) != 5 or not value.isdigit():
            raise forms.ValidationError(_("Enter a ZIP code with 5 numbers."))
        return value


def _trend() -> charts.Trend | None:
    answers = [(2, 34, ""), (3, 33, ""), (5, 38, _("Moved")), (7, 41, ""), (9, 40, ""), (11, 47, _("Started work"))]
    points = [charts.Point(date(2026, m, 14), v, f"{m}/14", note) for m, v, note in answers]
    return charts.trend(points, low=10, high=60, ticks=(20, 40, 60))


def _ranges() -> charts.Ranges | None:
    rows = [
        charts.Range(_("Peer recovery coach"), 1, 4, "214"),
        charts.Range(_("Medication"), 3, 9, "131"),
        charts.Range(_("Counseling"), 8, 17, "98"),
        charts.Range(_("Detox"), None, None, _("Under 11")),
        charts.Range(_("Recovery housing"), 16, 28, "61"),
    ]
    return charts.ranges(rows, goal=7)


def _pins() -> maps.PinMap | None:
    towns = [("Montpelier", -72.58, 44.26, ""), ("Barre", -72.50, 44.20, ""), ("Burlington", -73.15, 44.47, "wait")]
    pins = [maps.Pin(i, town, x, y, f"#r{i}", tone) for i, (town, x, y, tone) in enumerate(towns, 1)]
    return maps.pinned(pins, here=PLACE)


@dataclass(frozen=True)
class Sample:
    """What the page shows, gathered once a request so that each text is in the reader's language."""

    def figures(self) -> dict[str, Any]:
        """Charts and maps."""
        asked = [(_("Asked for help"), 612.0, "612"), (_("Said yes"), 471.0, "471"), (_("First visit"), 434.0, "434")]
        share = [(_("Yes"), 52, "52%"), (_("In part"), 27, "27%"), (_("No"), 21, "21%")]
        codes = [c.code for c in maps.counties("50")]
        levels = {code: i % 5 for i, code in enumerate(codes)}
        legend = [(4, _("4 or more")), (3, "3"), (2, "2"), (1, "1"), (0, _("None"))]
        return {
            "trend": _trend(),
            "ranges": _ranges(),
            "bars": charts.bars([*asked, (_("Too few"), None, _("Under 11"))], hot=_("First visit")),
            "stacked": charts.stacked(share),
            "pins": _pins(),
            "shaded": maps.shaded(codes, levels),
            "legend": legend,
        }

    def lists(self) -> dict[str, Any]:
        """Steps, facts, table rows and the like."""
        now, done = _("Ask for overnight visits"), _("Finish the parenting group")
        return {
            "steps": [Step(done, "done", _("Done in October")), Step(now, "now"), Step(_("Find a dentist"), "later")],
            "request": [Step(_("Sent"), "done"), Step(_("Seen"), "done"), Step(_("No open place"), "off")],
            "sights": [
                Sight("Dee", _("Everything")),
                Sight("Northside Health", _("Goals and visits"), _("March 1")),
            ],
            "facts": [
                Fact("map-pin", _("Montpelier, 1.2 miles")),
                Fact("clock", _("Open now, until 8 pm")),
                Fact("dollar-sign", _("Free")),
                Fact("languages", "English, Español"),
            ],
            "options": [
                Option("talk", _("Someone to talk to"), "message-circle"),
                Option("med", _("Medication"), "pill"),
                Option("home", _("Housing"), "house"),
            ],
            "columns": [Column(_("Service")), Column(_("Open places")), Column(_("Waiting"), number=True)],
            "rows": [("Lantern House", _("Open to all"), "0"), ("Harbor Row", _("2 of 9 open"), "11")],
        }


@anyone
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component. Reads no table and keeps nothing."""
    wrong = SampleForm({"wrong-name": "Sam", "wrong-zip_code": "12", "wrong-month": "1"}, prefix="wrong")
    sample = Sample()
    context = {"fresh": SampleForm(prefix="fresh"), "wrong": wrong, "icons": ICONS}
    return render(request, "ui/gallery.html", context | sample.figures() | sample.lists())


ICONS = ("phone", "map-pin", "clock", "dollar-sign", "languages", "hand-heart", "sprout", "life-buoy")
