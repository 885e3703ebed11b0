"""Erase what I keep here: what goes, what stays and why, and then for good."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import Refused
from manypaths.network.rules import factor_is_fresh
from manypaths.referrals import commands as referrals
from manypaths.web.my.frame import prove_first, put_reasons, show
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now


class EraseForm(forms.Form):
    """The second yes."""

    sure = forms.BooleanField(label=_("I know that nobody can bring it back"), required=False)


@person
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Asked) -> HttpResponse:
    """Say what goes and what stays; erase it when the person is sure and has just proved who they are."""
    at = now()
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not factor_is_fresh(request.reader, at):
            return prove_first(request, "my:erase")
        try:
            referrals.erase_everything(sure=form.cleaned_data["sure"], by=request.reader, at=at)
            return redirect("my:home")
        except Refused as refused:
            put_reasons(form, refused)
    return show(request, "erase", {"form": form, "proved": factor_is_fresh(request.reader, at)})
