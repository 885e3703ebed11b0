"""What it costs to ask about each row once more as a long list leaves: 10,000 people, in parts, as the server does it.

A durable database, both walls, one transaction and one access row for each part, sealed names, counts of contacts,
attendance and goals, written as CSV. Beside it the same rows without the gate: one statement, nothing asked.
"""

import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.gate import make_worker, spent
from benchmarks.machine import describe
from benchmarks.stage import Stage

if TYPE_CHECKING:
    from manypaths.network.models import Membership
    from manypaths.network.rules import Reader

PEOPLE = 10_000
BOUND = 5_000
TIMES = 5


def main() -> int:
    """Measure, print, and say whether the bound was reached."""
    print(describe())
    with Stage("export") as stage:
        stage.enter_django("owner")
        reader, export = build()
        plain = min(_plain() for _time in range(TIMES))
        from manypaths.config.database import connect_django_to

        connect_django_to(stage.url("app"))
        before = _worked(stage)
        runs = sorted(_taken(reader, export) for _time in range(TIMES))
        worked = (_worked(stage) - before) / TIMES
    middle = runs[len(runs) // 2]
    print(f"{PEOPLE:,} people, {TIMES} times: {PEOPLE / middle:,.0f} rows a second in the middle", end="")
    print(f" ({PEOPLE / runs[-1]:,.0f} the slowest; without the gate {PEOPLE / plain:,.0f})")
    print(f"of the processor's time, here and in the database: {PEOPLE / worked:,.0f} rows a second")
    reached = PEOPLE / middle >= BOUND
    print(f"bound {BOUND:,} rows a second: {'reached' if reached else 'NOT reached'}")
    return 0 if reached else 1


def build() -> "tuple[Reader, uuid.UUID]":
    """A supervisor whose one coach walks with ten thousand people, and a list of them that somebody else agreed to."""
    from django.db import connection

    from manypaths.accounts.models import User
    from manypaths.network.models import Membership
    from manypaths.network.rules import Hat, Reader

    coach, at = make_worker(), datetime.now(UTC)
    members = []
    for name, role in (("sol", "supervisor"), ("hugo", "privacy_officer")):
        account = User.objects.create(
            kind="staff", username=name, email=f"{name}@example.org", password="!", date_joined=at
        )
        members.append(
            Membership.objects.create(
                account=account, organisation=coach.organisation, display_name=name, roles=[role], started_at=at
            )
        )
    Membership.objects.filter(id=coach.id).update(supervisor=members[0])
    make_people(coach, [uuid.uuid4() for _number in range(PEOPLE)])
    export = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("analyze")
        over, second = members
        cursor.execute("select ask_for_export(%s, %s, %s, 'planning')", [over.account_id, over.id, export])
        cursor.execute("select say_yes_to_export(%s, %s, %s)", [second.account_id, second.id, export])
    reader = Reader(
        account_id=over.account_id, hat=Hat.MEMBER, membership_id=over.id, organisation_id=over.organisation_id,
        roles=frozenset({"supervisor"}), factor_at=at, name="sol",
    )  # fmt: skip
    return reader, export


def make_people(coach: "Membership", ids: list[uuid.UUID]) -> None:
    """Each with a key, a sealed name, an assignment, two contacts, two days of attendance and a goal."""
    from manypaths.network.models import Community
    from manypaths.people.models import Assignment, Profile, Record
    from manypaths.plans.models import Goal
    from manypaths.support.models import Attendance, Contact
    from manypaths.vault.models import RecordKey
    from manypaths.vault.queries import current_key, sealer_for, wrapped_under

    at, house, place = datetime.now(UTC), coach.organisation_id, Community.objects.get()
    wrapping = current_key(house)
    Record.objects.bulk_create(
        [Record(id=one, holder="organisation", organisation_id=house, opened_at=at) for one in ids], 5000
    )
    RecordKey.objects.bulk_create(
        [
            RecordKey(
                record_id=one, holder_id=house, ring_key=wrapping, made_at=at,
                wrapped=wrapped_under(wrapping, holder_id=house, record_id=one).wrapped,
            )
            for one in ids
        ],
        5000,
    )  # fmt: skip
    sealer, twice = sealer_for(ids), [(one, day) for one in ids for day in (1, 2)]
    Profile.objects.bulk_create(
        [
            Profile(record_id=one, name=sealer.seal(one, "people.profile.name", f"Person {number}"), changed_at=at)
            for number, one in enumerate(ids)
        ],
        5000,
    )
    Assignment.objects.bulk_create([Assignment(record_id=one, membership=coach, since=at) for one in ids], 5000)
    Contact.objects.bulk_create(
        [
            Contact(
                record_id=one, membership=coach, community=place, happened_at=at - timedelta(days=day), way="call",
                deed="talked", written_at=at,
            )
            for one, day in twice
        ],
        5000,
    )  # fmt: skip
    Attendance.objects.bulk_create(
        [
            Attendance(
                record_id=one, membership=coach, community=place, happened_on=at.date() - timedelta(days=day),
                written_at=at, session="group", presence="came",
            )
            for one, day in twice
        ],
        5000,
    )  # fmt: skip
    Goal.objects.bulk_create(
        [
            Goal(
                record_id=one, title=sealer.seal(one, "plans.goal.title", "A goal"), area="family", place=1, added_at=at
            )
            for one in ids
        ],
        5000,
    )


def _taken(reader: "Reader", export: uuid.UUID) -> float:
    """Seconds for the whole file, every row in it."""
    from manypaths.support import exports
    from manypaths.web.work.exports import in_csv

    began = time.perf_counter()
    parts = exports.parts_of(reader=reader, export_id=export)
    lines = sum(part.count("\r\n") for part in in_csv("mark", "%(number)s", parts))
    spent = time.perf_counter() - began
    if lines != PEOPLE + 3:
        raise SystemExit(f"{lines} lines left, not {PEOPLE + 3}")
    return spent


def _worked(stage: Stage) -> float:
    """Seconds of the processor that this program and the database have used so far."""
    database = stage.cluster.pid()
    return time.process_time() + (spent(database) / 1000 if database else 0.0)


def _plain() -> float:
    """Seconds for the same columns without the gate: names stay sealed."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.record_id, p.name, (select count(*) from support_contact c where c.record_id = p.record_id), "
            "(select count(*) from support_attendance a where a.record_id = p.record_id), "
            "(select count(*) from plans_goal g where g.record_id = p.record_id) from people_profile p"
        )
        if len(cursor.fetchall()) != PEOPLE:
            raise SystemExit("not every row was read")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
