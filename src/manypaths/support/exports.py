"""Lists that are taken out of the house: which there are, and their rows, each asked about once more as it leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.consent import queries as consent
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.people import queries as people
from manypaths.support.rules.exports import CLASSES

AT_ONCE = 1000  # as many as one opening may name
# A list is long: plain statements, which the database prepares once.
CONTACTS = """
    select record_id, count(*), max(happened_at)::date from support_contact where record_id = any(%s) group by record_id
"""
CAME = """
    select a.record_id, count(*) filter (where a.presence = 'came'), count(*) filter (where a.presence = 'did_not_come')
      from support_attendance a
     where a.record_id = any(%s) and a.struck_at is null
       and not exists (select from support_attendance n where n.replaces_id = a.id)
     group by a.record_id
"""
GOALS = """
    select record_id, count(*) filter (where state = 'open'), count(*) filter (where state = 'reached')
      from plans_goal where record_id = any(%s) group by record_id
"""
Line = tuple[object, ...]


@dataclass(frozen=True)
class ExportLine:
    """One list: whose, for what, how many people, and whether it can be fetched."""

    id: UUID
    is_own: bool
    asked_by: str
    why: str
    people: int
    asked_at: datetime
    expires_at: datetime
    approved_by: str
    ready: bool


def exports_for(*, reader: Reader) -> list[ExportLine]:
    """The reader's own lists that last, and those of others in their place that wait for a second yes."""
    with connection.cursor() as cursor:
        cursor.execute("select * from exports_for(%s, %s)", [reader.account_id, reader.membership_id])
        return [ExportLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Part:
    """Some rows of a list, and how many of it are closed by now. It does not say whose."""

    lines: list[Line]
    left_out: int
    last: int


def parts_of(*, reader: Reader, export_id: UUID) -> Iterator[Part]:
    """The rows of a list in parts. Each part is a transaction of its own: what was stopped or blocked since the list
    was asked for, a moment ago too, is left out. The log has its row before a part leaves.

    Records: for each part one access row for each set of classes that was opened, and one for what was not
    """
    last, found = 0, True
    while found:
        with transaction.atomic():
            part = _part(reader, export_id, last)
        found = part is not None
        if part is not None:
            last = part.last
            yield part


def _part(reader: Reader, export_id: UUID, after: int) -> Part | None:
    asked = [reader.account_id, reader.membership_id, export_id, after, AT_ONCE]
    with connection.cursor() as cursor:
        cursor.execute("select * from export_rows(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    if not rows:
        return None
    ids = [row[1] for row in rows]
    opened = consent.open_records(reader=reader, records=ids, classes=CLASSES, purpose=Purpose.SUPERVISION)
    named = _opened(opened, DataClass.DEMOGRAPHICS)
    open_now = [row for row in rows if row[1] in named]
    return Part(_lines(open_now, opened), len(rows) - len(open_now), rows[-1][0])


def _lines(rows: list[tuple[int, UUID, UUID]], opened: Opened) -> list[Line]:
    """Codes, days and counts, in the order of `rules.exports.COLUMNS`; nothing of a class that is closed."""
    if not rows:
        return []
    ids = [row[1] for row in rows]
    names = people.names_of(records=ids, sealer=opened.sealer)
    workers = dict(Membership.objects.filter(id__in={row[2] for row in rows}).values_list("id", "display_name"))
    counted = [_contacts(opened), _came(opened), _goals(opened)]
    return [
        (record, names.get(record, ""), workers.get(worker, ""), *(cell for part in counted for cell in part(record)))
        for _place, record, worker in rows
    ]


class _Counted:
    """Counts by record; empty cells where a record is not open for the class, nothing counted where it is."""

    def __init__(self, open_now: frozenset[UUID], rows: dict[UUID, Line], none: Line) -> None:
        self.open_now, self.rows, self.none = open_now, rows, none

    def __call__(self, record: UUID) -> Line:
        return self.rows.get(record, self.none) if record in self.open_now else ("",) * len(self.none)


def _opened(opened: Opened, data_class: DataClass) -> frozenset[UUID]:
    """Every record that is open for a class, found in one walk: a list is long."""
    return frozenset(record for record, kind, _subject in opened.bases if kind == data_class.value)


def _contacts(opened: Opened) -> _Counted:
    return _counted(CONTACTS, _opened(opened, DataClass.CONTACT_LOG), (0, ""))


def _came(opened: Opened) -> _Counted:
    return _counted(CAME, _opened(opened, DataClass.ATTENDANCE), (0, 0))


def _goals(opened: Opened) -> _Counted:
    return _counted(GOALS, _opened(opened, DataClass.RECOVERY_PLAN), (0, 0))


def _counted(sql: str, open_now: frozenset[UUID], none: Line) -> _Counted:
    if not open_now:
        return _Counted(open_now, {}, none)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(open_now)])
        return _Counted(open_now, {row[0]: row[1:] for row in cursor.fetchall()}, none)
