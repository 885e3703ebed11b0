"""What it is called to show somebody outside a part of what a place keeps: kinds, parts, reasons, in plain words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.web.my import plain


@dataclass(frozen=True)
class KindWords:
    """How one kind of consent is offered: its name, what it is good for, and what its recipient is asked as."""

    title: Any
    about: Any
    recipient: Any
    icon: str


@dataclass(frozen=True)
class NameWords:
    """How a person is asked for the name of the case or the study that one yes is for, and told what is missing."""

    question: Any
    hint: Any
    missing: Any


KINDS: dict[str, KindWords] = {
    "named": KindWords(
        _("A place"), _("A clinic, a landlord, a job program: one place, one reason."), _("Which place?"), "users"
    ),
    "tpo_single": KindWords(
        _("One yes for my care"),
        _("A clinic that supports you, for care, for paying for it and for running the place."),
        _("Which clinic?"),
        "heart-handshake",
    ),
    "ally": KindWords(
        _("Someone close to me"), _("Family or a friend sees when you came. Nothing else."), _("Who is it?"), "user"
    ),
    "cj_referral": KindWords(
        _("Someone from my case"), _("An officer who follows your case sees what you choose."),
        _("Which officer?"), "info",
    ),
    "proceedings": KindWords(
        _("For a court case"), _("A lawyer's office or a court reads what you choose, for one case. It stands alone."),
        _("Which lawyer's office, place or court?"), "scale",
    ),
    "research": KindWords(
        _("For a study"), _("Those who do one study read what you choose, for that study only."),
        _("Who does the study?"), "book-open",
    ),
    "counseling_notes": KindWords(
        _("Notes of my counseling"), _("One clinician outside reads them. The law keeps these notes apart."),
        _("Which clinician?"), "lock",
    ),
}  # fmt: skip
PARTS: dict[str, Any] = {
    "attendance": _("When you came"),
    "sud_treatment_record": _("Your care there"),
    "drug_screen_result": _("Your test results"),
    "sud_counseling_notes": _("Notes of your counseling talks"),
}
NAMES: dict[str, NameWords] = {
    "proceedings": NameWords(
        _("Which case is it for?"),
        _("In your own words, for example: my custody case at the county court. They read it, too."),
        _("Write which case it is for."),
    ),
    "research": NameWords(
        _("Which study is it for?"),
        _("Its name, or in your own words: the sleep study at the university. They read it, too."),
        _("Write which study it is for."),
    ),
}  # fmt: skip
FIRM: dict[bool, Any] = {
    False: _("You can stop this at any time, with one button."),
    True: _("You cannot stop this before {until}. Ask a lawyer before you say yes."),
}
STATES: dict[str, Any] = {
    "refused": _("You said no. Nobody is told."),
    "draft": _("Not signed."),
    "stopped": _("You stopped it."),
    "replaced": _("You agreed to less."),
    "over": _("Its last day came."),
    "away": _("You have blocked them. They open nothing of it."),
    "kept": _("You keep it from them. They open nothing of it."),
    "waiting": _("Nobody has typed your code yet."),
}


def why(purpose: str) -> str:
    """What a consent is for, as a sentence begins: the words that the list of looks has, too."""
    said = str(plain.PURPOSES.get(purpose, ""))
    return said[:1].upper() + said[1:]
