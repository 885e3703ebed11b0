"""When the person's own sign-in opened their page: a day that they do not know is somebody with their passphrase."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from manypaths.referrals import queries as referrals
from manypaths.referrals.queries import OwnLooks
from manypaths.web.my import plain
from manypaths.web.my.frame import show, zone_of
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.numbered import page_number

DAYS_ON_A_PAGE = 30


@dataclass(frozen=True)
class OwnDay:
    """One day, and in words what was opened on it."""

    looks: OwnLooks
    what: str


@person
@require_safe
def opened_by_me(request: Asked) -> HttpResponse:
    """The days, the newest first, and what to do about one that was not the person."""
    number = page_number(request.GET.get("page"))
    found, more = referrals.own_looks(
        reader=request.reader, zone=zone_of(request), limit=DAYS_ON_A_PAGE, offset=DAYS_ON_A_PAGE * (number - 1)
    )
    if number > 1 and not found:
        return redirect("my:opened_by_me")
    days = [OwnDay(one, plain.what_is_shared(one.classes)) for one in found]
    return show(request, "opened_by_me", {"days": days, "older": number + 1 if more else None, "newer": number - 1})
