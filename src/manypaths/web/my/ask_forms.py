"""The questions of a request, one form for each page."""

from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from manypaths.people.rules import LONGEST_HOURS, LONGEST_NUMBER
from manypaths.plans import queries as plans
from manypaths.referrals import rules
from manypaths.referrals.rules import Way
from manypaths.web.my.about import LANGUAGES
from manypaths.web.ui.offering import offer

WAY_WORDS: dict[str, Any] = {
    Way.CALL.value: _("Call me"),
    Way.TEXT.value: _("Send me a text"),
    Way.PERSON_CALLS.value: _("I will call them"),
    Way.PERSON_VISITS.value: _("I will come by"),
    Way.HERE.value: _("Answer me here, on my page"),
}


def spoken() -> str:
    """The language of this page."""
    return get_language() or "en"


def language_name(code: str) -> str:
    """A language in the words of this page, for what is told about a request."""
    return str(get_language_info(code)["name_translated"])


class NeedForm(forms.Form):
    """What would help first."""

    need = forms.ChoiceField(
        label=_("What would help first?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what would help first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "need", rules.in_words(rules.NEEDS, spoken()))


class NameForm(forms.Form):
    """The name to use."""

    name = forms.CharField(
        label=_("What name can they use?"),
        help_text=_("It can be any name. You do not need to give your legal name."),
        max_length=rules.LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "nickname"}),
        error_messages={"required": _("Write a name they can use. It can be any name.")},
    )


class ReachForm(forms.Form):
    """How to be reached without danger."""

    way = forms.ChoiceField(
        label=_("How can they reach you?"),
        choices=list(WAY_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they can reach you.")},
    )
    number = forms.CharField(
        label=_("Your phone number"),
        help_text=_("Only if they may call you or send you a text."),
        required=False,
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"class": "w-m", "type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    hours = forms.CharField(
        label=_("When is it safe to reach you?"),
        help_text=_("For example: after 5 pm, not on Sundays."),
        required=False,
        max_length=LONGEST_HOURS,
        widget=forms.TextInput(attrs={"class": "w-m"}),
    )
    may_leave_message = forms.BooleanField(
        label=_("If they call, they may leave a message"),
        help_text=_("Leave this empty if others could hear it."),
        required=False,
    )


class LanguageForm(forms.Form):
    """The language to be answered in."""

    language = forms.ChoiceField(
        label=_("In which language shall they answer you?"), choices=LANGUAGES, widget=forms.RadioSelect
    )


class WordsForm(forms.Form):
    """What the person would like, and parts of their plan, if they choose."""

    words = forms.CharField(
        label=_("What would you like them to know?"),
        help_text=_("A sentence is enough. You can leave it empty."),
        required=False,
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    parts = forms.MultipleChoiceField(
        label=_("Parts of your page to send along"),
        help_text=_("Nothing goes along unless you pick it. They get a copy of what it says now."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, offered: list[plans.Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offered:
            offer(self, "parts", [(part.key, str(part.label)) for part in offered])
        else:
            del self.fields["parts"]
