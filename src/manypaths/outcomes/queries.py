"""Reads a person's own answers. Each read opens `outcome_answers` of the reader's own record first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from uuid import UUID

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.outcomes import rules
from manypaths.outcomes.instruments import Instrument, read
from manypaths.outcomes.models import Answer, InstrumentVersion, Sitting
from manypaths.outcomes.rules import Given
from manypaths.vault.queries import sealer_for

NOTE = "outcomes.sitting.note"


@dataclass(frozen=True)
class OwnSitting:
    """One of the person's sittings, as they read it."""

    id: UUID
    instrument: Instrument
    language: str
    started_at: datetime
    finished_at: datetime | None
    answered_on: date | None
    answered: int
    total: int | None
    may_be_counted: bool
    note: str = ""
    answers: Mapping[str, Given] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, int | None]:
        """Only the numbers; what the person would rather not say is no number."""
        return {item: given if isinstance(given, int) else None for item, given in self.answers.items()}


def instrument_version(*, instrument: str) -> InstrumentVersion:
    """The newest loaded version of an instrument. No person is in it.

    Refuses: NotThere when it was never loaded.
    """
    found = InstrumentVersion.objects.filter(instrument=instrument).order_by("-version", "-sha256").first()
    if found is None:
        raise NotThere
    return found


@cache
def _definition(sha256: str, version_id: UUID) -> Instrument:
    return read(InstrumentVersion.objects.get(id=version_id).file.encode())


def definition(version: InstrumentVersion) -> Instrument:
    """The instrument as it stood when it was loaded."""
    return _definition(version.sha256, version.id)


def own_sittings(*, reader: Reader, instrument: str) -> list[OwnSitting]:
    """Every finished sitting of the person, oldest first, with its answers.

    Refuses: NotThere for anyone but the person.
    """
    record = consent.open_own(reader=reader, classes={DataClass.OUTCOME_ANSWERS})
    rows = Sitting.objects.filter(
        record_id=record, instrument__instrument=instrument, finished_at__isnull=False
    ).order_by("answered_on", "finished_at")
    return _as_read(record, list(rows.select_related("instrument").prefetch_related("answers")))


def own_sitting(*, reader: Reader, sitting_id: UUID) -> OwnSitting:
    """One sitting of the person, finished or not.

    Refuses: NotThere when it does not exist or is not theirs.
    """
    record = consent.open_own(reader=reader, classes={DataClass.OUTCOME_ANSWERS})
    rows = Sitting.objects.filter(record_id=record, id=sitting_id)
    found = _as_read(record, list(rows.select_related("instrument").prefetch_related("answers")))
    if not found:
        raise NotThere
    return found[0]


def own_unfinished(*, reader: Reader, instrument: str) -> OwnSitting | None:
    """The sitting that waits for the person to come back, if there is one."""
    record = consent.open_own(reader=reader, classes={DataClass.OUTCOME_ANSWERS})
    rows = Sitting.objects.filter(record_id=record, instrument__instrument=instrument, finished_at__isnull=True)
    found = _as_read(record, list(rows.select_related("instrument").prefetch_related("answers")))
    return found[0] if found else None


def _as_read(record: UUID, rows: list[Sitting]) -> list[OwnSitting]:
    sealer = sealer_for([record]) if any(row.note for row in rows) else None
    return [
        OwnSitting(
            id=row.id,
            instrument=definition(row.instrument),
            language=row.language,
            started_at=row.started_at,
            finished_at=row.finished_at,
            answered_on=row.answered_on,
            answered=row.answered,
            total=row.total,
            may_be_counted=row.may_be_counted,
            note=sealer.read(record, NOTE, row.note) if sealer else "",
            answers={one.item: _given(one) for one in row.answers.all()},
        )
        for row in rows
    ]


def _given(answer: Answer) -> Given:
    return rules.RATHER_NOT_SAY if answer.value is None else answer.value
