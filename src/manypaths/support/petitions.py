"""What a person asked of the privacy desk of a place: read by the person, and by whoever answers there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials
from manypaths.consent.queries import Opened, WallsDisagree
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.support import queries
from manypaths.support.models import Petition
from manypaths.support.queries import AMENDMENT, DISAGREEMENT, ContactLine, EntryLine
from manypaths.support.rules import CLASS_OF, Kind
from manypaths.support.rules import petitions as rules
from manypaths.support.rules.petitions import DeskFacts, PetitionState
from manypaths.vault.queries import Sealer

OPEN = "select open_petition(%s, %s, %s)"
WORDS, WHY, EXTENSION, ANSWER = (f"support.petition.{one}" for one in ("words", "why", "extension", "answer"))
KIND_OF_CLASS = {CLASS_OF[kind].value: kind for kind in Kind if kind is not Kind.NOTE}


@dataclass(frozen=True)
class PetitionView:
    """One petition, for its person and for who answers: both sides' words, and the days."""

    id: UUID
    record_id: UUID
    organisation_id: UUID
    kind: str
    data_class: str
    item_id: UUID | None
    words: str
    why: str
    tell_others: bool
    asked_at: datetime
    due_at: datetime
    extended_at: datetime | None
    extension: str
    state: PetitionState
    finding: str
    ground: str
    amendment: str
    answer: str
    answered_at: datetime | None
    answered_by: UUID | None
    disagreement: str
    disagreed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """True while it waits for an answer."""
        return self.state is PetitionState.OPEN

    @property
    def may_disagree(self) -> bool:
        """True after a no to which the person has said nothing yet."""
        return self.finding == rules.DENIED and not self.disagreed_at


@dataclass(frozen=True)
class PetitionLine:
    """One petition in an officer's list: kind, days and a state, no name and no word."""

    id: UUID
    kind: str
    asked_at: datetime
    due_at: datetime
    state: PetitionState
    finding: str
    answered_at: datetime | None


@dataclass(frozen=True)
class PetitionPage:
    """A page of petitions, and how many there are in all."""

    lines: list[PetitionLine]
    total: int


@dataclass(frozen=True)
class Told:
    """A place outside, or a worker of it, to whom that kind of entry was shown."""

    organisation_id: UUID
    membership_id: UUID | None
    last_at: datetime


@dataclass(frozen=True)
class OpenedPetition:
    """One petition as an officer has it open, with the one entry it is about, and who is to be told."""

    petition: PetitionView
    contact: ContactLine | None
    entry: EntryLine | None
    entry_kind: Kind | None
    told: list[Told]
    sealer: Sealer


def petitions_of_opened(*, record_id: UUID, sealer: Sealer) -> list[PetitionView]:
    """All that the person asked of the desk of one place, newest first, but what they took back. They opened it."""
    rows = Petition.objects.filter(record_id=record_id).exclude(state=PetitionState.WITHDRAWN)
    return [view_of(row, sealer) for row in rows.order_by("-asked_at", "id")]


def records_of(*, petition_ids: Collection[UUID]) -> frozenset[UUID]:
    """In which records these petitions stand, as far as the person opened them."""
    return frozenset(Petition.objects.filter(id__in=list(petition_ids)).values_list("record_id", flat=True))


def petitions_to_answer(*, reader: Reader, waiting: bool, limit: int = 30, offset: int = 0) -> PetitionPage:
    """Petitions that this reader may answer, the nearest day first; or those that have their answer.

    Finding is not opening. Empty for everyone but a privacy officer of the place.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, waiting, limit, offset]
        cursor.execute("select * from petitions_for(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    lines = [PetitionLine(row[0], row[1], row[2], row[3], PetitionState(row[4]), row[5], row[6]) for row in rows]
    return PetitionPage(lines, rows[0][7] if rows else 0)


def open_petition(*, reader: Reader, petition_id: UUID) -> OpenedPetition:
    """Open one petition, and the one entry it is about, for whoever may answer it. The person sees this look.

    The rules in code and the function in the database both decide; a difference between them stops the request.

    Refuses: NotThere for everyone else, for the author of the entry where somebody else can answer, and behind a safety
    block; absent looks the same.
    Records: one access row, for this one entry or petition under the record of the place
    """
    asking: tuple[str, list[Any]] = (OPEN, [reader.account_id, reader.membership_id, petition_id])
    with connection.cursor() as cursor:
        cursor.execute(*asking)
        found: dict[str, Any] = cursor.fetchone()[0]
    if not found["open"]:
        denials.note(asking)
    if found["open"] != rules.may_answer(DeskFacts(*found["facts"])):
        raise WallsDisagree("petition")
    row = Petition.objects.filter(id=petition_id).first() if found["open"] else None
    if row is None:
        raise NotThere
    return _opened(row, tuple(found["keys"]))


def _opened(row: Petition, keys: tuple[Any, ...]) -> OpenedPetition:
    item = row.item_id or row.id
    opened = Opened({(row.record_id, row.data_class, item): f"{row.kind}:{row.id}"}, keys=keys)
    contact, entry, kind = None, None, KIND_OF_CLASS.get(row.data_class)
    if row.item_id and kind:
        entry = queries.entry_of_opened(record_id=row.record_id, kind=kind, entry_id=row.item_id, opened=opened)
    elif row.item_id and row.kind == rules.CORRECTION:
        contact = queries.contact_of_opened(record_id=row.record_id, contact_id=row.item_id, sealer=opened.sealer)
    return OpenedPetition(view_of(row, opened.sealer), contact, entry, kind, _told(row.id), opened.sealer)


def _told(petition_id: UUID) -> list[Told]:
    with connection.cursor() as cursor:
        cursor.execute("select * from shown_to_others(%s)", [petition_id])
        return [Told(*row) for row in cursor.fetchall()]


def view_of(row: Petition, sealer: Sealer) -> PetitionView:
    """One petition with its words read."""
    record = row.record_id
    return PetitionView(
        id=row.id,
        record_id=record,
        organisation_id=row.organisation_id,
        kind=row.kind,
        data_class=row.data_class,
        item_id=row.item_id,
        words=sealer.read(record, WORDS, row.words),
        why=sealer.read(record, WHY, row.why),
        tell_others=row.tell_others,
        asked_at=row.asked_at,
        due_at=row.due_at,
        extended_at=row.extended_at,
        extension=sealer.read(record, EXTENSION, row.extension),
        state=PetitionState(row.state),
        finding=row.finding,
        ground=row.ground,
        amendment=sealer.read(record, AMENDMENT, row.amendment),
        answer=sealer.read(record, ANSWER, row.answer),
        answered_at=row.answered_at,
        answered_by=row.answered_by_id,
        disagreement=sealer.read(record, DISAGREEMENT, row.disagreement),
        disagreed_at=row.disagreed_at,
    )
