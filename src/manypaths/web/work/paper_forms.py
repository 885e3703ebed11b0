"""The questions of a consent on paper: what stands on it, as it was read; and what a second person found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.consent.paper_consents import PaperWords
from manypaths.consent.rules import paper_consents as rules
from manypaths.consent.rules import shares
from manypaths.consent.rules.paper_consents import Paper
from manypaths.referrals.commands.paper_consents import Named
from manypaths.web.ui.offering import offer
from manypaths.web.work.paper_words import CAPACITIES, ELEMENTS, FINDINGS, KINDS, SIGNERS
from manypaths.web.work.words import CLASSES, LANGUAGES, PURPOSES

PICKS: dict[str, Any] = {"look": "picks"}
DAY: dict[str, Any] = {"type": "date"}


@dataclass(frozen=True)
class Recipients:
    """Whom a paper of each kind can name here, by the word that the form sends."""

    of_kind: Mapping[str, Collection[tuple[str, str]]]

    def all(self) -> list[tuple[str, str]]:
        """Each of them once, by name."""
        found = {value: name for offered in self.of_kind.values() for value, name in offered}
        return sorted(found.items(), key=lambda one: one[1])

    def may_be(self, kind: str, value: str) -> bool:
        """Whether a paper of this kind can name them."""
        return value in dict(self.of_kind.get(kind, ()))


def several(label: Any, **more: Any) -> forms.MultipleChoiceField:
    """A question with more than one answer."""
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple(attrs=PICKS), **more)


def one_of(label: Any, **more: Any) -> forms.ChoiceField:
    """A question with one answer."""
    return forms.ChoiceField(label=label, widget=forms.RadioSelect(attrs=PICKS), **more)


class PaperForm(forms.Form):
    """What stands on the paper, and what was read there."""

    kind = one_of(_("What kind of consent is it?"), error_messages={"required": _("Choose one kind.")})
    recipient = forms.ChoiceField(
        label=_("Who may receive it?"), error_messages={"required": _("Choose who is named on the paper.")}
    )
    parts = several(_("What may be shared?"), error_messages={"required": _("Choose what the paper names.")})
    purpose = one_of(_("What is it for?"), error_messages={"required": _("Choose what the paper says.")})
    until = forms.DateField(
        label=_("Until the end of which day?"), required=False, widget=forms.DateInput(attrs=DAY),
        help_text=_("Leave it empty only where one yes for care holds until they stop it."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("The name on the paper"), max_length=200,
        help_text=_("Who receives something sees this name."),
        error_messages={"required": _("Write the name as it stands on the paper.")},
    )  # fmt: skip
    minor = forms.BooleanField(
        label=_("The person was under age on that day"), required=False,
        help_text=_("Then both must have signed: the person, and a parent or guardian."),
    )  # fmt: skip
    signer = one_of(_("Who signed?"), error_messages={"required": _("Choose who signed.")})
    capacity = one_of(_("If somebody else signed: as what?"), required=False)
    signer_name = forms.CharField(label=_("If somebody else signed: their name"), required=False, max_length=200)
    signed_on = forms.DateField(
        label=_("The day it was signed"), widget=forms.DateInput(attrs=DAY),
        error_messages={"required": _("Write the day on which it was signed.")},
    )  # fmt: skip
    witness = forms.CharField(label=_("Who saw them sign, if anyone"), required=False, max_length=200)
    place = forms.CharField(
        label=_("Where the paper lies"), max_length=200,
        help_text=_("So that someone else finds it and checks it."),
        error_messages={"required": _("Write where the paper lies.")},
    )  # fmt: skip
    language = one_of(_("The language of the paper"), error_messages={"required": _("Choose a language.")})
    read = several(
        _("What did you read on the paper?"), required=False,
        help_text=_("Mark only what really stands there. What is missing is found out in any case."),
    )  # fmt: skip

    def __init__(self, data: Any, recipients: Recipients) -> None:
        super().__init__(data)
        self.recipients = recipients
        kinds = [shares.KINDS[one] for one in rules.KINDS]
        offer(self, "kind", [(one, KINDS[one]) for one in rules.KINDS])
        offer(self, "recipient", [("", _("Choose")), *recipients.all()])
        offer(self, "parts", [(one, CLASSES[one]) for one in _each(kind.classes for kind in kinds)])
        offer(self, "purpose", [(one, PURPOSES[one]) for one in _each(kind.purposes for kind in kinds)])
        offer(self, "signer", SIGNERS.items())
        offer(self, "capacity", CAPACITIES.items())
        offer(self, "language", LANGUAGES.items())
        offer(self, "read", ELEMENTS.items())

    def clean(self) -> dict[str, Any]:
        """Not every kind can name everybody."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("kind") and said.get("recipient") and not self.recipients.may_be(said["kind"], said["recipient"]):
            self.add_error("recipient", _("A consent of this kind cannot name them. Choose another one."))
        return said

    def paper(self, zone: str) -> Paper:
        """What stands on it, as the rules read it."""
        said = self.cleaned_data
        return Paper(
            said["kind"], frozenset(said["parts"]), said["purpose"], _end_of(said.get("until"), zone),
            said["signed_on"], said["minor"], said["signer"], said["capacity"], frozenset(said["read"]),
        )  # fmt: skip

    def words(self) -> PaperWords:
        """The words on it."""
        return PaperWords(**{one: self.cleaned_data[one] for one in ("name", "signer_name", "witness", "place")})

    def named(self) -> Named:
        """Whom it names."""
        sort, _dot, one = self.cleaned_data["recipient"].partition(".")
        return Named(organisation_id=UUID(one)) if sort == "place" else Named(membership_id=UUID(one))


class CheckForm(forms.Form):
    """What a second person found on the paper, with the paper in their hand."""

    found = several(_("What do you find on the paper, just as it is written down here?"), required=False)
    finding = one_of(_("What did you find?"), error_messages={"required": _("Choose what you found.")})

    def __init__(self, data: Any, kind: str) -> None:
        super().__init__(data)
        offer(self, "found", [(one, ELEMENTS[one]) for one in rules.elements_of(kind)])
        offer(self, "finding", FINDINGS.items())


def _each(lists: Any) -> list[str]:
    return list(dict.fromkeys(one for several in lists for one in several))


def _end_of(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone)) if day else None
