"""The list of erasures, in a file outside the database that only grows: one line each, an id and a time.

A copy of the database from before an erasure still holds the key. Whoever puts it back puts this list to work again.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from manypaths.lib.growing import growing

LONGEST_LINE = 80


def keep(path: Path, erased: Iterable[tuple[UUID, datetime]]) -> int:
    """Write down the erasures that the list does not hold yet; how many these were.

    Afterwards: they are on the disk, also when the power goes. Repeats safely.
    """
    with growing(path) as add:
        known = read(path)
        fresh = [(record, at) for record, at in erased if record not in known]
        add("".join(f"{at.isoformat()} {record}\n" for record, at in fresh))
    return len(fresh)


def read(path: Path) -> dict[UUID, datetime]:
    """Every erasure on the list. A line that was cut off is no erasure; it is written once more by `keep`."""
    if not path.exists():
        return {}
    found: dict[UUID, datetime] = {}
    with path.open(encoding="utf-8", errors="replace") as file:
        while line := file.readline(LONGEST_LINE):
            at, _, record = line.partition(" ")
            try:
                found.setdefault(UUID(record.strip()), datetime.fromisoformat(at))
            except ValueError:
                continue
    return found
