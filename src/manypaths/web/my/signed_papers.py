"""Consents that a place wrote down from a paper: each in plain words, with a way to stop it and to say: not me."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import paper_consents as papers
from manypaths.consent import queries as consent
from manypaths.consent.paper_consents import PaperView
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import paper_consents as rules
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.notices import commands
from manypaths.notices import queries as notices
from manypaths.notices.queries import Waiting
from manypaths.notices.rules import Template
from manypaths.referrals import queries as referrals
from manypaths.referrals.commands import paper_consents as acts
from manypaths.web.my.frame import put_reasons, show, thank
from manypaths.web.my.showing import listed
from manypaths.web.my.showing_words import why
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

STATES: dict[str, Any] = {
    "held": _("It opens nothing yet. Someone else there has to check the paper first."),
    "open": _("Someone else there checked the paper. It holds now."),
    "deficient": _("Someone else there checked the paper. Something was missing, so it opens nothing."),
    "ended": _("It opens nothing any more."),
    "stopped": _("You stopped it. It opens nothing."),
    "denied": _("You said that you did not sign it. It opens nothing, and they have to answer you."),
}
MISSING: dict[str, Any] = {
    "name": _("your name"), "discloser": _("who may share it"), "information": _("what may be shared"),
    "recipient": _("who may receive it"), "purpose": _("what it is for"),
    "revocation": _("that you can take it back, and how"), "end": _("when it ends"), "signature": _("a signature"),
    "date": _("the day it was signed"), "redisclosure": _("that it may be passed on"),
    "refusal": _("what happens when you say no"),
}  # fmt: skip


class DenyForm(forms.Form):
    """What the person wants to say to it, if anything."""

    words = forms.CharField(
        label=_("Do you want to say more?"), required=False, max_length=2000,
        help_text=_("You can leave it empty. They read it when they answer you."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@dataclass(frozen=True)
class Signed:
    """One of them in plain words. `can_stop`: it is held, or opens something now."""

    view: PaperView
    place: str
    who: str
    writer: str
    checker: str
    what: str
    why: str
    signed_on: date
    state: str
    missing: str

    @property
    def in_words(self) -> Any:
        """Where it stands, in one sentence or two."""
        return STATES[self.state]

    @property
    def can_stop(self) -> bool:
        """True while there is something to stop."""
        return self.state in ("held", "open")

    @property
    def can_deny(self) -> bool:
        """True until it was said once."""
        return self.view.denied_at is None


@person
@require_safe
def index(request: Asked) -> HttpResponse:
    """Every paper that a place says the person signed."""
    return show(request, "signed_papers", {"signed": signed(request), "is_new": bool(news_of(request))})


def signed(request: Asked) -> list[Signed]:
    """All of them, newest first."""
    held = referrals.open_held(reader=request.reader, classes={DataClass.CONSENT_RECORD})
    if not held.records:
        return []
    views = papers.paper_consents_of_opened(records=[one.id for one in held.records], opened=held.opened)
    consent.open_own(reader=request.reader, classes={DataClass.CONSENT_RECORD})
    still = papers.still_open(share_ids=[one.share_id for one in views if one.share_id], at=now())
    return [_signed(one, still) for one in views]


def _signed(view: PaperView, still: frozenset[UUID]) -> Signed:
    places = {view.organisation_id, *([view.recipient_organisation_id] if view.recipient_organisation_id else [])}
    houses = network.names_of_places(organisation_ids=places)
    members = {one for one in (view.written_by, view.checked_by, view.recipient_membership_id) if one}
    names = network.names_of_members(membership_ids=members)
    named = view.recipient_organisation_id
    return Signed(
        view=view, place=houses[view.organisation_id], who=houses[named] if named else _worker(view, names),
        writer=names[view.written_by][0], checker=names[view.checked_by][0] if view.checked_by else "",
        what=listed(sorted(view.paper.classes)), why=why(view.paper.purpose),
        signed_on=view.paper.signed_on, state=_state(view, still),
        missing=", ".join(str(MISSING[one]) for one in view.missing()),
    )  # fmt: skip


def _worker(view: PaperView, names: dict[UUID, tuple[str, str, str]]) -> str:
    found = names.get(view.recipient_membership_id) if view.recipient_membership_id else None
    return f"{found[0]}, {found[2]}" if found else ""


def _state(view: PaperView, still: frozenset[UUID]) -> str:
    if view.denied_at is not None:
        return "denied"
    if view.state == rules.WHOLE:
        return "open" if view.share_id in still else "ended"
    return view.state


def news_of(request: Asked) -> list[Waiting]:
    """What the person was told of such papers and has not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    told = notices.waiting(reader=request.reader)
    return [one for one in told if one.is_new and one.template is Template.PAPER_CONSENT]


@person
@require_POST
def read(request: Asked) -> HttpResponse:
    """Note that the person has read it."""
    for one in news_of(request):
        commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:signed_papers")


@person
@require_POST
def stop(request: Asked, record_id: UUID, paper_id: UUID) -> HttpResponse:
    """Stop one, whether it is still held or opens something."""
    acts.stop_paper_consent(record_id=record_id, paper_id=paper_id, by=request.reader, at=now())
    return thank(request, "shown_stopped", "my:signed_papers")


@person
@require_http_methods(METHODS)
def deny(request: Asked, record_id: UUID, paper_id: UUID) -> HttpResponse:
    """Say: I did not sign this. It stops, and the place has to answer."""
    found = next((one for one in signed(request) if one.view.id == paper_id), None)
    if found is None or found.view.held_record_id != record_id:
        raise NotThere
    form = DenyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            acts.deny_paper_consent(
                record_id=record_id, paper_id=paper_id, words=form.cleaned_data["words"], by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "paper_denied", "my:signed_papers")
    return show(request, "paper_denied", {"one": found, "form": form})
