"""Looks that some people say were not right, and what the privacy officer of Lantern House answered.

The key of a look is made by the database when the log is written; `settle_looks` puts it in afterwards.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection

from manypaths.audit.models import Access
from manypaths.config.demo.book import LONG_AGO, Book, Words, obey, own_facts
from manypaths.config.demo.folk import Someone
from manypaths.config.demo.houses import House, Worker
from manypaths.config.demo.telling import tell_workers
from manypaths.consent.models import Review
from manypaths.consent.reviews import ANSWER, WORDS
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules import reviews as rules
from manypaths.lib.dates import local_date
from manypaths.network.rules import Role
from manypaths.notices.models import PersonNotice
from manypaths.notices.rules import Template, notice_id

SETTLE = """
update consent_review v set look = (
    select md5(v.record_id::text || min(a.seq)::text)::uuid
      from audit_access a
     where a.opened @> array[v.record_id] and a.membership_id = v.membership_id and a.purpose = v.purpose
       and a.bases[array_position(a.opened, v.record_id)] like v.basis || ':%'
       and (a.at at time zone v.zone)::date = (v.first_at at time zone v.zone)::date)
"""


@dataclass(frozen=True)
class Story:
    """How one of them goes: asked so many days ago, and what came of it."""

    asked: float
    wish: str
    words: str
    palabras: str
    finding: str = ""
    deed: str = ""
    answer: str = ""
    respuesta: str = ""
    is_read: bool = False

    def says(self, spanish: bool) -> tuple[str, str]:
        """Both sides' words in the person's language."""
        return (self.palabras, self.respuesta) if spanish else (self.words, self.answer)


# The first is Maria's.
STORIES = (
    Story(
        9, "explain", "I know Dee. Why was this opened again?", "Conozco a Dee. ¿Por qué se abrió otra vez?",
        "was_work", "nothing", "Dee opened your request to see which days you can come. That was part of answering.",
        "Dee abrió su solicitud para ver qué días puede venir. Era parte de responder.",
    ),
    Story(2, "explain", "I do not know this person.", "No conozco a esta persona."),
    Story(17, "not_again", "Someone who lives near me works there.", "Allí trabaja alguien que vive cerca de mí."),
    Story(4, "note", "", ""),
    Story(
        40, "explain", "It was late in the evening.", "Fue tarde en la noche.", "should_not", "taught",
        "It was opened by mistake from the list. We are sorry. We went through the rules with the team again.",
        "Se abrió por error desde la lista. Lo sentimos. Repasamos las reglas con el equipo.", is_read=True,
    ),
)  # fmt: skip


def say_not_right(book: Book, house: House, maria: UUID, people: list[Someone]) -> None:
    """Let Maria and a few others ask about a look by this house, and its privacy officer answer some."""
    officer = next(one for one in house.workers if one.has(Role.PRIVACY_OFFICER))
    by_record = {one.record_id: one for one in people}
    looks = _looks_at_requests(book, house, by_record)
    for number, story in enumerate(STORIES):
        asked = book.now - timedelta(days=story.asked)
        fitting = [one for one in looks if one.at < asked - timedelta(hours=2)]
        mine = [one for one in fitting if (by_record[one.opened[0]].reader.account_id == maria) is (number == 0)]
        if mine:
            look = mine[-1]
            looks = [one for one in looks if one.opened[0] != look.opened[0]]
            _tell(book, story, officer, by_record[look.opened[0]], look, asked)


def _looks_at_requests(book: Book, house: House, by_record: dict[UUID, Someone]) -> list[Access]:
    """Looks of this house by consent, oldest first."""
    rows = [cast(Access, row) for row in book.rows[Access]]
    ours = [one for one in rows if one.organisation_id == house.id and one.bases[0].startswith("granted:")]
    return sorted((one for one in ours if one.opened[0] in by_record), key=lambda one: one.at)


def _tell(book: Book, story: Story, officer: Worker, someone: Someone, look: Access, asked: datetime) -> None:
    words, answer = story.says(someone.tongue.language == "es")
    obey(rules.reasons_not_to_ask(story.wish, words))
    same = _of_that_line(book, look)
    assert look.organisation_id is not None and look.membership_id is not None, "a worker looked"
    row = Review(
        id=book.chance.uid(), record_id=look.opened[0], organisation_id=look.organisation_id,
        look=book.chance.uid(), zone=book.zone, membership_id=look.membership_id, purpose=look.purpose,
        basis="granted", classes=sorted({kind for one in same for kind in one.classes}), times=len(same),
        first_at=min(one.at for one in same), last_at=max(one.at for one in same), wish=story.wish, state="open",
        asked_at=asked, due_at=asked + rules.ANSWER_WITHIN,
    )  # fmt: skip
    row.words = Words(WORDS, words)
    book.look(someone.reader, own_facts(someone.reader), {DataClass.ACCESS_LOG}, Purpose.OWN, asked)
    book.act("consent.review_asked", someone.reader, asked, row.id, row.record_id)
    tell_workers(book, row, [officer], Template.REVIEW_ASKED, asked)
    if story.finding:
        _answer(book, story, officer, row, answer)
    if story.is_read:
        row.state, row.ending, row.closed_at = "closed", "read", asked + timedelta(days=6)
        book.act("consent.review_read", someone.reader, row.closed_at, row.id, row.record_id)
    book.add(row)


def _of_that_line(book: Book, look: Access) -> list[Access]:
    """Every look that stands in one line with this one: same worker, purpose and day."""
    day = local_date(look.at, book.zone)
    rows = [cast(Access, row) for row in book.rows[Access]]
    alike = [one for one in rows if one.membership_id == look.membership_id and one.opened == look.opened]
    return [one for one in alike if one.purpose == look.purpose and local_date(one.at, book.zone) == day]


def _answer(book: Book, story: Story, officer: Worker, row: Review, answer: str) -> None:
    obey(rules.reasons_not_to_answer(row.state, story.finding, story.deed, answer))
    at = row.asked_at + timedelta(days=3, hours=2)
    book.add(
        Access(
            at=at, xid=LONG_AGO, nonce=book.chance.uid(), account_id=officer.account_id, hat="member",
            membership_id=officer.membership_id, organisation_id=row.organisation_id, opened=[row.record_id],
            bases=[f"review:{row.id}"], subjects=[row.id], denied=[], classes=["access_log"], purpose="privacy",
        )
    )  # fmt: skip
    row.state, row.finding, row.deed, row.answered_at = "answered", story.finding, story.deed, at
    row.answer, row.answered_by_id = Words(ANSWER, answer), officer.membership_id
    book.act("consent.review_answered", officer.reader, at, row.id, row.record_id)
    book.add(
        PersonNotice(
            id=notice_id(Template.REVIEW_ANSWERED, row.record_id, str(row.id)), record_id=row.record_id,
            template=Template.REVIEW_ANSWERED.value, subject_id=row.id, written_at=at,
            read_at=at + timedelta(days=2) if story.is_read else None,
        )
    )  # fmt: skip


def settle_looks() -> None:
    """Give each review the key of the line of who looked that it is about."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE)
