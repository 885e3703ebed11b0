"""The people whom supervised workers walk with: the list, and one record to read. Nothing is written down here."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from manypaths.consent import queries as consent
from manypaths.consent.rules import Basis, DataClass, Purpose
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.people import queries as people
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.numbered import page_number
from manypaths.web.work import consents
from manypaths.web.work.frame import show
from manypaths.web.work.people import PAGE, SEEN, Known, read_record, rows_of, words_of

Group = tuple[str, list[tuple[str, str, str]]]


@member(Role.SUPERVISOR)
@require_safe
def index(request: Asked) -> HttpResponse:
    """The people that supervised workers walk with, worker by worker, 50 on a page."""
    number = page_number(request.GET.get("page"))
    groups, total = supervised(request, limit=PAGE, offset=PAGE * (number - 1))
    if number > 1 and not groups:
        return redirect("work:team")
    context = {"groups": groups, "total": total, "number": number, "more": total > PAGE * number}
    return show(request, "team", {**context, "purpose": Purpose.SUPERVISION})


def supervised(request: Asked, *, limit: int, offset: int = 0) -> tuple[list[Group], int]:
    """The names, under the name of the worker who walks with them: one opening that names all of them."""
    lines, total = people.supervised(reader=request.reader, limit=limit, offset=offset)
    if not lines:
        return [], 0
    opened = consent.open_records(
        reader=request.reader,
        records=[line.record_id for line in lines],
        classes={DataClass.DEMOGRAPHICS},
        purpose=Purpose.SUPERVISION,
    )
    names = people.names_of(records=opened.ids, sealer=opened.sealer)
    workers = {one.membership_id: one.display_name for one in network.workers(reader=request.reader)}
    groups: dict[str, list[Known]] = {}
    for line in lines:
        if line.record_id in names:
            known = Known(line.record_id, names[line.record_id], line.since)
            groups.setdefault(workers.get(line.worker, ""), []).append(known)
    return [(worker, rows_of(request, found)) for worker, found in groups.items()], total


@member(Role.SUPERVISOR)
@require_safe
def one(request: Asked, record_id: UUID) -> HttpResponse:
    """One record of somebody whom a supervised worker walks with, to read."""
    classes = SEEN | consents.to_open(request.reader, Basis.SUPERVISED)
    page = read_record(request, record_id, classes, Purpose.SUPERVISION)
    return show(request, "person", {**words_of(request, page), "is_supervision": True})
