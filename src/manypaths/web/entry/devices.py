"""Where an account is signed in, its passphrase, and its second factors."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from manypaths.accounts import queries as accounts
from manypaths.accounts.commands import signing_in
from manypaths.accounts.rules import Device
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.network.rules import Reader, Role, factor_is_fresh
from manypaths.web.entry.forms import NewPassphraseForm
from manypaths.web.entry.opening import begin, mark_proved, press_again, see, show_reasons, tell, told, zone
from manypaths.web.entry.roles import DESK_ROLES
from manypaths.web.ui.access import signed_in
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.once import closes

WORDS: dict[str, Any] = {
    "back": _("You are in again. Your new passphrase counts from now on. Every other device is signed out."),
    "passphrase": _("Your new passphrase counts from now on. Every other device is signed out."),
    "one_out": _("That device is signed out."),
    "others_out": _("Every other device is signed out."),
    "stopped": _("It is stopped. Nobody gets in that way."),
    "kept": _("Saved."),
}


@signed_in
@require_GET
def devices(request: Asked) -> HttpResponse:
    """Where I am signed in, and what lets me in."""
    reader, at = request.reader, now()
    account = accounts.account(account_id=reader.own_account)
    shown = {
        "zone": zone(request),
        "again": press_again(request),
        "done": WORDS.get(told(request)),
        "name": account.username if account else "",
        "sessions": accounts.own_sessions(reader=reader, here=request.session.get("handle", ""), at=at),
        **(_of_person(reader, at) if reader.is_person else _of_staff(reader)),
    }
    return render(request, "entry/devices.html", shown)


def _of_person(reader: Reader, at: datetime) -> dict[str, object]:
    return {
        "codes_left": accounts.card_codes_left(reader=reader),
        "ways_back": accounts.own_ways_back(reader=reader, at=at),
    }


def _of_staff(reader: Reader) -> dict[str, object]:
    return {
        "factors": accounts.own_factors(reader=reader),
        "staff_codes_left": accounts.staff_codes_left(reader=reader),
        "is_staff": True,
        "leads": reader.has_role(Role.ORG_ADMIN),
        "coordinates": reader.has_role(Role.COORDINATOR),
        "vouches": reader.has_role(*DESK_ROLES),
        "works_elsewhere": len(network.own_places_of_work(reader=reader)) > 1,
    }


@signed_in
@require_POST
def end_one(request: Asked, handle: UUID) -> HttpResponse:
    """Sign one device out."""
    signing_in.end_session(handle=handle, by=request.reader, at=now())
    if str(handle) == request.session.get("handle"):
        request.session.flush()
        return see(reverse("entry:sign_in"))
    return tell(request, "one_out")


@signed_in
@require_POST
@closes
def end_others(request: Asked) -> HttpResponse:
    """Sign every other device out."""
    here = request.session.get("handle", "")
    signing_in.end_other_sessions(here=here, by=request.reader, at=now())
    return tell(request, "others_out")


@signed_in
@require_http_methods(["GET", "POST"])
def passphrase(request: Asked) -> HttpResponse:
    """Choose a new passphrase, after a fresh proof. Every other device is signed out."""
    reader, at = request.reader, now()
    if not factor_is_fresh(reader, at):
        request.session["after_proof"] = reverse("entry:passphrase")
        return see(reverse("entry:prove_again"))
    form = NewPassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = signing_in.change_passphrase(
                account_id=reader.own_account, passphrase=form.cleaned_data["passphrase"], by=reader, at=at
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            device = Device(request.session.get("device", Device.SHARED))
            request.session.flush()
            begin(request, account, device=device, at=at, proved=True)
            mark_proved(request, at)
            return tell(request, "passphrase")
    return render(request, "entry/passphrase.html", {"form": form})
