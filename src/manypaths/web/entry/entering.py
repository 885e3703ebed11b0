"""Sign in, sign out, prove it again, and the way to one's own first page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from manypaths.accounts.commands import signing_in
from manypaths.accounts.queries import User
from manypaths.accounts.rules import Device
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.web.entry.forms import ProveForm, SignInForm
from manypaths.web.entry.opening import begin, caller, go_on, mark_proved, open_form, remember_device, see, show_reasons
from manypaths.web.ui.access import anyone, before_factor
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.going import is_ours, where_to

CLEAR = '"cache", "storage"'


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def sign_in(request: Asked) -> HttpResponse:
    """Sign in. The answer does not tell whether a name exists."""
    if request.method == "GET" and request.reader.is_signed_in:
        return redirect(where_to(request) or "entry:landing")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = _check(request, form)
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            if account is not None:
                return _enter(request, account, Device(form.cleaned_data["device"]))
            form.add_error(None, _("Name and passphrase do not fit together. Check both and try again."))
    return render(request, "entry/sign_in.html", {"form": form, "to": where_to(request)})


def _check(request: Asked, form: SignInForm) -> User | None:
    return signing_in.check_in(
        name=form.cleaned_data["name"],
        passphrase=form.cleaned_data["passphrase"],
        caller=caller(request),
        by=request.reader,
        at=now(),
    )


def _enter(request: Asked, account: User, device: Device) -> HttpResponse:
    is_person = account.is_person
    begin(request, account, device=device if is_person else Device.STAFF, at=now(), proved=is_person)
    response = go_on(request) if is_person else see(reverse("entry:landing"))  # a worker goes on after the factor
    if device is Device.OWN:
        remember_device(response, account.id)
    return response


@before_factor
@require_POST
def sign_out(request: Asked) -> HttpResponse:
    """End this session, here and on the server."""
    request.session.flush()
    response = see(reverse("entry:sign_in"))
    response.headers["Clear-Site-Data"] = CLEAR
    return response


@before_factor
@require_GET
def landing(request: Asked) -> HttpResponse:
    """To one's own first page: a person's, a worker's, or the machine's. Without a hat: why there is nothing here."""
    reader = request.reader
    if reader.is_person:
        return redirect("my:home")
    if reader.is_member:
        asked = reader.has_role(Role.ORG_ADMIN) and network.invited_to(reader=reader)
        return redirect("entry:taking_part" if asked else "work:home")
    if reader.is_operator:
        return redirect("machine:health")
    return render(request, "entry/no_hat.html")


@before_factor
@require_http_methods(["GET", "POST"])
def prove_again(request: Asked) -> HttpResponse:
    """Ask the passphrase (or a worker's second factor) once more, then go back to where they were."""
    reader = request.reader
    if not reader.is_person:
        return redirect("entry:second_factor")
    form = ProveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proved = signing_in.prove(
                account_id=reader.own_account,
                passphrase=form.cleaned_data["passphrase"],
                caller=caller(request),
                by=reader,
                at=now(),
            )
        except Refused as refusal:
            show_reasons(form, refusal)
        else:
            if proved:
                return _proved(request)
            form.add_error("passphrase", _("That is not your passphrase. Try again."))
    return render(request, "entry/prove_again.html", {"form": form})


def _proved(request: Asked) -> HttpResponse:
    mark_proved(request, now())
    return see(after_proof(request))


def after_proof(request: Asked) -> str:
    """The page that asked for the proof, or the landing."""
    path = request.session.pop("after_proof", "")
    return path if is_ours(path) else reverse("entry:landing")
