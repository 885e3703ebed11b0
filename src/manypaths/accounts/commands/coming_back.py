"""Cards, trusted codes and desks: ways back in for someone who lost phone and passphrase.

The card works at once. With a desk or a trusted person it takes a day, the person's own page says so all that time, and
anyone signed in there can stop it. The one who vouches learns that somebody asks, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.accounts import queries, rules
from manypaths.accounts.commands import signing_in
from manypaths.accounts.commands.signing_in import ASK, CODE, VOUCH, Caller
from manypaths.accounts.models import NamedDesk, RecoveryCode, User, WayBack
from manypaths.accounts.rules import WayBackState
from manypaths.audit import commands as audit
from manypaths.audit.commands import Actor
from manypaths.lib.refusals import NotThere, refuse_if

CARD_LABEL, TRUSTED_LABEL, SPOKEN_LABEL, RETURN_LABEL = "card code", "trusted code", "spoken code", "return code"


@transaction.atomic
def make_card(*, account_id: UUID, by: Actor, at: datetime) -> list[str]:
    """Make the eight codes of a new card. The codes of an older card stop working. They are told this once.

    Records: accounts.card_made
    """
    _take_turn(account_id)
    RecoveryCode.objects.filter(account_id=account_id, kind=RecoveryCode.Kind.CARD).delete()
    codes = [rules.new_code() for _one in range(rules.CARD_CODES)]
    for code in codes:
        _keep_code(account_id, RecoveryCode.Kind.CARD, CARD_LABEL, code, at)
    audit.record(what="accounts.card_made", by=by, subject=account_id, at=at)
    return codes


@transaction.atomic
def make_trusted_code(*, account_id: UUID, by: Actor, at: datetime) -> str:
    """Make the code that a trusted person keeps. An older one stops working. It is told this once.

    Records: accounts.trusted_code_made
    """
    _take_turn(account_id)
    RecoveryCode.objects.filter(account_id=account_id, kind=RecoveryCode.Kind.TRUSTED).delete()
    code = rules.new_code()
    _keep_code(account_id, RecoveryCode.Kind.TRUSTED, TRUSTED_LABEL, code, at)
    audit.record(what="accounts.trusted_code_made", by=by, subject=account_id, at=at)
    return code


@transaction.atomic
def drop_trusted_code(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """Make the trusted person's code useless. Nobody is told.

    Records: accounts.trusted_code_dropped
    """
    _take_turn(account_id)
    if RecoveryCode.objects.filter(account_id=account_id, kind=RecoveryCode.Kind.TRUSTED).delete()[0]:
        audit.record(what="accounts.trusted_code_dropped", by=by, subject=account_id, at=at)


def _take_turn(account_id: UUID) -> None:
    """Two presses of one account act one after the other: no code of an older card outlives a newer one."""
    User.objects.select_for_update().get(id=account_id)


def _keep_code(account_id: UUID, kind: str, label: str, code: str, at: datetime) -> None:
    kept = queries.fingerprint(label, str(account_id), rules.code_as_typed(code))
    RecoveryCode(account_id=account_id, kind=kind, code_hash=kept, made_at=at).save(force_insert=True)


@transaction.atomic
def use_card(*, name: str, code: str, passphrase: str, caller: Caller, by: Actor, at: datetime) -> User | None:
    """Set a new passphrase with a code of the card. The code is used up and every session ends.

    None when name and code do not belong together, in the same words and time whether or not the name exists.
    Refuses: very many codes tried from here · a weak passphrase (the code is not used up then).
    Records: accounts.card_used and accounts.passphrase_changed
    """
    account = _account_for_code(name, caller, at)
    row = _unused(account, RecoveryCode.Kind.CARD, CARD_LABEL, code)
    if account is None or row is None:
        signing_in.note_guess(kind=CODE, name=rules.name_as_typed(name), caller=caller, known=False, at=at)
        return None
    changed = signing_in.change_passphrase(account_id=account.id, passphrase=passphrase, by=by, at=at)
    RecoveryCode.objects.filter(id=row.id).update(used_at=at)
    audit.record(what="accounts.card_used", by=by, subject=account.id, at=at)
    return changed


def _account_for_code(name: str, caller: Caller, at: datetime) -> User | None:
    signing_in.refuse_many_codes(caller=caller, at=at)
    return _person_named(name)


def _person_named(name: str) -> User | None:
    account = queries.account_named(name=name)
    return account if account and account.kind == User.Kind.PERSON else None


def _unused(account: User | None, kind: str, label: str, code: str) -> RecoveryCode | None:
    kept = queries.fingerprint(label, str(account.id if account else ""), rules.code_as_typed(code))
    return (
        RecoveryCode.objects.select_for_update()
        .filter(account=account, kind=kind, code_hash=kept, used_at__isnull=True)
        .first()
    )


# With help


@transaction.atomic
def name_desk(*, account_id: UUID, desk_id: UUID | None, by: Actor, at: datetime) -> None:
    """Name the desk that may vouch, or none. The desk is not told and cannot find out.

    Records: accounts.desk_named
    """
    NamedDesk.objects.filter(account_id=account_id).delete()
    if desk_id is not None:
        kept = queries.desk_fingerprint(account_id, desk_id)
        NamedDesk(account_id=account_id, desk_hash=kept, named_at=at).save(force_insert=True)
    audit.record(what="accounts.desk_named", by=by, subject=account_id, at=at)


@dataclass(frozen=True)
class Asked:
    """What someone who asks for help is told: a code to read out at the desk, and one to come back with."""

    spoken: str
    to_return: str


@transaction.atomic
def ask_for_desk(*, name: str, caller: Caller, by: Actor, at: datetime) -> Asked:
    """Ask for a way back that a desk confirms. The answer is the same for names that do not exist.

    Refuses: too many of these from one place.
    Records: accounts.way_back_asked
    """
    label = rules.name_as_typed(name)
    signing_in.refuse_guessing(kind=ASK, name=label, caller=caller, at=at)
    account = _person_named(name)
    signing_in.note_guess(kind=ASK, name=label, caller=caller, known=False, at=at)
    asked = Asked(rules.new_spoken_code(), rules.new_code())
    _start(account, spoken=asked.spoken, to_return=asked.to_return, ready_at=None, by=by, at=at)
    return asked


@transaction.atomic
def use_trusted_code(*, name: str, code: str, caller: Caller, by: Actor, at: datetime) -> str | None:
    """Start a way back with the code a trusted person kept. It is ready after a day. Gives the code to come back with.

    None when name and code do not belong together.
    Refuses: very many codes tried from here.
    Records: accounts.way_back_asked
    """
    account = _account_for_code(name, caller, at)
    row = _unused(account, RecoveryCode.Kind.TRUSTED, TRUSTED_LABEL, code)
    if row is None:
        signing_in.note_guess(kind=CODE, name=rules.name_as_typed(name), caller=caller, known=False, at=at)
        return None
    RecoveryCode.objects.filter(id=row.id).update(used_at=at)
    to_return = rules.new_code()
    _start(account, spoken=rules.new_code(), to_return=to_return, ready_at=at + rules.WAITING, by=by, at=at)
    return to_return


def _start(
    account: User | None, *, spoken: str, to_return: str, ready_at: datetime | None, by: Actor, at: datetime
) -> None:
    row = WayBack(
        account=account,
        spoken_hash=queries.fingerprint(SPOKEN_LABEL, spoken),
        return_hash=queries.fingerprint(RETURN_LABEL, rules.code_as_typed(to_return)),
        asked_at=at,
        ready_at=ready_at,
    )
    row.save(force_insert=True)
    audit.record(what="accounts.way_back_asked", by=by, subject=row.id, at=at)


@transaction.atomic
def vouch(*, spoken: str, desk_id: UUID, desk_worker: UUID, caller: Caller, by: Actor, at: datetime) -> bool:
    """A worker at the named desk confirms the code that the person in front of them read out.

    False for a code nobody asked for, an old one, and one for whom another desk was named: the try is kept, which a
    refusal would take back with everything else.
    Refuses: too many failed tries.
    Records: accounts.way_back_vouched, or a failed try
    Afterwards: it is ready after a day. Neither worker nor desk learns whose it is.
    """
    label = f"desk {desk_worker}"
    signing_in.refuse_guessing(kind=VOUCH, name=label, caller=caller, at=at)
    row = _asked_at_desk(spoken, desk_id, at)
    if row is None:
        signing_in.note_guess(kind=VOUCH, name=label, caller=caller, known=False, at=at)
        return False
    WayBack.objects.filter(id=row.id).update(ready_at=at + rules.WAITING)
    audit.record(what="accounts.way_back_vouched", by=by, subject=row.id, at=at)
    return True


def _asked_at_desk(spoken: str, desk_id: UUID, at: datetime) -> WayBack | None:
    kept = queries.fingerprint(SPOKEN_LABEL, rules.code_as_typed(spoken))
    rows = WayBack.objects.select_for_update().filter(spoken_hash=kept, ready_at__isnull=True, account__isnull=False)
    asked: Sequence[WayBack] = [row for row in rows if queries.state_of(row, at) == WayBackState.ASKED]
    return next((row for row in asked if _named(row, desk_id)), None)


def _named(row: WayBack, desk_id: UUID) -> bool:
    kept = queries.desk_fingerprint(row.account_id, desk_id)
    return NamedDesk.objects.filter(account_id=row.account_id, desk_hash=kept).exists()


@transaction.atomic
def stop(*, way_back_id: UUID, by: Actor, at: datetime) -> None:
    """Stop a way back into the reader's own account. Stopping twice is the same as once.

    Refuses: NotThere for one that is not the reader's.
    Records: accounts.way_back_stopped
    """
    row = WayBack.objects.filter(id=way_back_id, account_id=by.account_id).first()
    if row is None or by.account_id is None:
        raise NotThere
    if row.stopped_at is None and row.used_at is None:
        WayBack.objects.filter(id=row.id).update(stopped_at=at)
        audit.record(what="accounts.way_back_stopped", by=by, subject=row.id, at=at)


@transaction.atomic
def finish(*, name: str, to_return: str, passphrase: str, caller: Caller, by: Actor, at: datetime) -> User | None:
    """Set a new passphrase when the waiting time is over. It works once and ends every session.

    None when name and code do not belong together, or it was stopped, or is not confirmed.
    Refuses: very many codes tried from here · a weak passphrase · still waiting (told only to who has the code).
    Records: accounts.way_back_used and accounts.passphrase_changed
    """
    account = _account_for_code(name, caller, at)
    row = _own_way_back(account, to_return)
    state = queries.state_of(row, at) if row is not None else WayBackState.OVER
    refuse_if(rules.reasons_to_wait(state))
    if account is None or row is None or state != WayBackState.READY:
        signing_in.note_guess(kind=CODE, name=rules.name_as_typed(name), caller=caller, known=False, at=at)
        return None
    changed = signing_in.change_passphrase(account_id=account.id, passphrase=passphrase, by=by, at=at)
    WayBack.objects.filter(id=row.id).update(used_at=at)
    audit.record(what="accounts.way_back_used", by=by, subject=row.id, at=at)
    return changed


def _own_way_back(account: User | None, to_return: str) -> WayBack | None:
    if account is None:
        return None
    kept = queries.fingerprint(RETURN_LABEL, rules.code_as_typed(to_return))
    return WayBack.objects.select_for_update().filter(account=account, return_hash=kept).first()
