"""Makes accounts and ends them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from manypaths.accounts import queries, rules
from manypaths.accounts.commands import signing_in
from manypaths.accounts.commands.signing_in import JOIN, Caller
from manypaths.accounts.models import Session, User
from manypaths.audit import commands as audit
from manypaths.audit.commands import Actor
from manypaths.lib.refusals import NotThere, refuse_if

NAME_TRIES = 20


@transaction.atomic
def join(*, passphrase: str, names: Sequence[str], language: str, caller: Caller, by: Actor, at: datetime) -> User:
    """Make a person's own account, with a sign-in name made by chance and no e-mail.

    Refuses: a passphrase that is short, common, or made of one of the names · very many new accounts from one place.
    Records: accounts.joined
    """
    signing_in.refuse_flood(caller=caller, at=at)
    _refuse_weak(passphrase, names)
    account = User(
        kind=User.Kind.PERSON,
        username=_free_sign_in_name(),
        language=language,
        password=make_password(rules.as_typed(passphrase)),
        date_joined=at,
    )
    account.save(force_insert=True)
    signing_in.note_guess(kind=JOIN, name=str(account.id), caller=caller, known=False, at=at)
    audit.record(what="accounts.joined", by=by, subject=account.id, at=at)
    return account


@transaction.atomic
def make_staff(*, email: str, passphrase: str, language: str, by: Actor, at: datetime) -> User:
    """Make the account of an invited worker. It signs in with the e-mail address and needs a second factor.

    Refuses: an address that has an account already · a weak passphrase.
    Records: accounts.staff_made
    """
    address = rules.name_as_typed(email)
    _refuse_weak(passphrase, [address.split("@")[0]])
    refuse_if(rules.reasons_not_to_make_staff(address_taken=User.objects.filter(username=address).exists()))
    account = with_address(User.Kind.STAFF, address, passphrase, language, at)
    audit.record(what="accounts.staff_made", by=by, subject=account.id, at=at)
    return account


def with_address(kind: User.Kind, address: str, passphrase: str, language: str, at: datetime) -> User:
    """Make the account of somebody who signs in with an e-mail address. Only this room's commands come here."""
    account = User(
        kind=kind,
        username=address,
        email=address,
        language=language,
        password=make_password(rules.as_typed(passphrase)),
        date_joined=at,
    )
    account.save(force_insert=True)
    return account


@transaction.atomic
def end_account(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Close an account for good. Every session of it is over with this transaction.

    Refuses: NotThere for an account that does not exist or has ended.
    Records: accounts.ended
    """
    if not User.objects.filter(id=account_id, is_active=True).update(is_active=False, ended_at=at):
        raise NotThere
    Session.objects.filter(account_id=account_id).delete()
    audit.record(what="accounts.ended", by=by, subject=account_id, at=at)


@transaction.atomic
def change_language(*, account_id: UUID, language: str, by: Actor, at: datetime) -> None:
    """Remember the language an account reads. The person's own page asks for it.

    Refuses: NotThere for an account that does not exist or has ended.
    Records: accounts.language_changed
    """
    if not User.objects.filter(id=account_id, is_active=True).update(language=language):
        raise NotThere
    audit.record(what="accounts.language_changed", by=by, subject=account_id, at=at)


def _refuse_weak(passphrase: str, names: Sequence[str]) -> None:
    refuse_if(rules.reasons_not_to_use(passphrase, common=queries.common_passphrases(), names=names))


def _free_sign_in_name() -> str:
    for _try in range(NAME_TRIES):
        name = rules.new_sign_in_name(queries.words("name-words"))
        if not User.objects.filter(username=name).exists():
            return name
    raise RuntimeError("no free sign-in name in 20 tries")
