"""Forms of the register of what went wrong."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import DataClass
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.reviews import in_words, word
from manypaths.web.ui.offering import offer
from manypaths.web.work.frame import language
from manypaths.web.work.words import CLASSES

PICKS, DAY = {"look": "picks"}, {"type": "date"}


def words(label: Any, rows: int = 3, help_text: Any = "", missing: Any = "") -> forms.CharField:
    """A field for a few sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing or _("Write a few words.")},
    )


def picks(label: Any, missing: Any) -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(label=label, widget=forms.RadioSelect(attrs=PICKS), error_messages={"required": missing})


class IncidentForm(forms.Form):
    """What went wrong, when, whose information, which kinds, who got it."""

    what = words(_("What happened?"), 4, _("Name nobody. Whose information it was stands below."))
    found_on = forms.DateField(
        label=_("Found on"),
        help_text=_("The first day on which anyone of your organization knew, or could have known."),
        widget=forms.DateInput(attrs=DAY),
        error_messages={"required": _("Write the day on which it was found.")},
    )
    happened_from = forms.DateField(
        label=_("Happened on"),
        widget=forms.DateInput(attrs=DAY),
        error_messages={"required": _("Write the day on which it happened.")},
    )
    happened_until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs=DAY))
    whose = picks(_("Whose information?"), _("Choose one."))
    held = forms.CharField(
        label=_("The numbers of their pages"),
        help_text=_("One in each line. They stand on the page of each person, and in the consents given here."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    classes = forms.MultipleChoiceField(
        label=_("What was it?"),
        widget=forms.CheckboxSelectMultiple(attrs=PICKS),
        error_messages={"required": _("Choose what it was.")},
    )
    receiver = picks(_("Who got it?"), _("Choose who got it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "whose", [("some", _("These people")), ("everyone", _("Everybody of whom we keep a page"))])
        offer(self, "classes", [(one.value, CLASSES[one.value]) for one in DataClass])
        offer(self, "receiver", in_words(rules.RECEIVERS, language()))

    def clean_held(self) -> tuple[UUID, ...]:
        """The numbers, each once."""
        try:
            return tuple(dict.fromkeys(UUID(one) for one in re.split(r"[\s,;]+", self.cleaned_data["held"]) if one))
        except ValueError:
            raise forms.ValidationError(_("Write the whole numbers, as they stand on the pages.")) from None


class AssessForm(forms.Form):
    """The four factors, each with a finding and words; the decision, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = language()
        for name in rules.FACTORS:
            what = {"what": word(rules.FACTORS, name, spoken)}
            self.fields[name] = picks(what["what"], _("%(what)s: choose what it speaks for.") % what)
            offer(self, name, in_words(rules.WEIGHTS, spoken))
            self.fields[f"{name}_words"] = words(
                _("%(what)s: in words") % what, 2, missing=_("%(what)s: write a few words.") % what
            )
        self.fields["decision"] = picks(_("What is it?"), _("Choose what it is."))
        offer(self, "decision", in_words(rules.DECISIONS, spoken))
        self.fields["reason"] = words(_("Why do you decide so?"))

    def assessment(self) -> rules.Assessment:
        """The assessment as the rules read it."""
        said = self.cleaned_data
        weights = {name: said[name] for name in rules.FACTORS}
        found = {name: said[f"{name}_words"] for name in rules.FACTORS}
        return rules.Assessment(weights, found, said["decision"], said["reason"])


class LetterForm(forms.Form):
    """What the people concerned read."""

    what = words(_("What happened"), 3, _("In plain words. Name nobody: everyone concerned reads the same."))
    done = words(_("What you do about it"), 2)
    you = words(_("What they can do"), 2)
    ask = words(_("Whom they can ask, and how"), 1)


class StepForm(forms.Form):
    """Who else was told, and on which day."""

    step = picks(_("Who was told?"), _("Choose who was told."))
    done_on = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs=DAY),
        error_messages={"required": _("Write the day.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "step", in_words(rules.STEPS, language()))
