"""What was opened in an emergency, as a privacy officer of the place that holds the record reviews it."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from manypaths.consent import emergencies, rescuing
from manypaths.consent.emergencies import EmergencyToReview
from manypaths.consent.rules import Purpose
from manypaths.consent.rules import reviews as rules
from manypaths.lib.dates import days_until
from manypaths.lib.refusals import Refused
from manypaths.network import queries as network
from manypaths.network.rules import Role
from manypaths.web.ui.access import member
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now
from manypaths.web.work.frame import REFUSED, language, put_reasons, show, thank, zone_of
from manypaths.web.work.privacy import AnswerForm, name_of_held


@member(Role.PRIVACY_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Asked, emergency_id: UUID) -> HttpResponse:
    """One emergency: what was written down, who opened, and whether it was right."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rescuing.review_emergency(emergency_id=emergency_id, **form.cleaned_data, by=request.reader, at=now())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return thank(request, "emergency_reviewed", "work:emergency_review", emergency_id)
    return _draw(request, emergencies.open_review(reader=request.reader, emergency_id=emergency_id), form)


def _draw(request: Asked, opened: EmergencyToReview, form: AnswerForm) -> HttpResponse:
    found, zone = opened.emergency, zone_of(request)
    ids = {found.membership_id} | ({found.answered_by} if found.answered_by else set())
    names = network.names_of_members(membership_ids=ids)
    context = {
        "one": found,
        "purpose": Purpose.PRIVACY,
        "form": form,
        "name": name_of_held(request, opened.held),
        "worker": names.get(found.membership_id, ("", "", "")),
        "finding": rules.word(rules.FINDINGS, found.finding, language()),
        "deed": rules.word(rules.DEEDS, found.deed, language()),
        "answered_by": names.get(found.answered_by, ("", "", ""))[0] if found.answered_by else "",
        "days_left": days_until(found.due_at, now(), zone),
        "should_not": found.finding == rules.SHOULD_NOT,
    }
    return show(request, "emergency_review", context, status=REFUSED if form.is_bound and form.errors else 200)
