"""The list of whom persons keep away, in a file outside the database: ids and times, one line each.

A copy of the database from before a block would let in again whom it keeps away. Whoever puts one back puts this list
to work again. Who seals the log writes it (`audit.sealing.outside`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

BLOCKS_AGAIN = """
    insert into people_block (id, record_id, account_id, organisation_id, since)
    select n.id, n.record, n.other, n.place, n.since
      from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[]) n(id, record, other, place, since)
      join people_record r on r.id = n.record and r.erased_at is null
     where not exists (select from people_block b where b.id = n.id)
       and (n.place is null or exists (select from network_organisation o where o.id = n.place))
"""
RESTRICTIONS_AGAIN = """
    insert into consent_restriction (id, record_id, held_record_id, organisation_id, since)
    select n.id, n.record, n.other, n.place, n.since
      from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[]) n(id, record, other, place, since)
      join people_record r on r.id = n.record and r.erased_at is null
      join people_record h on h.id = n.other and h.erased_at is null
      join network_organisation o on o.id = n.place
     where not exists (select from consent_restriction k where k.id = n.id)
"""
AGAIN = {"block": BLOCKS_AGAIN, "restriction": RESTRICTIONS_AGAIN}


@dataclass(frozen=True)
class KeptAway:
    """One line: of whose record, since when, who or which record else, and which place."""

    id: UUID
    what: str
    record: UUID
    other: UUID | None
    place: UUID | None
    since: datetime


def listed(path: Path) -> list[KeptAway]:
    """Everything on the list that the person did not end. A line that was cut off says nothing."""
    if not path.exists():
        return []
    found: dict[UUID, KeptAway] = {}
    ended: set[UUID] = set()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        match line.split(" "):
            case [_at, "end", one]:
                ended |= set(_ids(one))
            case [at, what, *ids] if what in AGAIN and len(ids) == 4:
                found |= {one.id: one for one in _read(at, what, ids)}
    return [one for one in found.values() if one.id not in ended]


def _ids(*words: str) -> Iterator[UUID]:
    for word in words:
        try:
            yield UUID(word)
        except ValueError:
            return


def _read(at: str, what: str, ids: list[str]) -> Iterator[KeptAway]:
    one, record, other, place = (None if word == "-" else next(_ids(word), None) for word in ids)
    try:
        since = datetime.fromisoformat(at)
    except ValueError:
        return
    if one and record:
        yield KeptAway(one, what, record, other, place, since)


@transaction.atomic
def keep_away_again() -> int:
    """Write the blocks and restrictions that the list names and this database does not know: it was put back from a
    copy. As the role `owner`.

    Afterwards: whom a person kept away is kept away, on the records of places too. What the person ended since is not
    begun again; what this database still has open stays closed to them. How many there were. Repeats safely.
    """
    known, count = listed(Path(settings.KEPT_AWAY_FILE)), 0
    with connection.cursor() as cursor:
        for what, sql in AGAIN.items():
            some = [one for one in known if one.what == what]
            columns = zip(*((one.id, one.record, one.other, one.place, one.since) for one in some), strict=True)
            cursor.execute(sql, [list(column) for column in columns] or [[], [], [], [], []])
            count += cursor.rowcount
    return count
