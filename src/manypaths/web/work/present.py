"""Somebody stands at the desk and opens their page to whoever works there: by a code, or from their own page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.consent import desk, greeting
from manypaths.consent.desk import AtDeskNow
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import Refused
from manypaths.people import queries as people
from manypaths.people.queries import ContactWords
from manypaths.support import queries as support
from manypaths.support import rules
from manypaths.support.queries import ContactLine, EntryLine
from manypaths.support.rules import AttendanceFacts, Kind
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.entries import Shown, in_words
from manypaths.web.work.frame import PRESENT_TO, REFUSED, language, put_reasons, show
from manypaths.web.work.people import when_of
from manypaths.web.work.shared import least
from manypaths.web.work.words import DESK_WAYS

SHORT = 10


class CodeForm(forms.Form):
    """The code on the page of who stands there."""

    code = forms.CharField(
        label=_("The code on their page"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the code that they show you.")},
    )


@dataclass(frozen=True)
class Present:
    """One person who stands there: the named fields that they opened. None where it is not this reader's work."""

    record_id: UUID
    name: str
    contact: ContactWords | None
    until: datetime
    came: list[EntryLine]
    contacts: list[ContactLine] | None

    @property
    def way(self) -> str:
        """The safe way, in words."""
        return str(DESK_WAYS.get(self.contact.way, "")) if self.contact else ""


@member(*PRESENT_TO)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Asked) -> HttpResponse:
    """Type a code; and whose page is open at this desk now."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opening = greeting.type_code(code=form.cleaned_data["code"], by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return redirect("work:present_one", opening)
    found = desk.open_now(reader=request.reader, classes={DataClass.DEMOGRAPHICS})
    names = people.names_of(records=found.opened.ids, sealer=found.opened.sealer) if found.lines else {}
    rows = [(line, names[line.record_id]) for line in found.lines if line.record_id in names]
    context = {"form": form, "rows": rows, "purpose": Purpose.DESK}
    return show(request, "present", context, status=REFUSED if form.is_bound and form.errors else 200)


@member(*PRESENT_TO)
@require_safe
def one(request: Asked, opening: UUID) -> HttpResponse:
    """One page that a person opened to this desk."""
    found = _present(*desk.open_page(reader=request.reader, opening=opening))
    ways = dict(rules.choices(rules.WAYS, language()))
    touched = found.contacts or []
    context: dict[str, Any] = {
        "one": found,
        "came": _came(request, found),
        "touched": [(when_of(request, line), ways.get(line.way, ""), line.worker) for line in touched],
        "knows_contacts": found.contacts is not None,
        "purpose": Purpose.DESK,
    }
    return show(request, "present_person", context)


def _came(request: Asked, found: Present) -> list[Shown]:
    return [least(row) for row in in_words(request, support.EntriesPage(found.came, more=False))]


def _present(line: AtDeskNow, opened: Opened) -> Present:
    record, sealer = line.record_id, opened.sealer
    came = support.entries_of_opened(record_id=record, kind=Kind.ATTENDANCE, opened=opened, limit=SHORT)
    is_open = opened.allows(record, DataClass.CONTACT_LOG)
    return Present(
        record_id=record,
        name=people.names_of(records=[record], sealer=sealer).get(record, ""),
        contact=people.safe_contact(record_id=record, sealer=sealer),
        until=line.until,
        came=[row for row in came.lines if row.stands],
        contacts=support.contacts_of_opened(record_id=record, sealer=sealer, limit=SHORT) if is_open else None,
    )


@member(*PRESENT_TO)
@require_safe
def api_one(request: Asked, opening: UUID) -> JsonResponse:
    """The same, for programs."""
    found = _present(*desk.open_page(reader=request.reader, opening=opening))
    contact = found.contact
    reach = contact and {
        "way": contact.way, "address": contact.address, "hours": contact.hours,
        "may_leave_message": contact.may_leave_message,
    }  # fmt: skip
    answer: dict[str, Any] = {
        "id": str(opening), "name": found.name, "safe_contact": reach, "until": found.until.isoformat(),
        "attendance": [_came_on(row) for row in found.came], "opened_for": Purpose.DESK,
    }  # fmt: skip
    if found.contacts is not None:
        answer["contacts"] = [
            {"happened_on": row.happened_at.date().isoformat(), "way": row.way, "worker": row.worker}
            for row in found.contacts
        ]
    return JsonResponse(answer)


def _came_on(row: EntryLine) -> dict[str, str]:
    facts = row.facts
    assert isinstance(facts, AttendanceFacts)
    return {"happened_on": facts.happened_on.isoformat(), "presence": facts.presence}
