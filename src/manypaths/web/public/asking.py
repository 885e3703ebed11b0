"""The search form: what people may ask, read kindly, with a sentence beside what could not be read."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from manypaths.directory.queries import words
from manypaths.directory.search import Ask, Point, find_place, nearest

FIRST_NEEDS = (
    ("talk", "message-circle"), ("medication", "pill"), ("detox", "bed"), ("housing", "house"), ("meetings", "users"),
    ("family", "hand-heart"), ("naloxone", "life-buoy"),
)  # fmt: skip
DISTANCES = (
    ("5", _("5 miles")),
    ("10", _("10 miles")),
    ("25", _("25 miles")),
    ("50", _("50 miles")),
    ("100", _("100 miles")),
)
MANY = ("need", "pathway", "cost", "language", "audience", "feature")
USUAL_MILES = "25"


class SearchForm(forms.Form):
    """Everything is optional. What does not belong to a list is left out, never an error."""

    q = forms.CharField(required=False, max_length=120, strip=True)
    place = forms.CharField(required=False, max_length=80, strip=True)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    miles = forms.ChoiceField(required=False, choices=DISTANCES)
    meds = forms.BooleanField(required=False)
    now = forms.BooleanField(required=False)
    room = forms.BooleanField(required=False)

    data: QueryDict

    def __init__(self, data: QueryDict, *, language: str, community: Any) -> None:
        super().__init__(data)
        self.language, self.community = language, community
        self.point: Point | None = None

    def clean(self) -> dict[str, Any]:
        """Find the place that was named. A wrong one gets a sentence; nothing that was typed is lost."""
        values = super().clean() or {}
        lat, lon = values.get("lat"), values.get("lon")
        if lat is not None and lon is not None and not values.get("place"):
            self.point = nearest(round(lat, 2), round(lon, 2))
        elif values.get("place"):
            self.point = self._named(values["place"])
            if self.point is None:
                self.add_error("place", _("Enter a ZIP code with 5 numbers, or the name of a town."))
        return values

    def _named(self, place: str) -> Point | None:
        home = self.community
        if home is None or home.latitude is None or home.longitude is None:
            return find_place(place)
        return find_place(place, home_state=home.state, near=(home.latitude, home.longitude))

    def picked(self, kind: str) -> frozenset[str]:
        """The codes of one kind that were chosen and exist."""
        return self.all_picked[kind]

    @cached_property
    def all_picked(self) -> dict[str, frozenset[str]]:
        """What was chosen and exists, by kind. Each card asks for it."""
        known = {kind: words(kind=kind, language=self.language) for kind in MANY}
        return {kind: frozenset(code for code in self.data.getlist(kind) if code in known[kind]) for kind in MANY}

    def ask(self, at: datetime) -> Ask:
        """The search this form asks for."""
        values, point = self.cleaned_data, self.point
        return Ask(
            at=at,
            text=values.get("q", ""),
            latitude=point.latitude if point else None,
            longitude=point.longitude if point else None,
            miles=float(values.get("miles") or USUAL_MILES),
            medication_friendly=bool(values.get("meds")),
            open_now=bool(values.get("now")),
            taking_people=bool(values.get("room")),
            needs=self.picked("need"),
            pathways=self.picked("pathway"),
            costs=self.picked("cost"),
            languages=self.picked("language"),
            audiences=self.picked("audience"),
            features=self.picked("feature"),
        )


@dataclass(frozen=True)
class Filter:
    """One filter that is on, and the search without it."""

    label: str
    name: str
    value: str


def filters_on(form: SearchForm) -> list[Filter]:
    """Every filter that narrows this search, so that a page can offer to take one off."""
    found = [
        Filter(words(kind=kind, language=form.language)[code], kind, code)
        for kind in MANY
        for code in sorted(form.picked(kind))
    ]
    single = {"meds": _("I take medication"), "now": _("Open now"), "room": _("Taking people now")}
    typed = [Filter(f"“{form.cleaned_data['q']}”", "q", "on")] if form.cleaned_data.get("q") else []
    ticked = [Filter(str(label), name, "on") for name, label in single.items() if form.cleaned_data.get(name)]
    return [*typed, *found, *ticked]


def without(values: dict[str, Any], filter_text: str) -> dict[str, Any]:
    """A search without one filter (`need=housing`, `now=on`). What is no filter of it changes nothing."""
    name, _equals, value = filter_text.partition("=")
    if name in MANY:
        return {**values, name: [code for code in values.get(name, []) if code != value]}
    return {one: said for one, said in values.items() if one != name or one not in ("q", "meds", "now", "room")}


def kept(data: Any) -> dict[str, Any]:
    """What is sealed into an address: only fields of the form, only what was filled in."""
    names = ("q", "place", "lat", "lon", "miles", "meds", "now", "room")
    single = {name: data.get(name)[:120] for name in names if data.get(name)}
    many = {name: [one for one in data.getlist(name)[:30] if one] for name in MANY}
    return {**single, **{name: codes for name, codes in many.items() if codes}}
