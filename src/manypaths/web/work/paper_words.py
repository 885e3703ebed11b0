"""What a consent on paper is called at work: its kinds, what must stand on it, who signed, and where it stands."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Any] = {
    "named": _("For one place and one reason"),
    "tpo_single": _("One yes for care, paying for it and running the place"),
    "counseling_notes": _("For counseling notes, which stand alone"),
    "cj_referral": _("For an officer who follows a case"),
}
ELEMENTS: dict[str, Any] = {
    "name": _("The name of the person"),
    "discloser": _("Who may share it: your organization"),
    "information": _("What may be shared, described so that it is clear"),
    "recipient": _("Who may receive it"),
    "purpose": _("What it is for"),
    "revocation": _("That they can take it back, and how"),
    "end": _("When it ends"),
    "signature": _("The signature"),
    "date": _("The day it was signed"),
    "redisclosure": _("Only one yes for care: that it may be passed on"),
    "refusal": _("Only one yes for care: what happens when they say no"),
}
SIGNERS: dict[str, Any] = {
    "person": _("The person"),
    "representative": _("Somebody else for them"),
    "both": _("Both of them"),
}
CAPACITIES: dict[str, Any] = {
    "parent": _("Parent"),
    "guardian": _("Guardian"),
    "attorney": _("With a power of attorney, or for the estate"),
}
FINDINGS: dict[str, Any] = {
    "complete": _("Everything is there. It may open what it names."),
    "deficient": _("Something is missing, or stands there otherwise. It opens nothing."),
}


@dataclass(frozen=True)
class State:
    """How a state is shown."""

    words: Any
    icon: str
    tone: str = ""


STATES: dict[str, State] = {
    "held": State(_("Held. It opens nothing until someone checks it."), "clock", "wait"),
    "complete": State(_("Checked: everything was there"), "circle-check", "ok"),
    "deficient": State(_("Checked: something is missing. It opens nothing."), "x"),
    "stopped": State(_("They stopped it before it was checked"), "x"),
    "denied": State(_("They say that they did not sign it"), "triangle-alert", "alert"),
}
