"""What somebody close shows to this person: type their code, and read what they chose. Their own page stays apart."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from manypaths.accounts.rules import code_as_typed
from manypaths.consent import shares, sharing
from manypaths.consent.rules.shares import NOTICE
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.support import queries as support
from manypaths.support import rules
from manypaths.support.queries import Beside
from manypaths.support.rules import Kind
from manypaths.web.my.ask_forms import spoken
from manypaths.web.my.frame import show, thank
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number
from manypaths.web.ui.words import day

LAST_ONES = 60


class CodeForm(forms.Form):
    """The code that somebody close gave."""

    code = forms.CharField(
        label=_("Their code"),
        help_text=_("Small or big letters, with or without the lines between: all are fine."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": _("Type the code that you were given.")},
    )


@person
@require_http_methods(METHODS)
def index(request: Asked) -> HttpResponse:
    """Who shows something to this person, and a place to type a code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.take_up_share(code=code_as_typed(form.cleaned_data["code"]), by=request.reader, at=now())
        except NotThere:
            form.add_error("code", _("No such code holds now. Check it, or ask for a new one."))
        else:
            return thank(request, "close_taken_up", "my:close")
    number = page_number(request.GET.get("page"))
    page = shares.shared_with(reader=request.reader, offset=shares.A_PAGE * (number - 1))
    places = network.names_of_places(organisation_ids={line.discloser_id for line in page.lines})
    lines = [(line, places[line.discloser_id]) for line in page.lines]
    more = page.total > shares.A_PAGE * number
    return show(request, "close/index", {"form": form, "lines": lines, "number": number, "more": more})


@person
@require_safe
def one(request: Asked, share_id: UUID) -> HttpResponse:
    """What one person shows: the days on which they came, or did not."""
    found = shares.open_shared(reader=request.reader, share_id=share_id)
    page = support.entries_of_opened(
        record_id=found.held_record_id, kind=Kind.ATTENDANCE, opened=found.opened, limit=LAST_ONES
    )
    rows: list[tuple[UUID, str, Any, tuple[Beside, ...]]] = [
        (
            line.id,
            day(line.facts.happened_on, spoken(), year=True),
            rules.word(rules.PRESENCES, line.facts.presence, spoken()),
            line.beside,
        )
        for line in page.lines
        if line.stands and isinstance(line.facts, rules.AttendanceFacts)
    ]
    places = network.names_of_places(organisation_ids={found.discloser_id})
    context = {
        "share": found,
        "rows": rows,
        "added": page.added,
        "place": places[found.discloser_id],
        "notice": NOTICE if found.notice else "",
    }
    return show(request, "close/one", context)
