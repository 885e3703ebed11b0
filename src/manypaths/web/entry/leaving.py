"""Leave this site: the session ends on the server first, and Back shows a page that tells nothing."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.people.sessions import SessionStore
from manypaths.web.entry.opening import KNOWN_COOKIE, KNOWN_PATH, open_form
from manypaths.web.ui.access import anyone
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.display import COOKIE as DISPLAY_COOKIE

LEFT_COOKIE, LEFT_SECONDS = "page", 30 * 60
CLEAR = '"cache", "storage"'
ELSEWHERE = frozenset({"cross-site", "same-site"})
STILL_OPEN = ("/static/", "/leave", "/open-again", "/offline", "/sw.js", "/manifest.webmanifest")
GetResponse = Callable[[Asked], HttpResponseBase]


@anyone
@csrf_exempt
@require_http_methods(["GET", "POST"])
def leave(request: Asked) -> HttpResponse:
    """End the session, forget what this device kept of us, and go to an ordinary page elsewhere.

    The link works without script (GET); the script posts while the page is already gone. Other sites cannot use it to
    sign people out.
    """
    if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        return HttpResponse(status=204)
    posted = request.method == "POST"
    response = HttpResponse(status=204) if posted else HttpResponseRedirect(outside(request), status=303)
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.headers.get("Sec-Fetch-Site") not in ELSEWHERE:
        _end(request, response)
    return response


def outside(request: Asked) -> str:
    """The ordinary page that a community sends people to when they leave in a hurry."""
    community = request.community
    return community.leave_to if community else "https://www.weather.gov/"


def _end(request: Asked, response: HttpResponse) -> None:
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        request.session.flush()
    for name in (settings.LANGUAGE_COOKIE_NAME, DISPLAY_COOKIE):
        response.delete_cookie(name)
    response.delete_cookie(KNOWN_COOKIE, path=KNOWN_PATH)
    response.set_cookie(
        LEFT_COOKIE,
        "1",
        max_age=LEFT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    response.headers["Clear-Site-Data"] = CLEAR
    response.headers["Cache-Control"] = "no-store"


class JustLeft:
    """For half an hour after someone left in a hurry, every page here is closed behind one plain button.

    Their word to the server can be lost on the way. Whoever comes with the note that they left has no session then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponseBase:
        closed = bool(request.COOKIES.get(LEFT_COOKIE)) and request.method in {"GET", "HEAD"}
        if not closed or request.path.startswith(STILL_OPEN):
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            response = render(request, "entry/closed.html")
        response.headers["Cache-Control"] = "no-store"
        if (key := request.COOKIES.get(settings.SESSION_COOKIE_NAME)) is not None:
            SessionStore(key).flush()
            response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
            response.headers["Clear-Site-Data"] = CLEAR
        return response


@anyone
@open_form
@require_POST
def open_again(request: Asked) -> HttpResponse:
    """Open the pages again, on purpose."""
    response = HttpResponseRedirect("/", status=303)
    response.delete_cookie(LEFT_COOKIE)
    return response
