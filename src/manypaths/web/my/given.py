"""An account of three years: what went to somebody else because the person agreed. A page, and files with all of it."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import queries as consent
from manypaths.network import queries as network
from manypaths.network.rules import factor_is_fresh
from manypaths.referrals import queries as referrals
from manypaths.referrals.queries.given import Disclosure, Kind, disclosures
from manypaths.web.my import plain
from manypaths.web.my.frame import as_file, prove_first, show, zone_of
from manypaths.web.my.shown import ShownLine, shown_lines
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.numbered import page_number

FORMAT, VERSION = "manypaths-account-of-disclosures", "2026-11"
THREE_YEARS = timedelta(days=3 * 366)
ON_A_PAGE, AT_ONCE = 30, 500
# A cell that begins like this is a formula to a spreadsheet; the name of a place is written by somebody else.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

KINDS: dict[Kind, Any] = {
    Kind.SENT: gettext_lazy("You sent it. They could open it from then on."),
    Kind.OPENED: gettext_lazy("They opened it."),
    Kind.COPIED: gettext_lazy("They said yes and copied it to a page of their own."),
    Kind.SHOWN: gettext_lazy("They read a part of what a place keeps of you."),
    Kind.EMERGENCY: gettext_lazy("They opened it in a medical emergency, without asking you."),
}


@dataclass(frozen=True)
class Given:
    """One line in plain words."""

    at: datetime
    kind: str
    place: str
    worker: str
    what: str
    why: str
    service: str
    agreed_at: datetime | None
    words_version: str

    @property
    def kind_words(self) -> Any:
        """What happened, in one sentence."""
        return KINDS[Kind(self.kind)]


def given_to(request: Asked, at: datetime, *, limit: int, offset: int = 0) -> tuple[list[Given], int]:
    """So many lines of the account, newest first, and how many it has in all."""
    reader = request.reader
    page = disclosures(reader=reader, since=at - THREE_YEARS, limit=limit, offset=offset)
    if not page.lines:
        return [], page.total
    names = network.names_of_members(membership_ids={one.membership_id for one in page.lines if one.membership_id})
    grants = {one.id: one for one in consent.grants_of_own_record(reader=reader)}
    asked = {one.id: one for one in referrals.own_requests(reader=reader)}
    signed = {line.view.id: line for line in shown_lines(request)} if _any_shown(page.lines) else {}
    lines = [
        _shown(one, names, signed) if one.kind is Kind.SHOWN else _given(one, names, grants, asked)
        for one in page.lines
    ]
    return lines, page.total


def _any_shown(lines: Sequence[Disclosure]) -> bool:
    return any(one.kind is Kind.SHOWN for one in lines)


def _shown(one: Disclosure, names: dict[Any, Any], signed: dict[Any, ShownLine]) -> Given:
    line = signed.get(one.consent_id)
    return Given(
        at=one.at,
        kind=one.kind.value,
        place=line.who if line else "",
        worker=names.get(one.membership_id, ("", "", ""))[0],
        what=plain.what_is_shared(one.classes),
        why=str(plain.PURPOSES.get(one.purpose, "")),
        service=line.place if line else "",
        agreed_at=line.view.signed_at if line else None,
        words_version=line.view.text_version if line and not line.view.on_paper else "",
    )


def _given(one: Disclosure, names: dict[Any, Any], grants: dict[Any, Any], asked: dict[Any, Any]) -> Given:
    grant, request = grants.get(one.consent_id), asked.get(one.request_id)
    worker, _title, house = names.get(one.membership_id, ("", "", ""))
    place = grant.recipient_organisation.name if grant else request.organisation_name if request else house
    return Given(
        at=one.at,
        kind=one.kind.value,
        place=place,
        worker=worker,
        what=plain.what_is_shared(one.classes),
        why=str(plain.PURPOSES.get(one.purpose, "")),
        service=request.service_name if request else "",
        agreed_at=grant.given_at if grant else None,
        words_version=grant.text_version if grant else "",
    )


def whole_account(request: Asked, at: datetime) -> list[Given]:
    """Every line of three years, read in parts."""
    found: list[Given] = []
    total = 1
    while len(found) < total:
        part, total = given_to(request, at, limit=AT_ONCE, offset=len(found))
        found += part
        if not part:
            break
    return found


@person
@require_safe
def given(request: Asked) -> HttpResponse:
    """What was passed on, so many on a page, and the three files."""
    number, at = page_number(request.GET.get("page")), now()
    lines, total = given_to(request, at, limit=ON_A_PAGE, offset=ON_A_PAGE * (number - 1))
    if number > 1 and not lines:
        return redirect("my:given")
    more = total > ON_A_PAGE * number
    context = {
        "lines": lines,
        "total": total,
        "older": number + 1 if more else None,
        "newer": number - 1,
        "since": at - THREE_YEARS,
        "proved": factor_is_fresh(request.reader, at),
    }
    return show(request, "given", context)


@person
@require_POST
def as_page(request: Asked) -> HttpResponse:
    """All of it as a page to read and print, as a file."""
    at = now()
    if not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:given")
    context = {"lines": whole_account(request, at), "at": at, "since": at - THREE_YEARS, "zone": zone_of(request)}
    return as_file(render(request, "my/given_copy.html", context), "my-account.html", at)


@person
@require_POST
def as_table(request: Asked) -> HttpResponse:
    """All of it as CSV, for a spreadsheet."""
    at = now()
    if not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:given")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            _("When"),
            _("Line"),
            _("Place"),
            _("Worker"),
            _("What"),
            _("Why"),
            _("Asked for"),
            _("You agreed"),
            _("Version of the words"),
        ]
    )
    writer.writerows([_cell(cell) for cell in _cells(one)] for one in whole_account(request, at))
    kind = "text/csv; charset=utf-8"
    return as_file(HttpResponse(text.getvalue().encode("utf-8-sig"), content_type=kind), "my-account.csv", at)


def _cells(one: Given) -> list[str]:
    agreed = one.agreed_at.isoformat() if one.agreed_at else ""
    what = [one.at.isoformat(), str(one.kind_words), one.place, one.worker, one.what, one.why, one.service]
    return [*what, agreed, one.words_version]


def _cell(text: str) -> str:
    """A cell that no spreadsheet reads as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


@person
@require_POST
def as_data(request: Asked) -> HttpResponse:
    """All of it as JSON, for another program."""
    at = now()
    if not factor_is_fresh(request.reader, at):
        return prove_first(request, "my:given")
    lines = [asdict(one) | {"in_words": str(one.kind_words)} for one in whole_account(request, at)]
    head = {"format": FORMAT, "version": VERSION, "taken_at": at, "since": at - THREE_YEARS, "lines": lines}
    body = json.dumps(head, ensure_ascii=False, indent=2, default=lambda value: value.isoformat())
    return as_file(HttpResponse(body, content_type="application/json; charset=utf-8"), "my-account.json", at)
