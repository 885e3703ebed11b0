"""Who looked: what a person reads of the looks at them, wherever something of them is held because they asked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.audit.rules.chain import Block
from manypaths.audit.rules.proof import SealedLook, holds, proof_of
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader

A_PAGE = 30
PROOFS_AT_ONCE = 100


@dataclass(frozen=True)
class Looked:
    """What one reader looked at on one day, for one reason and on one ground."""

    on: date
    membership_id: UUID | None
    organisation_id: UUID | None
    purpose: str
    basis: str
    classes: tuple[str, ...]
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Looks(Looked):
    """The same as a line of the person's own list, which they can speak of."""

    look: UUID


@dataclass(frozen=True)
class LooksPage:
    """A page of looks, and whether there are older ones."""

    lines: list[Looks]
    more: bool


@dataclass(frozen=True)
class OwnLooks:
    """What the person's own sign-in opened on one day."""

    on: date
    classes: tuple[str, ...]
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class LooksByConsent:
    """How often a place opened what one consent opens, and when first and last."""

    times: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True)
class SealOfLooks:
    """Up to when the log is sealed, and how many looks at the person have a seal or wait for one."""

    sealed_at: datetime | None = None
    waiting: int = 0
    sealed: int = 0


def who_looked(*, reader: Reader, zone: str, limit: int = A_PAGE, offset: int = 0) -> LooksPage:
    """Looks by anyone else, newest first: at the person's own record, and at those made from their requests.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from who_looked(%s, %s, %s, null, %s, %s)", [record, reader.account_id, zone, limit + 1, offset]
        )
        rows = cursor.fetchall()
    return LooksPage([_looks(row) for row in rows[:limit]], len(rows) > limit)


def own_looks(*, reader: Reader, zone: str, limit: int = A_PAGE, offset: int = 0) -> tuple[list[OwnLooks], bool]:
    """Days on which the person's own sign-in opened their page, newest first, and whether there are older ones.

    Somebody who got hold of their passphrase stands here and nowhere else. Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from own_looks(%s, %s, %s, %s)", [record, zone, limit + 1, offset])
        rows = cursor.fetchall()
    return [OwnLooks(on, tuple(classes), *rest) for on, classes, *rest in rows[:limit]], len(rows) > limit


def own_look(*, reader: Reader, zone: str, look: UUID) -> Looks:
    """One line of the person's own list of looks.

    Refuses: NotThere for anyone but the person, and for a line that is not in their list.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from who_looked(%s, %s, %s, %s, 1, 0)", [record, reader.account_id, zone, look])
        row = cursor.fetchone()
    if row is None:
        raise NotThere
    return _looks(row)


def _looks(row: tuple[Any, ...]) -> Looks:
    on, membership, organisation, purpose, basis, classes, times, first_at, last_at, look = row
    return Looks(on, membership, organisation, purpose, basis, tuple(classes), times, first_at, last_at, look)


def looks_on_grant(*, reader: Reader, grant_id: UUID) -> LooksByConsent:
    """Looks by one consent of the person's own.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from looks_on_grant(%s, %s, %s)", [record, reader.account_id, grant_id])
        row = cursor.fetchone()
    return LooksByConsent(*row)


def looks_on_share(*, reader: Reader, share_id: UUID) -> LooksByConsent:
    """Looks by one consent of the person's own to show something of a held record.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from looks_on_share(%s, %s, %s)", [record, reader.account_id, share_id])
        row = cursor.fetchone()
    return LooksByConsent(*row)


def seal_of_looks(*, reader: Reader) -> SealOfLooks:
    """Whether the looks in the person's own list are sealed.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    with connection.cursor() as cursor:
        cursor.execute("select * from seal_of_looks(%s, %s)", [record, reader.account_id])
        row = cursor.fetchone()
    return SealOfLooks(*row)


def proofs_of_looks(*, reader: Reader) -> list[dict[str, Any]]:
    """The proof of each sealed look in the person's own list, oldest first. One that does not hold is left out.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    proofs: list[dict[str, Any]] = []
    after, more = 0, True
    while more:
        rows = _sealed_rows(record, reader.account_id, after)
        proofs += [proof for proof in map(_proof, rows) if holds(proof)]
        after, more = rows[-1][0] if rows else after, len(rows) == PROOFS_AT_ONCE
    return proofs


def _sealed_rows(record: UUID, account: UUID | None, after: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select * from proofs_of_looks(%s, %s, %s, %s)", [record, account, after, PROOFS_AT_ONCE])
        return list(cursor.fetchall())


def _proof(row: tuple[Any, ...]) -> dict[str, Any]:
    _seq, texts, salts, places, part_hashes, place, row_hashes, *block = row
    number, at, form, horizon, accesses, acts, root, head, previous = block
    sealed_in = Block(number, at, form, horizon, accesses, acts, bytes(root), bytes(previous))
    return proof_of(
        SealedLook(
            texts, [bytes(one) for one in salts], places, [bytes(one) for one in part_hashes], place,
            [bytes(one) for one in row_hashes], sealed_in, bytes(head),
        )
    )  # fmt: skip
