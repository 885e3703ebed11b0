"""The form with which a coordinator invites one organisation."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from manypaths.network.rules import places
from manypaths.web.entry.forms import address
from manypaths.web.ui.offering import offer


class BodyForm(forms.Form):
    """Invite one organisation: one that the directory lists under a name like this, or another one."""

    ANOTHER = "another"
    name = forms.CharField(
        label=_("Name of the organization"), max_length=300, error_messages={"required": _("Type its name.")}
    )
    listed = forms.ChoiceField(
        label=_("Is it one of these?"),
        help_text=_("Choose it if it is. What the directory lists for it then belongs to it."),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("The directory lists a name like this. Choose it, or say that yours is another one."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        help_text=_("A court, a boss or a landlord sees only what a person shows them. Nobody asks them for help."),
        required=False,
    )
    contact_name = forms.CharField(
        label=_("Who leads it here"), max_length=80, error_messages={"required": _("Type the name of a person.")}
    )
    email = address()

    def __init__(
        self, data: Any = None, *, listed: list[tuple[str, str]], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        offer(self, "kind", places.in_words(get_language() or "en"))
        field = self.fields["listed"] if listed else self.fields.pop("listed")
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*listed, (self.ANOTHER, _("None of these. It is another one."))]

    def invited(self) -> dict[str, Any]:
        """Who is invited, as the command wants it."""
        rest = dict(self.cleaned_data)
        listed = rest.pop("listed", "")
        is_another = listed == self.ANOTHER
        return rest | {"organisation_id": UUID(listed) if listed and not is_another else None, "is_another": is_another}
