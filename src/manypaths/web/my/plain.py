"""Plain words for what the gate keeps as codes: kinds of information, reasons to look, grounds, ends."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

CLASSES: dict[str, Any] = {
    "presence": _("that you use this page"),
    "demographics": _("the name you use"),
    "safe_contact": _("how to reach you"),
    "recovery_plan": _("your plan"),
    "referral_task": _("your request"),
    "outcome_answers": _("your check-ins"),
    "contact_log": _("notes about contacts"),
    "consent_record": _("what you agreed to share"),
    "access_log": _("the list of who looked"),
}
PURPOSES: dict[str, Any] = {
    "referral": _("to answer your request"),
    "care": _("to support you"),
    "supervision": _("to guide a worker who supports you"),
    "desk": _("to call or greet you"),
    "privacy": _("to answer a privacy question"),
}
BASES: dict[str, Any] = {
    "granted": _("You agreed to share this with them."),
    "assigned": _("They are assigned to you at a place that supports you."),
    "supervised": _("They lead a worker who is assigned to you."),
    "organisation": _("They work at the desk of a place that supports you."),
}
ENDINGS: dict[str, Any] = {
    "stopped": _("You stopped it"),
    "request_closed": _("The request ended"),
    "replaced": _("You agreed anew"),
}
OVER = _("The last day came")


def what_is_shared(classes: Iterable[str]) -> str:
    """Kinds of information in one phrase: "your request and how to reach you"."""
    words = [str(CLASSES.get(one, one)) for one in sorted(set(classes), key=list(CLASSES).index)]
    if len(words) < 2:
        return "".join(words)
    return str(_("%(first)s and %(last)s")) % {"first": ", ".join(words[:-1]), "last": words[-1]}


def ground(basis: str) -> Any:
    """Why a look was allowed, in one sentence."""
    return BASES.get(basis.partition(":")[0], "")
