"""Makes the accounts of those who run the machine, and ends them. Only a command on the machine comes here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.accounts import queries, rules
from manypaths.accounts.commands.joining import end_account, with_address
from manypaths.accounts.models import User
from manypaths.audit import commands as audit
from manypaths.audit.commands import Actor
from manypaths.lib.refusals import NotThere, refuse_if


@dataclass(frozen=True)
class NewOperator:
    """An account that was made a moment ago, and its first passphrase. The passphrase is told this once."""

    account_id: UUID
    passphrase: str


@transaction.atomic
def add_operator(*, email: str, language: str, by: Actor, at: datetime) -> NewOperator:
    """Let somebody who runs the machine look after it through pages, where nothing about a person stands.

    The account belongs to no organisation and never will. The passphrase is made by chance; at the first sign-in it
    sets up a second factor, as a worker's does. The database lets the role of the pages make no such account.
    Refuses: what is no e-mail address · an address that has an account already.
    Records: accounts.operator_added
    """
    address = rules.name_as_typed(email)
    taken = User.objects.filter(username=address).exists()
    refuse_if(rules.reasons_not_to_add_operator(address, address_taken=taken))
    passphrase = rules.offered_passphrase(queries.passphrase_words(language))
    account = with_address(User.Kind.OPERATOR, address, passphrase, language, at)
    audit.record(what="accounts.operator_added", by=by, subject=account.id, at=at)
    return NewOperator(account.id, passphrase)


@transaction.atomic
def end_operator(*, email: str, by: Actor, at: datetime) -> None:
    """Close the account of somebody who no longer runs the machine. Their sessions are over with this transaction.

    Refuses: NotThere for an address that is not an operator's, or whose account has ended.
    Records: accounts.ended
    """
    account = queries.account_named(name=email)
    if account is None or account.kind != User.Kind.OPERATOR:
        raise NotThere
    end_account(account_id=account.id, by=by, at=at)
