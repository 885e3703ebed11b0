"""Makes persons and records. What is written about them afterwards needs the record opened, like any read."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from manypaths.accounts.queries import fingerprint
from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere, Reason, refuse_if
from manypaths.network.models import Membership, Organisation
from manypaths.network.rules import Hat, Reader, reasons_not_proved
from manypaths.people import erasures, rules
from manypaths.people.models import Block, Profile, SafeContact
from manypaths.vault.queries import Sealer, finder_of, new_key

ERASED_AGAIN = """
    update people_record r set erased_at = n.at from unnest(%s::uuid[], %s::timestamptz[]) n(record_id, at)
     where r.id = n.record_id and r.erased_at is null
"""


@transaction.atomic
def create_person(*, account_id: UUID, at: datetime) -> Reader:
    """Make the person and own record of a fresh account, and say who they now are as a reader.

    Refuses: a database error for an account that is not a person's, has ended, or already has its person.
    Records: people.person_made
    """
    person_id, record_id = uuid.uuid4(), uuid.uuid4()
    key = new_key(holder_id=person_id, record_id=record_id, is_person=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select create_person(%s, %s, %s, %s, %s, %s)",
            [account_id, person_id, record_id, key.ring_key, key.wrapped, at],
        )
    reader = Reader(account_id=account_id, hat=Hat.PERSON, person_id=person_id, record_id=record_id)
    audit.record(what="people.person_made", by=reader, subject=person_id, record_id=record_id, at=at)
    return reader


@transaction.atomic
def open_organisation_record(*, by: Reader, at: datetime) -> UUID:
    """Make an organisation's own record of someone its worker begins to support, with that worker assigned.

    Refuses: a database error for anyone who is not a member there now.
    Records: people.record_made
    """
    if by.organisation_id is None:
        raise ValueError("only a member of an organisation opens its record")
    record_id = uuid.uuid4()
    key = new_key(holder_id=by.organisation_id, record_id=record_id, is_person=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "select create_org_record(%s, %s, %s, %s, %s, %s)",
            [by.account_id, by.membership_id, record_id, key.ring_key, key.wrapped, at],
        )
    audit.record(what="people.record_made", by=by, subject=record_id, record_id=record_id, at=at)
    return record_id


@transaction.atomic
def erase_own_record(*, sure: bool, by: Reader, at: datetime) -> None:
    """Erase what the person keeps here: the key of their record is destroyed. Presence in it must be open.

    Nothing sealed under it can be read from the next statement on, in any process: no key of a record outlives a
    request. What places keep of the person is theirs to keep, under keys of their own.

    Refuses: NotThere for anyone who is not here as a person · not sure · not proved in the last five minutes.
    Records: people.record_erased
    Afterwards: a tombstone stays, and a line on the list of erasures outside the database. Nobody can bring it back.
    """
    record_id = _own(by)
    refuse_if([*rules.reasons_not_to_erase(sure=sure), *reasons_not_proved(by, at)])
    audit.record(what="people.record_erased", by=by, subject=record_id, record_id=record_id, at=at)
    with connection.cursor() as cursor:
        cursor.execute("select erase_record(%s, %s)", [by.account_id, record_id])
        erased_at = cursor.fetchone()[0]
    transaction.on_commit(lambda: _keep([(record_id, erased_at)]), robust=True)


def keep_erasures() -> int:
    """Bring the list of erasures outside the database up to date, and say how many were missing. Repeats safely."""
    with connection.cursor() as cursor:
        cursor.execute("select record_id, erased_at from erasures()")
        return _keep(cursor.fetchall())


@transaction.atomic
def erase_again() -> int:
    """Erase what the list names and this database still holds: it was put back from a copy. As the role `owner`.

    Afterwards: what was erased once is erased. How many there were. Repeats safely.
    """
    listed = erasures.read(Path(settings.ERASURES_FILE))
    with connection.cursor() as cursor:
        cursor.execute("delete from vault_recordkey where record_id = any(%s)", [list(listed)])
        cursor.execute(ERASED_AGAIN, [list(listed), list(listed.values())])
        return int(cursor.rowcount)


def _keep(erased: Iterable[tuple[UUID, datetime]]) -> int:
    return erasures.keep(Path(settings.ERASURES_FILE), erased)


def write_profile(
    *, record_id: UUID, name: str, pronouns: str, language: str, sealer: Sealer, by: Reader, at: datetime
) -> None:
    """Write how the person wants to be called. The record's demographics must be open.

    Refuses: no name · a name or pronouns that are too long.
    Records: people.profile_written
    """
    refuse_if(rules.reasons_not_to_be_called(name, pronouns))
    Profile.objects.update_or_create(
        record_id=record_id,
        defaults={
            "name": sealer.seal(record_id, "people.profile.name", name),
            "pronouns": sealer.seal(record_id, "people.profile.pronouns", pronouns),
            "language": language,
            "changed_at": at,
        },
    )
    _mark_family(record_id, name, by)
    _index(record_id, rules.NAME, rules.words_of_name(name), by)
    audit.record(what="people.profile_written", by=by, subject=record_id, record_id=record_id, at=at)


def family_mark(organisation_id: UUID, name: str) -> str | None:
    """The keyed hash by which one organisation compares family names; None where a name has none to compare."""
    family = rules.family_name(name)
    return fingerprint("family name", str(organisation_id), family) if family else None


def _mark_family(record_id: UUID, name: str, by: Reader) -> None:
    mark = family_mark(by.organisation_id, name) if by.organisation_id else None
    with connection.cursor() as cursor:
        cursor.execute("delete from people_familymark where record_id = %s", [record_id])
        if mark:
            cursor.execute("insert into people_familymark (record_id, mark) values (%s, %s)", [record_id, mark])


def write_safe_contact(
    *,
    record_id: UUID,
    way: str,
    address: str,
    hours: str,
    may_leave_message: bool,
    sealer: Sealer,
    by: Reader,
    at: datetime,
) -> None:
    """Write how the person can be reached without danger. The record's safe contact must be open.

    Whoever holds an unlocked phone could else turn the calls of a worker to a number of their own.

    Refuses: no way chosen · a call or text without a number · what is too long · a person who changes what they wrote
    before, not proved in the last five minutes.
    Records: people.safe_contact_written
    """
    refuse_if([*rules.reasons_not_to_be_reached(way, address, hours), *_reasons_not_to_change(record_id, by, at)])
    SafeContact.objects.update_or_create(
        record_id=record_id,
        defaults={
            "way": way,
            "address": sealer.seal(record_id, "people.safecontact.address", address),
            "hours": sealer.seal(record_id, "people.safecontact.hours", hours),
            "may_leave_message": may_leave_message,
            "changed_at": at,
        },
    )
    _index(record_id, rules.CONTACT, rules.words_of_contact(address), by)
    audit.record(what="people.safe_contact_written", by=by, subject=record_id, record_id=record_id, at=at)


def _reasons_not_to_change(record_id: UUID, by: Reader, at: datetime) -> Iterator[Reason]:
    """The person's own only: an organisation copies what a person sent along."""
    if by.is_person and SafeContact.objects.filter(record_id=record_id).exists():
        yield from reasons_not_proved(by, at)


