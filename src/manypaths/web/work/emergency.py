"""A medical emergency: four fields are written down first, then what is needed is open for an hour. Never a search."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import emergencies
from manypaths.consent.emergencies import OpenedEmergency
from manypaths.consent.rules import emergencies as rules
from manypaths.consent.rules.emergencies import Said
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role, factor_is_fresh
from manypaths.people import queries as people
from manypaths.referrals import commands
from manypaths.support import queries as support
from manypaths.support.rules import CLASS_OF, Kind
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.entries import Section, in_words, kind_of
from manypaths.web.work.frame import REFUSED, prove_first, put_reasons, show
from manypaths.web.work.words import KINDS, WAYS

FORBIDDEN, ABSENT = 403, 404
SHORT = 10
KINDS_OPEN = (Kind.TREATMENT, Kind.SCREEN)
WORDS = ("recipient", "affiliation", "discloser", "nature")


class EmergencyForm(forms.Form):
    """What 42 CFR 2.51(c) asks to be written down. The day and the hour are written by the clock."""

    key = forms.CharField(
        label=_("The code on their card"),
        help_text=_("Or the number of their page, where your own organization keeps one. Who walks with them sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the code, or the number of the page.")},
    )
    nature = forms.CharField(
        label=_("What kind of emergency is it?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what kind of emergency it is.")},
    )
    recipient = forms.CharField(
        label=_("Who receives it?"),
        help_text=_("The name of who treats them."),
        error_messages={"required": _("Write the name of who receives it.")},
    )
    affiliation = forms.CharField(
        label=_("Where do they work?"), error_messages={"required": _("Write where they work.")}
    )
    discloser = forms.CharField(
        label=_("Who gives it out?"),
        help_text=_("The name of who opens it here."),
        error_messages={"required": _("Write the name of who gives it out.")},
    )
    cannot_agree = forms.BooleanField(
        label=_("This is a medical emergency now, and they cannot be asked first."),
        error_messages={"required": _("Without this, ask the person first.")},
    )

    @property
    def said(self) -> Said:
        """The fields as the rules read them."""
        words = {name: self.cleaned_data.get(name, "") for name in WORDS}
        return Said(**words, cannot_agree=self.cleaned_data.get("cannot_agree", False))


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Asked, record_id: UUID | None = None) -> HttpResponse:
    """Write an emergency down. What is missing stands beside its field; nothing that was typed is lost."""
    try:
        commands.refuse_without_role(request.reader)
    except NotYourWork:
        return show(request, "emergency_not_now", {}, status=FORBIDDEN)
    except NotThere:
        return show(request, "emergency_crisis", {}, status=ABSENT)
    proved = factor_is_fresh(request.reader, now())
    if request.method != "POST":
        return _draw(request, _blank(request, record_id)) if proved else prove_first(request, request.path)
    form = EmergencyForm(request.POST)
    if not proved:
        return show(request, "emergency", {"form": form, "prove": reverse("entry:second_factor")}, status=FORBIDDEN)
    opening = _open(request, form)
    return _draw(request, form) if opening is None else redirect("work:emergency_open", opening)


def _blank(request: Asked, record_id: UUID | None) -> EmergencyForm:
    house = network.own_membership(reader=request.reader)
    first: dict[str, Any] = {"recipient": request.reader.name, "discloser": request.reader.name}
    first["affiliation"] = house.organisation.name if house else ""
    return EmergencyForm(initial=first | ({"key": str(record_id)} if record_id else {}))


def _open(request: Asked, form: EmergencyForm) -> UUID | None:
    """Open what the form names. None where it is refused; the reasons are beside its fields then. What is incomplete is
    asked too: the attempt stands in the log."""
    complete = form.is_valid()
    key = form.cleaned_data.get("key", "")
    try:
        return commands.open_in_emergency(key=key, said=form.said, by=request.reader, at=now())
    except Refused as refused:
        if complete:
            put_reasons(form, refused)
    return None


def _draw(request: Asked, form: EmergencyForm) -> HttpResponse:
    return show(request, "emergency", {"form": form}, status=REFUSED if form.is_bound else 200)


@dataclass(frozen=True)
class Kept:
    """What one place keeps of the person, as far as an emergency opens it."""

    record_id: UUID
    place: str
    name: str
    pronouns: str
    contact: people.ContactWords | None
    way: Any
    sections: list[Section]


@member(Role.MEDIC)
@require_safe
def opened(request: Asked, opening: UUID) -> HttpResponse:
    """What is open because of one emergency, for an hour."""
    found = emergencies.open_emergency(reader=request.reader, opening=opening)
    kept = [_kept(request, found, record) for record in found.records]
    left = int((found.until - now()).total_seconds() // 60) + 1
    context = {"kept": kept, "until": found.until, "left": left, "opening": opening, "purpose": rules.PURPOSE}
    return show(request, "emergency_open", context)


def _kept(request: Asked, found: OpenedEmergency, record: UUID) -> Kept:
    sealer = found.opened.sealer
    profile, contact = people.profile_and_contact(record_id=record, sealer=sealer)
    house = network.organisation(organisation_id=found.holders[record])
    return Kept(
        record_id=record,
        place=house.name if house else "",
        name=profile.name if profile else "",
        pronouns=profile.pronouns if profile else "",
        contact=contact,
        way=WAYS.get(contact.way, "") if contact else "",
        sections=[_section(request, found, record, kind) for kind in KINDS_OPEN],
    )


def _section(request: Asked, found: OpenedEmergency, record: UUID, kind: Kind) -> Section:
    page = support.entries_of_opened(record_id=record, kind=kind, opened=found.opened, limit=SHORT)
    return Section(kind, KINDS[kind], is_apart=False, rows=in_words(request, page), more=page.more, added=page.added)


@member(Role.MEDIC)
@require_safe
def entries(request: Asked, opening: UUID, record_id: UUID, kind: str) -> HttpResponse:
    """All entries of one kind that the emergency opens. Any other kind is not there."""
    which = kind_of(kind)
    if CLASS_OF[which].value not in rules.opens_in_emergency(request.reader.roles):
        raise NotThere
    found = emergencies.open_emergency(reader=request.reader, opening=opening)
    if record_id not in found.records:
        raise NotThere
    number = page_number(request.GET.get("page"))
    page = support.entries_of_opened(
        record_id=record_id, kind=which, opened=found.opened, offset=support.SHOWN * (number - 1)
    )
    context = {
        "opening": opening, "said_of": KINDS[which], "rows": in_words(request, page), "more": page.more,
        "number": number, "until": found.until, "purpose": rules.PURPOSE, "added": page.added,
    }  # fmt: skip
    return show(request, "emergency_entries", context)
