"""Who opened far more than usual at this place: for its leads and privacy officers, who can let them go on."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.consent import reviewing, reviews
from manypaths.consent.rules import reading
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.frame import show, thank

SPANS: dict[str, Any] = {reading.TEN: _("in ten minutes"), reading.DAY: _("in a day")}


@member(Role.ORG_ADMIN, Role.PRIVACY_OFFICER)
@require_safe
def index(request: Asked) -> HttpResponse:
    """What waits, and what was closed."""
    waiting = reviews.read_alarms(reader=request.reader, waiting=True)
    closed = reviews.read_alarms(reader=request.reader, waiting=False)
    ids = {one.membership_id for one in [*waiting, *closed]} | {one.closed_by for one in closed if one.closed_by}
    names = {one: name for one, (name, *_rest) in network.names_of_members(membership_ids=ids).items()}
    context = {
        "waiting": [(one, names.get(one.membership_id, ""), SPANS.get(one.span, "")) for one in waiting],
        "closed": [(one, names.get(one.membership_id, ""), names.get(one.closed_by or one.id, "")) for one in closed],
    }
    return show(request, "alarms", context)


@member(Role.ORG_ADMIN, Role.PRIVACY_OFFICER)
@require_POST
def close(request: Asked, alarm_id: UUID) -> HttpResponse:
    """Close one: the worker can open pages again."""
    reviewing.close_read_alarm(alarm_id=alarm_id, by=request.reader, at=now())
    return thank(request, "alarm_closed", "work:alarms")
