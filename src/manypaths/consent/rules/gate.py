"""The one gate, in code: may this reader open this class of this record, for this purpose, now, and on what basis?

Pure. `docs/consent.md` tells the same in prose, and the database function `open_records` is the second reading of it;
a property test holds the two equal.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason
from manypaths.network.rules import Hat

ROLES_FILE = Path(__file__).resolve().parents[2] / "network" / "data" / "roles-2026-11-22-4.json"
NAMED = "/named"
UNSPOKEN = "unspoken"
LONGEST_GRANT = timedelta(days=90)


class DataClass(StrEnum):
    """Kinds of information about a person. Consent and roles speak of these, never of tables."""

    PRESENCE = "presence"
    DEMOGRAPHICS = "demographics"
    SAFE_CONTACT = "safe_contact"
    RECOVERY_PLAN = "recovery_plan"
    SAFETY_PLAN = "safety_plan"
    REFERRAL_TASK = "referral_task"
    OUTCOME_ANSWERS = "outcome_answers"
    CONTACT_LOG = "contact_log"
    MESSAGES = "messages"
    CHECK_IN = "checkin"
    TREATMENT = "sud_treatment_record"
    DRUG_SCREEN = "drug_screen_result"
    ATTENDANCE = "attendance"
    COUNSELLING_NOTES = "sud_counseling_notes"
    CONSENT_RECORD = "consent_record"
    ACCESS_LOG = "access_log"


class Purpose(StrEnum):
    """Why someone looks. It is always stated; there is no default."""

    OWN = "own"
    REFERRAL = "referral"
    CARE = "care"
    SUPERVISION = "supervision"
    DESK = "desk"
    PRIVACY = "privacy"


class Basis(StrEnum):
    """On what ground something is open. A grant's basis carries the grant's id after a colon."""

    OWN = "own"
    ASSIGNED = "assigned"
    SUPERVISED = "supervised"
    ORIGINATED = "originated"
    GRANTED = "granted"
    ORGANISATION = "organisation"


PURPOSES_OF_TIE = {
    Basis.ASSIGNED: frozenset({Purpose.CARE, Purpose.REFERRAL}),
    Basis.SUPERVISED: frozenset({Purpose.SUPERVISION}),
    Basis.ORGANISATION: frozenset({Purpose.DESK, Purpose.PRIVACY}),
}
PURPOSES_OF_AUTHORS = frozenset({Purpose.CARE})
# The law keeps them apart: a person asks a human being for them (42 CFR 2.31(b), 45 CFR 164.524).
NOT_OPENED_AS_OWN = frozenset({DataClass.COUNSELLING_NOTES})


@dataclass(frozen=True)
class GrantFacts:
    """One consent as it stands now: to whom, for which request, what, why, from when until when."""

    id: UUID
    subject: UUID
    recipient_organisation: UUID | None
    classes: frozenset[str]
    purpose: str
    starts_at: datetime
    until: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class ReaderFacts:
    """The reader as the tables know them, not as they say they are. `active` is false for an ended account or hat."""

    hat: str
    active: bool
    account_id: UUID | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    answers_requests: bool = False


@dataclass(frozen=True)
class RecordFacts:
    """One record and the reader's ties to it."""

    id: UUID
    holder: str
    person_id: UUID | None
    organisation_id: UUID | None
    erased: bool = False
    assigned: bool = False
    supervised: bool = False
    blocked: bool = False
    grants: tuple[GrantFacts, ...] = ()
    originated: frozenset[tuple[UUID, str]] = frozenset()


@dataclass(frozen=True)
class Inquiry:
    """Why something is opened, and about which requests or single items. A consent for another request opens nothing
    here, nor does having written another item."""

    purpose: str
    subjects: frozenset[UUID] = frozenset()


def _role_table() -> dict[tuple[str, str], frozenset[str]]:
    data = json.loads(ROLES_FILE.read_text(encoding="utf-8"))
    return {(role, tie): frozenset(classes) for role, ties in data["roles"].items() for tie, classes in ties.items()}


ROLE_TABLE = _role_table()


def bases_for(
    reader: ReaderFacts, record: RecordFacts, wanted: str, inquiry: Inquiry, at: datetime
) -> dict[UUID | None, str]:
    """The grounds on which a class of a record is open to a reader: under None for all of it, under an id for what
    hangs on that request, or for the one item that the reader wrote. Empty when it is closed.

    Order: an ended reader and an erased record close everything; the person's own way comes before a safety block,
    and a block before every other tie; then assignment, supervision, the desk, authorship, and consent.
    """
    if not reader.active or record.erased:
        return {}
    if _is_own(reader, record):
        is_open = inquiry.purpose == Purpose.OWN and wanted not in NOT_OPENED_AS_OWN
        return {None: Basis.OWN.value} if is_open else {}
    if reader.hat != Hat.MEMBER or record.blocked:
        return {}
    tie = _tie_of_member(reader, record, wanted, inquiry.purpose)
    if tie:
        return {None: tie}
    return {**_grants_for(reader, record, wanted, inquiry, at), **_written_by(reader, record, wanted, inquiry)}


def _is_own(reader: ReaderFacts, record: RecordFacts) -> bool:
    return reader.hat == Hat.PERSON and reader.person_id is not None and record.person_id == reader.person_id


