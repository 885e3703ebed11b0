"""The sign-ins of a demonstration. Outside a demonstration this page does not exist."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from manypaths.accounts import queries as accounts
from manypaths.lib.refusals import NotThere
from manypaths.web.entry.roles import NAMES
from manypaths.web.ui.access import anyone


@anyone
@never_cache
@require_GET
def demo(request: HttpRequest) -> HttpResponse:
    """Every sign-in of the demonstration, with the code that a worker's app would show now."""
    if not settings.DEMO:
        raise NotThere
    lines = [{"line": line, "role": NAMES.get(line.role, line.role)} for line in accounts.demo_sign_ins()]
    return render(request, "entry/demo.html", {"lines": lines})
