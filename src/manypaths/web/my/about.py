"""How the person is called and reached, and who must not see them here."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.accounts.commands import joining as accounts
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.network.rules import factor_is_fresh
from manypaths.people import commands as people
from manypaths.people import queries
from manypaths.referrals import commands as referrals
from manypaths.vault.queries import sealer_for
from manypaths.web.my.frame import error_page, go, prove_first, put_reasons, show, thank
from manypaths.web.my.proof import passphrase_field, proved
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.once import closes

# Each language in its own name, whatever the page speaks.
LANGUAGES = [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
WAYS: list[tuple[str, Any]] = [
    ("call", _("Call me")),
    ("text", _("Text me")),
    ("person_calls", _("I will call")),
    ("person_visits", _("I will come by")),
    ("here", _("Answer me here, on this page")),
]


class ProfileForm(forms.Form):
    """How the person is called."""

    name = forms.CharField(
        label=_("The name to use"),
        help_text=_("Any name you like. It stands on your page."),
        error_messages={"required": _("Write a name we can use. It can be any name.")},
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "nickname"}),
    )
    pronouns = forms.CharField(
        label=_("Pronouns"),
        help_text=_("For example: she, he, they."),
        required=False,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of this page"), choices=LANGUAGES, widget=forms.RadioSelect)


class ContactForm(forms.Form):
    """A safe way to be reached."""

    way = forms.ChoiceField(
        label=_("How is it safe to reach you?"),
        choices=WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you want to be reached.")},
    )
    address = forms.CharField(
        label=_("Phone number"),
        help_text=_("Only for a call or a text."),
        required=False,
        widget=forms.TextInput(attrs={"class": "w-m", "type": "tel", "autocomplete": "tel"}),
    )
    hours = forms.CharField(
        label=_("When is it safe?"), help_text=_("For example: weekdays after 5 pm."), required=False
    )
    may_leave_message = forms.BooleanField(
        label=_("If they call, they may leave a message"),
        help_text=_("It says only a first name and a number."),
        required=False,
    )
    passphrase = passphrase_field(_("So that nobody else can change how you are reached."))

    def __init__(self, data: Any, *, initial: dict[str, Any], proved: bool) -> None:
        super().__init__(data, initial=initial)
        if proved:
            del self.fields["passphrase"]


@person
@require_http_methods(METHODS)
def profile(request: Asked) -> HttpResponse:
    """The name to use, pronouns and language."""
    record = consent.open_own(reader=request.reader, classes={DataClass.DEMOGRAPHICS})
    sealer = sealer_for([record])
    before = queries.profile(record_id=record, sealer=sealer)
    initial = {"name": before.name, "pronouns": before.pronouns} if before else {}
    form = ProfileForm(request.POST or None, initial={**initial, "language": request.reader.language})
    if request.method == "POST" and form.is_valid():
        try:
            people.write_profile(record_id=record, **form.cleaned_data, sealer=sealer, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return _in_language(request, form.cleaned_data["language"])
    return show(request, "profile", {"form": form})


def _in_language(request: Asked, language: str) -> HttpResponse:
    """Remember the language of the account; the choice on this device gives way to it."""
    account = request.reader.account_id
    if account is not None and language != request.reader.language:
        accounts.change_language(account_id=account, language=language, by=request.reader, at=now())
    response = thank(request, "saved", "my:profile")
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


@person
@require_http_methods(METHODS)
def contact(request: Asked) -> HttpResponse:
    """A safe way to be reached, kept for the next request. Nobody sees it before one is sent."""
    record = consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    sealer = sealer_for([record])
    before, at = queries.safe_contact(record_id=record, sealer=sealer), now()
    known = before is None or factor_is_fresh(request.reader, at)
    form = ContactForm(request.POST or None, initial=vars(before) if before else {}, proved=known)
    if request.method == "POST" and form.is_valid() and (known or proved(request, form, at)):
        told = {name: value for name, value in form.cleaned_data.items() if name != "passphrase"}
        try:
            people.write_safe_contact(record_id=record, **told, sealer=sealer, by=request.reader, at=at)
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "saved", "my:contact")
    return show(request, "contact", {"form": form})


class AwayForm(forms.Form):
    """An organisation that must not see the person."""

    who = forms.ChoiceField(
        label=_("Which place must not see you here?"),
        help_text=_("While this stands they can open nothing of yours here, also not what they wrote down."),
        error_messages={"required": _("Choose who must not see you here.")},
    )

    def __init__(self, data: Any, places: list[tuple[UUID, str]]) -> None:
        super().__init__(data)
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a place")), *[(str(one), name) for one, name in places]]


@person
@require_http_methods(METHODS)
def safety(request: Asked) -> HttpResponse:
    """Who must not see the person here. A place that is chosen is asked about once more."""
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    community = request.reader.community_id
    places = network.taking_part(community_id=community) if community else []
    form = AwayForm(request.POST or None, places)
    if request.method == "POST" and form.is_valid():
        return go("my:block_place", form.cleaned_data["who"])
    return show(
        request,
        "safety",
        {
            "form": form,
            "blocks": queries.own_blocks(reader=request.reader),
            "proved": factor_is_fresh(request.reader, now()),
        },
    )


@person
@require_http_methods(METHODS)
@closes
def block_place(request: Asked, organisation_id: UUID) -> HttpResponse:
    """Ask once more, then keep a place away."""
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    place = network.organisation(organisation_id=organisation_id)
    if place is None:
        raise NotThere
    if request.method != "POST":
        return show(request, "block", {"name": place.name, "is_place": True})
    try:
        referrals.shut_out(organisation_id=organisation_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "blocked", "my:safety")


@person
@require_http_methods(METHODS)
@closes
def block_worker(request: Asked, membership_id: UUID) -> HttpResponse:
    """Ask once more, then keep one worker away, wherever they work."""
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    name, _title, _place = network.names_of_members(membership_ids=[membership_id]).get(membership_id, ("", "", ""))
    if request.method != "POST":
        if not name:
            raise NotThere
        return show(request, "block", {"name": name, "is_place": False})
    try:
        people.block(membership_id=membership_id, by=request.reader, at=now())
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "blocked", "my:safety")


@person
@require_POST
def unblock(request: Asked, block_id: UUID) -> HttpResponse:
    """End a block, after a proof: whoever is kept away and holds the phone must not let themself in again."""
    if not factor_is_fresh(request.reader, now()):
        return prove_first(request, "my:safety")
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    people.unblock(block_id=block_id, by=request.reader, at=now())
    return thank(request, "unblocked", "my:safety")
