"""What a field of a form offers, where it is known only when the form is made."""

from collections.abc import Iterable
from typing import Any

from django import forms


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Let a choice field of this form offer these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), f"{name} offers no choices"
    field.choices = list(choices)
