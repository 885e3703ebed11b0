"""Plain words for the states, moves and ways of a request."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.referrals.rules import Status, Way
from manypaths.support.rules import Kind


@dataclass(frozen=True)
class State:
    """How a state is shown: words, icon and tone."""

    words: Any
    icon: str
    tone: str = ""


STATES: dict[Status, State] = {
    Status.REQUESTED: State(_("Waits for an answer"), "clock", "wait"),
    Status.ACCEPTED: State(_("Said yes"), "circle-check", "ok"),
    Status.IN_PROGRESS: State(_("Started"), "circle-dot", "ok"),
    Status.ON_HOLD: State(_("Paused"), "clock", "wait"),
    Status.COMPLETED: State(_("Done"), "check", "ok"),
    Status.REJECTED: State(_("Not now"), "x"),
    Status.FAILED: State(_("Did not work out"), "x"),
    Status.CANCELLED: State(_("Stopped"), "x"),
}


@dataclass(frozen=True)
class Button:
    """A move as a button: what it says, what follows from it, and how strong it looks."""

    words: Any
    about: Any
    look: str = "ghost"
    ask: Any = ""


BUTTONS: dict[Status, Button] = {
    Status.ACCEPTED: Button(
        _("Say yes"), _("You walk with them. Their name and how to reach them go on your list."), ""
    ),
    Status.REJECTED: Button(_("Not now"), _("They see the reason and other places that could help."), ask=_("Why?")),
    Status.IN_PROGRESS: Button(_("Start"), _("They see that it has begun."), ""),
    Status.ON_HOLD: Button(_("Pause"), _("They see why it waits."), ask=_("Why does it wait?")),
    Status.COMPLETED: Button(
        _("Close as done"), _("What they sent along closes. You keep your own record."), ask=_("What came of it?")
    ),
    Status.FAILED: Button(
        _("It did not work out"), _("They see the reason and other places that could help."), ask=_("Why?")
    ),
    Status.CANCELLED: Button(_("Stop on our side"), _("They see the reason."), ask=_("Why?")),
}

ASKED = _("Asked")
GO_ON = Button(_("Go on"), _("They see that it goes on."), "")

WAYS: dict[str, Any] = {
    Way.CALL.value: _("Call them"),
    Way.TEXT.value: _("Send a text"),
    Way.PERSON_CALLS.value: _("They will call you"),
    Way.PERSON_VISITS.value: _("They will come by"),
    Way.HERE.value: _("Answer here. They read it on their own page."),
}

# The same, for who calls or greets and does not answer requests.
DESK_WAYS: dict[str, Any] = {
    **WAYS,
    Way.PERSON_CALLS.value: _("They will call"),
    Way.HERE.value: _("They read on their own page. Do not call."),
}

# What the log keeps as codes, as a privacy officer reads it.
CLASSES: dict[str, Any] = {
    "presence": _("that they are served here"),
    "demographics": _("the name they use"),
    "safe_contact": _("how to reach them"),
    "recovery_plan": _("their plan"),
    "safety_plan": _("what helps them on a hard day"),
    "referral_task": _("their request"),
    "outcome_answers": _("their check-ins"),
    "contact_log": _("notes about contacts"),
    "sud_treatment_record": _("what treatment they get"),
    "drug_screen_result": _("results of drug tests"),
    "attendance": _("when they came"),
    "sud_counseling_notes": _("counseling notes"),
    "messages": _("messages with a worker"),
    "checkin": _("a check-in that they show"),
    "consent_record": _("what they agreed to share"),
    "access_log": _("the list of who looked"),
    "shared": _("the list of what is shown here"),
}
PURPOSES: dict[str, Any] = {
    "referral": _("to answer a request"),
    "care": _("to support them"),
    "supervision": _("to guide a worker"),
    "desk": _("to call or greet them"),
    "privacy": _("to answer a privacy question"),
    "TREAT": _("to give them care"),
    "COC": _("to work together on their support"),
    "HOUSING_PLACEMENT": _("to find or keep a home"),
    "EMPLOYMENT": _("to find or keep work"),
    "HPAYMT": _("to pay for their care"),
    "HOPERAT": _("to run the place"),
    "CJ_MONITORING": _("to follow a case"),
    "HLEGAL": _("to use in a court case"),
    "HRESCH": _("to learn from it in a study"),
    "emergency": _("to treat them in an emergency"),
    "legal": _("to answer an order of a court"),
}
# Why a page of a record is open, as its line says it to the worker who opened it.
OPENED_FOR: dict[str, Any] = {
    "referral": _("answering a request"),
    "care": _("walking with someone"),
    "supervision": _("guiding a worker"),
    "desk": _("the front desk"),
    "privacy": _("a question of privacy"),
    "emergency": _("a medical emergency"),
    "legal": _("an order of a court"),
}
# How a consent ended, as the place reads it that it was given to.
ENDINGS: dict[str, Any] = {
    "stopped": _("They stopped it."),
    "request_closed": _("The request it was for is closed."),
    "replaced": _("They agreed anew."),
    "over": _("Its last day is over."),
}
LANGUAGES: dict[str, Any] = {"en": _("English"), "es": _("Spanish")}
BASES: dict[str, Any] = {
    "granted": _("They agreed to share it with your organization."),
    "assigned": _("The worker is assigned to them."),
    "supervised": _("The worker leads someone who is assigned to them."),
    "originated": _("The worker wrote it and is assigned to them."),
    "organisation": _("The worker is at a desk of your organization."),
    "desk": _("They stood at the desk and opened it to your organization."),
    "review": _("The worker answered what they said was not right."),
    "shared": _("They signed that the worker can see it."),
    "emergency": _("A medical emergency was written down first."),
    "order": _("An order of a court names it."),
    "correction": _("The worker answered what they asked to have corrected."),
    "complaint": _("The worker answered a complaint of theirs."),
    "emergencyreview": _("The worker reviewed what was opened in an emergency."),
}


@dataclass(frozen=True)
class KindWords:
    """How a kind of entry is spoken of: its title, the act of adding one, and where there is none yet."""

    title: Any
    add: Any
    none: Any
    who: Any


KINDS: dict[Kind, KindWords] = {
    Kind.TREATMENT: KindWords(
        _("Treatment"), _("Write down a service"), _("No service is written down yet."),
        _("Clinicians who walk with them read this. They read it too, on their own page."),
    ),
    Kind.SCREEN: KindWords(
        _("Drug screens"), _("Write down a test"), _("No test is written down yet."),
        _("Clinicians who walk with them read this. They read it too, on their own page."),
    ),
    Kind.ATTENDANCE: KindWords(
        _("Attendance"), _("Write down whether they came"), _("Nothing is written down yet."),
        _("Workers who walk with them, those who lead these, and your front desk read this. They read it too."),
    ),
    Kind.NOTE: KindWords(
        _("Your counseling notes"), _("Write a note"), _("You have no note here."),
        _("Only you read these. They are kept apart from everything else."),
    ),
}  # fmt: skip
