"""How every act on a plan begins and how it keeps what stood there before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from manypaths.audit import commands as audit
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.rules import Reader
from manypaths.people import commands as people
from manypaths.plans.models import Earlier
from manypaths.plans.queries import open_own_plan
from manypaths.plans.rules import tidy
from manypaths.vault.queries import Sealer


@dataclass(frozen=True)
class OpenPlan:
    """A plan that is open for this act, with who acts and when: the person's own, or one that a place keeps."""

    record: UUID
    sealer: Sealer
    by: Reader
    at: datetime

    def seal(self, label: str, text: str) -> bytes:
        """Seal words for one field of the plan."""
        return self.sealer.seal(self.record, label, tidy(text))

    def replace(self, subject_id: UUID, label: str, old: bytes | memoryview | None, text: str) -> bytes | None:
        """The sealed new words; the old ones are kept when they say something else."""
        old = None if old is None else bytes(old)
        if self.sealer.read(self.record, label, old) == tidy(text):
            return old
        if old is not None:
            Earlier(record_id=self.record, subject_id=subject_id, label=label, words=old, replaced_at=self.at).save(
                force_insert=True
            )
        return self.seal(label, text)

    def note(self, what: str, subject: UUID) -> None:
        """Write that this was done."""
        audit.record(what=what, by=self.by, subject=subject, record_id=self.record, at=self.at)


def open_to_write(*, by: Reader, at: datetime) -> OpenPlan:
    """Open the person's own plan for an act.

    Refuses: NotThere for anyone who is not here as a person.
    """
    record, sealer = open_own_plan(reader=by)
    people.take_turn(record_id=record)
    return OpenPlan(record, sealer, by, at)


def open_held_to_write(*, record_id: UUID, data_class: DataClass, by: Reader, at: datetime) -> OpenPlan:
    """Open the plan that a place keeps with somebody, for an act of a worker who walks with them.

    Refuses: NotThere or NotYourWork for everyone else; the database lets nobody else write either.
    """
    opened = consent.open_record(reader=by, record=record_id, classes={data_class}, purpose=Purpose.CARE)
    people.take_turn(record_id=record_id)
    return OpenPlan(record_id, opened.sealer, by, at)
