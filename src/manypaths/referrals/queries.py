"""Reads requests. A person reads their own; a worker reads what the gate opens, and finds it without opening it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import queries as consent
from manypaths.consent import rules as consent_rules
from manypaths.consent.models import Grant
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.referrals import rules
from manypaths.referrals.models import Move, Packet, Referral, SharedPart
from manypaths.referrals.rules import ORDER, Party, Status
from manypaths.vault.queries import Sealer, sealer_for

TASK = frozenset({DataClass.REFERRAL_TASK})


@dataclass(frozen=True)
class Step:
    """One move of a request as both sides see it."""

    status: Status
    party: Party
    reason: str
    at: datetime


@dataclass(frozen=True)
class PacketWords:
    """What the person sent along, in plain words."""

    name: str = ""
    way: str = ""
    number: str = ""
    hours: str = ""
    may_leave_message: bool = False
    words: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Part:
    """A copy of one part of the plan that went along."""

    kind: str
    title: str
    body: str


@dataclass(frozen=True)
class RequestLine:
    """One request in a list."""

    id: UUID
    status: Status
    service_id: UUID
    service_name: str
    organisation_id: UUID
    organisation_name: str
    need: str
    requested_at: datetime | None
    due_on: date | None
    due_at: datetime | None
    step_id: UUID | None
    record_id: UUID
    org_record_id: UUID | None
    person_answer: str = ""
    name: str = ""

    def is_overdue(self, at: datetime) -> bool:
        """True when nobody answered in time."""
        return rules.is_overdue(self.status, self.due_at, at)


@dataclass(frozen=True)
class RequestView:
    """One whole request as one side may read it. `packet` is None where the consent does not open it."""

    line: RequestLine
    kind: str
    area: str
    reason: str
    outcome: str
    community_id: UUID
    answered_at: datetime | None
    first_contact_at: datetime | None
    closed_at: datetime | None
    person_answered_at: datetime | None
    path: list[Step]
    packet: PacketWords | None
    parts: list[Part] = field(default_factory=list)
    grant: Grant | None = None

    @property
    def sharing(self) -> bool:
        """True while a consent for this request has not been ended. Its last day is `grant.until`."""
        return self.grant is not None and self.grant.ended_at is None

    def shares_at(self, at: datetime) -> bool:
        """True when the organisation can open the packet at this instant."""
        return self.grant is not None and consent_rules.is_active(consent.grant_facts(self.grant), at)


LINE = (
    "id", "status", "service_id", "service_name", "organisation_id", "organisation__name", "need", "requested_at",
    "due_on", "due_at", "step_id", "record_id", "org_record_id", "person_answer",
)  # fmt: skip


FIELDS = tuple(name.replace("__", "_") for name in LINE)


def _line(row: tuple[object, ...], name: str = "") -> RequestLine:
    values: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
    return RequestLine(**{**values, "status": Status(values["status"])}, name=name)


# The person's side


def own_requests(*, reader: Reader) -> list[RequestLine]:
    """Every request the person ever sent, the newest first. Drafts are not requests yet."""
    record = consent.open_own(reader=reader, classes=TASK)
    rows = Referral.objects.filter(record_id=record).exclude(status=Status.DRAFT).order_by("-requested_at")
    return [_line(row) for row in rows.values_list(*LINE)]


def own_request(*, reader: Reader, referral_id: UUID) -> RequestView:
    """One of the person's own requests, with its consent.

    Refuses: NotThere for a draft, and for anyone else's.
    """
    record = consent.open_own(reader=reader, classes={*TASK, DataClass.CONSENT_RECORD})
    row = _joined().filter(id=referral_id, record_id=record).exclude(status=Status.DRAFT).first()
    if row is None:
        raise NotThere
    return _view(row, sealer_for([record]), grant=Grant.objects.filter(id=row.grant_id, record_id=record).first())


def own_draft(*, reader: Reader, service_id: UUID) -> RequestView:
    """The request the person is writing to one service.

    Refuses: NotThere when none was begun.
    """
    record = consent.open_own(reader=reader, classes=TASK)
    row = _joined().filter(service_id=service_id, record_id=record, status=Status.DRAFT).first()
    if row is None:
        raise NotThere
    return _view(row, sealer_for([record]))


def requests_of_steps(*, reader: Reader, steps: Collection[UUID]) -> dict[UUID, RequestLine]:
    """The newest request that came from each of these steps of the person's plan."""
    if not steps:
        return {}
    record = consent.open_own(reader=reader, classes=TASK)
    rows = Referral.objects.filter(record_id=record, step_id__in=list(steps)).exclude(status=Status.DRAFT)
    lines = [_line(row) for row in rows.order_by("requested_at").values_list(*LINE)]
    return {line.step_id: line for line in lines if line.step_id is not None}


