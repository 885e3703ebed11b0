"""Writes the log of acts, and remembers which requests were already answered."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from manypaths.audit.models import OnceKey

INSERT_ACT = """
    insert into audit_act (id, at, what, account_id, hat, membership_id, organisation_id, subject_id, record_id)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
CLAIM_KEY = """
    insert into audit_oncekey (owner, key, request_hash, location, at) values (%s, %s, %s, '', %s)
    on conflict (owner, key) do nothing returning id
"""


class Actor(Protocol):
    """What the log keeps of the one who acts."""

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def hat(self) -> str: ...
    @property
    def membership_id(self) -> UUID | None: ...
    @property
    def organisation_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class EarlierAnswer:
    """What was answered the first time this key came."""

    request_hash: str
    status: int | None
    location: str


def record(*, what: str, by: Actor, subject: UUID | None = None, record_id: UUID | None = None, at: datetime) -> None:
    """Write that something was done. The act and this row live or die together.

    Records: one row, no content. The application may add rows and nothing else.
    """
    row: list[Any] = [
        uuid.uuid4(),
        at,
        what,
        by.account_id,
        str(by.hat),
        by.membership_id,
        by.organisation_id,
        subject,
        record_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ACT, row)


def claim_once(*, owner: str, key: UUID, request_hash: str, at: datetime) -> EarlierAnswer | None:
    """Take a key for this request, or say what was answered when it first came.

    A second request with the same key waits until the first is done.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_KEY, [owner, key, request_hash, at])
        if cursor.fetchone() is not None:
            return None
    row = OnceKey.objects.get(owner=owner, key=key)
    return EarlierAnswer(row.request_hash, row.status, row.location)


def keep_answer(*, owner: str, key: UUID, status: int, location: str) -> None:
    """Remember the answer to a claimed key."""
    OnceKey.objects.filter(owner=owner, key=key).update(status=status, location=location)


def release_key(*, owner: str, key: UUID) -> None:
    """Give a key back when its request changed nothing, so that a mended form may use it again."""
    OnceKey.objects.filter(owner=owner, key=key, status__isnull=True).delete()


def forget_old_keys(*, before: datetime) -> int:
    """Drop keys older than `before`. Safe to run again."""
    return OnceKey.objects.filter(at__lt=before).delete()[0]
