"""How a command says no: reasons a person can read, beside the field they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One cause why an act is not done.

    `code` is stable and English (for tests and logs), `message` is a translatable sentence that says what to do,
    `field` names the input it belongs beside, where there is one.
    """

    code: str
    message: Any
    field: str | None = None


class Refused(Exception):
    """An act was not done, by design. Nothing was written; the reasons are for the person who asked."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


class NotThere(Exception):
    """What was asked for does not exist, or this reader may not know that it does. The two look the same."""


class NotYourWork(Exception):
    """A whole kind of information that this reader's work does not include, about someone they know is served here."""


def refuse_if(reasons: Iterable[Reason]) -> None:
    """Stop an act when there is at least one reason not to do it.

    Refuses: with every reason at once, so that nobody mends them one by one.
    """
    found = list(reasons)
    if found:
        raise Refused(found)
