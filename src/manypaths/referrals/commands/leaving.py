"""An organisation leaves a community: what waits there is closed, and those who asked are told."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.network.commands import taking_part
from manypaths.network.rules import Reader


@transaction.atomic
def leave_community(*, community_id: UUID, by: Reader, at: datetime) -> int:
    """Leave a community, for the reader's organisation. Gives how many waiting requests were closed.

    It stands here and not with the network because what waits is closed in the same breath.

    Refuses: as `network.commands.leave_community`.
    Records: network.left, and referrals.cancelled for each request that still waited
    Afterwards: the consents of these requests have ended, and each person is told. Work taken up before goes on.
    """
    taking_part.leave_community(community_id=community_id, by=by, at=at)
    return close_where_left(by=by, at=at)


def close_where_left(*, by: Reader, at: datetime) -> int:
    """Close every request that waits at an organisation that takes no part any more. Safe to run again.

    Records: referrals.cancelled
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from close_requests_where_left()")
        closed: list[tuple[UUID, UUID]] = cursor.fetchall()
    for referral, record in closed:
        audit.record(what="referrals.cancelled", by=by, subject=referral, record_id=record, at=at)
    return len(closed)
