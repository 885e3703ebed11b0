"""The same as the pages, as JSON: the people a worker walks with, and one record. Same gate, same absence."""

from uuid import UUID

from django.http import JsonResponse
from django.views.decorators.http import require_safe

from manypaths.consent.rules import DataClass, Purpose
from manypaths.support import queries as support
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.work.contacts import beside, corrected
from manypaths.web.work.entries import kind_of, read
from manypaths.web.work.frame import WALKING
from manypaths.web.work.people import PAGE, caseload, read_record
from manypaths.web.work.reasons import AT_WORK

REACH = frozenset({DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT})


@member(*WALKING)
@require_safe
def people(request: Asked) -> JsonResponse:
    """The people a worker walks with."""
    known, total = caseload(request, limit=PAGE)
    rows = [{"id": str(one.record_id), "name": one.name, "since": one.since.isoformat()} for one in known]
    return JsonResponse({"people": rows, "total": total, "opened_for": Purpose.CARE})


@member(*WALKING)
@require_safe
def person(request: Asked, record_id: UUID) -> JsonResponse:
    """The name of one person and how to reach them. Nothing else is opened for it."""
    page = read_record(request, record_id, REACH)
    contact = page.contact
    reach = contact and {
        "way": contact.way,
        "address": contact.address,
        "hours": contact.hours,
        "may_leave_message": contact.may_leave_message,
    }
    return JsonResponse(
        {
            "id": str(page.record_id),
            "name": page.profile.name,
            "pronouns": page.profile.pronouns,
            "language": page.profile.language,
            "safe_contact": reach,
            "opened_for": page.purpose,
        }
    )


@member(*WALKING)
@require_safe
def history(request: Asked, record_id: UUID) -> JsonResponse:
    """What one person asked for, and the contacts with them."""
    page = read_record(request, record_id)
    requests = [{"id": str(line.id), "status": line.status.value, "kind": line.kind} for line in page.requests]
    said = support.said_beside(record_id=page.record_id, sealer=page.opened.sealer)
    contacts = [
        {
            "happened_at": line.happened_at.isoformat(),
            "way": line.way,
            "deed": line.deed,
            "note": line.note,
            "worker": line.worker,
            "said_beside": beside(said.get(line.id)),
            "beside": corrected(line.beside),
        }
        for line in page.contacts
    ]
    return JsonResponse(
        {"id": str(page.record_id), "requests": requests, "contacts": contacts, "opened_for": page.purpose}
    )


@member(*AT_WORK)
@require_safe
def entries(request: Asked, record_id: UUID, kind: str) -> JsonResponse:
    """Entries of one kind of one person, those that were struck or corrected too."""
    which = kind_of(kind)
    purpose, page = read(request, record_id, which)
    rows = [
        {
            "id": str(line.id),
            **{name: value.isoformat() if name == "happened_on" else value for name, value in vars(line.facts).items()},
            "worker": line.worker,
            "stands": line.stands,
            "strike": line.strike,
            "said_beside": beside(page.said.get(line.id)),
            "beside": corrected(line.beside),
        }
        for line in page.lines
    ]
    added = corrected(page.added)
    return JsonResponse(
        {
            "id": str(record_id),
            "kind": which.value,
            "entries": rows,
            "added": added,
            "more": page.more,
            "opened_for": purpose,
        }
    )
