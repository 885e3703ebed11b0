"""Second factors of workers: an app that shows codes, a passkey, and codes for emergencies."""

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from manypaths.accounts import factors, rules
from manypaths.accounts.commands import signing_in
from manypaths.accounts.commands.signing_in import FACTOR, Caller
from manypaths.accounts.models import DemoSignIn, User
from manypaths.audit import commands as audit
from manypaths.audit.commands import Actor
from manypaths.lib.refusals import NotThere, refuse_if

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@transaction.atomic
def add_app(*, account_id: UUID, secret: str, code: str, by: Actor, at: datetime) -> None:
    """Add an app that shows codes, in place of an earlier one, once its first code is right.

    Refuses: a wrong code.
    Records: accounts.factor_added
    """
    step = factors.matching_step(secret, rules.code_as_typed(code))
    refuse_if(rules.reasons_not_to_add_app(code_fits=step is not None))
    account = User.objects.select_for_update().get(id=account_id)
    Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
    made = TOTP.activate(account, secret).instance
    made.data["last_step"] = step
    made.save(update_fields=["data"])
    audit.record(what="accounts.factor_added", by=by, subject=account_id, at=at)


@transaction.atomic
def add_passkey(*, account_id: UUID, name: str, credential: dict[str, Any], by: Actor, at: datetime) -> None:
    """Add a passkey whose answer was checked.

    Records: accounts.factor_added
    """
    WebAuthn.add(User.objects.get(id=account_id), name[:60], credential)
    audit.record(what="accounts.factor_added", by=by, subject=account_id, at=at)


@transaction.atomic
def make_staff_codes(*, account_id: UUID, by: Actor, at: datetime) -> list[str]:
    """Make ten codes for a lost phone. Earlier ones stop working. They are told this once.

    Records: accounts.staff_codes_made
    """
    account = User.objects.get(id=account_id)
    Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(account).generate_codes()
    audit.record(what="accounts.staff_codes_made", by=by, subject=account_id, at=at)
    return codes


@transaction.atomic
def use_code(*, account_id: UUID, code: str, caller: Caller, by: Actor, at: datetime) -> bool:
    """Whether a code of the app, or one for emergencies, is right. Each counts once.

    Refuses: too many failed tries.
    Records: accounts.factor_used, or a failed try
    """
    label, typed = f"factor {account_id}", rules.code_as_typed(code)
    signing_in.refuse_guessing(kind=FACTOR, name=label, caller=caller, at=at)
    if factors.accept_totp(account_id, typed) or _accept_staff_code(account_id, typed):
        audit.record(what="accounts.factor_used", by=by, subject=account_id, at=at)
        return True
    signing_in.note_guess(kind=FACTOR, name=label, caller=caller, known=False, at=at)
    return False


def _accept_staff_code(account_id: UUID, code: str) -> bool:
    """True for a code that was not used. The library locks the row before it looks."""
    row = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return bool(row) and RecoveryCodes(row).validate_code(code)


@transaction.atomic
def note_passkey_used(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Write down that a passkey answered.

    Records: accounts.factor_used
    """
    audit.record(what="accounts.factor_used", by=by, subject=account_id, at=at)


@transaction.atomic
def remove_factor(*, factor_id: int, by: Actor, at: datetime) -> None:
    """Take one of the reader's own second factors away.

    Refuses: the last one, since work needs one · NotThere for one that is not the reader's.
    Records: accounts.factor_removed
    """
    own = Authenticator.objects.select_for_update().filter(user_id=by.account_id, type__in=SECOND)
    if by.account_id is None or factor_id not in {row.pk for row in own}:
        raise NotThere
    refuse_if(rules.reasons_not_to_remove_factor(factors=len(own)))
    Authenticator.objects.filter(pk=factor_id).delete()
    audit.record(what="accounts.factor_removed", by=by, subject=by.account_id, at=at)


@transaction.atomic
def show_in_demo(
    *, account_id: UUID, role: str, name: str, place: str, passphrase: str, position: int, by: Actor, at: datetime
) -> None:
    """Show a sign-in of a demonstration to everybody, with an app's code for it where it is a worker's.

    Only a demonstration's database is ever given one; the page that shows them does not exist anywhere else.
    Records: accounts.shown_in_demo
    """
    account = User.objects.get(id=account_id)
    row = DemoSignIn(account=account, role=role, name=name, place=place, passphrase=passphrase, position=position)
    row.save(force_insert=True)
    if account.kind == User.Kind.STAFF:
        TOTP.activate(account, factors.new_secret())
    audit.record(what="accounts.shown_in_demo", by=by, subject=uuid.UUID(str(account_id)), at=at)
