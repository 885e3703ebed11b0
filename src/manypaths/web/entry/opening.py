"""Opens and closes sessions, and says from where a form came."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import auth
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from manypaths.accounts.commands.signing_in import Caller
from manypaths.accounts.queries import User
from manypaths.accounts.rules import LIMITS, Device, device_words
from manypaths.lib.refusals import Refused
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.ui.going import is_ours, where_to
from manypaths.web.ui.pages import refused, sent_from_here
from manypaths.web.ui.place import place_of
from manypaths.web.ui.same_session import take_key_of_form

KNOWN_COOKIE, KNOWN_SALT, KNOWN_PATH = "known", "a device of one's own", "/enter"
KNOWN_FOR = timedelta(days=365)
REMEMBERED_FOR = timedelta(minutes=30)
AGAIN = "press_again"
DONE = "done"


def open_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form for people who are not signed in: checked by where it was sent from, so that no session is made for it."""

    @csrf_exempt
    @wraps(view)
    def checked(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not sent_from_here(request):
            return refused(request)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return checked


def caller(request: Asked) -> Caller:
    """Where a try comes from. An IPv6 household counts as one place."""
    return Caller(place=place_of(request), known_for=_known_for(request))


def _known_for(request: Asked) -> UUID | None:
    try:
        kept = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=KNOWN_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return None
    return UUID(kept)


def begin(request: Asked, account: User, *, device: Device, at: datetime, proved: bool) -> None:
    """Begin a new session for an account. An older session of this browser is gone, its key too."""
    request.session.flush()
    auth.login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = request.session
    session["started_at"] = session["seen_at"] = at.isoformat()
    session["device"], session["handle"] = device.value, str(uuid4())
    session["words"] = device_words(request.headers.get("User-Agent", ""))
    if proved:
        session["factor_at"] = at.isoformat()
    if (path := where_to(request)) != "":
        session["after_sign_in"], session["asked_at"] = path, at.isoformat()
    session.set_expiry(0 if device is Device.SHARED else int(LIMITS[device][1].total_seconds()))
    take_key_of_form(request)


def remember_device(response: HttpResponse, account_id: UUID) -> None:
    """Note on a device of one's own that this account uses it: its tries cannot be used up by others elsewhere."""
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps(str(account_id), salt=KNOWN_SALT),
        max_age=KNOWN_FOR,
        path=KNOWN_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def mark_proved(request: Asked, at: datetime) -> None:
    """Note that whoever is here has proved it a moment ago."""
    request.session["factor_at"] = at.isoformat()


def go_on(request: Asked) -> HttpResponseRedirect:
    """To the page that asked for the sign-in, or to one's own first page."""
    path, asked = request.session.pop("after_sign_in", ""), request.session.pop("asked_at", "")
    fresh = bool(asked) and now() - datetime.fromisoformat(asked) < REMEMBERED_FOR
    return see(path if fresh and is_ours(path) else reverse("entry:landing"))


def prove_first(request: Asked, page: str) -> HttpResponseRedirect:
    """To the second factor, and back to the page, which says that what was pressed has not been done."""
    request.session["after_proof"] = reverse(page)
    request.session[AGAIN] = request.method == "POST"
    return see(reverse("entry:second_factor"))


def press_again(request: Asked) -> bool:
    """Whether a proof came between a button and its page; told once."""
    return bool(request.session.pop(AGAIN, False))


def tell(request: Asked, what: str) -> HttpResponseRedirect:
    """To the page of devices and keys, which says in one line what was done."""
    request.session[DONE] = what
    return see(reverse("entry:devices"))


def told(request: Asked) -> str:
    """What was done just before; told once."""
    return str(request.session.pop(DONE, ""))


def see(path: str) -> HttpResponseRedirect:
    """Go and look at another page, after a form."""
    return HttpResponseRedirect(path, status=303)


def show_reasons(form: Any, refusal: Refused) -> None:
    """Put each reason beside the field it is about, or over the form."""
    for reason in refusal.reasons:
        form.add_error(reason.field if reason.field in form.fields else None, reason.message)


def zone(request: Asked) -> str:
    """The time zone in which a page shows when something was."""
    community = request.community
    return community.zone if community else "UTC"
