"""One request for support, from sending to its end. Every move is asked of the rules of the room, then written."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from manypaths.config.demo.book import Book, Words, obey, own_facts
from manypaths.config.demo.folk import Someone
from manypaths.config.demo.houses import House, Offer, Worker
from manypaths.config.demo.telling import tell_person, tell_workers
from manypaths.consent import rules as consent_rules
from manypaths.consent.models import Grant, Text
from manypaths.consent.rules import DataClass, GrantFacts, Purpose
from manypaths.network.models import Community
from manypaths.network.rules import Reader
from manypaths.notices.rules import Template
from manypaths.people.models import Assignment
from manypaths.referrals import rules
from manypaths.referrals.models import Move, Packet, Referral, SharedPart
from manypaths.referrals.rules import MoveFacts, Party, SendingFacts, Status

TASK = frozenset({DataClass.REFERRAL_TASK})
LAWS = {"yes": "part2", "no": "neither", "unset": "unset"}


@dataclass
class Ground:
    """What was there before anyone asked: the community, and the words of consent by language."""

    book: Book
    community: Community
    texts: dict[str, Text]


@dataclass
class Request:
    """One request while its story is told."""

    ground: Ground
    someone: Someone
    offer: Offer
    row: Referral
    grant: Grant | None = None
    worker: Worker | None = None
    org_record: UUID | None = None
    assignment: Assignment | None = None
    moves: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def book(self) -> Book:
        return self.ground.book

    @property
    def house(self) -> House:
        return self.offer.house

    @property
    def status(self) -> Status:
        return Status(self.row.status)

    @property
    def is_open(self) -> bool:
        return self.status in rules.OPEN


def begin(
    ground: Ground,
    someone: Someone,
    offer: Offer,
    at: datetime,
    *,
    words: str,
    need: str,
    again_of: UUID | None = None,
    step_id: UUID | None = None,
) -> Request:
    """Write the request. Nobody else can see it yet."""
    book, record = ground.book, someone.record_id
    row = Referral(
        id=book.chance.uid(),
        record_id=record,
        organisation_id=offer.house.id,
        community_id=ground.community.id,
        service_id=offer.id,
        kind=offer.kind,
        area=offer.area,
        need=need,
        status=Status.DRAFT.value,
        started_at=at,
        again_of_id=again_of,
        step_id=step_id,
    )
    book.look(someone.reader, own_facts(someone.reader), TASK, Purpose.OWN, at)
    book.add(row)
    texts = {
        "name": someone.name,
        "number": someone.number,
        "hours": someone.hours,
        "words": words,
        "service_name": offer.text.name,
    }
    sealed = {key: Words(f"referrals.packet.{key}", text) for key, text in texts.items()}
    book.add(
        Packet(
            referral_id=row.id,
            record_id=record,
            way=someone.way,
            may_leave_message=someone.may_leave_message,
            language=someone.language,
            changed_at=at,
            **sealed,
        )
    )
    book.act("referrals.begun", someone.reader, at, row.id, record)
    obey(rules.reasons_not_to_keep(_sending(someone, need, words)))
    return Request(ground, someone, offer, row)


def _sending(someone: Someone, need: str, words: str) -> SendingFacts:
    return SendingFacts(True, False, someone.name, someone.way, someone.number, need, words)


def pick_parts(request: Request, count: int, at: datetime) -> None:
    """Some parts of the plan go along, as copies."""
    book, chosen = request.book, request.someone.parts[:count]
    for position, (kind, title, body) in enumerate(chosen):
        book.add(
            SharedPart(
                id=book.chance.uid(),
                referral_id=request.row.id,
                record_id=request.row.record_id,
                kind=kind,
                position=position,
                title=Words("referrals.sharedpart.title", title),
                body=Words("referrals.sharedpart.body", body),
            )
        )
    if chosen:
        book.act("referrals.parts_picked", request.someone.reader, at, request.row.id, request.row.record_id)


def send(request: Request, at: datetime, words: str) -> None:
    """Send it, with a consent for exactly this request; the clock runs, and those who answer there are told."""
    row, community, zone = request.row, request.ground.community, request.book.zone
    obey(rules.reasons_not_to_send(_sending(request.someone, row.need, words)))
    _give(request, at)
    row.requested_at = at
    row.due_on = rules.answer_due_on(at, community.answer_days, zone)
    row.due_at = rules.answer_due_at(row.due_on, zone)
    move(request, Status.REQUESTED, Party.REQUESTER, request.someone.reader, at)
    tell_workers(request.book, request.row, request.house.answering, Template.REQUEST_ARRIVED, at)


def _give(request: Request, at: datetime) -> None:
    book, someone = request.book, request.someone
    until = at.astimezone(UTC) + rules.SHARED_FOR
    obey(consent_rules.reasons_not_to_give(at, until, frozenset({DataClass.REFERRAL_TASK.value})))
    text = request.ground.texts[someone.language]
    before = request.grant
    request.grant = Grant(
        id=book.chance.uid(),
        record_id=someone.record_id,
        kind="request",
        recipient_organisation_id=request.house.id,
        classes=[DataClass.REFERRAL_TASK.value],
        purpose=Purpose.REFERRAL.value,
        subject_id=request.row.id,
        starts_at=at,
        until=until,
        given_at=at,
        text_key=text.key,
        text_version=text.version,
        language=text.language,
    )
    if before is not None:
        _end_grant(request, before, "replaced", someone.reader, at)
    request.row.grant_id = request.grant.id
    book.add(request.grant)
    book.act("consent.given", someone.reader, at, request.grant.id, someone.record_id)


def lengthen(request: Request, at: datetime) -> None:
    """The person agrees for another 90 days."""
    if request.grant is None or not request.is_open:
        return
    obey(consent_rules.reasons_not_to_lengthen(grant_facts(request.grant), at.astimezone(UTC) + rules.SHARED_FOR, at))
    _give(request, at)


def grant_facts(grant: Grant) -> GrantFacts:
    """The consent as the gate reads it."""
    return GrantFacts(
        grant.id,
        grant.subject_id,
        grant.recipient_organisation_id,
        frozenset(grant.classes),
        grant.purpose,
        grant.starts_at,
        grant.until,
        grant.ended_at,
    )


def move(
    request: Request, to: Status, party: Party, by: Reader, at: datetime, *, reason: str = "", outcome: str = ""
) -> None:
    """Move it as the rules allow, end the consent where it closes, tell the other side."""
    row, was = request.row, request.status
    if to is not Status.REQUESTED or party is not Party.REQUESTER:
        take_up = bool(rules.TAKE_UP & by.roles)
        obey(rules.reasons_not_to_move(MoveFacts(was, was, to, party, reason, outcome, may_take_up=take_up)))
    row.status, row.reason, row.outcome = to.value, reason, outcome
    if party is Party.TARGET and row.answered_at is None:
        row.answered_at = at
    if to in rules.CLOSED:
        row.closed_at = at
    request.book.add(
        Move(
            id=request.book.chance.uid(),
            referral_id=row.id,
            record_id=row.record_id,
            org_record_id=row.org_record_id,
            was=was.value,
            became=to.value,
            party=party.value,
            reason=reason,
            membership_id=by.membership_id,
            at=at,
        )
    )
    request.moves.append((was.value, to.value, party.value))
    request.book.act(f"referrals.{to}", by, at, row.id, row.record_id)
    if to in rules.CLOSED and request.grant is not None and request.grant.ended_at is None:
        _end_grant(request, request.grant, "request_closed", by, at)
    if party is Party.TARGET:
        tell_person(request.book, request.row, Template.REQUEST_NEWS, at)
    elif to is Status.CANCELLED:
        tell_workers(request.book, request.row, request.house.answering, Template.REQUEST_TAKEN_BACK, at)


def _end_grant(request: Request, grant: Grant, ending: str, by: Reader, at: datetime) -> None:
    grant.ended_at, grant.ending = at, ending
    what = "consent.stopped" if ending == "stopped" else "consent.ended"
    request.book.act(what, by, at, grant.id, grant.record_id)


def take_back(request: Request, reason: str, at: datetime) -> None:
    """The person takes it back."""
    request.book.look(request.someone.reader, own_facts(request.someone.reader), TASK, Purpose.OWN, at)
    move(request, Status.CANCELLED, Party.REQUESTER, request.someone.reader, at, reason=reason)


def stop_sharing(request: Request, at: datetime) -> None:
    """The person stops sharing; what nobody has answered is taken back with it."""
    if request.grant is None or request.grant.ended_at is not None:
        return
    _end_grant(request, request.grant, "stopped", request.someone.reader, at)
    if request.status is Status.REQUESTED:
        move(request, Status.CANCELLED, Party.REQUESTER, request.someone.reader, at, reason="sharing_ended")


def answer(request: Request, word: str, at: datetime) -> None:
    """The person's own word on whether they got what they needed."""
    obey(rules.reasons_not_to_answer(request.status, request.row.requested_at, word))
    request.book.look(request.someone.reader, own_facts(request.someone.reader), TASK, Purpose.OWN, at)
    request.row.person_answer, request.row.person_answered_at = word, at
    request.book.act("referrals.person_answered", request.someone.reader, at, request.row.id, request.row.record_id)