# The organisation's side


@dataclass(frozen=True)
class Keys:
    """Which records a request touches. Knowing this opens nothing."""

    referral_id: UUID
    record_id: UUID
    org_record_id: UUID | None

    @property
    def records(self) -> list[UUID]:
        """Both records, where the organisation has opened its own."""
        return [one for one in (self.record_id, self.org_record_id) if one is not None]


@dataclass(frozen=True)
class InboxPage:
    """A page of open requests, and how many there are in all."""

    lines: list[RequestLine]
    total: int


def inbox(*, reader: Reader, limit: int = 50, offset: int = 0) -> InboxPage:
    """The open requests to the reader's organisation: those that wait for an answer first, by when it is due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from referrals_inbox(%s, %s, %s, %s)", [reader.account_id, reader.membership_id, limit, offset]
        )
        rows = cursor.fetchall()
    if not rows:
        return InboxPage([], 0)
    lines = _opened_lines(reader, [Keys(*row[:3]) for row in rows])
    return InboxPage([lines[row[0]] for row in rows if row[0] in lines], rows[0][5])


def keys_of(*, reader: Reader, referral_id: UUID) -> Keys:
    """The records a request to the reader's organisation touches.

    Refuses: NotThere for a request to anyone else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from referral_keys(%s, %s, %s)", [reader.account_id, reader.membership_id, [referral_id]]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere
    return Keys(*row)


def received_request(*, reader: Reader, referral_id: UUID) -> RequestView:
    """One request to the reader's organisation.

    What the person sent along is there only while their consent lasts; after that the bare row, for who is assigned.

    Refuses: NotThere when neither the consent nor an assignment opens it.
    """
    keys = keys_of(reader=reader, referral_id=referral_id)
    opened = consent.open_records(reader=reader, records=keys.records, classes=TASK, purpose=Purpose.REFERRAL)
    if not opened.ids:
        raise NotThere
    return _view(_joined().get(id=referral_id), sealer_for(opened.ids))


def requests_of_record(*, reader: Reader, record_id: UUID) -> list[RequestLine]:
    """The bare requests behind an organisation's own record, the newest first.

    Refuses: NotThere when the reader may not open them.
    """
    consent.open_record(reader=reader, record=record_id, classes=TASK, purpose=Purpose.CARE)
    rows = Referral.objects.filter(org_record_id=record_id).order_by("-requested_at")
    return [_line(row) for row in rows.values_list(*LINE)]


@dataclass(frozen=True)
class OpenMove:
    """A button: a move this party may make now, and the typed reasons or outcomes it asks for."""

    to: Status
    reasons: list[tuple[str, str]]
    outcomes: list[tuple[str, str]]