def _tie_of_member(reader: ReaderFacts, record: RecordFacts, wanted: str, purpose: str) -> str | None:
    if record.organisation_id is None or record.organisation_id != reader.organisation_id:
        return None
    ties = {Basis.ASSIGNED: record.assigned, Basis.SUPERVISED: record.supervised, Basis.ORGANISATION: True}
    for tie, holds in ties.items():
        part = part_for(reader.roles, tie, wanted)
        if holds and purpose in PURPOSES_OF_TIE[tie] and part is not None:
            return tie.value + part
    return None


def _grants_for(
    reader: ReaderFacts, record: RecordFacts, wanted: str, inquiry: Inquiry, at: datetime
) -> dict[UUID | None, str]:
    part = part_for(reader.roles, Basis.GRANTED, wanted)
    if not reader.answers_requests or part is None:
        return {}
    covering = sorted(
        (grant for grant in record.grants if grant_covers(grant, reader.organisation_id, wanted, inquiry, at)),
        key=lambda grant: str(grant.id),
        reverse=True,
    )
    return {grant.subject: f"{Basis.GRANTED.value}:{grant.id}{part}" for grant in covering}


def _written_by(reader: ReaderFacts, record: RecordFacts, wanted: str, inquiry: Inquiry) -> dict[UUID | None, str]:
    """Single items that the reader wrote, while they walk with the person, in a record of their organisation."""
    part = part_for(reader.roles, Basis.ORIGINATED, wanted)
    held = record.organisation_id is not None and record.organisation_id == reader.organisation_id
    if part is None or not held or not record.assigned or inquiry.purpose not in PURPOSES_OF_AUTHORS:
        return {}
    wrote = (item for item, data_class in record.originated if data_class == wanted and item in inquiry.subjects)
    return {item: Basis.ORIGINATED.value + part for item in wrote}


def opens_by_item(roles: frozenset[str], wanted: str) -> bool:
    """True when these roles open a class item by item, each to whoever wrote it."""
    return part_for(roles, Basis.ORIGINATED, wanted) is not None


def is_unspoken(roles: frozenset[str], wanted: str) -> bool:
    """True when "not part of your work" (403) would tell these roles too much: that another wrote such an item."""
    return opens_by_item(roles, wanted) or part_for(roles, UNSPOKEN, wanted) is not None


def part_for(roles: frozenset[str], tie: str, wanted: str) -> str | None:
    """How much of a class these roles may open by this tie: all of it (""), its named fields, or nothing (None)."""
    found = {entry for role in roles for entry in ROLE_TABLE.get((role, str(tie)), frozenset())}
    if wanted in found:
        return ""
    return NAMED if wanted + NAMED in found else None


def knows_presence(reader: ReaderFacts, record: RecordFacts) -> bool:
    """True when this reader may already know that the person is served here, whatever the purpose.

    Only then is a closed class answered with "not part of your work" (403) rather than with absence (404).
    """
    if not reader.active or reader.hat != Hat.MEMBER or record.blocked or record.erased:
        return False
    return any(
        _tie_of_member(reader, record, DataClass.PRESENCE, purpose) is not None
        for purposes in PURPOSES_OF_TIE.values()
        for purpose in purposes
    )


def grant_covers(grant: GrantFacts, organisation_id: UUID | None, wanted: str, inquiry: Inquiry, at: datetime) -> bool:
    """True when recipient, request, class, purpose and time all match. One that does not match closes."""
    return (
        organisation_id is not None
        and grant.recipient_organisation == organisation_id
        and grant.subject in inquiry.subjects
        and wanted in grant.classes
        and grant.purpose == inquiry.purpose
        and is_active(grant, at)
    )


def is_active(grant: GrantFacts, at: datetime) -> bool:
    """True from the start until the end, whichever end comes first. The last instant is already outside."""
    return grant.starts_at <= at < grant.until and (grant.ended_at is None or at < grant.ended_at)


def is_minimal(basis: str) -> bool:
    """True when only named fields are open on this basis: the desk sees how to call and reach someone, no more."""
    return basis.endswith(NAMED)


def reasons_not_to_give(starts_at: datetime, until: datetime, classes: frozenset[str]) -> Iterator[Reason]:
    """Why a consent cannot be given as asked."""
    if not classes:
        yield Reason("nothing_shared", _("Choose what you want to share."), "parts")
    if until <= starts_at:
        yield Reason("ends_before_it_starts", _("Choose a later day for the end."), "until")
    if until - starts_at > LONGEST_GRANT:
        yield Reason("too_long", _("Choose a day within 90 days."), "until")


def reasons_not_to_lengthen(grant: GrantFacts, until: datetime, at: datetime) -> Iterator[Reason]:
    """Why a consent that holds cannot be made longer."""
    if until <= grant.until:
        yield Reason("not_later", _("Choose a later day than now."), "until")
    elif until - at > LONGEST_GRANT:
        yield Reason("too_long", _("Choose a day within 90 days."), "until")


def reasons_not_to_agree_to(shown: str, newest: str | None, *, unchanged: bool) -> Iterator[Reason]:
    """Why the words on a page cannot be agreed to: only the newest ones can, and only what was read in them."""
    if shown != newest or not unchanged:
        yield Reason("words_changed", _("These words have changed since you opened the page. Read them once more."))
