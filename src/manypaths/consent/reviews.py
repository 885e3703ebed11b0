"""What a person said was not right, read by the person, and by whoever answers where the look came from."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials, queries
from manypaths.consent.models import LookFlag, Review
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.consent.rules import DataClass, Purpose, reviews
from manypaths.consent.rules.reviews import FlagState, OfficerFacts, State
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.vault.queries import Sealer, sealer_for, sealer_of

OPEN = "select open_review(%s, %s, %s)"
WORDS, ANSWER, REASON = "consent.review.words", "consent.review.answer", "consent.lookflag.reason"


@dataclass(frozen=True)
class ReviewView:
    """One review, for its person and for who answers: the look as the log has it, both sides' words."""

    id: UUID
    record_id: UUID
    look: UUID
    organisation_id: UUID
    membership_id: UUID
    purpose: str
    basis: str
    classes: tuple[str, ...]
    times: int
    first_at: datetime
    last_at: datetime
    wish: str
    words: str
    state: State
    asked_at: datetime
    due_at: datetime
    finding: str
    deed: str
    answer: str
    answered_at: datetime | None
    answered_by: UUID | None
    ending: str

    @property
    def is_open(self) -> bool:
        """True while it waits for an answer."""
        return self.state is State.OPEN


@dataclass(frozen=True)
class ReviewLine:
    """One review in an officer's list: days and a state, no name and no word."""

    id: UUID
    asked_at: datetime
    due_at: datetime
    state: State
    finding: str
    answered_at: datetime | None


@dataclass(frozen=True)
class ReviewPage:
    """A page of reviews, and how many there are in all."""

    lines: list[ReviewLine]
    total: int


@dataclass(frozen=True)
class OneLook:
    """One single look a review is about. `records` is more than one where a whole list was opened."""

    at: datetime
    classes: tuple[str, ...]
    records: int


@dataclass(frozen=True)
class OpenedReview:
    """One review as an officer has it open. `held` is the record their own organisation keeps of the person, if any."""

    review: ReviewView
    looks: list[OneLook]
    held: UUID | None
    sealer: Sealer


def own_reviews(*, reader: Reader) -> list[ReviewView]:
    """Everything the person ever said was not right, newest first. What they took back is not shown again.

    Refuses: NotThere for anyone but the person.
    """
    record = queries.open_own(reader=reader, classes={DataClass.ACCESS_LOG})
    sealer = sealer_for([record])
    rows = Review.objects.filter(record_id=record).exclude(ending=reviews.Ending.WITHDRAWN).order_by("-asked_at", "id")
    return [_view(row, sealer) for row in rows]


