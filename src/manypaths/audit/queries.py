"""How the sealing of the log stands: times and whether they fit. Never how many rows, and never whose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import connection

from manypaths.audit.models import Stop
from manypaths.audit.rules.chain import Line
from manypaths.audit.sealing.anchor import last_line

STATE = "select sealed_at, is_behind, head from sealing_state(%s)"


class Anchor(StrEnum):
    """How the newest line of the anchor fits the log."""

    FITS = "fits"
    DIFFERS = "differs"
    ABSENT = "absent"
    CLOSED = "closed"


@dataclass(frozen=True)
class Sealing:
    """When the log was sealed last, whether a row waits too long, whether all looks are stopped; and the anchor."""

    sealed_at: datetime | None
    is_behind: bool
    is_stopped: bool
    anchor: Anchor
    anchored_at: datetime | None


def sealing(*, anchor: Path) -> Sealing:
    """How the sealing stands now, and whether the file outside the database says the same."""
    line, found = _line(anchor)
    with connection.cursor() as cursor:
        cursor.execute(STATE, [line.number if line else None])
        sealed_at, is_behind, head = cursor.fetchone()
    if line is not None and head is not None and bytes(head) == line.head:
        found = Anchor.FITS
    stopped = Stop.objects.filter(lifted_at__isnull=True).exists()
    return Sealing(sealed_at, is_behind, stopped, found, line.at if line else None)


def _line(anchor: Path) -> tuple[Line | None, Anchor]:
    try:
        line = last_line(anchor)
    except OSError:
        return None, Anchor.CLOSED
    return line, Anchor.DIFFERS if line else Anchor.ABSENT


def server_version() -> str:
    """The version of the database server, as it says it."""
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        row: Mapping[int, str] = cursor.fetchone()
    return row[0].split()[0]
