"""Who looked at one record that a place keeps: for its privacy officer, and for nobody beside them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from manypaths.consent.rules import DataClass
from manypaths.network import queries as network
from manypaths.referrals import queries
from manypaths.referrals.queries import Looked
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.numbered import page_number
from manypaths.web.work.frame import show, zone_of
from manypaths.web.work.reasons import AT_WORK, name_for, open_for, way_back
from manypaths.web.work.words import BASES, CLASSES, PURPOSES

PAGE = 30


@dataclass(frozen=True)
class Shown:
    """One line of the list in words."""

    line: Looked
    name: str
    title: str
    what: str
    why: Any
    ground: Any


def in_words(lines: list[Looked]) -> list[Shown]:
    names = network.names_of_members(membership_ids={one.membership_id for one in lines if one.membership_id})
    return [
        Shown(
            one, *(names.get(one.membership_id, ("", "")) if one.membership_id else ("", ""))[:2],
            ", ".join(str(CLASSES.get(kind, kind)) for kind in one.classes), PURPOSES.get(one.purpose, ""),
            BASES.get(one.basis, ""),
        )
        for one in lines
    ]  # fmt: skip


@member(*AT_WORK)
@require_safe
def index(request: Asked, record_id: UUID) -> HttpResponse:
    """Who looked, when, at which part, why, and on what ground. The newest first, so many on a page."""
    purpose, opened = open_for(request, record_id, DataClass.ACCESS_LOG)
    number = page_number(request.GET.get("page"))
    lines, more = queries.looks_of_opened(
        record_id=record_id, opened=opened, zone=zone_of(request), limit=PAGE, offset=PAGE * (number - 1)
    )
    if number > 1 and not lines:
        return redirect("work:looks", record_id)
    context = {
        "rows": in_words(lines), "more": more, "number": number, "record_id": record_id, "purpose": purpose,
        "name": name_for(request, record_id, purpose), "back": way_back(purpose, record_id),
    }  # fmt: skip
    return show(request, "looks", context)


@member(*AT_WORK)
@require_safe
def api_index(request: Asked, record_id: UUID) -> JsonResponse:
    """The same, for programs."""
    purpose, opened = open_for(request, record_id, DataClass.ACCESS_LOG)
    number = page_number(request.GET.get("page"))
    lines, more = queries.looks_of_opened(
        record_id=record_id, opened=opened, zone=zone_of(request), limit=PAGE, offset=PAGE * (number - 1)
    )
    rows = [
        {
            "worker": one.name, "title": one.title, "on": one.line.on.isoformat(), "times": one.line.times,
            "first_at": one.line.first_at.isoformat(), "last_at": one.line.last_at.isoformat(),
            "information": list(one.line.classes), "purpose": one.line.purpose, "basis": one.line.basis,
        }
        for one in in_words(lines)
    ]  # fmt: skip
    return JsonResponse({"id": str(record_id), "looks": rows, "more": more, "opened_for": purpose})
