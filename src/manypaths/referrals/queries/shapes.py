"""What a request looks like to its readers, put together from opened rows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from manypaths.consent import queries as consent
from manypaths.consent import rules as consent_rules
from manypaths.consent.models import Grant
from manypaths.lib.refusals import NotThere
from manypaths.plans.rules import PART_WORDS
from manypaths.referrals import rules
from manypaths.referrals.models import Move, Packet, Referral, SharedPart
from manypaths.referrals.rules import Party, Status
from manypaths.vault.queries import Sealer


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
    service_name: str = ""


@dataclass(frozen=True)
class Part:
    """A copy of one part of the plan that went along. Held back, it is there for the person only."""

    kind: str
    title: str
    body: str
    id: UUID | None = None
    held_back_at: datetime | None = None


LINE = (
    "id", "status", "service_id", "organisation_id", "organisation__name", "need", "requested_at",
    "due_on", "due_at", "step_id", "record_id", "org_record_id", "person_answer", "kind",
)  # fmt: skip
FIELDS = tuple(name.replace("__", "_") for name in LINE)


@dataclass(frozen=True)
class RequestLine:
    """One request in a list."""

    id: UUID
    status: Status
    service_id: UUID
    organisation_id: UUID
    organisation_name: str
    need: str
    requested_at: datetime | None
    due_on: date | None
    due_at: datetime | None
    step_id: UUID | None
    record_id: UUID
    org_record_id: UUID | None
    person_answer: str
    kind: str
    name: str = ""
    service_name: str = ""

    @classmethod
    def from_row(cls, row: tuple[object, ...], names: tuple[str, str] = ("", "")) -> "RequestLine":
        """A line from the columns in `LINE`, with the name to use and what was asked for, where they are open."""
        values: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
        return cls(**{**values, "status": Status(values["status"])}, name=names[0], service_name=names[1])

    def is_overdue(self, at: datetime) -> bool:
        """True when nobody answered in time."""
        return rules.is_overdue(self.status, self.due_at, at)


@dataclass(frozen=True)
class RequestView:
    """One whole request as one side may read it. `packet` is None where the consent does not open it, and `own_record`
    is None where the reader is not beside the person in their organisation's own record."""

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
    reminded_at: datetime | None = None
    own_record: UUID | None = None
    held_back: list[Part] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """True from sending until one of the closed states."""
        return rules.is_running(self.line.status)

    @property
    def sharing(self) -> bool:
        """True while a consent for this request has not been ended. Its last day is `grant.until`."""
        return self.grant is not None and self.grant.ended_at is None

    def shares_at(self, at: datetime) -> bool:
        """True when the organisation can open the packet at this instant."""
        return self.grant is not None and consent_rules.is_active(consent.grant_facts(self.grant), at)


def packet_of_opened(*, referral: Referral, sealer: Sealer) -> PacketWords:
    """What went along with a request whose person's record this request has opened already, with its key.

    Refuses: NotThere where the consent no longer opens it.
    """
    found = _packet(referral, sealer)
    if found is None:
        raise NotThere
    return found


def names_of(referrals: list[UUID], sealer: Sealer) -> dict[UUID, tuple[str, str]]:
    """For each request that is open: the name to use, and what was asked for."""
    rows = Packet.objects.filter(referral_id__in=referrals)
    return {
        row[0]: (
            sealer.read(row[1], "referrals.packet.name", row[2]),
            sealer.read(row[1], "referrals.packet.service_name", row[3]),
        )
        for row in rows.values_list("referral_id", "record_id", "name", "service_name")
    }


def view_of(row: Referral, sealer: Sealer, grant: Grant | None = None) -> RequestView:
    packet = _packet(row, sealer)
    parts = _parts(row, sealer)
    line = RequestLine(
        row.id, Status(row.status), row.service_id, row.organisation_id, row.organisation.name,
        row.need, row.requested_at, row.due_on, row.due_at, row.step_id, row.record_id, row.org_record_id,
        row.person_answer, row.kind, packet.name if packet else "", packet.service_name if packet else "",
    )  # fmt: skip
    return RequestView(
        line, row.kind, row.area, row.reason, row.outcome, row.community_id, row.answered_at, row.first_contact_at,
        row.closed_at, row.person_answered_at, _path(row.id), packet, [one for one in parts if not one.held_back_at],
        grant, row.reminded_at, held_back=[one for one in parts if one.held_back_at],
    )  # fmt: skip


def _path(referral_id: UUID) -> list[Step]:
    rows = Move.objects.filter(referral_id=referral_id).order_by("at").values_list("became", "party", "reason", "at")
    return [Step(Status(row[0]), Party(row[1]), row[2], row[3]) for row in rows]


def _packet(row: Referral, sealer: Sealer) -> PacketWords | None:
    found = Packet.objects.filter(referral_id=row.id).first()
    if found is None:
        return None
    name, number, hours, words, service = (
        sealer.read(row.record_id, f"referrals.packet.{label}", getattr(found, label))
        for label in ("name", "number", "hours", "words", "service_name")
    )
    return PacketWords(name, found.way, number, hours, found.may_leave_message, words, found.language, service)


def _parts(row: Referral, sealer: Sealer) -> list[Part]:
    """What went along. A part that has no name of its own is called by its kind, in the language of who reads."""
    found = SharedPart.objects.filter(referral_id=row.id).order_by("position")
    rows = found.values_list("kind", "title", "body", "id", "held_back_at")
    return [
        Part(
            kind,
            PART_WORDS.get(kind) or sealer.read(row.record_id, "referrals.sharedpart.title", title),
            sealer.read(row.record_id, "referrals.sharedpart.body", body),
            part,
            held_back_at,
        )
        for kind, title, body, part, held_back_at in rows
    ]
