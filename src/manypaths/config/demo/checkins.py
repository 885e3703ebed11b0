"""What made-up persons answered in their check-ins: people go up, stay, and some go down. Nobody is a straight line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from manypaths.config.demo.book import Book, Words, obey, own_facts
from manypaths.config.demo.folk import Someone
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.dates import local_date
from manypaths.outcomes import rules
from manypaths.outcomes.instruments import Instrument, score
from manypaths.outcomes.models import Answer, InstrumentVersion, Sitting
from manypaths.outcomes.queries import NOTE
from manypaths.outcomes.rules import RATHER_NOT_SAY, Given

DRIFT = {0.32: 5.0, 0.08: 4.0, -0.28: 2.0}


@dataclass(frozen=True)
class Questions:
    """One loaded questionnaire."""

    version: InstrumentVersion
    instrument: Instrument


def sit_over_time(
    book: Book, someone: Someone, questions: Questions, *, drift: float | None = None, times: int | None = None
) -> None:
    """Some answer once, some every season, some never."""
    chance = book.chance
    if times is None and chance.maybe(0.22):
        return
    instrument, drift = questions.instrument, chance.pick(DRIFT) if drift is None else drift
    levels = {item: chance.gauss(3.6, 0.9) for item in instrument.items}
    at = chance.own_time(someone.arrived + chance.days(0.5, 21), book.zone)
    for _number in range(times or chance.choice((1, 2, 3, 4, 5, 6, 7))):
        if at >= book.now - timedelta(hours=2):
            return
        sit(book, someone, questions, _answers(book, instrument, levels), at)
        levels = {item: level + drift + chance.gauss(0, 0.45) for item, level in levels.items()}
        at = chance.own_time(at + chance.days(32, 110), book.zone)


def _answers(book: Book, instrument: Instrument, levels: Mapping[str, float]) -> dict[str, Given]:
    chance = book.chance
    found: dict[str, Given] = {}
    for item, level in levels.items():
        value = round(level + chance.gauss(0, 0.5))
        found[item] = min(instrument.highest, max(instrument.lowest, value))
        if chance.maybe(0.008):
            found[item] = RATHER_NOT_SAY
    return found


def from_values(instrument: Instrument, values: Sequence[int]) -> dict[str, Given]:
    """Answers in the order asked."""
    return dict(zip(instrument.items, values, strict=True))


def sit(
    book: Book,
    someone: Someone,
    questions: Questions,
    answers: Mapping[str, Given],
    at: datetime,
    note: str | None = None,
) -> None:
    """One sitting, scored by the published rule."""
    instrument, record = questions.instrument, someone.record_id
    result = score(instrument, {item: given if isinstance(given, int) else None for item, given in answers.items()})
    words = note if note is not None else (someone.tongue.deal("sitting_notes") if book.chance.maybe(0.18) else "")
    obey([*rules.reasons_not_to_save(instrument, answers), *rules.reasons_not_to_finish(result.answered)])
    obey(rules.reasons_not_to_note(words))
    book.look(someone.reader, own_facts(someone.reader), {DataClass.OUTCOME_ANSWERS}, Purpose.OWN, at)
    language = someone.language if instrument.wording(someone.language) else "en"
    finished = at + timedelta(minutes=book.chance.randrange(2, 9))
    row = Sitting(
        id=book.chance.uid(),
        record_id=record,
        instrument_id=questions.version.id,
        language=language,
        started_at=at,
        finished_at=finished,
        answered_on=local_date(finished, book.zone),
        answered=result.answered,
        total=result.total,
        note=Words(NOTE, words) if words else None,
        may_be_counted=book.chance.maybe(0.7),
    )
    book.add(row)
    for item, given in answers.items():
        value = given if isinstance(given, int) else None
        book.add(
            Answer(
                id=book.chance.uid(),
                record_id=record,
                sitting_id=row.id,
                item=item,
                value=value,
                rather_not_say=value is None,
            )
        )
    book.act("outcomes.answers_saved", someone.reader, at, row.id, record)
    book.act("outcomes.sitting_finished", someone.reader, finished, row.id, record)
