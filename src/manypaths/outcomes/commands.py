"""Keeps a person's answers. Only the person answers, and only the person takes answers away."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader
from manypaths.outcomes import queries, rules
from manypaths.outcomes.instruments import score
from manypaths.outcomes.models import Answer, Sitting
from manypaths.outcomes.rules import RATHER_NOT_SAY, Given
from manypaths.vault.queries import sealer_for


@transaction.atomic
def save_answers(*, instrument: str, answers: Mapping[str, Given], language: str, by: Reader, at: datetime) -> UUID:
    """Keep some answers, and say in which sitting: the one that waits, or a new one. Nothing is finished by this.

    Refuses: an item that is not in the instrument · a value off its scale · NotThere for anyone but the person.
    Records: outcomes.answers_saved
    """
    record = consent.open_own(reader=by, classes={DataClass.OUTCOME_ANSWERS})
    version = queries.instrument_version(instrument=instrument)
    refuse_if(rules.reasons_not_to_save(queries.definition(version), answers))
    sitting, _made = Sitting.objects.get_or_create(
        record_id=record,
        instrument=version,
        finished_at=None,
        defaults={"language": language, "started_at": at},
    )
    for item, given in answers.items():
        _keep(sitting, item, given)
    audit.record(what="outcomes.answers_saved", by=by, subject=sitting.id, record_id=record, at=at)
    return sitting.id


@transaction.atomic
def finish_sitting(
    *, sitting_id: UUID, note: str, may_be_counted: bool = False, on: date, by: Reader, at: datetime
) -> None:
    """Finish a sitting: score it, and keep the person's note sealed.

    No page asks whether it may be counted while no measure reads it; so it is not counted unless the person says so.

    Refuses: nothing answered · a note that is too long · NotThere when it is not theirs or already finished.
    Records: outcomes.sitting_finished
    """
    record = consent.open_own(reader=by, classes={DataClass.OUTCOME_ANSWERS})
    sitting = _own_open(record, sitting_id)
    own = queries.own_sitting(reader=by, sitting_id=sitting_id)
    result = score(own.instrument, own.values)
    refuse_if([*rules.reasons_not_to_finish(result.answered), *rules.reasons_not_to_note(note)])
    sitting.answered, sitting.total = result.answered, result.total
    sitting.note = sealer_for([record]).seal(record, queries.NOTE, note) if note else None
    sitting.may_be_counted, sitting.finished_at, sitting.answered_on = may_be_counted, at, on
    sitting.save()
    audit.record(what="outcomes.sitting_finished", by=by, subject=sitting.id, record_id=record, at=at)


@transaction.atomic
def answer_instrument(
    *,
    instrument: str,
    answers: Mapping[str, Given],
    language: str,
    on: date,
    by: Reader,
    at: datetime,
    note: str = "",
    may_be_counted: bool = False,
) -> UUID:
    """Answer and finish in one act.

    Refuses: as saving and finishing do.
    Records: outcomes.answers_saved, outcomes.sitting_finished
    """
    sitting_id = save_answers(instrument=instrument, answers=answers, language=language, by=by, at=at)
    finish_sitting(sitting_id=sitting_id, note=note, may_be_counted=may_be_counted, on=on, by=by, at=at)
    return sitting_id


@transaction.atomic
def forget_sitting(*, sitting_id: UUID, by: Reader, at: datetime) -> None:
    """Delete one sitting and its answers for good. They are the person's to delete.

    Refuses: NotThere when it is not theirs.
    Records: outcomes.sitting_forgotten
    """
    record = consent.open_own(reader=by, classes={DataClass.OUTCOME_ANSWERS})
    deleted, _kinds = Sitting.objects.filter(record_id=record, id=sitting_id).delete()
    if not deleted:
        raise NotThere
    audit.record(what="outcomes.sitting_forgotten", by=by, subject=sitting_id, record_id=record, at=at)


def _own_open(record: UUID, sitting_id: UUID) -> Sitting:
    found = Sitting.objects.select_for_update().filter(record_id=record, id=sitting_id, finished_at=None).first()
    if found is None:
        raise NotThere
    return found


def _keep(sitting: Sitting, item: str, given: Given) -> None:
    value = None if given == RATHER_NOT_SAY else int(given)
    Answer.objects.update_or_create(
        sitting=sitting,
        item=item,
        defaults={"record_id": sitting.record_id, "value": value, "rather_not_say": value is None},
    )
