"""Check-ins that a person shows to the worker who walks with them. No other worker opens them."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from manypaths.consent.rules import Purpose
from manypaths.support import shown
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.work.frame import WALKING, show
from manypaths.web.work.thread import name_of


@member(*WALKING)
@require_safe
def index(request: Asked, record_id: UUID) -> HttpResponse:
    """What one person shows: whole check-ins, the newest first."""
    found = shown.open_shown(reader=request.reader, org_record_id=record_id)
    context = {
        "record_id": record_id, "purpose": Purpose.CARE, "name": name_of(request, record_id), "check_ins": found,
    }  # fmt: skip
    return show(request, "shown", context)


@member(*WALKING)
@require_safe
def api_index(request: Asked, record_id: UUID) -> JsonResponse:
    """The same as JSON."""
    rows = [
        {
            "id": str(one.id),
            "answered_on": one.answered_on.isoformat(),
            "answered": one.answered,
            "total": one.total,
            "note": one.note,
            "said": [{"statement": line.statement, "words": line.words} for line in one.said],
        }
        for one in shown.open_shown(reader=request.reader, org_record_id=record_id)
    ]
    return JsonResponse({"id": str(record_id), "check_ins": rows})
