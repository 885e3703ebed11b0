"""Taking a list of the people one's team walks with out of the house: who may, when, and how a cell is written. Pure.

The database functions of exports are the second reading of `needs_another` and of how long one may be fetched.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import Reason
from manypaths.network.rules import Role

ASKING = (Role.SUPERVISOR,)
SECOND = (Role.SUPERVISOR, Role.PRIVACY_OFFICER)
ALONE = 50  # up to so many people nobody else is asked
KEPT_FOR = timedelta(hours=24)
CLASSES = frozenset({DataClass.DEMOGRAPHICS, DataClass.CONTACT_LOG, DataClass.ATTENDANCE, DataClass.RECOVERY_PLAN})
WHY: Mapping[str, Any] = {
    "planning": _("To plan who walks with whom"),
    "supervision": _("To prepare talks with my team"),
    "audit": _("For an audit of our own work"),
}
COLUMNS = (
    "record", "name", "worker", "contacts", "last_contact", "came", "did_not_come", "goals_open", "goals_reached",
)  # fmt: skip
RISKY = "=+-@\t\r\n|"


def needs_another(people: int) -> bool:
    """True when somebody else must say yes first."""
    return people > ALONE


def safe_cell(value: object) -> str:
    """A cell that no program of tables takes for a formula. What stands in it stays readable."""
    text = "" if value is None else str(value)
    if text[:1] in RISKY or text.lstrip()[:1] in RISKY:
        return f"'{text}" if text else text
    return text


def reasons_not_to_ask(people: int, why: str, *, proved: bool) -> Iterator[Reason]:
    """Why a list cannot be asked for."""
    if not proved:
        yield Reason("prove_again", _("Prove once more that it is you, then try again."))
    if why not in WHY:
        yield Reason("no_reason", _("Choose what it is for."), "why")
    if people == 0:
        yield Reason("nobody", _("Your team walks with nobody now."))


def reasons_not_to_fetch(*, ready: bool, proved: bool) -> Iterator[Reason]:
    """Why a list cannot be taken out yet."""
    if not proved:
        yield Reason("prove_again", _("Prove once more that it is you, then try again."))
    if not ready:
        yield Reason("second_person", _("Somebody else must say yes first."))
