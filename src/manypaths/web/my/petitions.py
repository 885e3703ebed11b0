"""What a person asks of the privacy desk of a place that keeps a page of them: to correct something, or a complaint."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, Refused, refuse_if
from manypaths.network import queries as network
from manypaths.notices import commands as notices_commands
from manypaths.notices import queries as notices
from manypaths.notices.queries import Waiting
from manypaths.notices.rules import Template
from manypaths.people import queries as people
from manypaths.referrals import commands, queries
from manypaths.referrals.queries import HeldRecord
from manypaths.support import petitions
from manypaths.support.petitions import PetitionView
from manypaths.support.rules import petitions as rules
from manypaths.support.rules import word
from manypaths.support.rules.petitions import Asking
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import REFUSED, error_page, put_reasons, show, thank
from manypaths.web.my.kept import KeptPlace
from manypaths.web.my.kept_words import KINDS, kind_of, one_line
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.offering import offer, reasons_not_as_drawn

NOBODY = UUID(int=0)


def _words(label: Any, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=rules.LONGEST_PETITION,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Write a few words.")},
        **more,
    )


class CorrectForm(forms.Form):
    """What should stand there, why, and whether others may be told."""

    words = _words(_("What should it say?"), 4)
    why = _words(_("Why is it not right?"), 3)
    tell_others = forms.BooleanField(
        label=_("Tell those outside who read it before"),
        help_text=_("If they put it right. The place then learns who read it by your yes."),
        required=False,
    )


class MissingForm(CorrectForm):
    """The same for something that is not there yet: of which kind."""

    kind = forms.ChoiceField(
        label=_("Where is something missing?"),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose one.")},
    )
    field_order = ("kind", "words", "why", "tell_others")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(name, one.title) for name, one in KINDS.items()])
        self.fields["words"].label = _("What is missing?")
        self.fields["why"].label = _("Why should it be there?")


class ComplainForm(forms.Form):
    """What happened, in the person's words."""

    words = _words(_("What happened?"), 5)


class DifferForm(forms.Form):
    """What the person says to a no."""

    words = _words(_("How I see it"), 4)


@dataclass(frozen=True)
class AskedOf:
    """One petition in plain words: what it is about, where it stands, and what they answer."""

    view: PetitionView
    about: Any
    link: tuple[str, UUID] | None
    finding: str
    ground: str
    answered_by: str
    is_late: bool
    is_new: bool
    form: forms.Form


@dataclass(frozen=True)
class AskedInWords:
    """One petition for the copy of everything: codes in words."""

    view: PetitionView
    about: Any
    finding: str
    ground: str


def in_words(views: list[PetitionView]) -> list[AskedInWords]:
    """What was asked of one place, and what it answered, in plain words."""
    return [
        AskedInWords(
            one,
            _about(one),
            word(rules.PETITION_FINDINGS[one.kind], one.finding, spoken()),
            word(rules.GROUNDS, one.ground, spoken()),
        )
        for one in views
    ]


@person
@require_safe
def index(request: Asked, record_id: UUID) -> HttpResponse:
    """All that the person asked of the desk of one place, and its answers."""
    return _draw_all(request, record_id)


def _draw_all(request: Asked, record_id: UUID, differ: tuple[UUID, forms.Form] | None = None) -> HttpResponse:
    record, opened = _open(request, record_id)
    found = petitions.petitions_of_opened(record_id=record_id, sealer=opened.sealer)
    names = network.names_of_members(membership_ids={one.answered_by for one in found if one.answered_by})
    fresh = {one.subject_id for one in news_of(request)}
    at, language = now(), spoken()
    lines = [
        AskedOf(
            one,
            _about(one),
            _link(one),
            word(rules.PETITION_FINDINGS[one.kind], one.finding, language),
            word(rules.GROUNDS, one.ground, language),
            names.get(one.answered_by, ("",))[0] if one.answered_by else "",
            one.is_open and at > one.due_at,
            one.id in fresh,
            differ[1] if differ and differ[0] == one.id else DifferForm(auto_id=f"differ-{one.id}-%s"),
        )
        for one in found
    ]
    context = {
        "place": KeptPlace.of(record), "lines": lines, **_who_answers(request, record),
        "any_new": any(one.is_new for one in lines), "elsewhere": _elsewhere(),
    }  # fmt: skip
    response = show(request, "petitions/index", context)
    response.status_code = REFUSED if differ else response.status_code
    return response


def _about(one: PetitionView) -> Any:
    if one.kind == rules.COMPLAINT:
        return _("I did not sign it: a consent on paper") if one.item_id else _("A complaint")
    kind = next((kind.title for kind in KINDS.values() if kind.data_class == one.data_class), "")
    return kind if one.item_id else _("%(kind)s: something is missing") % {"kind": kind}


def _link(one: PetitionView) -> tuple[str, UUID] | None:
    name = next((name for name, kind in KINDS.items() if kind.data_class == one.data_class), "")
    return (name, one.item_id) if one.item_id and name else None


def _elsewhere() -> list[str]:
    return [word(rules.ELSEWHERE, code, spoken()) for code in rules.ELSEWHERE]


def news_of(request: Asked) -> list[Waiting]:
    """What privacy desks wrote to the person that they have not read yet."""
    consent.open_own(reader=request.reader, classes={DataClass.PRESENCE})
    told = notices.waiting(reader=request.reader)
    return [one for one in told if one.is_new and one.template is Template.PETITION_ANSWERED]


