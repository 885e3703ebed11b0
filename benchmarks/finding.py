"""What finding one person of a house costs: by the blind index, and by opening everybody and reading the names.

A house of 10,000 people on a durable database. Both find the same person by the same word, as the same front desk.
"""

import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.machine import describe
from benchmarks.stage import Stage

if TYPE_CHECKING:
    from manypaths.network.rules import Reader

PEOPLE = 10_000
WORD = "zacharias"
TIMES, TIMES_OPENED = 50, 3
AT_ONCE = 1000


def main() -> int:
    """Measure both and print the pair."""
    print(describe())
    with Stage("finding") as stage:
        stage.enter_django("owner")
        desk, wanted, took = build()
        print(f"index made for {PEOPLE} people in {took:.1f} s")
        stage.enter_django("app")
        found = timed(lambda: by_index(desk), TIMES, [wanted])
        opened = timed(lambda: by_opening(desk), TIMES_OPENED, [wanted])
    print(f"by the index      {found * 1000:9.1f} ms, nobody opened")
    print(f"by opening all    {opened * 1000:9.1f} ms, {PEOPLE} looks in the log")
    print(f"the index takes {opened / found:.0f} times less")
    return 0


def build() -> tuple["Reader", uuid.UUID, float]:
    """A house, its front desk, and ten thousand people with sealed names; one of them is looked for."""
    from benchmarks.gate import make_worker
    from manypaths.network.tests.factories import reader_for
    from manypaths.people.finding import index_what_is_not
    from manypaths.people.models import Profile, Record
    from manypaths.vault.models import RecordKey
    from manypaths.vault.queries import current_key, sealer_for, wrapped_under

    member, at, ids = make_worker(), datetime.now(UTC), [uuid.uuid4() for _number in range(PEOPLE)]
    member.roles = ["frontdesk"]
    member.save(update_fields=["roles"])
    house = member.organisation_id
    wrapping = current_key(house)
    Record.objects.bulk_create(
        [Record(id=one, holder="organisation", organisation_id=house, opened_at=at) for one in ids], 5000
    )
    keys = {one: wrapped_under(wrapping, holder_id=house, record_id=one).wrapped for one in ids}
    RecordKey.objects.bulk_create(
        [RecordKey(record_id=one, holder_id=house, ring_key=wrapping, made_at=at, wrapped=keys[one]) for one in ids],
        5000,
    )
    sealer = sealer_for(ids)
    named = {one: f"Person {number % 400} {number}" for number, one in enumerate(ids)} | {ids[4321]: "Zacharias Q."}
    Profile.objects.bulk_create(
        [
            Profile(record_id=one, name=sealer.seal(one, "people.profile.name", named[one]), changed_at=at)
            for one in ids
        ],
        5000,
    )
    begun = time.perf_counter()
    index_what_is_not()
    return reader_for(member), ids[4321], time.perf_counter() - begun


def by_index(desk: "Reader") -> list[uuid.UUID]:
    """Find by keyed hashes."""
    from django.db import transaction

    from manypaths.people.finding import look_for

    with transaction.atomic():
        return [line.record_id for line in look_for(text=WORD, by=desk, at=datetime.now(UTC)).lines]


def by_opening(desk: "Reader") -> list[uuid.UUID]:
    """Open everybody, a thousand at a time, and read the names."""
    from django.db import transaction

    from manypaths.consent import queries as consent
    from manypaths.consent.rules import DataClass, Purpose
    from manypaths.people import queries as people
    from manypaths.people.rules import words_of_name

    found = []
    for first in range(0, PEOPLE, AT_ONCE):
        with transaction.atomic():
            page = people.of_house(reader=desk, limit=AT_ONCE, offset=first)
            records = [line.record_id for line in page.lines]
            opened = consent.open_records(
                reader=desk, records=records, classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.DESK
            )
            names = people.names_of(records=records, sealer=opened.sealer)
        found += [one for one, name in names.items() if WORD in words_of_name(name)]
    return found


def timed(find: Callable[[], list[uuid.UUID]], times: int, wanted: list[uuid.UUID]) -> float:
    """The median of some tries, each of which must find who is looked for."""
    took = []
    for _time in range(times):
        begun = time.perf_counter()
        if find() != wanted:
            raise SystemExit("it did not find who was looked for")
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


if __name__ == "__main__":
    raise SystemExit(main())