def moves_open_to(*, reader: Reader, status: Status, language: str) -> list[OpenMove]:
    """The buttons of a request, from the same rules that guard the acts."""
    party = Party.REQUESTER if reader.is_person else Party.TARGET
    allowed = rules.allowed_moves(status, party)
    if party is Party.TARGET and not rules.TAKE_UP & reader.roles:
        allowed -= {Status.ACCEPTED}
    return [
        OpenMove(
            to,
            rules.reasons_for(to, party, language) if to in rules.WANT_REASON else [],
            rules.in_words(rules.OUTCOMES, language) if to is Status.COMPLETED else [],
        )
        for to in ORDER
        if to in allowed
    ]


def has_open_request(*, reader: Reader, service_id: UUID) -> bool:
    """True when the person already asked this service and the request is still open. Their record must be open."""
    if reader.record_id is None:
        return False
    return Referral.objects.filter(
        record_id=reader.record_id, service_id=service_id, status__in=sorted(rules.OPEN)
    ).exists()


def packet_of_opened(*, referral: Referral) -> PacketWords:
    """What went along with a request whose person's record this request has opened already.

    Refuses: NotThere where the consent no longer opens it.
    """
    found = _packet(referral, sealer_for([referral.record_id]))
    if found is None:
        raise NotThere
    return found


def _joined():  # type: ignore[no-untyped-def]
    return Referral.objects.select_related("organisation")


def _opened_lines(reader: Reader, keys: Iterable[Keys]) -> dict[UUID, RequestLine]:
    found = list(keys)
    records = [record for one in found for record in one.records]
    opened = consent.open_records(reader=reader, records=records, classes=TASK, purpose=Purpose.REFERRAL)
    ids = [one.referral_id for one in found if opened.ids.intersection(one.records)]
    names = _names(ids, sealer_for(opened.ids)) if ids else {}
    rows = Referral.objects.filter(id__in=ids).values_list(*LINE)
    return {row[0]: _line(row, names.get(row[0], "")) for row in rows}


def _names(referrals: list[UUID], sealer: Sealer) -> dict[UUID, str]:
    rows = Packet.objects.filter(referral_id__in=referrals).values_list("referral_id", "record_id", "name")
    return {row[0]: sealer.read(row[1], "referrals.packet.name", row[2]) for row in rows}


def _view(row: Referral, sealer: Sealer, grant: Grant | None = None) -> RequestView:
    packet = _packet(row, sealer)
    parts = _parts(row, sealer)
    line = RequestLine(
        row.id, Status(row.status), row.service_id, row.service_name, row.organisation_id, row.organisation.name,
        row.need, row.requested_at, row.due_on, row.due_at, row.step_id, row.record_id, row.org_record_id,
        row.person_answer, packet.name if packet else "",
    )  # fmt: skip
    return RequestView(
        line, row.kind, row.area, row.reason, row.outcome, row.community_id, row.answered_at, row.first_contact_at,
        row.closed_at, row.person_answered_at, _path(row.id), packet, parts, grant,
    )  # fmt: skip


def _path(referral_id: UUID) -> list[Step]:
    rows = Move.objects.filter(referral_id=referral_id).order_by("at").values_list("now", "party", "reason", "at")
    return [Step(Status(row[0]), Party(row[1]), row[2], row[3]) for row in rows]


def _packet(row: Referral, sealer: Sealer) -> PacketWords | None:
    found = Packet.objects.filter(referral_id=row.id).first()
    if found is None:
        return None
    name, number, hours, words = (
        sealer.read(row.record_id, f"referrals.packet.{label}", getattr(found, label))
        for label in ("name", "number", "hours", "words")
    )
    return PacketWords(name, found.way, number, hours, found.may_leave_message, words, found.language)


def _parts(row: Referral, sealer: Sealer) -> list[Part]:
    rows = SharedPart.objects.filter(referral_id=row.id).order_by("position").values_list("kind", "title", "body")
    return [
        Part(
            kind,
            sealer.read(row.record_id, "referrals.sharedpart.title", title),
            sealer.read(row.record_id, "referrals.sharedpart.body", body),
        )
        for kind, title, body in rows
    ]
