"""One request is one transaction, around the view and its rendering. The answer leaves after the commit."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from manypaths.audit import commands as audit
from manypaths.consent import denials
from manypaths.consent.queries import WallsDisagree
from manypaths.lib.refusals import NotThere, NotYourWork, Refused
from manypaths.network.rules import Role
from manypaths.people import queries as people
from manypaths.web.ui.clock import now

FAULT, GONE, STOPPED = 500, 410, 429
STOPS_READING = "MP429"  # what the log answers for a worker who opened far more than usual
CLOSED = frozenset({403, 404})
NOT_DONE = frozenset({409, 422})
log = logging.getLogger(__name__)
ASKED_AGAIN = "manypaths.asked_again"  # no header can have this name
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class OneTransaction:
    """Commits what was answered, refusals and 404 included (their access rows count).

    A fault is rolled back, and its connection ends with it. A refused look stays in the log either way,
    and an attempt at something closed is written down, be the id somebody's or made up.

    The rules in code and in the database each read what stands there, one after the other: what somebody else commits
    between them lets them disagree. Then nothing is kept, and the request is asked once more. A second time is a fault.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if connection.in_atomic_block:
            _forget_openings()
        with denials.kept() as refused:
            response = self._answer(request)
        if _is_asked_again(request):
            log.warning("the walls disagreed, the request is asked once more")
            with denials.kept() as refused:
                response = self._answer(request)
        if connection.in_atomic_block:
            return response
        if response.status_code == STOPPED:
            _note_stop(request)
        if response.status_code >= FAULT:
            connection.close()  # whatever bent it, a setting or an old plan, does not meet the next request
        refused.write_lost()
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= FAULT:
                transaction.set_rollback(True)
            elif response.status_code == STOPPED:
                transaction.set_rollback(True)
            else:
                _note_refusal(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Absent and forbidden are one answer; a refusal no page caught is still told in words."""
        if isinstance(exception, WallsDisagree) and not _is_asked_again(request):
            request.META[ASKED_AGAIN] = True
            return HttpResponse(status=FAULT)
        if isinstance(exception, NotThere):
            return _not_there(request)
        if isinstance(exception, NotYourWork):
            return render(request, "403.html", status=403)
        if isinstance(exception, Refused):
            return render(request, "422.html", {"reasons": exception.reasons}, status=422)
        if getattr(exception.__cause__, "sqlstate", "") == STOPS_READING:
            return _stopped(request)
        return None


def _is_asked_again(request: HttpRequest) -> bool:
    return ASKED_AGAIN in request.META


def _stopped(request: Any) -> HttpResponse:
    """Reading is stopped; who treats emergencies is led to that page, which never stops."""
    reader = getattr(request, "reader", None)
    may_rescue = reader is not None and reader.has_role(Role.MEDIC)
    return render(request, "429.html", {"may_rescue": may_rescue}, status=STOPPED)


def _not_there(request: Any) -> HttpResponse:
    """Absent; to a person who erased their own record every page of theirs says that, and nothing else."""
    reader = getattr(request, "reader", None)
    erased_at = people.erased_at(reader=reader) if reader is not None else None
    if erased_at:
        return render(request, "erased.html", {"erased_at": erased_at, "zone": _zone(request)}, status=GONE)
    return render(request, "404.html", status=404)


def _zone(request: Any) -> str:
    """The time zone of the community served."""
    community = getattr(request, "community", None)
    return community.zone if community else "UTC"


def _note_refusal(request: Any, response: HttpResponseBase) -> None:
    """Write down who was refused what: a page nobody opened for them, or an act of a worker's that was not done."""
    reader, match = getattr(request, "reader", None), getattr(request, "resolver_match", None)
    if reader is None or not reader.is_signed_in or match is None:
        return
    subject = next((one for one in match.kwargs.values() if isinstance(one, UUID)), None)
    refused = response.status_code in CLOSED or (reader.is_member and response.status_code in NOT_DONE)
    if refused and subject is not None:
        audit.record(what="web.refused", by=reader, subject=subject, at=now())


def _note_stop(request: Any) -> None:
    """Write down that a worker whose reading is stopped asked for more. What they asked in has been taken back."""
    with transaction.atomic():
        audit.record(what="web.reading_stopped", by=request.reader, at=now())


def _forget_openings() -> None:
    """A test runs several requests in one transaction; each still starts with nothing opened."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.nonce', '', true)")
