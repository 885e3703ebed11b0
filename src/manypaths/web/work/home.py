"""The first page of a worker: what waits today, who one walks with, and messages."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import incidents
from manypaths.lib.dates import local_date
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.notices import commands as notices_commands
from manypaths.notices import queries as notices
from manypaths.notices.rules import Template
from manypaths.people import queries as people
from manypaths.referrals import queries
from manypaths.referrals.rules import Status
from manypaths.support.rules import writes_to_people
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.emergency_lines import emergencies_here
from manypaths.web.work.flags import to_explain
from manypaths.web.work.frame import ANSWERING, WALKING, show, thank, zone_of
from manypaths.web.work.people import caseload, rows_of
from manypaths.web.work.petition_lines import petitions_here
from manypaths.web.work.privacy import waiting_here
from manypaths.web.work.words import STATES

SHOWN = 6
NOTHING: tuple[set[UUID], ...] = (set(), set(), set(), set(), set())


@member()
@require_safe
def home(request: Asked) -> HttpResponse:
    """What waits today. A role that may not open requests or records sees neither list."""
    reader, at = request.reader, now()
    context: dict[str, Any] = {
        "today": local_date(at, zone_of(request)),
        "workplace": network.own_membership(reader=reader),
        "works_elsewhere": len(network.own_places_of_work(reader=reader)) > 1,
        "news": [one for one in notices.waiting(reader=reader) if one.is_new],
    }
    if reader.answers_requests and reader.has_role(*ANSWERING):
        page = queries.inbox(reader=reader, limit=SHOWN)
        context["waiting"] = [
            (line, STATES[line.status], line.is_overdue(at)) for line in page.lines if line.status is Status.REQUESTED
        ]
        context["requests"], context["waiting_in_all"] = page.total, queries.waiting_in_all(reader=reader)
    if reader.has_role(Role.PRIVACY_OFFICER):
        context["to_judge"], context["to_judge_in_all"] = waiting_here(request, limit=SHOWN)
        context["asked"], context["asked_in_all"] = petitions_here(request, waiting=True, limit=SHOWN)
        context["urgent"], context["urgent_in_all"] = emergencies_here(request, waiting=True, limit=SHOWN)
    if reader.has_role(*WALKING):
        known, context["people"] = caseload(request, limit=SHOWN)
        context["known"] = rows_of(request, known)
    return show(request, "home", context)


@member()
@require_safe
def messages(request: Asked) -> HttpResponse:
    """What was told, the newest first. It leads to a request that is open to the reader, and nowhere else."""
    reader = request.reader
    told = notices.waiting(reader=reader)
    may_open = reader.answers_requests and reader.has_role(*ANSWERING)
    there = queries.in_inbox(reader=reader) if may_open else frozenset()
    walked = _walked(request) if writes_to_people(reader.roles) else frozenset()
    to_judge = _to_judge(request) if reader.has_role(Role.PRIVACY_OFFICER) else NOTHING
    context = {
        "messages": [(one, _leads_to(one, there, walked, *to_judge)) for one in told],
        "any_new": any(one.is_new for one in told),
    }
    return show(request, "messages", context)


def _to_judge(request: Asked) -> tuple[set[UUID], ...]:
    """What waits for this officer: looks, emergencies, corrections and complaints, flags, and letters."""
    urgent, _all = emergencies_here(request, waiting=True, limit=200)
    asked, _asked = petitions_here(request, waiting=True, limit=200)
    looks = {one.id for one in waiting_here(request, limit=200)[0]}
    flags, _flags = to_explain(request=request, waiting=True, limit=200)
    by_kind = looks, {one.id for one in urgent}, {one.id for one in asked}, {one.line.id for one in flags}
    return *by_kind, {one.id for one in incidents.letters_waiting(reader=request.reader)}


def _walked(request: Asked) -> frozenset[UUID]:
    """The records that the reader is assigned to now. Finding is not opening."""
    return frozenset(one.record_id for one in people.caseload(reader=request.reader, limit=1000).lines)


def _leads_to(told: notices.Waiting, *open_there: Collection[UUID]) -> str:
    """The page that a notice is about, where it is open to the reader."""
    if told.template is Template.MUCH_WAS_OPENED:
        return reverse("work:alarms")
    if told.template is Template.AGREEMENT_WAITS:
        return reverse("work:agreement", args=[told.subject_id])
    of_a_record = "work:thread" if told.template is Template.MESSAGE_ARRIVED else "work:person"
    names = ("work:request", of_a_record, "work:review", "work:emergency_review", "work:petition", "work:flag",
             "work:incident")  # fmt: skip
    ways = zip(names, open_there, strict=True)
    return next((reverse(name, args=[told.subject_id]) for name, ids in ways if told.subject_id in ids), "")


@member()
@require_POST
def read_messages(request: Asked) -> HttpResponse:
    """Mark all as read."""
    notices_commands.mark_read(reader=request.reader, at=now())
    return thank(request, "read", "work:messages")
