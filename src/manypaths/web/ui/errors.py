"""What a person is told when something went wrong. No page of these needs the database."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_SECONDS = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; or, when the database is away, a pause that ends by itself."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
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
    """A form that lost its session: the person may sign in again and send it anew."""
    return render(request, "403_csrf.html", status=403)


def wrong_way(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """An address that works from a button was opened as a link; which ways it knows stays in the header."""
    response = render(request, "405.html", status=405)
    response.headers["Allow"] = bare.headers.get("Allow", "GET, POST")
    return response
