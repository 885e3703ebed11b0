"""The questions of a consent to show something outside: which place keeps it, whom, what, why, until when; and the
signature."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules.shares import LONGEST_CASE, SHORTEST_CASE, Kind
from manypaths.web.my.proof import passphrase_field
from manypaths.web.my.showing_words import KINDS, NAMES, PARTS, NameWords, why
from manypaths.web.ui.offering import offer

LONGEST_NAME = 80
DAY_FIELD: dict[str, Any] = {
    "label": _("Until which day?"),
    "widget": forms.DateInput(attrs={"type": "date", "class": "w-s"}, format="%Y-%m-%d"),
    "input_formats": ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y"],
    "error_messages": {
        "required": _("Choose the last day."),
        "invalid": _("Write the day as month/day/year, for example 11/30/2026."),
    },
}


@dataclass(frozen=True)
class Offers:
    """What can be chosen: records, with the place that keeps each and its name, and whom this kind can name."""

    held: Collection[tuple[UUID, str]]
    keepers: dict[UUID, tuple[UUID, str]]
    recipients: Collection[tuple[UUID, str]]
    first_day: date
    last_day: date
    usual_day: date


class ShowForm(forms.Form):
    """What the person wants to show. `classes` and `purpose` are those of the kind."""

    held = forms.ChoiceField(
        label=_("Which place keeps it?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose the place that keeps it.")},
    )
    recipient = forms.ChoiceField(error_messages={"required": _("Choose who will see it.")})
    case = forms.CharField(
        min_length=SHORTEST_CASE,
        max_length=LONGEST_CASE,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"max_length": _("Write a little less.")},
    )
    parts = forms.MultipleChoiceField(
        label=_("What can they see?"),
        help_text=_("What was written down before, too. You choose each part."),
        widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what you want to share.")},
    )
    purpose = forms.ChoiceField(
        label=_("What is it for?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what it is for.")},
    )
    until = forms.DateField(**DAY_FIELD)
    firm = forms.BooleanField(
        label=_("I agree that I cannot stop it before that day"),
        help_text=_("Leave this empty to be free to stop. Some courts ask for it. Talk to a lawyer first."),
        required=False,
    )

    def __init__(self, data: Any, kind: Kind, offers: Offers) -> None:
        super().__init__(data, initial={"until": offers.usual_day})
        self.offers = offers
        offer(self, "held", [(str(one), name) for one, name in offers.held])
        offer(self, "parts", [(one, PARTS[one]) for one in kind.classes])
        offer(self, "purpose", [(one, why(one)) for one in kind.purposes])
        self._take_away(kind)
        if "recipient" in self.fields:
            self.fields["recipient"].label = KINDS[kind.key].recipient
            offer(self, "recipient", [("", _("Choose")), *[(str(one), name) for one, name in offers.recipients]])

    def _take_away(self, kind: Kind) -> None:
        """Questions with one answer are not asked."""
        if kind.recipient == "account":
            del self.fields["recipient"]
        if len(kind.purposes) == 1:
            del self.fields["purpose"]
        if len(kind.classes) == 1:
            del self.fields["parts"]
        if kind.law != "cj_referral":
            del self.fields["firm"]
        if not kind.described:
            del self.fields["case"]
        else:
            self._ask_its_name(NAMES[kind.key])

    def _ask_its_name(self, said: NameWords) -> None:
        """A case and a study are asked for in words of their own."""
        field = self.fields["case"]
        field.label, field.help_text = said.question, said.hint
        field.error_messages |= {"required": said.missing, "min_length": said.missing}

    def clean(self) -> dict[str, Any]:
        """A place need not be shown what it keeps itself."""
        chosen: dict[str, Any] = super().clean() or {}
        keeper = self.offers.keepers[UUID(chosen["held"])][0] if chosen.get("held") else None
        if keeper and chosen.get("recipient") == str(keeper):
            self.add_error("recipient", _("They keep it themselves. Choose another one."))
        return chosen

    def clean_until(self) -> date:
        """A day of this kind of consent."""
        day: date = self.cleaned_data["until"]
        if day < self.offers.first_day:
            raise forms.ValidationError(_("Choose a later day for the end."))
        if day > self.offers.last_day:
            raise forms.ValidationError(_("Choose an earlier day for the end."))
        return day


class SignForm(forms.Form):
    """The signature: a typed name, and the passphrase where it was not asked in the last minutes."""

    name = forms.CharField(
        label=_("Type your name to sign"),
        help_text=_("The name by which they know you. They see it."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"required": _("Type your name to sign.")},
    )
    passphrase = passphrase_field(_("So that nobody else can sign for you."))

    alone = forms.ChoiceField(
        label=_("Are you alone right now?"),
        help_text=_("Nobody may stand beside you when you say yes to this. If someone does, it waits until later."),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        choices=[("yes", _("Yes, I am alone")), ("no", _("No, someone is with me"))],
        error_messages={"required": _("Choose one.")},
    )

    def __init__(self, data: Any, *, fresh: bool, alone: bool = False) -> None:
        super().__init__(data)
        if fresh:
            del self.fields["passphrase"]
        if not alone:
            del self.fields["alone"]


def days_of(kind: Kind, today: date) -> tuple[date, date, date]:
    """The first, the last and the usual last day of a consent of this kind that is given today."""
    return today + timedelta(days=1), today + kind.longest - timedelta(days=1), today + kind.usual - timedelta(days=1)
