"""Takes a list of a team's people out of the house: asked for, agreed to by somebody else, and streamed."""

import csv
import io
from collections.abc import Iterator
from typing import cast
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.lib.refusals import Refused
from manypaths.network.rules import factor_is_fresh
from manypaths.people import queries as people
from manypaths.support import exporting, exports
from manypaths.support.exports import ExportLine, Part
from manypaths.support.rules import exports as rules
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.words import moment
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of

STEP_UP = 403
MADE = 201


class ExportForm(forms.Form):
    """What the list is for."""

    why = forms.ChoiceField(
        label=_("What is it for?"),
        choices=list(rules.WHY.items()),
        widget=forms.RadioSelect(attrs={"look": "picks"}),
        error_messages={"required": _("Choose what it is for.")},
    )


@member(*rules.SECOND)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Asked) -> HttpResponse:
    """Ask for a list, see one's own, and say yes to somebody else's."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not factor_is_fresh(request.reader, now()):
        return _prove_first(request)
    if request.method == "POST" and form.is_valid():
        try:
            exporting.ask_for_export(why=form.cleaned_data["why"], by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "export_asked", "work:exports")
    return _draw(request, form, REFUSED if form.is_bound and form.errors else 200)


def _draw(request: Asked, form: ExportForm, status: int = 200, said: str = "") -> HttpResponse:
    lines = [(one, rules.WHY.get(one.why, "")) for one in exports.exports_for(reader=request.reader)]
    asks = request.reader.has_role(*rules.ASKING)
    context = {
        "form": form, "own": [line for line in lines if line[0].is_own], "why_not": said,
        "others": [line for line in lines if not line[0].is_own], "may_ask": asks, "alone": rules.ALONE,
        "total": people.supervised(reader=request.reader, limit=1)[1] if asks else 0,
    }  # fmt: skip
    return show(request, "exports", context, status=status)


@member(*rules.SECOND)
@require_POST
def say_yes(request: Asked, export_id: UUID) -> HttpResponse:
    """Say yes to a list that somebody else asked for."""
    if not factor_is_fresh(request.reader, now()):
        return _prove_first(request)
    exporting.say_yes_to_export(export_id=export_id, by=request.reader, at=now())
    return thank(request, "export_agreed", "work:exports")


@member(*rules.ASKING)
@require_POST
def fetch(request: Asked, export_id: UUID) -> HttpResponse:
    """Take a list out. The file is made as it leaves, and is kept nowhere here."""
    if not factor_is_fresh(request.reader, now()):
        return _prove_first(request)
    try:
        return _file(request, export_id)
    except Refused as refused:
        return _draw(request, ExportForm(), STEP_UP, str(refused.reasons[0].message))


@member(*rules.ASKING)
@require_POST
def api_ask(request: Asked) -> JsonResponse:
    """Ask for a list, for programs. It says whether somebody else must say yes first."""
    try:
        line = exporting.ask_for_export(why=request.POST.get("why", ""), by=request.reader, at=now())
    except Refused as refused:
        return _refused(refused)
    found = {"id": str(line.id), "people": line.people, "ready": line.ready}
    return JsonResponse(found, status=MADE if line.ready else STEP_UP)


@member(*rules.ASKING)
@require_POST
def api_fetch(request: Asked, export_id: UUID) -> HttpResponse:
    """Take a list out, for programs."""
    try:
        return _file(request, export_id)
    except Refused as refused:
        return _refused(refused)


def _refused(refused: Refused) -> JsonResponse:
    """A proof or a second person is missing: 403. Anything else cannot be done as asked."""
    codes = [reason.code for reason in refused.reasons]
    steps_up = bool({"prove_again", "second_person"} & set(codes))
    return JsonResponse({"reasons": codes}, status=STEP_UP if steps_up else REFUSED)


def _prove_first(request: Asked) -> HttpResponse:
    """To the second factor, and back here. A list that leaves the house asks for a proof of this minute."""
    request.session["after_proof"] = reverse("work:exports")
    return redirect("entry:prove_again")


def _file(request: Asked, export_id: UUID) -> HttpResponse:
    line, parts = exporting.fetch_export(export_id=export_id, by=request.reader, at=now())
    last = str(_("Left out, because it is closed to you by now: %(number)s"))
    answer = StreamingHttpResponse(in_csv(mark_of(request, line), last, parts), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="people-{now():%Y-%m-%d}.csv"'
    return cast(HttpResponse, answer)  # it streams; every view is declared to give a page


def mark_of(request: Asked, line: ExportLine) -> str:
    """The first line of a file: who took it out, when, for what, who said yes, and until when it may be kept."""
    zone, spoken = zone_of(request), language()
    said = {
        "who": line.asked_by, "when": moment(now(), zone, spoken, year=True), "why": str(rules.WHY.get(line.why, "")),
        "second": line.approved_by or "-", "until": moment(line.expires_at, zone, spoken, year=True), "id": line.id,
    }  # fmt: skip
    words = _(
        "Taken out by %(who)s, %(when)s. What for: %(why)s. Agreed to by: %(second)s. Delete it by: %(until)s. "
        "Number: %(id)s. Pass it to nobody."
    )
    return str(words) % said


def in_csv(mark: str, last: str, parts: Iterator[Part]) -> Iterator[str]:
    """A file in rows that no program takes for formulas. The last line says how many were left out, and not who."""
    left_out = 0
    yield _rows([(mark,), rules.COLUMNS])
    for part in parts:
        left_out += part.left_out
        yield _rows(part.lines)
    yield _rows([(last % {"number": left_out},)])


def _rows(lines: "list[tuple[object, ...]]") -> str:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([[rules.safe_cell(cell) for cell in line] for line in lines])
    return written.getvalue()
