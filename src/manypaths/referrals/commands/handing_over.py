"""The people whom one worker walks with are given into the hands of another, so that nobody is left alone."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network import rules
from manypaths.network.rules import Reader


@transaction.atomic
def hand_over_people(*, from_membership: UUID, to_membership: UUID, by: Reader, at: datetime) -> int:
    """Give everyone one worker walks with to another worker of the same organisation. Gives how many.

    Whoever leads the organisation does it without opening a record: they learn a number and no name. A worker who has
    left can still be the one it is taken from.

    Refuses: anyone who does not lead it · an old proof · a role that cannot walk with someone · nobody who can be given
    to them · NotThere for a worker of another organisation.
    Records: referrals.handed_over for each person
    Afterwards: the person reads on their page that someone else walks with them. Who must not see them is left out.
    """
    refuse_if(rules.reasons_not_to_keep_people(by, at))
    roles = {one.membership_id: one.roles for one in network.workers(reader=by)}
    if to_membership not in roles:
        raise NotThere
    refuse_if(rules.reasons_not_to_take_over(roles[to_membership], same=from_membership == to_membership))
    records = _hand_over(by, from_membership, to_membership)
    refuse_if(rules.reasons_nobody_is_handed_over(len(records)))
    for record in records:
        audit.record(what="referrals.handed_over", by=by, subject=to_membership, record_id=record, at=at)
    return len(records)


def _hand_over(by: Reader, giver: UUID, taker: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("select hand_over(%s, %s, %s, %s)", [by.account_id, by.membership_id, giver, taker])
        return [row[0] for row in cursor.fetchall()]
