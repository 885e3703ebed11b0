"""What every page of this door shares: the zone, reasons beside fields, and one line that says what happened."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from manypaths.directory.rules import EDITORS
from manypaths.lib.refusals import Refused
from manypaths.network.rules import OPENING_REQUESTS, VOUCHING, Role, may_coordinate, may_lead_organisation
from manypaths.web.ui.asked import Asked
from manypaths.web.work.words import OPENED_FOR

REFUSED = 422
SAID = "work_said"
WORDS: dict[str, Any] = {
    "accepted": _("You said yes. They are on your list now."),
    "rejected": _("Your answer is sent. They see the reason and other places."),
    "in_progress": _("Started. They can see that."),
    "on_hold": _("Paused. They can see why."),
    "completed": _("Done. What they sent along is closed now."),
    "failed": _("Noted. They see the reason and other places."),
    "cancelled": _("Stopped. They see the reason."),
    "gone": _("This is no longer open to you. Nothing was saved."),
    "contact": _("The contact is written down."),
    "message": _("Sent. They find it on their own page."),
    "plan": _("It is in the plan. They can read it on their own page."),
    "entry": _("It is written down."),
    "corrected": _("The correction is written down. What it said before stays readable."),
    "struck": _("It is struck. It stays readable as struck."),
    "read": _("All marked as read."),
    "room": _("Everyone who looks can see it now."),
    "confirmed": _("Thank you. It says today as the day it was checked."),
    "closed": _("It is out of the directory."),
    "added": _("It is in the directory now."),
    "export_asked": _("It is asked for. It stands here."),
    "export_agreed": _("You said yes. They can fetch it now."),
    "review_answered": _("Your answer is sent. They read it on their own page."),
    "incident": _("It is written down. Weigh it now, or tell the people concerned."),
    "assessed": _("Your decision is kept."),
    "letter_waits": _("Kept. Nobody is told until someone else who answers privacy questions here agrees."),
    "breach_told": _(
        "It is on the page of each person who has one here. Now write to them by mail, only to an address they call "
        "safe."
    ),
    "agreement": _("It is written down. It opens no page by itself."),
    "agreement_confirmed": _("You said yes. Both sides can read that."),
    "agreement_ended": _("It has ended. Both sides can read that."),
    "paper_held": _("It is held. Someone else has to check it before it opens anything."),
    "paper_checked": _("Your decision is kept. They read it on their own page."),
    "more_time": _("Noted. They read the new day and why."),
    "alarm_closed": _("Closed. They can open pages again."),
    "flag_answered": _("It is written down."),
    "emergency_reviewed": _("Your review is sent. They read it on their own page."),
    "saved": _("Changed. It says today as the day it was checked."),
}
UNDONE = frozenset({"gone"})
ANSWERING = OPENING_REQUESTS
WALKING = (Role.PEER, Role.CLINICIAN, Role.VOLUNTEER)
AT_DESK = (Role.FRONTDESK,)
# Who stands at the desk can open their page to these: at a small place everyone greets.
PRESENT_TO = (Role.FRONTDESK, Role.PEER, Role.CLINICIAN, Role.VOLUNTEER, Role.SUPERVISOR)
OFFERING = tuple(Role(role) for role in EDITORS)
SHOWN_TO = (Role.PEER, Role.CLINICIAN, Role.MONITOR)
WITH_PAGE = (*ANSWERING, *WALKING, *OFFERING, *SHOWN_TO, Role.PRIVACY_OFFICER, Role.MEDIC)


def zone_of(request: Asked) -> str:
    """The time zone of the community served."""
    return request.community.zone if request.community else "UTC"


def language() -> str:
    """The language of this page."""
    return get_language() or "en"


def put_reasons(form: forms.Form, refused: Refused) -> None:
    """Each reason beside the field it is about."""
    for reason in refused.reasons:
        form.add_error(reason.field if reason.field in form.fields else None, str(reason.message))


def show(request: Asked, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Draw a page of this door.

    `purpose` in the context is for what anything about a person was opened for it. The page says it in one line,
    `work/opened_for.html`, as the log has it.
    """
    said = request.session.pop(SAID, None)
    reader = request.reader
    shared = {
        "zone": zone_of(request),
        "said": WORDS.get(said) if said else None,
        "said_tone": "wait" if said in UNDONE else "ok",
        "may_answer": reader.has_role(*ANSWERING),
        "may_walk": reader.has_role(*WALKING),
        "has_page": reader.has_role(*WITH_PAGE),
        "may_offer": reader.has_role(*OFFERING),
        "may_lead": may_lead_organisation(reader),
        "may_coordinate": may_coordinate(reader),
        "may_be_shown": reader.has_role(*SHOWN_TO),
        "may_supervise": reader.has_role(Role.SUPERVISOR),
        "may_judge": reader.has_role(Role.PRIVACY_OFFICER),
        "may_rescue": reader.has_role(Role.MEDIC),
        "may_vouch": reader.has_role(*VOUCHING),
        "may_greet": reader.has_role(*AT_DESK),
        "is_at_desk": reader.has_role(*PRESENT_TO),
        "opened_for": OPENED_FOR.get(context.get("purpose", ""), ""),
        **context,
    }
    return render(request, f"work/{page}.html", shared, status=status)


def prove_first(request: Asked, path: str) -> HttpResponse:
    """To the second factor, and back to the page: what opens without a consent asks for a proof of a moment ago."""
    request.session["after_proof"] = path
    return redirect("entry:second_factor")


def thank(request: Asked, said: str, to: str, *args: Any) -> HttpResponse:
    """Go to a page that says in one line what happened."""
    request.session[SAID] = said
    return redirect(to, *args)
