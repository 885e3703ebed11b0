"""Join alone, and the card that brings a person back in."""

from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from manypaths.accounts import queries as accounts
from manypaths.accounts import rules
from manypaths.accounts.commands import coming_back, joining
from manypaths.accounts.commands.signing_in import Caller
from manypaths.accounts.queries import User
from manypaths.accounts.rules import Device
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import Refused
from manypaths.network.rules import Reader, factor_is_fresh
from manypaths.people import commands as people
from manypaths.vault.queries import sealer_for
from manypaths.web.entry.forms import JoinForm
from manypaths.web.entry.opening import begin, caller, go_on, open_form, remember_device, see, show_reasons
from manypaths.web.ui.access import anyone, person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.going import where_to


@anyone
@open_form
@require_http_methods(["GET", "POST"])
def join(request: Asked) -> HttpResponse:
    """Make an account without e-mail or phone, and begin."""
    if request.reader.is_signed_in:
        return _here_already(request)
    language = get_language() or "en"
    offered = rules.offered_passphrase(accounts.passphrase_words(language))
    form = JoinForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        try:
            return _joined(request, form, language)
        except Refused as refusal:
            show_reasons(form, refusal)
    return render(request, "entry/join.html", {"form": form, "offered": form.shown, "to": where_to(request)})


def _here_already(request: Asked) -> HttpResponse:
    """Who presses the button twice still comes to the card, which shows their new name."""
    pressed_again = request.method == "POST" and request.reader.is_person
    return see(reverse("entry:card") if pressed_again else where_to(request) or reverse("entry:landing"))


def _joined(request: Asked, form: JoinForm, language: str) -> HttpResponse:
    at, alias = now(), form.cleaned_data["alias"]
    account = make_person(
        alias=alias,
        passphrase=form.chosen_passphrase(),
        language=language,
        where=caller(request),
        by=request.reader,
        at=at,
    )
    device = Device(form.cleaned_data["device"])
    begin(request, account, device=device, at=at, proved=True)
    response = see(reverse("entry:card"))
    if device is Device.OWN:
        remember_device(response, account.id)
    return response


@transaction.atomic
def make_person(*, alias: str, passphrase: str, language: str, where: Caller, by: Reader, at: datetime) -> User:
    """An account, its person and own record, and the name they want to be called by, sealed. All or nothing.

    Refuses: a weak passphrase · very many new accounts from one place.
    """
    account = joining.join(passphrase=passphrase, names=[alias], language=language, caller=where, by=by, at=at)
    reader = people.create_person(account_id=account.id, at=at)
    record = consent.open_own(reader=reader, classes={DataClass.DEMOGRAPHICS})
    sealer = sealer_for([record])
    people.write_profile(record_id=record, name=alias, pronouns="", language=language, sealer=sealer, by=reader, at=at)
    return account


@person
@require_http_methods(["GET", "POST"])
def card(request: Asked) -> HttpResponse:
    """The sign-in name, and on request the codes. They are shown once: asking again makes new ones."""
    reader, at = request.reader, now()
    account = accounts.account(account_id=reader.own_account)
    left = accounts.card_codes_left(reader=reader)
    shown = {"name": account.username if account else "", "left": left}
    if request.method == "GET":
        return render(request, "entry/card_start.html", shown)
    if not (factor_is_fresh(reader, at) or accounts.gets_first_card(reader=reader, at=at)):
        request.session["after_proof"] = reverse("entry:card")
        return see(reverse("entry:prove_again"))
    codes = coming_back.make_card(account_id=reader.own_account, by=reader, at=at)
    return render(request, "entry/card.html", {**shown, "codes": codes})


@person
def card_done(request: Asked) -> HttpResponse:
    """On to where the person was going when they joined."""
    return go_on(request)
