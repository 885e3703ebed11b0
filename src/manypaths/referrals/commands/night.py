"""What the night does for requests. Safe to run twice."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.consent import stopped
from manypaths.network import queries as network
from manypaths.network.rules import SYSTEM
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.people.commands import family_mark
from manypaths.referrals.commands.leaving import close_where_left
from manypaths.referrals.commands.moving import tell
from manypaths.support import showing


@transaction.atomic
def remind_overdue(*, at: datetime) -> int:
    """Call out every clock that has run out, once: the person's page says so, and the lead is told.

    Requests that may no longer be seen are taken back and both sides are told, those that wait where nobody takes part
    any more are closed, and drafts nobody sent for 30 days are forgotten. The database never calls anything late before
    its own clock says so.

    Records: referrals.overdue, referrals.cancelled
    Repeats safely.
    """
    close_where_left(by=SYSTEM, at=at)
    _take_back_lapsed(at)
    with connection.cursor() as cursor:
        cursor.execute("select * from sweep_requests(%s)", [at])
        late: list[tuple[UUID, UUID]] = cursor.fetchall()
    leads = network.leads_of(organisation_ids={organisation for _referral, organisation in late})
    for referral, organisation in late:
        audit.record(what="referrals.overdue", by=SYSTEM, subject=referral, at=at)
        for lead in leads:
            if lead.organisation_id == organisation:
                tell(lead, Template.REQUEST_WAITS_LONG, referral, at)
    return len(late)


def _take_back_lapsed(at: datetime) -> None:
    """Take back what nobody at the place may open any more; the person is told by the database, the team here."""
    with connection.cursor() as cursor:
        cursor.execute("select * from lapse_requests(%s)", [at])
        lapsed: list[tuple[UUID, UUID, UUID]] = cursor.fetchall()
    for referral, record, organisation in lapsed:
        audit.record(what="referrals.cancelled", by=SYSTEM, subject=referral, record_id=record, at=at)
        for worker in network.who_answers(organisation_ids=[organisation]):
            tell(worker, Template.REQUEST_TAKEN_BACK, referral, at)


def tell_of_new_lookers(*, since: datetime) -> int:
    """Tell who asked for it that somebody looked who had not looked before; the looks since then are gone through.

    Repeats safely: told twice is told once.
    """
    with connection.cursor() as cursor:
        cursor.execute("select tell_of_new_lookers(%s)", [since])
        told: int = cursor.fetchone()[0]
    return told


def keep_stopped(*, since: datetime) -> int:
    """Bring the list of what persons stopped, outside the database, up to date since then. Repeats safely."""
    return stopped.keep_ended(since=since) + showing.keep_hidden(since=since)


def stop_again() -> int:
    """Stop what the list names and this database still has open: it was put back from a copy. As the role `owner`."""
    return stopped.end_again() + showing.hide_again()


@transaction.atomic
def flag_looks(*, since: datetime, at: datetime) -> int:
    """Write down which looks of the days since then nothing known explains, and tell the privacy officers of the place.

    Names are compared inside the database, by keyed hashes of family names that differ from place to place. What nobody
    else of a place may answer rests after a day, and waits again once somebody else may.

    Repeats safely: one worker, one record and one day are flagged once.
    """
    marks = [(one, mark) for one, place, name in network.workers_by_name() if (mark := family_mark(place, name))]
    with connection.cursor() as cursor:
        cursor.execute("select * from flag_looks(%s, %s, %s)", [since, [m[0] for m in marks], [m[1] for m in marks]])
        flags: list[tuple[UUID, UUID, UUID]] = cursor.fetchall()
        cursor.execute("select rest_lookflags()")
    for flag, place, worker in flags:
        for officer in network.who_judges(organisation_id=place, membership_id=worker):
            notices.tell_worker(
                account_id=officer.account_id, address="", language=officer.language, subject_id=flag,
                template=Template.LOOK_TO_EXPLAIN, cause=str(flag), at=at,
            )  # fmt: skip
    return len(flags)
