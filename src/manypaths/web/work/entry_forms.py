"""Forms for entries: one for each kind, and one to strike what should not be there."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.support import rules
from manypaths.support.rules import AttendanceFacts, EntryFacts, Kind, NoteFacts, ScreenFacts, TreatmentFacts
from manypaths.web.ui.offering import offer, reasons_not_as_drawn
from manypaths.web.work.frame import language


def picks(label: Any, required: Any) -> forms.ChoiceField:
    """One of a few, as buttons."""
    return forms.ChoiceField(
        label=label, widget=forms.RadioSelect(attrs={"look": "picks"}), error_messages={"required": required}
    )


def words(label: Any, about: Any = "", *, required: bool = False, rows: int = 4) -> forms.CharField:
    """Words about what was done."""
    return forms.CharField(
        label=label,
        help_text=about,
        required=required,
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Write the note."), "max_length": _("Write at most 4,000 letters.")},
    )


class EntryForm(forms.Form):
    """What every entry asks: the day. Each kind asks more. A field that was not asked for is refused."""

    happened_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "w-s"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Write the day as year-month-day.")},
    )
    offers: dict[str, Any] = {}
    facts_of: type[EntryFacts]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table in self.offers.items():
            offer(self, name, rules.choices(table, language()))

    def clean(self) -> dict[str, Any]:
        """The answers; nobody sets a writer, a record or a number by hand."""
        super().clean()
        for reason in reasons_not_as_drawn(self):
            self.add_error(None, str(reason.message))
        return self.cleaned_data

    @property
    def facts(self) -> EntryFacts:
        """The answers as the room takes them."""
        return self.facts_of(**self.cleaned_data)


class TreatmentForm(EntryForm):
    """One service of treatment."""

    service = picks(_("What was it?"), _("Choose the service."))
    words = words(_("Notes"), _("Facts another clinician needs. They have a right to read this."))
    offers = {"service": rules.SERVICES}
    facts_of = TreatmentFacts


class ScreenForm(EntryForm):
    """One drug screen."""

    panel = picks(_("Which test?"), _("Choose the test."))
    ordered_by = picks(_("Who asked for it?"), _("Choose who asked for it."))
    result = picks(_("What came of it?"), _("Choose the result."))
    found = forms.MultipleChoiceField(
        label=_("What was found?"),
        help_text=_("Only if something was found. A medicine they take can show here."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"look": "picks"}),
    )
    words = words(_("Notes"), _("For example a prescription that explains it. They have a right to read this."), rows=2)
    offers = {
        "panel": rules.PANELS,
        "ordered_by": rules.ORDERED_BY,
        "result": rules.RESULTS,
        "found": rules.SUBSTANCES,
    }
    facts_of = ScreenFacts

    def clean_found(self) -> tuple[str, ...]:
        """What was found, in one order."""
        return tuple(sorted(self.cleaned_data["found"]))


class AttendanceForm(EntryForm):
    """Whether they came."""

    session = picks(_("What was it?"), _("Choose what it was."))
    presence = picks(_("Did they come?"), _("Choose whether they came."))
    offers = {"session": rules.SESSIONS, "presence": rules.PRESENCES}
    facts_of = AttendanceFacts


class NoteForm(EntryForm):
    """A note of counselling."""

    words = words(_("Your note"), _("Only you can read this. Not your team, not your lead."), required=True, rows=8)
    facts_of = NoteFacts


FORMS: dict[Kind, type[EntryForm]] = {
    Kind.TREATMENT: TreatmentForm,
    Kind.SCREEN: ScreenForm,
    Kind.ATTENDANCE: AttendanceForm,
    Kind.NOTE: NoteForm,
}


class StrikeForm(forms.Form):
    """Why an entry should not be there."""

    strike = picks(_("Why is it wrong?"), _("Choose why it is wrong."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "strike", rules.choices(rules.STRIKES, language()))


def blank(kind: Kind, today: date) -> EntryForm:
    """An empty form for today."""
    return FORMS[kind](initial={"happened_on": today})


def filled(kind: Kind, facts: EntryFacts) -> EntryForm:
    """A form that says what an entry says, to be corrected."""
    return FORMS[kind](initial=vars(facts))
