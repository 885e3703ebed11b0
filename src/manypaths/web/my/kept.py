"""What places keep of the person: each place, each thing that was written there, and what the person says beside it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, Refused, refuse_if
from manypaths.network import queries as network
from manypaths.notices import queries as notices
from manypaths.notices.rules import Template
from manypaths.people import queries as people
from manypaths.referrals import commands, queries
from manypaths.referrals.queries import HeldRecord
from manypaths.support import petitions, rules
from manypaths.support.rules import Stance
from manypaths.web.my.ask_forms import WAY_WORDS
from manypaths.web.my.frame import put_reasons, show, thank
from manypaths.web.my.kept_words import A_PAGE, KINDS, LAWS, SHORT, KindOfWords, added, kind_of, lines, one_line
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.offering import reasons_not_as_drawn

FORBIDDEN = 403
ON_THE_PAGE = frozenset({
    DataClass.PRESENCE, DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT, *(kind.data_class for kind in KINDS.values()),
})  # fmt: skip


@dataclass(frozen=True)
class KeptPlace:
    """A place that keeps something of the person: since when, and which law covers it."""

    record: HeldRecord
    name: str
    law: Any

    @classmethod
    def of(cls, record: HeldRecord) -> "KeptPlace":
        """With the name of the organisation as it is today."""
        found = network.organisation(organisation_id=record.organisation_id)
        return cls(record, found.name if found else "", LAWS.get(record.origin_law, LAWS["unset"]))


class SayForm(forms.Form):
    """What the person says beside something."""

    stance = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=[
            (Stance.COMMENT.value, _("Add something")),
            (Stance.DIFFERENTLY.value, _("Say that I see this differently")),
        ],
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose one.")},
    )
    words = forms.CharField(
        label=_("Your words"),
        help_text=_("Those who can read this there can read your words too. They cannot change them."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what you want to say.")},
    )


@person
@require_safe
def places(request: Asked) -> HttpResponse:
    """Every place that keeps something of the person."""
    news = _news(request)  # nobody is told that no place keeps anything, only because their own page is erased
    held = queries.open_held(reader=request.reader, classes={DataClass.PRESENCE})
    fresh = petitions.records_of(petition_ids=news) if held.records else frozenset()
    return show(request, "kept_places", {"places": [KeptPlace.of(one) for one in held.records], "fresh": fresh})


def _news(request: Asked) -> list[UUID]:
    """What privacy desks answered that the person has not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    told = notices.waiting(reader=request.reader)
    return [one.subject_id for one in told if one.is_new and one.template is Template.PETITION_ANSWERED]


@person
@require_safe
def place(request: Asked, record_id: UUID) -> HttpResponse:
    """All that one place keeps of the person: the newest of each kind, how they call and reach them, which law."""
    record, opened = queries.open_held_record(reader=request.reader, record_id=record_id, classes=ON_THE_PAGE)
    profile, contact = people.profile_and_contact(record_id=record_id, sealer=opened.sealer)
    sections = [(name, kind, *lines(request, record_id, kind, opened, limit=SHORT)) for name, kind in KINDS.items()]
    context = {
        "place": KeptPlace.of(record), "profile": profile, "contact": contact, "sections": sections,
        "way": WAY_WORDS.get(contact.way, "") if contact else "",
    }  # fmt: skip
    return show(request, "kept_place", context)


@person
@require_safe
def kept(request: Asked, record_id: UUID, kind: str) -> HttpResponse:
    """All of one kind, the newest first, so many on a page."""
    which, number = kind_of(kind), page_number(request.GET.get("page"))
    record, opened = _open(request, record_id, which)
    rows, more = lines(request, record_id, which, opened, limit=A_PAGE, offset=A_PAGE * (number - 1))
    if number > 1 and not rows:
        return redirect("my:kept", record_id, kind)
    context = {"place": KeptPlace.of(record), "kind": kind, "which": which, "rows": rows}
    context["added"] = added(record_id, which, opened)
    return show(request, "kept", context | {"older": number + 1 if more else None, "newer": number - 1})


@person
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, record_id: UUID, kind: str, item_id: UUID) -> HttpResponse:
    """One thing that was written there. What a worker wrote is theirs: other words sent to it are refused."""
    which = kind_of(kind)
    if request.method == "POST":
        _record, opened = _open(request, record_id, which)
        one_line(request, record_id, which, item_id, opened)
        there = {"record_id": record_id, "kind": kind, "item_id": item_id}
        return render(request, "my/kept_not_yours.html", there, status=FORBIDDEN)
    return _draw(request, record_id, kind, item_id, SayForm())


@person
@require_POST
def say(request: Asked, record_id: UUID, kind: str, item_id: UUID) -> HttpResponse:
    """Say something beside it."""
    which, form = kind_of(kind), SayForm(request.POST)
    refuse_if(reasons_not_as_drawn(form))
    if form.is_valid():
        try:
            commands.say_beside(
                record_id=record_id, data_class=which.data_class, item_id=item_id, **form.cleaned_data,
                by=request.reader, at=now(),
            )  # fmt: skip
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "beside", "my:kept_one", record_id, kind, item_id)
    return _draw(request, record_id, kind, item_id, form)


@person
@require_POST
def take_back(request: Asked, record_id: UUID, kind: str, item_id: UUID) -> HttpResponse:
    """Take back what stands beside it."""
    which = kind_of(kind)
    _record, opened = _open(request, record_id, which)
    remark = one_line(request, record_id, which, item_id, opened).remark
    if remark is None:
        raise NotThere
    commands.take_back_what_was_said(
        record_id=record_id, data_class=which.data_class, remark_id=remark.id, by=request.reader, at=now()
    )
    return thank(request, "beside_back", "my:kept_one", record_id, kind, item_id)


def _open(request: Asked, record_id: UUID, kind: KindOfWords) -> tuple[HeldRecord, Opened]:
    return queries.open_held_record(reader=request.reader, record_id=record_id, classes={kind.data_class})


def _draw(request: Asked, record_id: UUID, kind: str, item_id: UUID, form: SayForm) -> HttpResponse:
    which = kind_of(kind)
    record, opened = _open(request, record_id, which)
    row = one_line(request, record_id, which, item_id, opened)
    form.fields["words"].widget.attrs["maxlength"] = rules.LONGEST_REMARK
    context = {"place": KeptPlace.of(record), "kind": kind, "which": which, "row": row, "form": form}
    return show(request, "kept_one", context)
