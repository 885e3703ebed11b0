"""Getting back in without phone or passphrase: the card, a trusted person, or a desk that vouches."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from manypaths.accounts import queries as accounts
from manypaths.accounts.commands import coming_back
from manypaths.accounts.queries import User
from manypaths.accounts.rules import Device
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import Reader, factor_is_fresh
from manypaths.web.entry.forms import CardForm, DeskForm, FinishForm, NameDeskForm, TrustedForm, VouchForm
from manypaths.web.entry.opening import begin, caller, open_form, remember_device, see, show_reasons, tell
from manypaths.web.entry.roles import DESK_ROLES
from manypaths.web.ui.access import anyone, member, person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.once import closes_when


@anyone
@require_GET
def come_back(request: Asked) -> HttpResponse:
    """The ways back, the quickest first."""
    return render(request, "entry/come_back.html")


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def with_card(request: Asked) -> HttpResponse:
    """Set a new passphrase with a code of the card, and go in."""
    return _go_in(request, CardForm(request.POST or None), coming_back.use_card, of_card=True)


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def finish(request: Asked) -> HttpResponse:
    """Set a new passphrase when the waiting time is over, and go in."""

    def act(*, code: str, **rest: Any) -> User | None:
        return coming_back.finish(to_return=code, **rest)

    return _go_in(request, FinishForm(request.POST or None), act, of_card=False)


def _go_in(request: Asked, form: forms.Form, act: Callable[..., User | None], *, of_card: bool) -> HttpResponse:
    at = now()
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("name", "code", "passphrase")}
        try:
            account = act(**typed, caller=caller(request), by=request.reader, at=at)
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            if account is not None:
                return _entered(request, account, Device(form.cleaned_data["device"]), at)
            form.add_error(None, _("Name and code do not fit together, or the code was used. Check both."))
    return render(request, "entry/with_code.html", {"form": form, "of_card": of_card})


def _entered(request: Asked, account: User, device: Device, at: datetime) -> HttpResponse:
    begin(request, account, device=device, at=at, proved=True)
    response = tell(request, "back")
    if device is Device.OWN:
        remember_device(response, account.pk)
    return response


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def with_trusted(request: Asked) -> HttpResponse:
    """Start a way back with the code that a trusted person kept. It takes a day."""
    form = TrustedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            to_return = coming_back.use_trusted_code(
                name=form.cleaned_data["name"],
                code=form.cleaned_data["code"],
                caller=caller(request),
                by=request.reader,
                at=now(),
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            if to_return is not None:
                return render(request, "entry/asked.html", {"to_return": to_return})
            form.add_error(None, _("Name and code do not fit together, or the code was used. Check both."))
    return render(request, "entry/with_trusted.html", {"form": form})


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def with_desk(request: Asked) -> HttpResponse:
    """Ask for a way back that a desk confirms. The answer is the same whether or not the name exists."""
    form = DeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = coming_back.ask_for_desk(
                name=form.cleaned_data["name"],
                caller=caller(request),
                by=request.reader,
                at=now(),
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            return render(request, "entry/asked.html", {"to_return": asked.to_return, "spoken": asked.spoken})
    return render(request, "entry/with_desk.html", {"form": form})


@member(*DESK_ROLES)
@require_http_methods(["GET", "POST"])
def vouch(request: Asked) -> HttpResponse:
    """A desk worker confirms the code of the person in front of them. They learn nothing else."""
    reader = request.reader
    desk, worker = _own_desk(reader)
    form = VouchForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        try:
            done = coming_back.vouch(
                spoken=form.cleaned_data["code"],
                desk_id=desk,
                desk_worker=worker,
                caller=caller(request),
                by=reader,
                at=now(),
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            if not done:
                message = _("This code does not work here. Ask the person to start again and read out the new code.")
                form.add_error("code", message)
    return render(request, "entry/vouch.html", {"form": form, "done": done})


def _own_desk(reader: Reader) -> tuple[UUID, UUID]:
    if reader.organisation_id is None or reader.membership_id is None:
        raise NotThere
    return reader.organisation_id, reader.membership_id


# What a person prepares while they are signed in


@person
@require_http_methods(["GET", "POST"])
def helpers(request: Asked) -> HttpResponse:
    """Choose a desk or a trusted person who can help one day. Changes need a fresh proof."""
    reader, at = request.reader, now()
    if not factor_is_fresh(reader, at):
        request.session["after_proof"] = reverse("entry:helpers")
        return see(reverse("entry:prove_again"))
    shown = network.desks(community_id=reader.community_id) if reader.community_id else []
    named = accounts.own_desk(reader=reader, desks=[desk for desk, _name in shown])
    choices = [(str(desk), name) for desk, name in shown]
    form = NameDeskForm(request.POST or None, desks=choices, named=str(named or ""))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["desk"]
        desk = UUID(chosen) if chosen else None
        coming_back.name_desk(account_id=reader.own_account, desk_id=desk, by=reader, at=at)
        return tell(request, "kept")
    has_code = accounts.has_trusted_code(reader=reader)
    return render(request, "entry/helpers.html", {"form": form, "has_code": has_code})


@person
@require_POST
@closes_when(lambda sent: "drop" in sent)
def trusted_code(request: Asked) -> HttpResponse:
    """Make the code for a trusted person, or make it useless."""
    reader, at = request.reader, now()
    if not factor_is_fresh(reader, at):
        request.session["after_proof"] = reverse("entry:helpers")
        return see(reverse("entry:prove_again"))
    if "drop" in request.POST:
        coming_back.drop_trusted_code(account_id=reader.own_account, by=reader, at=at)
        return see(reverse("entry:helpers"))
    code = coming_back.make_trusted_code(account_id=reader.own_account, by=reader, at=at)
    return render(request, "entry/trusted_code.html", {"code": code, "here": reverse("entry:helpers")})


@person
@require_POST
def stop_way_back(request: Asked, way_back: UUID) -> HttpResponse:
    """Stop somebody's way back into one's own page."""
    coming_back.stop(way_back_id=way_back, by=request.reader, at=now())
    return tell(request, "stopped")
