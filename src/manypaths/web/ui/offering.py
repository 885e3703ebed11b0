"""What a field of a form offers, where it is known only when the form is made; and whether a form came as drawn."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

BESIDE_FIELDS = frozenset({"csrfmiddlewaretoken", "once"})


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Let a choice field of this form offer these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), f"{name} offers no choices"
    field.choices = list(choices)


def reasons_not_as_drawn(form: forms.Form) -> Iterator[Reason]:
    """Why a form is not read at all: it brings values that its page never asks for, such as whose it is."""
    if set(form.data) - {form.add_prefix(name) for name in form.fields} - BESIDE_FIELDS:
        yield Reason("not_as_drawn", _("Go back, look at the page again, and try once more."))