def _index(record_id: UUID, field: str, words: list[str], by: Reader) -> None:
    """Let a desk of the house find its record by these words. A person's own record is found by nobody."""
    if by.organisation_id is None:
        return
    finder = finder_of(by.organisation_id)
    with connection.cursor() as cursor:
        cursor.execute("select index_words(%s, %s, %s, %s)", [record_id, finder.name, field, finder.hide(field, words)])


def take_turn(*, record_id: UUID) -> None:
    """Wait until no other request is writing this record: two tabs of one person act one after the other.

    Afterwards: this transaction has its turn until it ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(record_id)])


@transaction.atomic
def block(
    *,
    organisation_id: UUID | None = None,
    membership_id: UUID | None = None,
    account: UUID | None = None,
    by: Reader,
    at: datetime,
) -> UUID:
    """Keep an organisation, one worker wherever they work, or one account from seeing the person. Their own record must
    be open.

    A block beats every consent. It counts from this transaction on. The database puts it on every record that an
    organisation made from the person's requests too, on later ones as well, and ends it there with this one.

    Refuses: nobody named · somebody who does not exist here.
    Records: people.blocked
    Repeats safely: a block that already stands stays as it is.
    """
    record_id = _own(by)
    account_id = account or _account_of(membership_id)
    refuse_if(_reasons_not_to_block(organisation_id, account_id))
    take_turn(record_id=record_id)
    standing = Block.objects.filter(record_id=record_id, until__isnull=True)
    wanted = (organisation_id, account_id)
    same = next((row for row in standing if (row.organisation_id, row.account_id) == wanted), None)
    if same:
        return same.id
    row = Block(id=uuid.uuid4(), record_id=record_id, organisation_id=organisation_id, account_id=account_id, since=at)
    row.save(force_insert=True)
    audit.record(what="people.blocked", by=by, subject=row.id, record_id=record_id, at=at)
    return row.id


@transaction.atomic
def unblock(*, block_id: UUID, by: Reader, at: datetime) -> None:
    """End a block. The person's record must be open. That it stood, and from when until when, is kept.

    Refuses: NotThere for a block that is not the person's own · not proved in the last five minutes: to block needs no
    proof, to end it does, or whoever is kept away and holds the phone lets themself in again.
    Records: people.unblocked
    Repeats safely.
    """
    record_id = _own(by)
    row = Block.objects.select_for_update().filter(id=block_id, record_id=record_id).first()
    if row is None:
        raise NotThere
    if row.until is None:
        refuse_if(reasons_not_proved(by, at))
        row.until = at
        row.save(update_fields=["until"])
        audit.record(what="people.unblocked", by=by, subject=row.id, record_id=record_id, at=at)


def _account_of(membership_id: UUID | None) -> UUID | None:
    if membership_id is None:
        return None
    return Membership.objects.filter(id=membership_id).values_list("account_id", flat=True).first()


def _reasons_not_to_block(organisation_id: UUID | None, account_id: UUID | None) -> Iterator[Reason]:
    known = account_id is not None
    if organisation_id is not None:
        known = account_id is None and Organisation.objects.filter(id=organisation_id).exists()
    if not known:
        yield Reason("nobody_named", _("Choose who must not see you here."), "who")


def _own(by: Reader) -> UUID:
    if not by.is_person or by.record_id is None:
        raise NotThere
    return by.record_id
