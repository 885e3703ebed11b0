"""The forms of this door. They check shape; whether it is right is decided by the rules of accounts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from manypaths.accounts.rules import LONGEST, Device
from manypaths.lib import strict_json
from manypaths.network.rules import places
from manypaths.web.entry.roles import NAMES, WORDS
from manypaths.web.ui.offering import offer

OWN, OFFERED = "own", "offered"
UNASSIGNED = {"volunteer"}  # Nobody can be assigned to anyone but by saying yes, which a volunteer cannot.
DEVICES = [
    (Device.OWN.value, _("My own device. I stay signed in for up to 30 days.")),
    (
        Device.SHARED.value,
        _("A shared or public device. I am signed out after 5 minutes if I do nothing, or when the browser closes."),
    ),
]


class PassphraseField(forms.CharField):
    """A passphrase: kept as typed, paste allowed, shown on request."""

    def __init__(self, *, new: bool, **kwargs: Any) -> None:
        keep = "new-password" if new else "current-password"
        attrs = {"autocomplete": keep, "autocapitalize": "none", "spellcheck": "false", "data-showable": True}
        widget = forms.PasswordInput(attrs=attrs, render_value=new)
        messages = {"required": _("Type a passphrase.")}
        super().__init__(widget=widget, strip=False, max_length=LONGEST * 4, error_messages=messages, **kwargs)


class DeviceField(forms.ChoiceField):
    """Whose device this is, in words that say what follows from it."""

    def __init__(self, *, help_text: Any = "") -> None:
        messages = {"required": _("Say what device this is.")}
        super().__init__(
            label=_("What device is this?"),
            help_text=help_text,
            choices=DEVICES,
            widget=forms.RadioSelect,
            error_messages=messages,
        )


class NameField(forms.CharField):
    """The sign-in name, however it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        messages = {"required": _("Type your sign-in name.")}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(label=_("Sign-in name"), max_length=254, widget=widget, error_messages=messages, **kwargs)


class CodeField(forms.CharField):
    """A code, however it is typed."""

    def __init__(self, *, label: Any, help_text: Any = "", **attrs: str) -> None:
        messages = {"required": _("Type the code.")}
        super().__init__(
            label=label, help_text=help_text, max_length=40, widget=code_input(**attrs), error_messages=messages
        )


def code_input(**attrs: str) -> forms.TextInput:
    """An input for a code: no help from the keyboard, no memory."""
    return forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "class": "code w-m", **attrs})


