"""The front desk: the people of the house, by the name they use and the safe way to reach them, and attendance.

Of both classes the role table opens named fields only. Nothing else of them is read here, and nothing is written.
"""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.consent import reviews
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.people import finding
from manypaths.people import queries as people
from manypaths.people.queries import ContactWords
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.frame import AT_DESK, REFUSED, put_reasons, show
from manypaths.web.work.words import DESK_WAYS

PAGE = 50
NAMED = frozenset({DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT})


@dataclass(frozen=True)
class AtDesk:
    """One person as the desk knows them: the name they use, and how to reach them without danger."""

    record_id: UUID
    name: str
    contact: ContactWords | None

    @property
    def way(self) -> str:
        """The safe way, in words."""
        return str(DESK_WAYS.get(self.contact.way, "")) if self.contact else ""


def of_house(request: Asked, *, limit: int, offset: int = 0) -> tuple[list[AtDesk], int]:
    """The people of the house, the newest first: one opening that names all of them."""
    page = people.of_house(reader=request.reader, limit=limit, offset=offset)
    return at_desk(request, [line.record_id for line in page.lines]), page.total


def at_desk(request: Asked, records: list[UUID]) -> list[AtDesk]:
    """Named fields of some records, as far as they are open to a desk; in the order in which they were asked for."""
    if not records:
        return []
    opened = consent.open_records(reader=request.reader, records=records, classes=NAMED, purpose=Purpose.DESK)
    named = [one for one in records if opened.allows(one, DataClass.DEMOGRAPHICS)]
    if not named:
        return []
    names = people.names_of(records=named, sealer=opened.sealer)
    reachable = [one for one in named if opened.allows(one, DataClass.SAFE_CONTACT)]
    ways = people.safe_contacts(records=reachable, sealer=opened.sealer) if reachable else {}
    return [AtDesk(one, names[one], ways.get(one)) for one in named if one in names]


@member(*AT_DESK)
@require_safe
def index(request: Asked) -> HttpResponse:
    """The people of the house, 50 on a page."""
    number = page_number(request.GET.get("page"))
    rows, total = of_house(request, limit=PAGE, offset=PAGE * (number - 1))
    if number > 1 and not rows:
        return redirect("work:desk")
    context = {"rows": rows, "total": total, "number": number, "more": total > PAGE * number, "form": FindForm()}
    return show(request, "desk", {**context, "purpose": Purpose.DESK})


class FindForm(forms.Form):
    """Words that somebody is looked for by. They come with a form, and stand in no address and no log."""

    words = forms.CharField(
        label=_("Find a person of the house"),
        help_text=_("A whole word of their name, or a phone number. Part of a word finds nobody."),
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"required": _("Type a name, a phone number or an e-mail address.")},
    )


@member(*AT_DESK)
@require_POST
def find(request: Asked) -> HttpResponse:
    """The people of the house whom every word fits, as far as they fit on one page; no more of them is looked at."""
    form, rows, total = FindForm(request.POST), list[AtDesk](), 0
    if form.is_valid():
        try:
            rows, total = found(request, form.cleaned_data["words"])
        except Refused as refused:
            put_reasons(form, refused)
    context = {"form": form, "rows": rows, "total": total, "searched": form.is_valid(), "more": total > PAGE}
    status = REFUSED if form.errors else 200
    return show(request, "desk_found", {**context, "purpose": Purpose.DESK}, status=status)


def found(request: Asked, words: str) -> tuple[list[AtDesk], int]:
    """Whom these words fit: found without opening anybody, then opened as on the list.

    Who is stopped from reading is told nothing, also where nobody fits: that somebody is no client here is an answer.
    """
    reviews.reading_goes_on(reader=request.reader)
    page = finding.look_for(text=words, by=request.reader, at=now(), limit=PAGE)
    return at_desk(request, [line.record_id for line in page.lines]), page.total


@member(*AT_DESK)
@require_safe
def one(request: Asked, record_id: UUID) -> HttpResponse:
    """One person of the house."""
    return show(request, "desk_person", {"one": one_of(request, record_id), "purpose": Purpose.DESK})


def one_of(request: Asked, record_id: UUID) -> AtDesk:
    """One person as the desk knows them.

    Refuses: NotThere when the name is not open to a desk.
    """
    found = at_desk(request, [record_id])
    if not found:
        raise NotThere
    return found[0]


@member(*AT_DESK)
@require_safe
def api_index(request: Asked) -> JsonResponse:
    """The people of the house, for programs."""
    number = page_number(request.GET.get("page"))
    rows, total = of_house(request, limit=PAGE, offset=PAGE * (number - 1))
    return JsonResponse({"people": [in_json(one) for one in rows], "total": total, "opened_for": Purpose.DESK})


@member(*AT_DESK)
@require_safe
def api_one(request: Asked, record_id: UUID) -> JsonResponse:
    """One person of the house, for programs."""
    return JsonResponse({**in_json(one_of(request, record_id)), "opened_for": Purpose.DESK})


def in_json(one: AtDesk) -> dict[str, object]:
    """The named fields, by their names."""
    contact = one.contact
    reach = contact and {
        "way": contact.way,
        "address": contact.address,
        "hours": contact.hours,
        "may_leave_message": contact.may_leave_message,
    }
    return {"id": str(one.record_id), "name": one.name, "safe_contact": reach}
