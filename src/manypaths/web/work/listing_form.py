"""The form for one service or meeting, and what it says to the directory."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.directory import queries as directory
from manypaths.directory import rules
from manypaths.directory.commands import Place, Words
from manypaths.directory.queries import Listing
from manypaths.directory.rules import Span
from manypaths.network import places
from manypaths.web.ui.offering import offer
from manypaths.web.ui.words import clock
from manypaths.web.work.frame import language

PLACE_FIELDS = {"where", "street", "town_only"}
DAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
VENUES = [
    ("in_person", _("In person")),
    ("online", _("Online or by phone")),
    ("both", _("In person and online")),
]
MEDICATION = [
    ("unknown", _("Not said")),
    ("yes", _("People who take medication are welcome")),
    ("conditional", _("Some medications, ask first")),
    ("no", _("Not for people who take medication")),
]
WHERE = _("For example: Montpelier, VT, or 05602. Leave it empty if it is only online or by phone.")
CHIPS = ("needs", "costs", "languages")
MANY = {"needs": "need", "costs": "cost", "languages": "language"}


class WhereField(forms.CharField):
    """The town: needed unless it is online, so it is not called optional, and the form says when it is missing."""

    class Input(forms.TextInput):
        """An input that the browser does not call required."""

        def use_required_attribute(self, initial: object) -> bool:
            """Never: the answer to another question decides it."""
            return False

    def validate(self, value: object) -> None:
        """Left to the form, which knows whether it is online."""


class ServiceForm(forms.Form):
    """One service or meeting. Four fields are enough; the rest helps people choose."""

    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Enter a name that people know.")}
    )
    kind = forms.ChoiceField(
        label=_("What is it?"), error_messages={"required": _("Choose what kind of help this is.")}
    )
    phone = forms.CharField(
        label=_("Phone number"),
        help_text=_("This, or a website further down, so that people can reach you."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w-m", "type": "tel", "inputmode": "tel"}),
    )
    website = forms.URLField(
        label=_("Website"), required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": _("Enter the address of a page, for example https://example.org.")},
    )  # fmt: skip
    venue = forms.ChoiceField(
        label=_("Where does it happen?"), choices=VENUES, widget=forms.RadioSelect(attrs={"look": "picks"}),
        initial="in_person",
    )  # fmt: skip
    street = forms.CharField(label=_("Street and number"), required=False, max_length=200)
    where = WhereField(
        label=_("Town or ZIP code"), help_text=WHERE, max_length=100, widget=WhereField.Input(attrs={"class": "w-m"})
    )
    town_only = forms.BooleanField(
        label=_("Show the town only"),
        help_text=_("For places that must stay safe. A recovery home always shows its town only."),
        required=False,
    )
    days = forms.MultipleChoiceField(
        label=_("On which days?"),
        choices=DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"}),
    )
    opens = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time", "class": "w-s"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time, for example 09:00.")},
    )  # fmt: skip
    closes = forms.TimeField(
        label=_("To"), required=False, widget=forms.TimeInput(attrs={"type": "time", "class": "w-s"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time, for example 17:30.")},
    )  # fmt: skip
    description = forms.CharField(
        label=_("What can people expect?"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    how_to_start = forms.CharField(
        label=_("How does someone start?"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    needs = forms.MultipleChoiceField(
        label=_("What does it help with?"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"})
    )
    costs = forms.MultipleChoiceField(
        label=_("What does it cost?"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"})
    )
    languages = forms.MultipleChoiceField(
        label=_("In which languages?"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"})
    )
    medication = forms.ChoiceField(
        label=_("What about medication for opioid use disorder?"), choices=MEDICATION, initial="unknown"
    )

    def __init__(self, *args: Any, kept_hours: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = language().split("-")[0]
        kinds = directory.words(kind="kind", language=spoken)
        offer(self, "kind", [("", str(_("Choose one"))), *kinds.items()])
        for name, kind in MANY.items():
            offer(self, name, list(directory.words(kind=kind, language=spoken).items()))
        if kept_hours:
            words = _("Now: %(hours)s. Leave the days empty to keep the hours as they are.")
            self.fields["days"].help_text = words % {"hours": kept_hours}
        self.place: places.Place | None = None

    def clean(self) -> dict[str, Any]:
        """A town must be one town, and days and times come together."""
        found: dict[str, Any] = super().clean() or {}
        self._clean_where(found)
        times = (found.get("opens"), found.get("closes"))
        if found.get("days") and not all(times):
            self.add_error("opens", _("Enter from when to when, on the days you chose."))
        if all(times) and times[0] == times[1]:
            self.add_error("closes", _("Enter a closing time that is not the opening time."))
        if any(times) and not found.get("days") and not self.errors:
            self.add_error("days", _("Choose the days for these times, or clear the times."))
        return found

    def _clean_where(self, found: dict[str, Any]) -> None:
        where = found.get("where", "")
        if not where:
            if found.get("venue") != "online":
                self.add_error("where", _("Enter the town or ZIP code, or choose online."))
            return
        towns = places.find_places(where)
        if len(towns) == 1:
            self.place = towns[0]
        elif towns:
            self.add_error("where", _("There is more than one town of that name. Add the state, for example VT."))
        else:
            self.add_error("where", _("Enter a town or a ZIP code with 5 numbers."))


def _same_each_day(hours: tuple[Span, ...]) -> tuple[Span, ...]:
    """The hours, where each day has one span and all have the same times: the form can show these."""
    days = {span.weekday for span in hours}
    times = {(span.opens, span.closes) for span in hours}
    whole = any(span.closes - span.opens >= rules.DAY_MINUTES for span in hours)
    return hours if len(days) == len(hours) and len(times) == 1 and not whole else ()


def _clock_of(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def kept_hours(one: Listing) -> str:
    """Hours that the form cannot show, in words; empty where it can, or where there are none."""
    if _same_each_day(one.hours):
        return ""
    names = dict(DAYS)
    said = [
        str(_("%(day)s %(opens)s to %(closes)s"))
        % {
            "day": names[str(span.weekday)],
            "opens": clock(_clock_of(span.opens)),
            "closes": clock(_clock_of(span.closes)),
        }
        for span in sorted(one.hours, key=lambda span: span.start)
    ]
    return ", ".join(said)


def _hours_of(one: Listing) -> dict[str, Any]:
    same = _same_each_day(one.hours)
    if not same:
        return {}
    return {
        "days": [str(span.weekday) for span in same],
        "opens": _clock_of(same[0].opens),
        "closes": _clock_of(same[0].closes),
    }


def initial_of(one: Listing) -> dict[str, Any]:
    """The form as a listing fills it."""
    kept = ("name", "kind", "phone", "website", "venue", "description", "how_to_start", "medication", *CHIPS)
    return {
        **{name: getattr(one, name) for name in kept},
        "street": one.street,
        "where": _where_of(one),
        "town_only": one.visibility == rules.TOWN,
        **_hours_of(one),
    }


def _where_of(one: Listing) -> str:
    """The ZIP code where it names one town, so that it is not lost with the next change; else the town."""
    code = one.postal_code[:5]
    if code and len(places.find_places(code)) == 1:
        return code
    return f"{one.city}, {one.state}" if one.city and one.state else code or one.city


def words_from(form: ServiceForm, zone: str, before: Listing | None = None) -> Words:
    """What the listing will say. What the form does not ask for stays as it was."""
    said = form.cleaned_data
    plain = ("name", "kind", "phone", "website", "venue", "description", "how_to_start", "medication")
    kept = ("pathways", "audiences", "features", "first_visit", "cost_note", "hours_note")
    values: dict[str, Any] = {name: said[name] for name in plain}
    values |= {name: tuple(said[name]) for name in CHIPS}
    values |= {name: getattr(before, name) for name in kept} if before else {}
    return Words(zone=form.place.zone if form.place else zone, **values)


def place_from(form: ServiceForm, *, changed_only: bool = False) -> Place | None:
    """Where it is; None where it has no place, or where nothing about the place was changed."""
    town = form.place
    if town is None or (changed_only and not PLACE_FIELDS & set(form.changed_data)):
        return None
    said = form.cleaned_data
    digits = said["where"].strip()
    return Place(
        address_1=said["street"],
        city=town.town,
        state=town.state,
        postal_code=digits if digits.isdecimal() else "",
        county_fips=town.county_fips,
        latitude=town.latitude,
        longitude=town.longitude,
        visibility=rules.TOWN if said["town_only"] else rules.WHOLE,
    )


def _minutes(value: time) -> int:
    return value.hour * 60 + value.minute


def hours_from(form: ServiceForm, before: tuple[Span, ...]) -> list[Span]:
    """The hours of the form; without days, those that it could not show. Closing before opening is the next day."""
    said = form.cleaned_data
    if not said["days"]:
        return [] if _same_each_day(before) else list(before)
    opens, closes = _minutes(said["opens"]), _minutes(said["closes"])
    return [Span(int(day), opens, closes if closes > opens else closes + rules.DAY_MINUTES) for day in said["days"]]
