"""What waits for whom. A reader sees their own notices and nobody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.notices.rules import INSIDE, State, Template, Way, told_roughly

SHOWN = 50


class Addressee(Protocol):
    """What this room needs to know of a reader. `network.rules.Reader` has it."""

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def record_id(self) -> UUID | None: ...
    @property
    def is_person(self) -> bool: ...


@dataclass(frozen=True)
class Waiting:
    """One notice as its reader sees it: the sentence, and the opaque id of the page it is about."""

    id: UUID
    template: Template
    subject_id: UUID
    written_at: datetime
    is_new: bool

    @property
    def sentence(self) -> Any:
        """The words, in the language of the page."""
        return INSIDE[self.template]


def waiting(*, reader: Addressee) -> list[Waiting]:
    """The newest notices of this reader. For a person, their own record's presence must be open."""
    if reader.account_id is None:
        return []
    if reader.is_person and reader.record_id is not None:
        return _newest(PersonNotice.objects.filter(record_id=reader.record_id))
    return _newest(StaffNotice.objects.filter(account_id=reader.account_id, way=Way.HERE))


def _newest(rows: QuerySet[PersonNotice] | QuerySet[StaffNotice]) -> list[Waiting]:
    found = rows.order_by("-written_at").values_list("id", "template", "subject_id", "written_at", "read_at")[:SHOWN]
    return [Waiting(row[0], Template(row[1]), row[2], row[3], row[4] is None) for row in found]


@dataclass(frozen=True)
class Mail:
    """E-mails to workers that have not left: since when the oldest waits, and about how many there are."""

    oldest_at: datetime | None
    about: int | None


def mail_waiting() -> Mail:
    """What waits to be sent, for who looks after the machine. A small number is not told: each e-mail is about
    somebody."""
    rows = StaffNotice.objects.filter(way=Way.EMAIL, state=State.WAITING)
    oldest = rows.order_by("written_at").values_list("written_at", flat=True).first()
    return Mail(oldest, told_roughly(rows.count()))


def to_send(*, subject_id: UUID | None = None, at: datetime | None = None, limit: int = 200) -> list[UUID]:
    """Ids of e-mails that were not sent yet, the oldest first: about one subject, or those whose turn has come `at`."""
    rows = StaffNotice.objects.filter(way=Way.EMAIL, state=State.WAITING)
    if at is not None:
        rows = rows.exclude(next_try_at__gt=at)
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    return list(rows.order_by("written_at").values_list("id", flat=True)[:limit])
