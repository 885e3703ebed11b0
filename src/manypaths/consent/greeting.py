"""Opens a person's page to the desk of a place, by their own tap or by a code, and ends it."""

import uuid
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.accounts import queries as accounts
from manypaths.accounts.commands.signing_in import Caller, note_guess
from manypaths.accounts.queries import fingerprint
from manypaths.accounts.rules import code_as_typed
from manypaths.audit import commands as audit
from manypaths.consent import queries
from manypaths.consent.models import DeskOpening
from manypaths.consent.rules import DataClass, desk
from manypaths.directory.rules import Span
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader

TYPE = "select type_desk_code(%s, %s, %s)"
IN_LINE = "select pg_advisory_xact_lock(hashtextextended(%s, 17))"
GUESS = "desk"
Weeks = Collection[tuple[str, list[Span]]]


def hash_of_code(code: str) -> str:
    """What is kept of a code: useless to who has the table but not our key."""
    return fingerprint("desk code", code_as_typed(code))


@transaction.atomic
def open_to_desk(*, held_record_id: UUID, weeks: Weeks, zone: str, by: Reader, at: datetime) -> UUID:
    """Open the page that a place keeps of the person to whoever works at its desk, until it closes today.

    What was open there before, or a code that waited, ends with it.

    Refuses: NotThere for anyone but the person. A record that is not about them, by the database.
    Records: consent.opened_to_desk
    """
    return _write(held_record_id, None, desk.until_closing(at, zone, weeks), by, at)


@transaction.atomic
def make_desk_code(*, held_record_id: UUID, weeks: Weeks, zone: str, by: Reader, at: datetime) -> str:
    """Make a code that opens it as soon as somebody types it at that desk. It is shown once, and holds ten minutes.

    Refuses: NotThere for anyone but the person. A record that is not about them, by the database.
    Records: consent.desk_code_made
    """
    code = desk.new_code()
    _write(held_record_id, code, desk.until_closing(at, zone, weeks), by, at)
    return code


def _write(held: UUID, code: str | None, until: datetime, by: Reader, at: datetime) -> UUID:
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    with connection.cursor() as cursor:  # of two presses in one moment the later waits, and ends the other
        cursor.execute(IN_LINE, [str(held)])
    before = DeskOpening.objects.filter(record_id=record, held_record_id=held, ended_at__isnull=True)
    before.update(ended_at=at)
    row = DeskOpening(
        id=uuid.uuid4(), record_id=record, held_record_id=held, made_at=at, opened_at=None if code else at,
        until=until, code_hash=hash_of_code(code) if code else None, code_until=at + desk.CODE_HOLDS if code else None,
    )  # fmt: skip
    row.save(force_insert=True)
    done = "consent.desk_code_made" if code else "consent.opened_to_desk"
    audit.record(what=done, by=by, subject=row.id, record_id=record, at=at)
    return row.id


@transaction.atomic
def end_at_desk(*, opening: UUID, by: Reader, at: datetime) -> None:
    """Close it at the desk, or take back a code. It holds from the next look. Twice is the same as once.

    Refuses: NotThere for one that is not the person's own.
    Records: consent.closed_at_desk
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    row = DeskOpening.objects.filter(record_id=record, id=opening).first()
    if row is None:
        raise NotThere
    if row.ended_at is None:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        audit.record(what="consent.closed_at_desk", by=by, subject=opening, record_id=record, at=at)


def type_code(*, code: str, by: Reader, at: datetime) -> UUID:
    """Type the code of who stands at the desk. From then on their page is open there, until closing.

    Refuses: NotThere for whoever does not work at a desk · many wrong codes typed by this account · a code that opens
    nothing here: wrong, typed before, older than ten minutes, of another place, or of somebody who blocked them. All of
    these are answered alike.
    Records: consent.desk_code_typed; the attempt stands in the log of looks in any case
    """
    if not (by.is_member and desk.opens_at_desk(by.roles)):
        raise NotThere
    refuse_if(desk.reasons_not_to_try(_wrong_lately(by, at)))
    with connection.cursor() as cursor:
        cursor.execute(TYPE, [by.account_id, by.membership_id, hash_of_code(code)])
        found: UUID | None = cursor.fetchone()[0]
    if found is None:
        note_guess(kind=GUESS, name=str(by.account_id), caller=_caller(by), known=False, at=at)
        refuse_if([desk.reason_it_leads_nowhere()])
    assert found is not None
    audit.record(what="consent.desk_code_typed", by=by, subject=found, at=at)
    return found


def _wrong_lately(by: Reader, at: datetime) -> int:
    """Wrong codes that this account typed. It is counted for itself: nobody can use up the tries of another."""
    name_hash = accounts.fingerprint("guess name", GUESS, str(by.account_id))
    place_hash = accounts.fingerprint("guess place", GUESS, _caller(by).place)
    return accounts.recent_failures(name_hash=name_hash, place_hash=place_hash, at=at).here_for_name


def _caller(by: Reader) -> Caller:
    return Caller(place=f"account {by.account_id}")