def _who_answers(request: Asked, record: HeldRecord) -> dict[str, bool]:
    """Whether the person blocked the place, which then opens nothing; and whether somebody there answers."""
    consent.open_own(reader=request.reader, classes={DataClass.SAFE_CONTACT})
    blocked = record.organisation_id in people.blocked_places(reader=request.reader)
    there = network.who_judges(organisation_id=record.organisation_id, membership_id=NOBODY)
    return {"blocked": blocked, "judged": bool(there) and not blocked}


def _open(request: Asked, record_id: UUID, *more: DataClass) -> tuple[HeldRecord, Opened]:
    return queries.open_held_record(reader=request.reader, record_id=record_id, classes={DataClass.PRESENCE, *more})


@person
@require_http_methods(METHODS)
def correct(request: Asked, record_id: UUID, kind: str, item_id: UUID) -> HttpResponse:
    """Ask for a correction of one thing that was written."""
    which = kind_of(kind)
    record, opened = _open(request, record_id, which.data_class)
    row = one_line(request, record_id, which, item_id, opened)
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and _ask(request, record_id, which.data_class, item_id, form):
        return thank(request, "petition", "my:asked", record_id)
    return _draw(request, "correct", record, form, {"row": row, "kind": kind, "which": which})


@person
@require_http_methods(METHODS)
def missing(request: Asked, record_id: UUID) -> HttpResponse:
    """Say that something is missing."""
    record, _opened = _open(request, record_id)
    form = MissingForm(request.POST or None)
    if request.method == "POST":
        which = KINDS.get(form.data.get("kind", ""))
        data_class = which.data_class if which else DataClass.CONTACT_LOG
        if _ask(request, record_id, data_class, None, form):
            return thank(request, "petition", "my:asked", record_id)
    return _draw(request, "missing", record, form, {})


def _ask(request: Asked, record_id: UUID, data_class: DataClass, item_id: UUID | None, form: CorrectForm) -> bool:
    """Ask. False where it is refused; the reasons are beside its fields then."""
    refuse_if(reasons_not_as_drawn(form))
    if not form.is_valid():
        return False
    said = form.cleaned_data
    asking = Asking(rules.CORRECTION, data_class.value, said["words"], said["why"], item_id, said["tell_others"])
    try:
        commands.ask_for_correction(record_id=record_id, asking=asking, by=request.reader, at=now())
    except Refused as refused:
        put_reasons(form, refused)
        return False
    return True


def _draw(request: Asked, page: str, record: HeldRecord, form: forms.Form, more: dict[str, Any]) -> HttpResponse:
    days = rules.answer_within(rules.COMPLAINT if page == "complain" else rules.CORRECTION)
    context = {
        "place": KeptPlace.of(record), "form": form, **_who_answers(request, record), "by": now() + days,
        "elsewhere": _elsewhere(), **more,
    }  # fmt: skip
    return show(request, f"petitions/{page}", context)


@person
@require_http_methods(METHODS)
def complain(request: Asked, record_id: UUID) -> HttpResponse:
    """Complain to the place; and read where else one can."""
    record, _opened = _open(request, record_id)
    form = ComplainForm(request.POST or None)
    if request.method == "POST":
        refuse_if(reasons_not_as_drawn(form))
        if form.is_valid():
            try:
                commands.complain(record_id=record_id, words=form.cleaned_data["words"], by=request.reader, at=now())
            except Refused as refused:
                put_reasons(form, refused)
            else:
                return thank(request, "petition", "my:asked", record_id)
    return _draw(request, "complain", record, form, {})


@person
@require_POST
def take_back(request: Asked, record_id: UUID, petition_id: UUID) -> HttpResponse:
    """Take back what was asked."""
    commands.withdraw_petition(record_id=record_id, petition_id=petition_id, by=request.reader, at=now())
    return thank(request, "said_back", "my:asked", record_id)


@person
@require_POST
def differ(request: Asked, record_id: UUID, petition_id: UUID) -> HttpResponse:
    """Say to a no that one sees it differently."""
    form = DifferForm(request.POST, auto_id=f"differ-{petition_id}-%s")
    refuse_if(reasons_not_as_drawn(form))
    if not form.is_valid():
        _must_be_own(request, record_id, petition_id)
        return _draw_all(request, record_id, (petition_id, form))
    try:
        commands.disagree_with_no(
            record_id=record_id, petition_id=petition_id, words=form.cleaned_data["words"], by=request.reader, at=now()
        )
    except Refused as refused:
        return error_page(request, refused)
    return thank(request, "petition_differ", "my:asked", record_id)


def _must_be_own(request: Asked, record_id: UUID, petition_id: UUID) -> None:
    """Refuses: NotThere."""
    _record, opened = _open(request, record_id)
    if petition_id not in {one.id for one in petitions.petitions_of_opened(record_id=record_id, sealer=opened.sealer)}:
        raise NotThere


@person
@require_POST
def read(request: Asked, record_id: UUID) -> HttpResponse:
    """Note that the answers of this place were read."""
    _record, opened = _open(request, record_id)
    here = {one.id for one in petitions.petitions_of_opened(record_id=record_id, sealer=opened.sealer)}
    for one in news_of(request):
        if one.subject_id in here:
            notices_commands.mark_read(reader=request.reader, at=now(), subject_id=one.subject_id)
    return thank(request, "seen", "my:asked", record_id)
