"""Who may use an address. Every view says it; one that does not fails the build."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from manypaths.accounts import queries as accounts
from manypaths.lib.refusals import NotThere, NotYourWork
from manypaths.network.rules import Reader, Role
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.going import bound_for

View = Callable[..., HttpResponse]
API = "/api/"
SIGN_IN, SET_UP_A_FACTOR = 401, 403


@dataclass(frozen=True)
class Audience:
    """Who may use one view, as it was declared."""

    name: str
    roles: frozenset[str] = frozenset()


def anyone(view: View) -> View:
    """The page is for everybody, signed in or not. It opens nothing about anyone."""
    return _declared(view, Audience("anyone"))


def person(view: View) -> View:
    """The page is for a person's own account. Signed out leads to sign-in; any other hat finds nothing."""

    @wraps(view)
    def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.reader.is_signed_in:
            return _to_sign_in(request)
        if not request.reader.is_person:
            raise NotThere
        return view(request, *args, **kwargs)

    return _declared(guarded, Audience("person"))


def member(*roles: Role) -> Callable[[View], View]:
    """The page is for workers of an organisation, with a second factor. With roles named: for one of these."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
            reader = request.reader
            if not reader.is_signed_in:
                return _to_sign_in(request)
            if not reader.is_member or (roles and not reader.has_role(*roles)):
                raise NotYourWork if _names_themself(reader, kwargs) else NotThere
            if reader.factor_at is None:
                return _to_second_factor(request)
            return view(request, *args, **kwargs)

        return _declared(guarded, Audience("member", frozenset(role.value for role in roles)))

    return declare


def operator(view: View) -> View:
    """The page is for who runs the machine, with a second factor. It opens nothing about anyone."""

    @wraps(view)
    def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.reader.is_signed_in:
            return _to_sign_in(request)
        if not request.reader.is_operator:
            raise NotThere
        if request.reader.factor_at is None:
            return _to_second_factor(request)
        return view(request, *args, **kwargs)

    return _declared(guarded, Audience("operator"))


def _names_themself(reader: Reader, named: dict[str, Any]) -> bool:
    """Whether a worker asks for something about their own place of work: they know that it is there."""
    return reader.membership_id is not None and reader.membership_id in named.values()


def signed_in(view: View) -> View:
    """The page is for any account about itself: devices, passphrase. A worker proves the second factor first."""

    @wraps(view)
    def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        reader = request.reader
        if reader.is_signed_in and not reader.is_person and reader.factor_at is None:
            return redirect("entry:second_factor")
        return view(request, *args, **kwargs)

    return before_factor(guarded)


def before_factor(view: View) -> View:
    """The page is for any account on its way in or out: proving a factor, setting up the first, signing out."""

    @wraps(view)
    def guarded(request: Asked, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.reader.is_signed_in:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return _declared(guarded, Audience("signed_in"))


def _declared(view: View, audience: Audience) -> View:
    view.audience = audience  # type: ignore[attr-defined]  # a function may carry a note
    return view


def _to_sign_in(request: Asked) -> HttpResponse:
    """To the sign-in page, which carries along where they were going. Nothing is kept, and no cookie is set."""
    if _for_programs(request):
        return JsonResponse({"sign_in": reverse("entry:sign_in")}, status=SIGN_IN)
    came_for = request.method == "GET" and not request.headers.get("HX-Request")
    return redirect(bound_for(reverse("entry:sign_in"), request.get_full_path() if came_for else ""))


def _to_second_factor(request: Asked) -> HttpResponse:
    """To the page that asks for the second factor. A program is told: not signed in to the end, or none set up yet."""
    if not _for_programs(request):
        return redirect("entry:second_factor")
    has_one = bool(accounts.own_factors(reader=request.reader))
    there = {"second_factor": reverse("entry:second_factor")}
    return JsonResponse(there, status=SIGN_IN if has_one else SET_UP_A_FACTOR)


def _for_programs(request: Asked) -> bool:
    """Whether a program asks, which cannot be led to a page."""
    return API in request.path
