"""Sends what waits in the outbox, if what it is about is still open to its reader at the moment it would leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from manypaths.consent.queries import WallsDisagree
from manypaths.notices import commands as notices
from manypaths.notices.rules import SendingFacts, State, may_leave


@transaction.atomic
def send_email(*, notice_id: UUID, at: datetime) -> State | None:
    """Send one e-mail that says that something waits, or drop it: the consent was stopped, the person blocked who would
    read it, the worker is gone, or there is nothing left to read. None when it was taken care of, or rests.

    The rules in code and the function in the database both decide; a difference between them stops the job.

    Records: what is dropped, as a look that was refused to nobody in particular: which record and class, no word
    Repeats safely.
    """
    with connection.cursor() as cursor:
        cursor.execute("select email_ground(%s)", [notice_id])
        found: dict[str, Any] = cursor.fetchone()[0]
    if found["go"] != may_leave(SendingFacts(*found["facts"])):
        raise WallsDisagree("email")
    if not found["go"]:
        return notices.drop_email(notice_id=notice_id)
    return notices.send_email(notice_id=notice_id, at=at)
