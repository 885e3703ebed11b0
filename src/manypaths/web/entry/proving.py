"""A worker's second factor: an app that shows codes, a passkey, emergency codes. On django-allauth's own parts."""

import struct
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.accounts import factors
from manypaths.accounts import queries as accounts
from manypaths.accounts.commands import proving, signing_in
from manypaths.accounts.queries import User
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.rules import Reader, factor_is_fresh
from manypaths.web.entry.entering import after_proof
from manypaths.web.entry.forms import CodeForm, FirstCodeForm, PasskeyForm
from manypaths.web.entry.opening import caller, go_on, mark_proved, prove_first, see, show_reasons
from manypaths.web.ui.access import before_factor, signed_in
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

# What the readers of a passkey's answer raise when it is not one: they were written for answers of browsers.
NO_ANSWER = (
    ValidationError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, MemoryError,
    struct.error, InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip
BEING_SET_UP = "app_being_set_up"


def _worker(request: Asked) -> Reader:
    reader: Reader = request.reader
    if reader.is_person:
        raise NotThere
    return reader


@before_factor
@require_http_methods(["GET", "POST"])
def second_factor(request: Asked) -> HttpResponse:
    """Ask for the second factor, or lead to setting one up."""
    reader = _worker(request)
    kinds = {one.kind for one in accounts.own_factors(reader=reader)}
    if not kinds:
        return render(request, "entry/choose_factor.html")
    form = CodeForm(request.POST if request.method == "POST" and "credential" not in request.POST else None)
    if request.method == "POST" and _proves(request, reader, form):
        return _proved(request)
    shown: dict[str, Any] = {"form": form, "kinds": kinds, "demo_code": accounts.demo_code(reader=reader)}
    if "webauthn" in kinds:
        shown["asks"] = webauthn.begin_authentication(request.user)
    return render(request, "entry/second_factor.html", shown)


def _proves(request: Asked, reader: Reader, form: CodeForm) -> bool:
    if "credential" in request.POST:
        return _passkey_proves(request, reader, form)
    if not form.is_valid():
        return False
    try:
        right = proving.use_code(
            account_id=reader.own_account,
            code=form.cleaned_data["code"],
            caller=caller(request),
            by=reader,
            at=now(),
        )
    except Refused as refusal:
        show_reasons(form, refusal)
        return False
    if not right:
        form.add_error("code", _("This code does not fit, or it was used. Wait for the next one."))
    return right


def _passkey_proves(request: Asked, reader: Reader, form: CodeForm) -> bool:
    answer = PasskeyForm(request.POST)
    if answer.is_valid() and _answers(_complete_authentication, request, answer.cleaned_data["credential"]):
        proving.note_passkey_used(account_id=reader.own_account, by=reader, at=now())
        return True
    form.cleaned_data = {}
    form.add_error(None, _("The passkey did not answer. Try again, or use a code."))
    return False


def _answers(complete: Callable[[Asked, dict[str, Any]], Any], request: Asked, answer: dict[str, Any]) -> bool:
    """Whether what came is the answer to what was asked. Whatever else came is no answer, and never a fault."""
    try:
        complete(request, answer)
    except NO_ANSWER:
        return False
    return True


def _complete_authentication(request: Asked, answer: dict[str, Any]) -> None:
    webauthn.complete_authentication(request.user, webauthn.parse_authentication_response(answer))


def _complete_registration(_request: Asked, answer: dict[str, Any]) -> None:
    webauthn.parse_registration_response(answer)
    webauthn.complete_registration(answer)


def _proved(request: Asked) -> HttpResponse:
    mark_proved(request, now())
    if "after_proof" in request.session:
        return see(after_proof(request))
    return go_on(request)


def _may_add(request: Asked, reader: Reader, page: str) -> HttpResponse | None:
    """The first factor follows the passphrase; every later change needs a fresh proof."""
    if not accounts.own_factors(reader=reader) or factor_is_fresh(reader, now()):
        return None
    request.session["after_proof"] = reverse(page)
    return see(reverse("entry:second_factor"))


@before_factor
@require_http_methods(["GET", "POST"])
def add_app(request: Asked) -> HttpResponse:
    """Set up an app that shows codes."""
    reader = _worker(request)
    if (elsewhere := _may_add(request, reader, "entry:add_app")) is not None:
        return elsewhere
    secret = _secret_of_new_app(request)
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proving.add_app(
                account_id=reader.own_account,
                secret=secret,
                code=form.cleaned_data["code"],
                by=reader,
                at=now(),
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            request.session.pop(BEING_SET_UP, None)
            return _added(request, reader)
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    shown = {"form": form, "picture": _picture(request, secret), "groups": groups}
    return render(request, "entry/add_app.html", shown)


def _secret_of_new_app(request: Asked) -> str:
    """The secret of the app that is being set up. The session keeps it sealed: its row can be read by others."""
    sealing = factors.SealingAdapter()
    if BEING_SET_UP not in request.session:
        request.session[BEING_SET_UP] = sealing.encrypt(factors.new_secret())
    return sealing.decrypt(request.session[BEING_SET_UP])


def _account(request: Asked) -> User:
    if isinstance(request.user, AnonymousUser):
        raise NotThere
    return request.user


def _picture(request: Asked, secret: str) -> SafeString:
    address = factors.app_address(_account(request), secret)
    drawing = segno.make(address, error="m").svg_inline(scale=5, border=3, svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(drawing)  # noqa: S308 drawn by segno from an address we made


@before_factor
@require_http_methods(["GET", "POST"])
def add_passkey(request: Asked) -> HttpResponse:
    """Set up a passkey: the lock of this device, or a security key."""
    reader = _worker(request)
    if (elsewhere := _may_add(request, reader, "entry:add_passkey")) is not None:
        return elsewhere
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        credential = form.cleaned_data["credential"]
        if _answers(_complete_registration, request, credential):
            _keep_passkey(reader, form.cleaned_data["name"], credential)
            return _added(request, reader)
        form.add_error(None, _("The passkey did not answer. Try again, or use an app."))
    if _has_no_name(request):
        return render(request, "entry/add_passkey.html", {"named": _named(request), "has_no_name": True})
    asks = webauthn.begin_registration(request.user, True)
    return render(request, "entry/add_passkey.html", {"form": form, "asks": asks})


def _has_no_name(request: Asked) -> bool:
    """Whether we were reached by a number. Browsers make passkeys only for names."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _named(request: Asked) -> str:
    """The same machine by its name, where the number is this machine's own."""
    place = urlsplit(f"//{request.get_host()}")
    if not ip_address(place.hostname or "").is_loopback:
        return ""
    return f"{request.scheme}://localhost{f':{place.port}' if place.port else ''}{reverse('entry:sign_in')}"


def _keep_passkey(reader: Reader, name: str, credential: dict[str, Any]) -> None:
    proving.add_passkey(
        account_id=reader.own_account,
        name=name or _("Passkey"),
        credential=credential,
        by=reader,
        at=now(),
    )


def _added(request: Asked, reader: Reader) -> HttpResponse:
    """A changed factor ends every other session. The first one brings emergency codes along."""
    at = now()
    mark_proved(request, at)
    signing_in.end_other_sessions(here=request.session["handle"], by=reader, at=at)
    if accounts.staff_codes_left(reader=reader):
        return see(reverse("entry:devices"))
    codes = proving.make_staff_codes(account_id=reader.own_account, by=reader, at=at)
    return render(request, "entry/staff_codes.html", {"codes": codes, "here": reverse("entry:devices")})


@signed_in
@require_POST
def staff_codes(request: Asked) -> HttpResponse:
    """Make new emergency codes, after a fresh proof."""
    reader = _worker(request)
    if not factor_is_fresh(reader, now()):
        return prove_first(request, "entry:devices")
    codes = proving.make_staff_codes(account_id=reader.own_account, by=reader, at=now())
    return render(request, "entry/staff_codes.html", {"codes": codes, "here": reverse("entry:devices")})


@signed_in
@require_POST
def remove_factor(request: Asked, factor: int) -> HttpResponse:
    """Take a second factor away, after a fresh proof. Every other session ends."""
    reader = _worker(request)
    if not factor_is_fresh(reader, now()):
        return prove_first(request, "entry:devices")
    proving.remove_factor(factor_id=factor, by=reader, at=now())
    signing_in.end_other_sessions(here=request.session["handle"], by=reader, at=now())
    return see(reverse("entry:devices"))
