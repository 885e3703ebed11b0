"""What a person is told when something went wrong. No page of these needs the database."""

import sys
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from manypaths.vault.keyfolder import KeyUnavailable
from manypaths.web.ui.going import is_ours
from manypaths.web.ui.unlogged import fault_of_the_log, note

RETRY_SECONDS = "5"
LONG_WORD = 40
NOT_WORDS = frozenset({"csrfmiddlewaretoken", "once", "to", "next", "passphrase", "offered", "code", "credential"})


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; or a pause: database, log or a key cannot be reached, and nothing is shown."""
    fault = sys.exc_info()[1]
    unlogged = fault_of_the_log(fault)
    if unlogged:
        note(request, unlogged)
    if unlogged or isinstance(fault, OperationalError | InterfaceError | KeyUnavailable):
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    return render(request, "500.html", status=500)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Absent and forbidden, in the same words."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A whole kind of page that this reader's work does not include."""
    return render(request, "403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that no page of ours sends; or one that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that lost its session: the words that were typed are shown once more, to be copied to a new page.

    They came with this very request and are kept nowhere. Secrets are not shown.
    """
    shown = {"words": _words_of(request), "page": _page_of(request)}
    response = render(request, "403_csrf.html", shown, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response


def _words_of(request: HttpRequest) -> list[str]:
    """What somebody wrote: more than one word, or a long one, in a field that is no secret."""
    typed = [value.strip() for name, values in request.POST.lists() if name not in NOT_WORDS for value in values]
    return [value for value in typed if " " in value or "\n" in value or len(value) >= LONG_WORD]


def _page_of(request: HttpRequest) -> str:
    """The page of ours on which the form stood, which asks for the sign-in itself; one's first page where unknown."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return path if came_from.netloc == request.get_host() and is_ours(path) else reverse("entry:landing")


def wrong_way(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """An address that works from a button was opened as a link; which ways it knows stays in the header."""
    response = render(request, "405.html", status=405)
    response.headers["Allow"] = bare.headers.get("Allow", "GET, POST")
    return response
