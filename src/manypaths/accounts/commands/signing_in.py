"""Signs in, slows guessing, changes passphrases, ends sessions."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID, uuid4

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from manypaths.accounts import queries, rules
from manypaths.accounts.models import Guess, Session, User
from manypaths.audit import commands as audit
from manypaths.audit.commands import Actor
from manypaths.lib.refusals import refuse_if

SIGN_IN, CODE, ASK, FACTOR, VOUCH, JOIN = "sign_in", "code", "ask", "factor", "vouch", "join"


@dataclass(frozen=True)
class Caller:
    """Where a try comes from: a network address, and which account this device was called its own by, if any."""

    place: str
    known_for: UUID | None = None


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that no passphrase has made: checking it takes as long as checking a real one."""
    return make_password(str(uuid4()))


@transaction.atomic
def check_in(*, name: str, passphrase: str, caller: Caller, by: Actor, at: datetime) -> User | None:
    """The account, when name and passphrase belong together; None, in the same time, when they do not.

    Refuses: a try too soon after many failed ones, with the same words whether or not the name exists.
    Records: accounts.signed_in, or a failed try without name or address
    """
    account = queries.account_named(name=name)
    label = rules.name_as_typed(name)
    known = account is not None and caller.known_for == account.id
    ask_to_wait(name=label, caller=caller, known=known, at=at)
    right = check_password(rules.as_typed(passphrase), account.password if account else _nobody())
    if account is None or not right:
        note_guess(kind=SIGN_IN, name=label, caller=caller, known=known, at=at)
        return None
    audit.record(what="accounts.signed_in", by=by, subject=account.id, at=at)
    return account


@transaction.atomic
def prove(*, account_id: UUID, passphrase: str, caller: Caller, by: Actor, at: datetime) -> bool:
    """Whether the one who is signed in knows the passphrase, asked again before something that matters.

    Refuses: a try too soon after many failed ones.
    Records: accounts.proved, or a failed try
    """
    label = f"again {account_id}"
    ask_to_wait(name=label, caller=caller, known=False, at=at)
    account = queries.account(account_id=account_id)
    if account is None or not check_password(rules.as_typed(passphrase), account.password):
        note_guess(kind=SIGN_IN, name=label, caller=caller, known=False, at=at)
        return False
    audit.record(what="accounts.proved", by=by, subject=account_id, at=at)
    return True


def refuse_guessing(*, kind: str, name: str, caller: Caller, at: datetime) -> None:
    """Stop a try of something short when too many failed from here for this name.

    Refuses: with one sentence that says when to try again.
    """
    refuse_if(rules.reasons_not_to_try(_failures(kind, name, caller, known=False, at=at)))


def ask_to_wait(*, name: str, caller: Caller, known: bool, at: datetime) -> None:
    """Let a passphrase wait a little when many failed from here for this name. Whoever waited is heard.

    Refuses: with one sentence that says how many seconds to wait, at most a minute.
    """
    failed = _failures(SIGN_IN, name, caller, known=known, at=at)
    refuse_if(rules.reasons_to_slow_down(failed, known_device=known, at=at))


def refuse_many_codes(*, caller: Caller, at: datetime) -> None:
    """Stop a machine that tries codes of cards. Whose name is tried does not count, so nobody is kept out by it.

    Refuses: with one sentence that says when to try again.
    """
    name_hash, place_hash = _hashes(CODE, "", caller, known=False)
    failed = queries.recent_failures(name_hash=name_hash, place_hash=place_hash, at=at)
    refuse_if(rules.reasons_not_to_try_code(failed))


def _failures(kind: str, name: str, caller: Caller, *, known: bool, at: datetime) -> rules.Failures:
    """What failed lately. Tries for one name from one place stand in line, so that none slips past the count."""
    name_hash, place_hash = _hashes(kind, name, caller, known)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [name_hash + place_hash])
    return queries.recent_failures(name_hash=name_hash, place_hash=place_hash, at=at)


def refuse_flood(*, caller: Caller, at: datetime) -> None:
    """Stop one more account from one place when very many began there lately.

    Refuses: with one sentence that says when to try again.
    """
    name_hash, place_hash = _hashes(JOIN, "", caller, known=False)
    failed = queries.recent_failures(name_hash=name_hash, place_hash=place_hash, at=at)
    refuse_if(rules.reasons_not_to_begin(failed.here_for_all))


def note_guess(*, kind: str, name: str, caller: Caller, known: bool, at: datetime) -> None:
    """Count one failed try. Neither the name nor the address is kept."""
    name_hash, place_hash = _hashes(kind, name, caller, known)
    Guess(at=at, kind=kind, name_hash=name_hash, place_hash=place_hash).save(force_insert=True)


def _hashes(kind: str, name: str, caller: Caller, known: bool) -> tuple[str, str]:
    """A device that the account called its own counts by itself, so that nobody else can use up its tries."""
    place = f"device {caller.known_for}" if known else caller.place
    return queries.fingerprint("guess name", kind, name), queries.fingerprint("guess place", kind, place)


@transaction.atomic
def change_passphrase(*, account_id: UUID, passphrase: str, by: Actor, at: datetime) -> User:
    """Set a new passphrase. Every session ends with its next request; the door begins a new one for whoever is here.

    Refuses: a weak passphrase.
    Records: accounts.passphrase_changed
    """
    account = User.objects.select_for_update().get(id=account_id)
    names = [account.username.split("@")[0]]
    refuse_if(rules.reasons_not_to_use(passphrase, common=queries.common_passphrases(), names=names))
    account.password = make_password(rules.as_typed(passphrase))
    account.save(update_fields=["password"])
    Session.objects.filter(account_id=account_id).delete()
    audit.record(what="accounts.passphrase_changed", by=by, subject=account_id, at=at)
    return account


@transaction.atomic
def end_session(*, handle: UUID, by: Actor, at: datetime) -> None:
    """End one of the reader's own sessions. Ending it twice is the same as once.

    Records: accounts.session_ended
    """
    if Session.objects.filter(handle=handle, account_id=by.account_id).delete()[0]:
        audit.record(what="accounts.session_ended", by=by, subject=handle, at=at)


@transaction.atomic
def end_other_sessions(*, here: str, by: Actor, at: datetime) -> int:
    """End every session of the reader but the one they use.

    Records: accounts.sessions_ended, when there were any
    """
    ended = Session.objects.filter(account_id=by.account_id).exclude(handle=UUID(here)).delete()[0]
    if ended:
        audit.record(what="accounts.sessions_ended", by=by, subject=by.account_id, at=at)
    return ended


@transaction.atomic
def end_sessions_of(*, account_id: UUID, by: Actor, at: datetime) -> None:
    """End every session of an account, because its place of work ended or its factors were taken away.

    Records: accounts.sessions_ended
    """
    Session.objects.filter(account_id=account_id).delete()
    audit.record(what="accounts.sessions_ended", by=by, subject=account_id, at=at)
