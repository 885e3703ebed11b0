"""The forms of this door. They check shape; whether it is right is decided by the rules of accounts."""

from typing import Any

from django import forms
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
        choices = [(OFFERED, _("Use these words: %(words)s") % {"words": self.shown}), (OWN, _("Use my own words"))]
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
