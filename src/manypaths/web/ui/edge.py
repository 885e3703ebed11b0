"""The edge of every request: requests from elsewhere, what may be stored, and the methods we answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.utils.cache import patch_vary_headers

from manypaths.web.ui.errors import wrong_way

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Edge:
    """Refuses forms sent by other sites, and keeps signed-in answers out of every cache. The outermost of all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        refusal = _refusal(request)
        response = refusal if refusal is not None else self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Cookie", "Accept-Language"))  # language and look are chosen by both
        reader = getattr(request, "reader", None)
        if reader is not None and reader.is_signed_in:
            response.headers["Cache-Control"] = "no-store, private"
        return response


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.method in CHANGING and request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        return HttpResponse(status=403)
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return HttpResponseNotFound()
    return None


class Ways:
    """Refuses unknown methods, and says in words what works from a button. Inside of whatever protects a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request) if request.method in METHODS else HttpResponse(status=405)
        if isinstance(response, HttpResponse) and response.status_code == 405 and not response.content:
            return wrong_way(request, response)
        return response
