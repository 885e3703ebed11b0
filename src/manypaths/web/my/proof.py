"""The passphrase once more, on the page of the act itself: nothing that was typed is lost on the way."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.accounts.commands import signing_in
from manypaths.accounts.commands.signing_in import Caller
from manypaths.lib.refusals import Refused
from manypaths.web.my.frame import put_reasons
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.place import place_of


def passphrase_field(help_text: Any) -> forms.CharField:
    """Where the passphrase is asked once more, and why."""
    return forms.CharField(
        label=_("Your passphrase, once more"),
        help_text=help_text,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "w-m", "autocomplete": "current-password"}),
        error_messages={"required": _("Type your passphrase.")},
    )


def proved(request: Asked, form: forms.Form, at: datetime) -> bool:
    """Whether the passphrase on the form is right. Noted on the form where it is not."""
    try:
        holds = signing_in.prove(
            account_id=request.reader.own_account, passphrase=form.cleaned_data["passphrase"],
            caller=Caller(place=place_of(request)), by=request.reader, at=at,
        )  # fmt: skip
    except Refused as refused:
        put_reasons(form, refused)
        return False
    if holds:
        request.session["factor_at"] = at.isoformat()
        request.reader = replace(request.reader, factor_at=at)
    else:
        form.add_error("passphrase", forms.ValidationError(_("That is not your passphrase. Try again.")))
    return holds