def reviews_to_answer(*, reader: Reader, waiting: bool, limit: int = 30, offset: int = 0) -> ReviewPage:
    """Reviews that this reader may answer, those with the nearest day first; or those that have their answer.

    Finding is not opening. Empty for everyone but a privacy officer of the place.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, waiting, limit, offset]
        cursor.execute("select * from reviews_for(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    lines = [ReviewLine(row[0], row[1], row[2], State(row[3]), row[4], row[5]) for row in rows]
    return ReviewPage(lines, rows[0][6] if rows else 0)


def open_review(*, reader: Reader, review_id: UUID) -> OpenedReview:
    """Open one review for whoever may answer it. The person sees this look like any other.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone else, for the one who looked, and behind a safety block; absent looks the same.
    Records: one access row, for this one review under the person's own record
    """
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, review_id])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    if not found["open"]:
        denials.note(asking)
    if found["open"] != reviews.may_answer(OfficerFacts(*found["facts"])):
        raise WallsDisagree("review")
    row = Review.objects.filter(id=review_id).first() if found["open"] else None
    if row is None:
        raise NotThere
    sealer = sealer_of(found["keys"])
    held = UUID(found["held"]) if found["held"] else None
    return OpenedReview(_view(row, sealer), _looks(review_id), held, sealer)


def _looks(review_id: UUID) -> list[OneLook]:
    with connection.cursor() as cursor:
        cursor.execute("select * from looks_of_review(%s)", [review_id])
        return [OneLook(at, tuple(classes), records) for at, classes, records in cursor.fetchall()]


def _view(row: Review, sealer: Sealer) -> ReviewView:
    return ReviewView(
        id=row.id,
        record_id=row.record_id,
        look=row.look,
        organisation_id=row.organisation_id,
        membership_id=row.membership_id,
        purpose=row.purpose,
        basis=row.basis,
        classes=tuple(row.classes),
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
        wish=row.wish,
        words=sealer.read(row.record_id, WORDS, row.words),
        state=State(row.state),
        asked_at=row.asked_at,
        due_at=row.due_at,
        finding=row.finding,
        deed=row.deed,
        answer=sealer.read(row.record_id, ANSWER, row.answer),
        answered_at=row.answered_at,
        answered_by=row.answered_by_id,
        ending=row.ending,
    )


@dataclass(frozen=True)
class FlagLine:
    """Looks of one worker at one record on one day that nothing known explains. No name of a person, no word."""

    id: UUID
    record_id: UUID
    membership_id: UUID
    on_day: date
    kinds: tuple[str, ...]
    times: int
    state: FlagState
    answered_at: datetime | None
    answered_by: UUID | None
    reason: str = ""


def flags_to_answer(
    *, reader: Reader, waiting: bool, flag_id: UUID | None = None, limit: int = 30, offset: int = 0
) -> tuple[list[FlagLine], int]:
    """Looks that this reader may ask a reason for, the oldest day first; or those that have their answer. And how many.

    Finding is not opening. Empty for everyone but a privacy officer of the place, who is never shown their own looks.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, waiting, flag_id, limit, offset]
        cursor.execute("select * from flags_for(%s, %s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    return [_flag(row) for row in rows], rows[0][9] if rows else 0


def _flag(row: tuple[Any, ...]) -> FlagLine:
    return FlagLine(row[0], row[1], row[2], row[3], tuple(row[4]), row[5], FlagState(row[6]), row[7], row[8])


def open_flag(*, reader: Reader, flag_id: UUID) -> tuple[FlagLine, Opened]:
    """Open one of them, with what was answered: the list of looks at that record is open by it, as for any question.

    Refuses: NotThere for everyone but a privacy officer of the place who did not look themself.
    Records: one access row, for privacy
    """
    for waiting in (True, False):
        for line in flags_to_answer(reader=reader, waiting=waiting, flag_id=flag_id)[0]:
            kinds = {DataClass.ACCESS_LOG, DataClass.DEMOGRAPHICS}
            opened = queries.open_record(reader=reader, record=line.record_id, classes=kinds, purpose=Purpose.PRIVACY)
            kept = LookFlag.objects.values_list("reason", flat=True).get(record_id=line.record_id, id=flag_id)
            return replace(line, reason=opened.sealer.read(line.record_id, REASON, kept)), opened
    raise NotThere


@dataclass(frozen=True)
class AlarmLine:
    """One worker who opened far more than usual: how many people one by one, how many pages, how many different people
    in all of it, whether it stops them."""

    id: UUID
    membership_id: UUID
    span: str
    raised_at: datetime
    persons: int
    pages: int
    shown: int
    stops: bool
    closed_at: datetime | None
    closed_by: UUID | None


def read_alarms(*, reader: Reader, waiting: bool, limit: int = 50) -> list[AlarmLine]:
    """Who opened far more than usual at the reader's place; or what was closed of it.

    Empty for everyone but a lead and a privacy officer, who are never shown what is about themself.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, waiting, limit]
        cursor.execute("select * from read_alarms_for(%s, %s, %s, %s)", asked)
        return [AlarmLine(*row) for row in cursor.fetchall()]


def reading_goes_on(*, reader: Reader) -> None:
    """Stop here whoever is stopped from reading. For what opens nothing itself, and would tell something by its answer.

    Refuses: the same fault of the database that opening anything would meet.
    """
    with connection.cursor() as cursor:
        cursor.execute("select reading_goes_on(%s)", [reader.membership_id])
