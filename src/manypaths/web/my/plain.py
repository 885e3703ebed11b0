"""Plain words for what the gate keeps as codes: kinds of information, reasons to look, grounds, ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from manypaths.referrals import rules
from manypaths.referrals.queries import RequestLine
from manypaths.referrals.rules import Status
from manypaths.web.ui.words import day

CLASSES: dict[str, Any] = {
    "presence": _("that you use this page"),
    "demographics": _("the name you use"),
    "safe_contact": _("how to reach you"),
    "recovery_plan": _("your plan"),
    "safety_plan": _("what helps you on a hard day"),
    "referral_task": _("your request"),
    "outcome_answers": _("your check-ins"),
    "contact_log": _("notes about contacts"),
    "messages": _("what you write to each other"),
    "checkin": _("a check-in you show them"),
    "sud_treatment_record": _("your care there"),
    "drug_screen_result": _("your test results"),
    "attendance": _("when you came"),
    "sud_counseling_notes": _("notes a counselor keeps apart"),
    "consent_record": _("what you agreed to share"),
    "access_log": _("the list of who looked"),
    "shared": _("the list of what is shown to them"),
}
PURPOSES: dict[str, Any] = {
    "referral": _("to answer your request"),
    "care": _("to support you"),
    "supervision": _("to guide a worker who supports you"),
    "desk": _("to call or greet you"),
    "privacy": _("to answer a privacy question"),
    "TREAT": _("to give you care"),
    "COC": _("to work together on your support"),
    "HOUSING_PLACEMENT": _("to find or keep a home"),
    "EMPLOYMENT": _("to find or keep work"),
    "HPAYMT": _("to pay for your care"),
    "HOPERAT": _("to run the place"),
    "FAMRQT": _("so that someone close knows"),
    "CJ_MONITORING": _("to follow your case"),
    "HLEGAL": _("to use in a court case"),
    "HRESCH": _("to learn from it in a study"),
    "emergency": _("to treat you in an emergency"),
    "legal": _("to answer an order of a court"),
}
BASES: dict[str, Any] = {
    "granted": _("You agreed to share this with them."),
    "assigned": _("They are assigned to you at a place that supports you."),
    "supervised": _("They lead a worker who is assigned to you."),
    "originated": _("They wrote this themselves and are assigned to you."),
    "organisation": _("They work at the desk of a place that supports you."),
    "desk": _("You stood at the desk and opened it to them."),
    "shown": _("You show this to them."),
    "thread": _("They walk with you, and you write to each other."),
    "review": _("You said that a look was not right. They answer you."),
    "shared": _("You signed that they can see this."),
    "emergency": _("A medical emergency was written down first."),
    "order": _("An order of a court names it."),
    "correction": _("You asked them to correct something. They answer you."),
    "complaint": _("You complained to them. They answer you."),
    "emergencyreview": _("They check if an opening in an emergency was right."),
}
CLOSE = _("Someone close to me")
PRIVACY_DESK = _("They answer privacy questions at a place that supports you.")
ENDINGS: dict[str, Any] = {
    "stopped": _("You stopped it"),
    "request_closed": _("The request ended"),
    "replaced": _("You agreed anew"),
}
OVER = _("The last day came")


# Titles that many places give their workers; any other stands as the place wrote it.
TITLES: dict[str, Any] = {
    "Network coordinator": _("Network coordinator"),
    "Runs the place": _("Runs the place"),
    "Team lead": _("Team lead"),
    "Peer recovery coach": _("Peer recovery coach"),
    "Counselor": _("Counselor"),
    "Front desk": _("Front desk"),
    "Answers privacy questions": _("Answers privacy questions"),
}


def what_is_shared(classes: Iterable[str]) -> str:
    """Kinds of information in one phrase: "your request and how to reach you"."""
    words = [str(CLASSES.get(one, one)) for one in sorted(set(classes), key=list(CLASSES).index)]
    if len(words) < 2:
        return "".join(words)
    return str(_("%(first)s and %(last)s")) % {"first": ", ".join(words[:-1]), "last": words[-1]}


def ground(basis: str, purpose: str = "") -> Any:
    """Why a look was allowed, in one sentence. Two kinds of worker look because they work at a desk of the place."""
    word = basis.partition(":")[0].partition("/")[0]
    return PRIVACY_DESK if (word, purpose) == ("organisation", "privacy") else BASES.get(word, "")


STATES: dict[str, tuple[str, Any]] = {
    Status.REQUESTED: ("", _("Asked %(place)s. They answer by %(day)s.")),
    Status.ACCEPTED: ("ok", _("%(place)s said yes.")),
    Status.IN_PROGRESS: ("ok", _("%(place)s is working on it with you.")),
    Status.ON_HOLD: ("", _("Paused for now at %(place)s.")),
    Status.COMPLETED: ("ok", _("Finished at %(place)s.")),
    Status.REJECTED: ("", _("Not now at %(place)s. Others may have room.")),
    Status.FAILED: ("", _("It did not work out at %(place)s. You can ask another place.")),
    Status.CANCELLED: ("", _("This request to %(place)s was taken back.")),
}
LATE = _("%(place)s has not answered in time. You can ask another place.")
NOT_SHARED = _("You do not share this with %(place)s any more. They can no longer open what you sent.")
TAKEN_UP = rules.OPEN - {Status.REQUESTED}


@dataclass(frozen=True)
class RequestNote:
    """Where one request stands, in one sentence, and whether the person's own word is still to come."""

    id: UUID
    step_id: UUID | None
    service: str
    words: str
    tone: str
    is_open: bool
    is_late: bool
    asks: bool
    answer: str


def _standing(line: RequestLine, at: datetime, shared: bool) -> tuple[str, Any]:
    if line.is_overdue(at):
        return ("wait", LATE)
    return ("", NOT_SHARED) if line.status in TAKEN_UP and not shared else STATES[line.status]


def request_note(line: RequestLine, at: datetime, *, shared: bool) -> RequestNote:
    """A request as the person reads it on their own page. `shared` while the place may open what was sent."""
    tone, sentence = _standing(line, at, shared)
    due = day(line.due_on, get_language()) if line.due_on else ""
    return RequestNote(
        id=line.id,
        step_id=line.step_id,
        service=line.service_name,
        words=str(sentence) % {"place": line.organisation_name, "day": due},
        tone=tone,
        is_open=line.status in rules.OPEN,
        is_late=line.is_overdue(at),
        asks=rules.wants_answer(line.status, line.requested_at, line.person_answer),
        answer=rules.word(rules.ANSWERS, line.person_answer, get_language() or "en"),
    )
