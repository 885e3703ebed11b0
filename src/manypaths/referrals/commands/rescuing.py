"""Opens what places keep of a person in a medical emergency, once the four fields are written down."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from manypaths.accounts import queries as accounts
from manypaths.accounts.commands.signing_in import Caller, note_guess
from manypaths.audit import commands as audit
from manypaths.consent import denials, rescuing
from manypaths.consent import emergencies as labels
from manypaths.consent.rules import emergencies as rules
from manypaths.consent.rules.emergencies import Said
from manypaths.lib.refusals import NotThere, NotYourWork, Reason, refuse_if
from manypaths.network.rules import Reader, reasons_not_proved
from manypaths.vault.queries import Sealer, sealer_of

FIND = "select find_in_emergency(%s, %s, %s, %s)"
RECORD = "select record_emergency(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
GUESS = "emergency"


@dataclass(frozen=True)
class Found:
    """What a code or a number leads to: for each record its person's own, and who holds it. Nothing is open by it."""

    rows: list[tuple[UUID, UUID, UUID]]
    sealer: Sealer


def refuse_without_role(by: Reader) -> None:
    """Say no to whoever does no emergency work.

    Refuses: NotYourWork for a clinician, NotThere for everyone else.
    """
    if by.is_member and rules.opens_in_emergency(by.roles):
        return
    raise NotYourWork if by.is_member and rules.is_told_why_not(by.roles) else NotThere


def open_in_emergency(*, key: str, said: Said, by: Reader, at: datetime) -> UUID:
    """Write an emergency down, for every record that the code of a card, or the number of a page, leads to. Gives the
    opening: what it opens is read by `consent.emergencies.open_emergency`, for an hour.

    Refuses: NotYourWork or NotThere without the role · an old proof · a missing field · a code that leads nowhere,
    wrong or of somebody of whom no place keeps anything · many wrong codes typed by this account.
    Records: consent.emergency_opened for each record; the attempt stands in the log of looks in any case
    Afterwards: the person is told; whoever reviews it at the place that holds the record is told.
    """
    refuse_without_role(by)
    refuse_if(reasons_not_proved(by, at))
    sought = rules.as_key(key)
    if isinstance(sought, str):
        refuse_if(rules.reasons_not_to_try(_wrong_lately(by, at)))
    asking = _asking(sought, by)
    found = _find(asking)
    missing = list(rules.reasons_not_to_open(said))
    nowhere = not found.rows and not missing
    if missing or nowhere:
        denials.note(asking)
    if nowhere and isinstance(sought, str) and sought:
        _note_wrong(by, at)
    refuse_if([*missing, *([_nowhere()] if nowhere else [])])
    return _write_down(found, asking, said, by, at)


def _nowhere() -> Reason:
    return Reason("leads_nowhere", _("This leads to nothing. Check each letter and digit."), "key")


def _asking(sought: UUID | str, by: Reader) -> denials.Asking:
    is_number = isinstance(sought, UUID)
    code_hash = None if isinstance(sought, UUID) else rescuing.hash_of_card(sought)
    return FIND, [by.account_id, by.membership_id, code_hash, sought if is_number else None]


def _find(asking: denials.Asking) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    return Found([(UUID(a), UUID(b), UUID(c)) for a, b, c in found["found"]], sealer_of(found["keys"]))


@transaction.atomic
def _write_down(found: Found, asking: denials.Asking, said: Said, by: Reader, at: datetime) -> UUID:
    opening = uuid.uuid4()
    code_hash = asking[1][2]
    words = {
        labels.RECIPIENT: said.recipient, labels.AFFILIATION: said.affiliation, labels.DISCLOSER: said.discloser,
        labels.NATURE: said.nature,
    }  # fmt: skip
    for own, held, holder in found.rows:
        one = uuid.uuid4()
        sealed = [found.sealer.seal(own, label, text.strip()) for label, text in words.items()]
        with connection.cursor() as cursor:
            cursor.execute(RECORD, [by.account_id, by.membership_id, code_hash, held, one, opening, *sealed])
        audit.record(what="consent.emergency_opened", by=by, subject=one, record_id=own, at=at)
        rescuing.tell_reviewers(emergency_id=one, organisation_id=holder, by=by, at=at)
    return opening


def _wrong_lately(by: Reader, at: datetime) -> int:
    """Wrong codes that this account typed. It is counted for itself: nobody can use up the tries of another."""
    whose = str(by.account_id)
    name_hash = accounts.fingerprint("guess name", GUESS, whose)
    place_hash = accounts.fingerprint("guess place", GUESS, _place(whose))
    return accounts.recent_failures(name_hash=name_hash, place_hash=place_hash, at=at).here_for_name


def _note_wrong(by: Reader, at: datetime) -> None:
    whose = str(by.account_id)
    note_guess(kind=GUESS, name=whose, caller=Caller(place=_place(whose)), known=False, at=at)


def _place(whose: str) -> str:
    return f"account {whose}"
