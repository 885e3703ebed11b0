"""Two pages that say what this is and what it keeps. They ask no table and open nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from manypaths.web.ui.access import anyone


@anyone
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, for whom, and who is behind it, in plain words."""
    return render(request, "public/about.html")


@anyone
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who runs this machine, and what leaving does and does not do."""
    return render(request, "public/privacy.html")


@anyone
@require_safe
def right_now(request: HttpRequest) -> HttpResponse:
    """What to do in an overdose or a crisis, one thing after the other, and what happens when you call."""
    return render(request, "public/right_now.html")
