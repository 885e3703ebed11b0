"""Share less: choose which parts a place may still open, read the words for the rest, and agree anew."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manypaths.consent import queries as consent
from manypaths.lib.refusals import Reason, Refused
from manypaths.referrals import commands, queries
from manypaths.referrals.queries import RequestView
from manypaths.web.my.agreeing import show_agreement, text_shown
from manypaths.web.my.frame import REFUSED, show, thank
from manypaths.web.my.words import METHODS
from manypaths.web.ui.access import person
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

ALL = Reason("nothing_less", _("Choose at least one part that they may no longer open."))


@person
@require_http_methods(METHODS)
def share_less(request: Asked, referral_id: UUID) -> HttpResponse:
    """First the parts; then the words for what is left, and the yes to them."""
    view = queries.own_request(reader=request.reader, referral_id=referral_id)
    if request.method == "POST":
        return _agree(request, view, _kept(view, request.POST.getlist("keep")))
    if not view.is_open or not view.parts:
        return redirect("my:request", referral_id)
    if "chosen" not in request.GET:
        return _choose(request, view)
    kept = _kept(view, request.GET.getlist("keep"))
    return _words(request, kept) if len(kept.parts) < len(view.parts) else _choose(request, view, [ALL])


def _kept(view: RequestView, keep: Sequence[str]) -> RequestView:
    """The request as it would be with these parts only."""
    return replace(view, parts=[one for one in view.parts if str(one.id) in keep])


def _choose(request: Asked, view: RequestView, reasons: Sequence[Reason] = ()) -> HttpResponse:
    response = show(request, "requests/less", {"view": view, "line": view.line, "reasons": reasons})
    response.status_code = REFUSED if reasons else response.status_code
    return response


def _words(request: Asked, kept: RequestView, refused: Refused | None = None) -> HttpResponse:
    back = reverse("my:share_less", args=[kept.line.id])
    opened = _times_opened(request, kept.line.id)
    return show_agreement(request, "requests/less_agree", kept, back, refused, opened=opened, keep=kept.parts)


def _times_opened(request: Asked, request_id: UUID) -> int:
    """How often the place opened what was sent, by this yes and by each one before it."""
    reader = request.reader
    given = [one.id for one in consent.grants_of_own_record(reader=reader) if one.subject_id == request_id]
    return sum(queries.looks_on_grant(reader=reader, grant_id=one).times for one in given)


def _agree(request: Asked, view: RequestView, kept: RequestView) -> HttpResponse:
    try:
        commands.share_less(
            referral_id=view.line.id, keep=[one.id for one in kept.parts if one.id], text=text_shown(request, kept),
            by=request.reader, at=now(),
        )  # fmt: skip
    except Refused as refused:
        return _words(request, kept, refused)
    return thank(request, "less", "my:request", view.line.id)
