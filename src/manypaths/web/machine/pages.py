"""How the installation does and how it is set, for who runs the machine. Nothing here is about a person."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.web.machine import looking_over
from manypaths.web.ui.access import operator
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

READING = frozenset({"GET", "HEAD"})
REFUSED = 403


@operator
@require_safe
def health(request: Asked) -> HttpResponse:
    """The log and its seal, the last night, e-mails, the disk, versions, and how many organisations there are."""
    at = now()
    shown = {
        "zone": request.community.zone if request.community else "UTC",
        "at": at,
        "findings": looking_over.findings(at),
        "nights": looking_over.nights(at),
        "versions": looking_over.versions(),
        "communities": network.sizes(),
    }
    return render(request, "machine/health.html", shown)


@operator
@require_safe
def settings_shown(request: Asked) -> HttpResponse:
    """What is set, without a secret."""
    shown = {
        "addresses": settings.ALLOWED_HOSTS,
        "by_https": not settings.LOOPBACK_HTTP,
        "mail_host": settings.EMAIL_HOST,
        "mail_from": settings.DEFAULT_FROM_EMAIL,
        "languages": [name for _code, name in settings.LANGUAGES],
        "is_demo": settings.DEMO,
        "folder": str(settings.VAR),
        "anchor": str(settings.AUDIT_ANCHOR_FILE),
        "command": "./manypaths settings",
    }
    return render(request, "machine/settings.html", shown)


@operator
def log_line(request: Asked, line: UUID | int) -> HttpResponse:
    """One line of the log: not shown to who runs the machine, and never changed or taken out by anybody.

    Refuses: NotThere to who would read it. The same whether or not there is such a line.
    Records: web.refused
    """
    if request.method in READING:
        raise NotThere
    if not isinstance(line, UUID):  # what names an id is written down by the edge of every request
        audit.record(what="web.refused", by=request.reader, at=now())
    return render(request, "machine/log_kept.html", status=REFUSED)