class JoinForm(forms.Form):
    """Join alone: a name to be called by, a passphrase, and what device this is."""

    alias = forms.CharField(
        label=_("What should we call you?"),
        help_text=_("Any name you like. Nobody else sees it until you share it."),
        max_length=60,
        error_messages={"required": _("Type a name. It can be any name.")},
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

    name = NameField(help_text=_("Two words and a number, from your card. If you work here: your e-mail address."))
    passphrase = PassphraseField(new=False, label=_("Passphrase"))
    device = DeviceField(
        help_text=_("If you work here: you are signed out on each device after 15 minutes if you do nothing.")
    )


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

    name = NameField(help_text=_("Two words and a number, from your card."))
    code = CodeField(label=_("One code from the card"), autocomplete="off")
    passphrase = PassphraseField(
        new=True, label=_("New passphrase"), help_text=_("15 letters or more, or 4 words. Spaces count. You can paste.")
    )
    device = DeviceField()


class FinishForm(CardForm):
    """Come back when the waiting time is over."""

    code = CodeField(label=_("Your code to come back"), autocomplete="off")


class TrustedForm(forms.Form):
    """Start a way back with the code a trusted person kept."""

    name = NameField()
    code = CodeField(label=_("The code your trusted person kept"), autocomplete="off")


class DeskForm(forms.Form):
    """Start a way back that a desk confirms."""

    name = NameField()


class NameDeskForm(forms.Form):
    """Which desk may vouch."""

    desk = forms.ChoiceField(label=_("A desk that may vouch for you"), required=False)

    def __init__(self, data: Any = None, *, desks: list[tuple[str, str]], named: str) -> None:
        super().__init__(data, initial={"desk": named})
        offer(self, "desk", [("", _("No desk")), *desks])


class VouchForm(forms.Form):
    """A desk worker types the code that the person in front of them reads out."""

    code = CodeField(label=_("The 6 numbers they read out"), autocomplete="off", inputmode="numeric")
    sure = forms.BooleanField(
        label=_("I know this person, and they are in front of me now."),
        error_messages={"required": _("Vouch only for someone you know and can see.")},
    )


class CodeForm(forms.Form):
    """A code of a second factor."""

    code = CodeField(
        label=_("Code"),
        help_text=_("6 numbers from your app, or one of your emergency codes."),
        autocomplete="one-time-code",
        inputmode="numeric",
    )


class FirstCodeForm(forms.Form):
    """The first code of an app that is being set up."""

    code = CodeField(
        label=_("Code"),
        help_text=_("6 numbers from your app."),
        autocomplete="one-time-code",
        inputmode="numeric",
    )


class CredentialField(forms.Field):
    """What a passkey answered: one small JSON object whose parts have the types the standard gives them.

    A number where text belongs would be read as a length of memory to take.
    """

    LONGEST = 64 * 1024
    TEXTS = ("id", "rawId", "type")
    TEXTS_OF_RESPONSE = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False)

    def to_python(self, value: Any) -> dict[str, Any]:
        """The credential as a dictionary; an empty one for anything that no passkey sends."""
        body = str(value or "").encode("utf-8", "replace")
        if len(body) > self.LONGEST:
            return {}
        try:
            found = strict_json.loads(body)
        except strict_json.BadJson:
            return {}
        return found if self._holds(found) else {}

    def run_validators(self, value: Any) -> None:
        """Nothing more to look at: whether it fits is decided by who asked for it."""

    def _holds(self, found: dict[str, Any]) -> bool:
        response, more = found.get("response"), found.get("clientExtensionResults", {})
        if not isinstance(response, dict) or not isinstance(more, dict):
            return False
        texts = [found.get(name) for name in self.TEXTS]
        return all(isinstance(one, str) for one in texts) and all(
            isinstance(response.get(name), str | None) for name in self.TEXTS_OF_RESPONSE
        )


class PasskeyForm(forms.Form):
    """What a passkey answered."""

    name = forms.CharField(required=False, max_length=60, label=_("What do you call this passkey?"))
    credential = CredentialField()


class AcceptForm(forms.Form):
    """Accept an invitation to work here."""

    display_name = forms.CharField(
        label=_("Your name, as people here will see it"),
        max_length=80,
        error_messages={"required": _("Type your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-m"}),
    )
    passphrase = PassphraseField(
        new=True, label=_("Passphrase"), help_text=_("15 letters or more, or 4 words. Spaces count. You can paste.")
    )


def address() -> forms.EmailField:
    messages = {"required": _("Type an e-mail address."), "invalid": _("Type an address like name@example.org.")}
    return forms.EmailField(label=_("E-mail address"), max_length=254, error_messages=messages)


class RolesForm(forms.Form):
    """What one worker does here."""

    roles = forms.MultipleChoiceField(
        label=_("What they will do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        may_name_coordinators: bool,
        watching: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        shut = UNASSIGNED | (set() if may_name_coordinators else {"coordinator"})
        shut |= set(WORDS) - places.OF_WATCHING if watching else places.OFFICERS
        self.offered = [role for role in WORDS if role not in shut]
        offer(self, "roles", [(role, NAMES[role]) for role in self.offered])

    def chosen_of(self, held: Iterable[str]) -> list[str]:
        """What was chosen, and every role held now that was not offered here: what is not asked does not change."""
        return [*self.cleaned_data["roles"], *(role for role in held if role not in self.offered)]


class WorkerForm(RolesForm):
    """Invite one worker."""

    display_name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Type the worker's name.")}
    )
    email = address()
