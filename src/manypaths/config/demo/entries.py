"""What is written down about people while a worker walks with them: treatment, screens, attendance, counselling."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from manypaths.config.demo.asking import Request
from manypaths.config.demo.book import Book, Words, held_facts, obey
from manypaths.config.demo.chance import Deck
from manypaths.config.demo.content import entry_words
from manypaths.config.demo.houses import Worker
from manypaths.consent.models import Authorship
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.dates import local_date
from manypaths.network.rules import Role
from manypaths.support import rules
from manypaths.support.models import Attendance, CounsellingNote, Screen, Treatment
from manypaths.support.queries import LABELS
from manypaths.support.rules import AttendanceFacts, EntryFacts, Kind, NoteFacts, ScreenFacts, TreatmentFacts

SERVICES = {"individual": 5, "group": 3, "planning": 1, "assessment": 1, "family": 0.5}
CAME = {"came": 8, "excused": 1, "did_not_come": 1.5}
RESULTS = {"none_found": 6, "found": 2, "unclear": 0.5, "not_given": 0.5}
ASKED_BY = {"here": 5, "probation": 2, "court": 1, "person": 1}
PANELS = {"urine_10": 3, "urine_5": 3, "oral_5": 2, "breath": 1}
SESSIONS = {"recovery_home": "house_meeting", "medication": "medication", "peer_coaching": "one_on_one"}
MODELS: dict[Kind, type[Treatment | Screen | Attendance]] = {
    Kind.TREATMENT: Treatment,
    Kind.SCREEN: Screen,
    Kind.ATTENDANCE: Attendance,
}


@dataclass
class Desk:
    """One worker with one person: whose record, and from when until when they walk together."""

    request: Request
    worker: Worker
    record: UUID
    decks: dict[str, Deck]
    since: datetime
    until: datetime

    @property
    def book(self) -> Book:
        return self.request.book

    def times(self, most: int) -> list[datetime]:
        """Some moments in working hours, in order."""
        found, at = list[datetime](), self.since
        for _number in range(self.book.chance.randrange(1, most + 1)):
            at = self.book.chance.work_time(at + self.book.chance.days(3, 20), self.book.zone)
            if at >= self.until:
                break
            found.append(at)
        return found


def write_down(requests: list[Request]) -> None:
    """Go through everybody whom somebody walks with, in the order they asked."""
    if not requests:
        return
    chance = requests[0].book.chance
    decks = {
        language: {name: Deck(cards, chance) for name, cards in entry_words(language).items()}
        for language in ("en", "es")
    }
    for request in requests:
        if request.worker is None or request.org_record is None or request.assignment is None:
            continue
        until = min(request.assignment.until or request.book.now, request.book.now - timedelta(hours=1))
        since, language = request.assignment.since, request.someone.language
        desk = Desk(request, request.worker, request.org_record, decks[language], since, until)
        _write_clinical(desk) if request.worker.has(Role.CLINICIAN) else _write_attendance(desk, 0.4)


def _write_clinical(desk: Desk) -> None:
    chance = desk.book.chance
    visits = {"medication": 1} if desk.request.offer.text.kind == "medication" else SERVICES
    for at in desk.times(4):
        words = desk.decks["treatment"].deal()
        _correct_or_strike(desk, TreatmentFacts(_day(desk, at), chance.pick(visits), words), at)
    for at in desk.times(2) if chance.maybe(0.3) else []:
        _write(desk, _screen(desk, at), at)
    for at in desk.times(2) if chance.maybe(0.25) else []:
        _write_note(desk, NoteFacts(_day(desk, at), desk.decks["note"].deal()), at)
    _write_attendance(desk, 0.5)


def _write_attendance(desk: Desk, share: float) -> None:
    chance = desk.book.chance
    session = SESSIONS.get(desk.request.offer.text.kind, "group")
    for at in desk.times(4) if chance.maybe(share) else []:
        _write(desk, AttendanceFacts(_day(desk, at), session, chance.pick(CAME)), at)


def _screen(desk: Desk, at: datetime) -> ScreenFacts:
    chance = desk.book.chance
    panel, result = chance.pick(PANELS), chance.pick(RESULTS)
    found = (chance.choice(rules.PANELS[panel]["substances"]),) if result == rules.FOUND else ()
    return ScreenFacts(_day(desk, at), panel, result, found, chance.pick(ASKED_BY), desk.decks["screen"].deal())


def _correct_or_strike(desk: Desk, facts: TreatmentFacts, at: datetime) -> None:
    """Few are wrong: a day that was another one, or a service that was written down twice."""
    chance = desk.book.chance
    first = _write(desk, facts, at)
    later = at + timedelta(minutes=chance.randrange(20, 300))
    if later >= desk.until or not chance.maybe(0.06):
        return
    if chance.maybe(0.5):
        _write(desk, replace(facts, happened_on=facts.happened_on - timedelta(days=1)), later, replaces=first.id)
        return
    twin = _write(desk, facts, at + timedelta(minutes=1))
    twin.struck_at, twin.strike, twin.struck_by_id = later, "twice", desk.worker.membership_id
    desk.book.act("support.entry_struck", desk.worker.reader, later, twin.id, desk.record)


def _write(
    desk: Desk, facts: EntryFacts, at: datetime, *, replaces: UUID | None = None
) -> Treatment | Screen | Attendance:
    book, kind = desk.book, rules.KIND_OF[type(facts)]
    obey(rules.reasons_not_to_write(facts, local_date(at, book.zone)))
    held = held_facts(desk.record, desk.request.house.id)
    book.look(desk.worker.reader, held, {rules.CLASS_OF[kind]}, Purpose.CARE, at)
    content = vars(facts) | ({"found": list(facts.found)} if isinstance(facts, ScreenFacts) else {})
    if kind in LABELS:
        content |= {"words": Words(LABELS[kind], content["words"])}
    row = MODELS[kind](
        id=book.chance.uid(),
        record_id=desk.record,
        membership_id=desk.worker.membership_id,
        community_id=desk.request.row.community_id,
        written_at=at,
        replaces_id=replaces,
        **content,
    )
    book.add(row)
    what = "support.entry_corrected" if replaces else "support.entry_written"
    book.act(what, desk.worker.reader, at, row.id, desk.record)
    return row


def _write_note(desk: Desk, facts: NoteFacts, at: datetime) -> None:
    """A note, and whose it is: nobody else reads it."""
    book, note, notes = desk.book, desk.book.chance.uid(), DataClass.COUNSELLING_NOTES
    obey(rules.reasons_not_to_write(facts, local_date(at, book.zone)))
    held = replace(held_facts(desk.record, desk.request.house.id), originated=frozenset({(note, notes.value)}))
    book.look(desk.worker.reader, held, {notes}, Purpose.CARE, at, subject=note)
    membership = desk.worker.membership_id
    book.add(
        Authorship(item_id=note, record_id=desk.record, data_class=notes.value, membership_id=membership, since=at)
    )
    book.add(
        CounsellingNote(
            authorship_id=note,
            record_id=desk.record,
            community_id=desk.request.row.community_id,
            happened_on=facts.happened_on,
            written_at=at,
            words=Words(LABELS[Kind.NOTE], facts.words),
        )
    )
    book.act("support.entry_written", desk.worker.reader, at, note, desk.record)


def _day(desk: Desk, at: datetime) -> date:
    return local_date(at, desk.book.zone)
