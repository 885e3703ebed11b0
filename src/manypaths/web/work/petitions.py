"""One correction or complaint, as a privacy officer of the place that keeps the record answers it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.consent.rules import Purpose
from manypaths.lib.dates import days_until
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.support import petitioning, petitions
from manypaths.support import rules as support
from manypaths.support.petitions import OpenedPetition
from manypaths.support.queries import EntriesPage
from manypaths.support.rules import petitions as rules
from manypaths.support.rules import word
from manypaths.support.rules.petitions import PetitionAnswer
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer
from manypaths.web.work.entries import Shown, in_words
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.people import when_of
from manypaths.web.work.petition_lines import KINDS
from manypaths.web.work.privacy import name_of_held
from manypaths.web.work.words import CLASSES

PICKS, NOBODY = {"look": "picks"}, UUID(int=0)


def _words(label: Any, help_text: Any, rows: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=rules.LONGEST_PETITION,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Write a few words.")},
    )


class PetitionForm(forms.Form):
    """What was found, and the words that the person reads. Of a correction also what stands beside the entry, or why
    not."""

    finding = forms.ChoiceField(
        label=_("What did you find?"),
        widget=forms.RadioSelect(attrs=PICKS),
        error_messages={"required": _("Choose what you found.")},
    )
    amendment = _words(
        _("If you agree: what stands beside it from now on"),
        _("Everyone who opens the entry reads it. The entry itself does not change."),
        3,
        required=False,
    )
    ground = forms.ChoiceField(label=_("If you say no: why"), required=False, widget=forms.RadioSelect(attrs=PICKS))
    words = _words(_("Your answer, in plain words"), _("Only the person reads it, on their own page."), 4)

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "finding",
            [(code, word(rules.PETITION_FINDINGS[kind], code, language())) for code in rules.PETITION_FINDINGS[kind]],
        )
        offer(self, "ground", [(code, word(rules.GROUNDS, code, language())) for code in rules.GROUNDS])
        if kind != rules.CORRECTION:
            del self.fields["amendment"], self.fields["ground"]

    def answer(self) -> PetitionAnswer:
        """The answer as the rules read it."""
        said = self.cleaned_data
        return PetitionAnswer(said["finding"], said.get("ground", ""), said.get("amendment", ""), said["words"])


class MoreTimeForm(forms.Form):
    """Why it takes longer."""

    reason = _words(_("Why do you need more time?"), _("The person reads it, with the new day."), 2)


@member(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, petition_id: UUID) -> HttpResponse:
    """One correction or complaint: the person's words, what it is about, and the answer."""
    found = petitions.open_petition(reader=request.reader, petition_id=petition_id)
    form = PetitionForm(found.petition.kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            petitioning.answer_petition(petition_id=petition_id, answer=form.answer(), by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "review_answered", "work:petition", petition_id)
    return _draw(request, found, form, MoreTimeForm())


@member(Role.PRIVACY_OFFICER)
@require_POST
def more_time(request: Asked, petition_id: UUID) -> HttpResponse:
    """Take more time, once."""
    found = petitions.open_petition(reader=request.reader, petition_id=petition_id)
    form = MoreTimeForm(request.POST)
    if form.is_valid():
        try:
            petitioning.extend_petition(
                petition_id=petition_id, reason=form.cleaned_data["reason"], by=request.reader, at=now()
            )
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "more_time", "work:petition", petition_id)
    return _draw(request, found, PetitionForm(found.petition.kind), form)


def _draw(request: Asked, found: OpenedPetition, form: PetitionForm, more: MoreTimeForm) -> HttpResponse:
    view, at = found.petition, now()
    context = {
        "view": view, "kind": KINDS[view.kind], "purpose": Purpose.PRIVACY, "form": form, "more": more,
        "name": name_of_held(request, view.record_id), "row": _row(request, found),
        "about": CLASSES.get(view.data_class, "") if view.kind == rules.CORRECTION else "",
        "paper": view.item_id if view.kind == rules.COMPLAINT else None,
        "may_extend": rules.may_extend(
            view.kind, view.state, extended=view.extended_at is not None, due_at=view.due_at, at=at
        ),
        "days_left": days_until(view.due_at, at, zone_of(request)),
        **_answer(found),
    }  # fmt: skip
    wrong = any(one.is_bound and one.errors for one in (form, more))
    return show(request, "petition", context, status=REFUSED if wrong else 200)


def _answer(found: OpenedPetition) -> dict[str, Any]:
    """What was answered, by whom, and who outside was shown it and is told, in words."""
    view, spoken = found.petition, language()
    ids = {one for one in (view.answered_by, *(one.membership_id for one in found.told)) if one}
    names = network.names_of_members(membership_ids=ids)
    places = network.names_of_places(organisation_ids={one.organisation_id for one in found.told})
    return {
        "finding": word(rules.PETITION_FINDINGS[view.kind], view.finding, spoken),
        "ground": word(rules.GROUNDS, view.ground, spoken),
        "answered_by": names.get(view.answered_by, ("",))[0] if view.answered_by else "",
        "told": [
            (places.get(one.organisation_id, ""), names.get(one.membership_id or NOBODY, ("",))[0], one.last_at)
            for one in found.told
        ],
    }


def _row(request: Asked, found: OpenedPetition) -> Shown | None:
    """The one entry it is about, in words."""
    if found.entry is not None:
        (row,) = in_words(request, EntriesPage([found.entry], more=False))
        return row
    if found.contact is None:
        return None
    contact, spoken = found.contact, language()
    head, way = word(support.DEEDS, contact.deed, spoken), word(support.WAYS, contact.way, spoken)
    return Shown(contact, head, [way, str(when_of(request, contact)), contact.worker], contact.note)  # type: ignore[arg-type]
