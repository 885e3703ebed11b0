"""The forms of this door. They check shape; whether it is right is decided by the rules of accounts."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from manypaths.accounts.rules import LONGEST, Device

OWN, OFFERED = "own", "offered"
DEVICES = [
    (Device.OWN.value, _("My own device. I stay signed in for up to 30 days.")),
    (Device.SHARED.value, _("A shared or public device. I am signed out after 5 minutes, or when the browser closes.")),
]


class PassphraseField(forms.CharField):
    """A passphrase: kept as typed, paste allowed, shown on request."""

    def __init__(self, *, new: bool, **kwargs: Any) -> None:
        keep = "new-password" if new else "current-password"
        attrs = {"autocomplete": keep, "autocapitalize": "none", "spellcheck": "false", "data-showable": True}
        widget = forms.PasswordInput(attrs=attrs, render_value=new)
        super().__init__(widget=widget, strip=False, max_length=LONGEST * 4, **kwargs)


class DeviceField(forms.ChoiceField):
    """Whose device this is, in words that say what follows from it."""

    def __init__(self) -> None:
        super().__init__(label=_("What device is this?"), choices=DEVICES, widget=forms.RadioSelect)


def code_input(**attrs: str) -> forms.TextInput:
    """An input for a code: no help from the keyboard, no memory."""
    return forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "class": "code w-m", **attrs})


class JoinForm(forms.Form):
    """Join alone: a name to be called by, a passphrase, and what device this is."""

    alias = forms.CharField(
        label=_("What should we call you?"),
        help_text=_("Any name you like. Nobody else sees it until you share it."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "class": "w-m"}),
    )
    choice = forms.ChoiceField(
        label=_("Your passphrase"),
        help_text=_("It opens your page. Pick the words we made by chance, or use words of your own."),
        widget=forms.RadioSelect,
    )
    offered = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    passphrase = PassphraseField(
        new=True,
        required=False,
        label=_("My own words"),
        help_text=_("15 letters or more, or 4 words. Spaces count. You can paste."),
    )
    device = DeviceField()

    def __init__(self, data: Any = None, *, offered: str) -> None:
        super().__init__(data, initial={"choice": OFFERED, "offered": offered})
        self.shown = (data or {}).get("offered") or offered
        these = format_html("{} <strong>{}</strong>", _("Use these words:"), self.shown)
        choices = [(OFFERED, these), (OWN, _("Use my own words"))]
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def chosen_passphrase(self) -> str:
        """The words that will open the page."""
        return str(self.cleaned_data["offered" if self.cleaned_data["choice"] == OFFERED else "passphrase"])


class SignInForm(forms.Form):
    """Sign in with a name and a passphrase."""

    name = forms.CharField(
        label=_("Sign-in name"),
        help_text=_("Two words and a number, from your card. If you work here: your e-mail address."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    passphrase = PassphraseField(new=False, label=_("Passphrase"))
    device = DeviceField()


class ProveForm(forms.Form):
    """The passphrase once more, before something that matters."""

    passphrase = PassphraseField(new=False, label=_("Passphrase"))


class NewPassphraseForm(forms.Form):
    """A new passphrase for an account that is signed in."""

    passphrase = PassphraseField(
        new=True, label=_("New passphrase"), help_text=_("15 letters or more, or 4 words. Spaces count. You can paste.")
    )


class CardForm(forms.Form):
    """Come back with a code of the card."""

    name = forms.CharField(
        label=_("Sign-in name"),
        help_text=_("Two words and a number, from your card."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(label=_("One code from the card"), max_length=40, widget=code_input(autocomplete="off"))
    passphrase = PassphraseField(
        new=True, label=_("New passphrase"), help_text=_("15 letters or more, or 4 words. Spaces count. You can paste.")
    )
    device = DeviceField()


class FinishForm(CardForm):
    """Come back when the waiting time is over."""

    code = forms.CharField(label=_("Your code to come back"), max_length=40, widget=code_input(autocomplete="off"))


class TrustedForm(forms.Form):
    """Start a way back with the code a trusted person kept."""

    name = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("The code your trusted person kept"), max_length=40, widget=code_input(autocomplete="off")
    )


class DeskForm(forms.Form):
    """Start a way back that a desk confirms."""

    name = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class NameDeskForm(forms.Form):
    """Which desk may vouch."""

    desk = forms.ChoiceField(label=_("A desk that may vouch for you"), required=False)

    def __init__(self, data: Any = None, *, desks: list[tuple[str, str]], named: str) -> None:
        super().__init__(data, initial={"desk": named})
        field = self.fields["desk"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("No desk")), *desks]


class VouchForm(forms.Form):
    """A desk worker types the code that the person in front of them reads out."""

    code = forms.CharField(
        label=_("The 6 numbers they read out"),
        max_length=20,
        widget=code_input(autocomplete="off", inputmode="numeric"),
    )
    sure = forms.BooleanField(
        label=_("I know this person, and they are in front of me now."),
        error_messages={"required": _("Vouch only for someone you know and can see.")},
    )


class CodeForm(forms.Form):
    """A code of a second factor."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("6 numbers from your app, or one of your emergency codes."),
        max_length=20,
        widget=code_input(autocomplete="one-time-code", inputmode="numeric"),
    )


class PasskeyForm(forms.Form):
    """What a passkey answered."""

    name = forms.CharField(required=False, max_length=60, label=_("What do you call this passkey?"))
    credential = forms.JSONField(widget=forms.HiddenInput)


class AcceptForm(forms.Form):
    """Accept an invitation to work here."""

    display_name = forms.CharField(
        label=_("Your name, as people here will see it"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-m"}),
    )
    passphrase = PassphraseField(
        new=True, label=_("Passphrase"), help_text=_("15 letters or more, or 4 words. Spaces count. You can paste.")
    )
