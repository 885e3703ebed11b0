"""The few addresses of the look itself: display, language, offline page, service worker, manifest, gallery."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from manypaths.web.ui.access import anyone, before_factor
from manypaths.web.ui.display import CHOICES, COOKIE, YEAR, Choice

OFFLINE_FILES = (
    "ui/app.css",
    "ui/app.js",
    "ui/mark.svg",
    "ui/page.svg",
    "vendor/icons/icons.svg",
    "vendor/fonts/figtree-latin.woff2",
)


def sent_from_here(request: HttpRequest) -> bool:
    """Whether our own page sent this form. Takes the place of a CSRF token where no session may be made."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def back(request: HttpRequest) -> HttpResponseRedirect:
    """Back to the page where the button was, never to another site."""
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return HttpResponseRedirect(target if safe else "/", status=303)


def refused(request: HttpRequest) -> HttpResponse:
    """The form came from another site."""
    return render(request, "403_form.html", status=403)


@anyone
@csrf_exempt
@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Keep theme, text size and letters on this device. No session, nothing kept here."""
    if not sent_from_here(request):
        return refused(request)
    picked = {name: request.POST.get(name, "") for name in CHOICES}
    choice = Choice(**{name: v if v in CHOICES[name] else CHOICES[name][0] for name, v in picked.items()})
    response = back(request)
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, choice.cookie(), max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    return response


@anyone
@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language on this device and show the same page in it."""
    if not sent_from_here(request):
        return refused(request)
    response = back(request)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
    return response


@before_factor
@require_GET
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody is still at the page: asking keeps the session, nothing else happens."""
    return HttpResponse(status=204)


@anyone
@require_GET
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone keeps when the page is put on its home screen: a name and a picture that tell nothing."""
    name = _("My page")
    icons = [
        {"src": static("ui/page.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("ui/page-192.png"), "sizes": "192x192", "type": "image/png"},
    ]
    body = {"name": name, "short_name": name, "start_url": "/", "display": "minimal-ui", "icons": icons}
    colours = {"background_color": "#f4f7f4", "theme_color": "#5b6b68"}
    return JsonResponse(body | colours, content_type="application/manifest+json")


@anyone
@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Our service worker: our own static files and one page with the crisis numbers, nothing else, ever."""
    files = [static(name) for name in OFFLINE_FILES]
    names = {"files": json.dumps([*files, reverse("ui:offline")]), "offline": json.dumps(reverse("ui:offline"))}
    return render(request, "ui/sw.js", names, content_type="text/javascript")


@anyone
@require_safe
@cache_control(max_age=3600, public=True)
def offline(request: HttpRequest) -> HttpResponse:
    """The page shown without a network, in both languages, with the numbers that still work."""
    return HttpResponse(render(None, "ui/offline.html").content)
