"""A world in which each rule of the gate shows: everyone who may ask, and every record they may ask for."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.consent.models import Authorship
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.tests.factories import ANOTHER_REQUEST, ONE_REQUEST, grant
from manypaths.network.models import Membership, Organisation
from manypaths.network.rules import Hat, Reader
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Assignment, Block, Record
from manypaths.people.tests.factories import person, record_held_by

Question = tuple[Reader, list[UUID], list[DataClass], Purpose, list[UUID]]
DAY = timedelta(days=1)
MINE, THEIRS, A_PEERS, A_HELPERS, ALONE = (uuid.uuid4() for _ in range(5))
BY_CASE = {
    case: uuid.uuid4()
    for case in (
        "over",
        "to come",
        "stopped",
        "stops later",
        "for care",
        "no role opens it",
        "named fields",
        "elsewhere",
    )
}
WAYS_TO_ASK: list[list[UUID]] = [
    [],
    [ONE_REQUEST],
    [ONE_REQUEST, ANOTHER_REQUEST, MINE, THEIRS, A_PEERS, A_HELPERS, ALONE, *BY_CASE.values()],
    [MINE],
]
# What no role of today may do, so that a rule of the gate shows that no row of the table shows yet.
NOTES = DataClass.COUNSELLING_NOTES.value
TRIED_ROLES = [
    ("volunteer", "granted", "presence", True),
    ("volunteer", "granted", "recovery_plan", False),
    ("volunteer", "assigned", NOTES, False),
    ("volunteer", "originated", NOTES, False),
    ("peer", "granted", NOTES, False),
]


@dataclass
class World:
    """Everyone who may ask, every record they may ask for, and who may know of which record that someone is there."""

    readers: dict[str, Reader]
    records: dict[str, UUID]
    now: datetime

    def questions(self) -> list[Question]:
        """All of them, well mixed: what is turned shows early."""
        found = list(self._questions())
        Random(7).shuffle(found)
        return found

    def _questions(self) -> Iterator[Question]:
        everything = [*self.records.values(), uuid.uuid4()]
        for reader in self.readers.values():
            for purpose in Purpose:
                for subjects in WAYS_TO_ASK:
                    yield reader, everything, list(DataClass), purpose, subjects
            for purpose in Purpose:
                yield reader, [self.records["held"]], [DataClass.PRESENCE], purpose, []
            yield reader, [self.records["own"]], [DataClass.RECOVERY_PLAN], Purpose.REFERRAL, [ONE_REQUEST]
            yield reader, [self.records["a stranger's"]], [DataClass.PRESENCE], Purpose.OWN, []
            yield reader, [], [DataClass.PRESENCE], Purpose.CARE, []
            yield reader, [self.records["held"], self.records["own"]], [DataClass.PRESENCE], Purpose.CARE, []
            yield reader, [self.records["held"]], [DataClass.PRESENCE, DataClass.ACCESS_LOG], Purpose.CARE, []


def the_moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select transaction_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def made_world() -> World:
    """Ends, starts and blocks stand on the very moment, where a rule that is one step off shows."""
    now = the_moment()
    house, other = organisation(), organisation("Harbor Row")
    owner, stranger = person(), person()
    team = the_team(house, now)
    records = {"own": owner.record_id, "a stranger's": stranger.record_id}
    records |= held_records(team, house, now) | {"held elsewhere": record_held_by(membership(other, "peer"))}
    with as_owner():
        gone = person()
        Record.objects.filter(id=gone.record_id).update(erased_at=now)
        records["erased own"] = gone.record_id
    consents(owner.record_id, house, other, now)
    for record in (gone.record_id, records["held"]):
        grant(record, house, list(DataClass), starts_at=now)
    blocked = person()
    grant(blocked.record_id, house, [DataClass.REFERRAL_TASK], starts_at=now)
    block(blocked.record_id, now, house=house)
    records["blocked own"] = blocked.record_id
    readers = {name: reader_for(one) for name, one in team.items()}
    left = person()
    with as_owner():
        User.objects.filter(id=left.account_id).update(is_active=False)
    records["of an ended account"] = left.record_id
    readers |= {
        "owner": owner,
        "gone": gone,
        "left": left,
        "elsewhere": reader_for(membership(other, "peer", answers_requests=True)),
    }
    return World(dressed_up(readers, team), records, now)


def the_team(house: Organisation, now: datetime) -> dict[str, Membership]:
    lead = membership(house, "supervisor", answers_requests=True)
    team = {
        "lead": lead,
        "coach": membership(house, "peer", supervisor=lead, answers_requests=True),
        "idle": membership(house, "peer", answers_requests=True),
        "silent": membership(house, "peer"),
        "author": membership(house, "clinician"),
        "clinician": membership(house, "clinician"),
        "volunteer": membership(house, "volunteer", answers_requests=True),
        "desk": membership(house, "frontdesk", answers_requests=True),
        "officer": membership(house, "privacy_officer"),
        "admin": membership(house, "org_admin", answers_requests=True),
        "twofold": membership(house, "frontdesk", "clinician", answers_requests=True),
        "ended": membership(house, "peer", answers_requests=True),
        "signed off": membership(house, "peer", answers_requests=True),
    }
    with as_owner():
        Membership.objects.filter(id=team["ended"].id).update(ended_at=now)
        User.objects.filter(id=team["signed off"].account_id).update(is_active=False)
    return team


def held_records(team: dict[str, Membership], house: Organisation, now: datetime) -> dict[str, UUID]:
    names = (
        "held",
        "blocked",
        "blocked for one",
        "block over",
        "blocked still",
        "block to come",
        "until now",
        "erased",
        "without a consent",
    )
    records = {name: record_held_by(membership(house, "peer")) for name in names}
    walking = ("coach", "author", "clinician", "volunteer", "ended", "signed off", "twofold")
    with as_owner():
        for name, record in records.items():
            until = now if name == "until now" else now + DAY if name == "block over" else None
            for who in walking:
                Assignment.objects.create(record_id=record, membership=team[who], since=now - DAY, until=until)
        for item, who in ((MINE, "author"), (THEIRS, "clinician"), (A_PEERS, "coach"), (A_HELPERS, "volunteer")):
            write(item, team[who], records["held"], now)
        write(ALONE, team["author"], records["without a consent"], now)
        for name in ("blocked", "until now", "erased"):
            write(uuid.uuid4(), team["author"], records[name], now)
        Record.objects.filter(id=records["erased"]).update(erased_at=now)
    block(records["blocked"], now, house=house)
    block(records["blocked for one"], now, account=team["coach"].account_id)
    block(records["block over"], now, house=house, since=now - DAY, until=now)
    block(records["blocked still"], now, house=house, since=now - DAY, until=now + DAY)
    block(records["block to come"], now, house=house, since=now + DAY)
    return records


def write(item: UUID, author: Membership, record: UUID, now: datetime) -> None:
    Authorship.objects.create(
        item_id=item, record_id=record, data_class=DataClass.COUNSELLING_NOTES, membership=author, since=now
    )


def block(record: UUID, now: datetime, **how: Any) -> None:
    with as_owner():
        Block.objects.create(
            record_id=record,
            organisation=how.get("house"),
            account_id=how.get("account"),
            since=how.get("since", now),
            until=how.get("until"),
        )


def consents(record: UUID, house: Organisation, other: Organisation, now: datetime) -> None:
    """One consent for each way to hold or not, each for a request of its own, so that none covers for another."""
    part = [DataClass.REFERRAL_TASK]
    grant(record, house, [*part, DataClass.DEMOGRAPHICS, DataClass.RECOVERY_PLAN], starts_at=now)
    grant(record, house, part, starts_at=now - DAY)
    grant(record, house, part, subject=BY_CASE["over"], starts_at=now - 9 * DAY, until=now)
    grant(record, house, part, subject=BY_CASE["to come"], starts_at=now + DAY)
    grant(record, house, part, subject=BY_CASE["stopped"], starts_at=now - DAY, ended_at=now)
    grant(record, house, part, subject=BY_CASE["stops later"], starts_at=now - DAY, ended_at=now + DAY)
    grant(record, house, part, subject=BY_CASE["for care"], starts_at=now - DAY, purpose=Purpose.CARE)
    grant(record, house, [DataClass.ACCESS_LOG], subject=BY_CASE["no role opens it"], starts_at=now - DAY)
    grant(record, house, [DataClass.PRESENCE], subject=BY_CASE["named fields"], starts_at=now - DAY)
    grant(record, house, part, subject=ANOTHER_REQUEST, starts_at=now - DAY)
    grant(record, other, part, subject=BY_CASE["elsewhere"], starts_at=now - DAY)


def dressed_up(readers: dict[str, Reader], team: dict[str, Membership]) -> dict[str, Reader]:
    coach = readers["coach"]
    return {
        **readers,
        "as a person": Reader(account_id=coach.account_id, hat=Hat.PERSON),
        "as a person with a membership": Reader(**{**coach.__dict__, "hat": Hat.PERSON}),
        "with another's membership": Reader(**{**readers["idle"].__dict__, "membership_id": team["coach"].id}),
        "nobody": Reader(account_id=None, hat=Hat.MEMBER, membership_id=team["coach"].id),
        "a person as a member": Reader(account_id=readers["owner"].account_id, hat=Hat.MEMBER),
    }
