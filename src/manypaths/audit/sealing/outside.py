"""Writes what a copy of the database would forget to a file outside it: lines that the database hands to who seals."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from manypaths.audit.sealing.connection import Connection
from manypaths.lib.growing import growing

LINES = "select line from public.kept_outside(%s)"
EVER = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = timedelta(hours=1)  # twice as long as a request can last, so that none is passed over


def keep_lines(raw: Connection, place: Path, since: datetime) -> int:
    """Write down what the file does not hold yet, and say how many lines these were. Repeats safely."""
    found: Any = raw.execute(LINES, [since]).fetchall()
    raw.rollback()
    if not found:
        return 0
    with growing(place) as add:
        known = set(place.read_text(encoding="utf-8", errors="replace").splitlines())
        fresh = [line for (line,) in found if line not in known]
        add("".join(f"{line}\n" for line in fresh))
    return len(fresh)
