"""Consents that were signed on paper, read by who opened the record they are about: at the place, or its person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from manypaths.consent.models import PaperConsent, Share
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import paper_consents as rules
from manypaths.consent.rules.paper_consents import Paper
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader, Role

NAME, SIGNER_NAME, WITNESS, PLACE = (
    f"consent.paperconsent.{one}" for one in ("name", "signer_name", "witness", "place")
)


@dataclass(frozen=True)
class PaperWords:
    """What the paper says in words: opened with the whole record of consents, and not with its named fields."""

    name: str
    signer_name: str
    witness: str
    place: str


@dataclass(frozen=True)
class PaperView:
    """One consent on paper. `words` are None where only named fields are open."""

    id: UUID
    held_record_id: UUID
    organisation_id: UUID
    recipient_organisation_id: UUID | None
    recipient_membership_id: UUID | None
    paper: Paper
    language: str
    words: PaperWords | None
    written_at: datetime
    written_by: UUID
    writer_account: UUID
    state: str
    found: frozenset[str]
    checked_at: datetime | None
    checked_by: UUID | None
    share_id: UUID | None
    stopped_at: datetime | None
    denied_at: datetime | None

    @property
    def is_held(self) -> bool:
        """True while nobody has checked it and its person let it be."""
        return self.state == rules.HELD

    def missing(self) -> tuple[str, ...]:
        """What was found missing when it was checked; nothing before."""
        return rules.missing(self.paper, self.found, self.checked_at) if self.checked_at else ()

    def may_be_checked_by(self, reader: Reader) -> bool:
        """Whether this reader is the second person."""
        return rules.may_check(
            state=self.state, is_officer=reader.has_role(Role.PRIVACY_OFFICER),
            wrote_it=self.writer_account == reader.account_id, denied=self.denied_at is not None,
        )  # fmt: skip


@dataclass(frozen=True)
class PaperLine:
    """One of them in the register of a place: days and codes, no name and no word. `mine`: the reader wrote it down."""

    id: UUID
    held: UUID
    kind: str
    state: str
    written_at: datetime
    checked_at: datetime | None
    denied: bool
    mine: bool


def paper_consents_here(
    *, reader: Reader, waiting: bool, limit: int = 30, offset: int = 0
) -> tuple[list[PaperLine], int]:
    """Those of the reader's place: that wait to be checked, or that were answered. Finding is not opening.

    Empty for everyone but a privacy officer there.
    """
    with connection.cursor() as cursor:
        asked = [reader.account_id, reader.membership_id, waiting, limit, offset]
        cursor.execute("select * from paper_consents_for(%s, %s, %s, %s, %s)", asked)
        rows = cursor.fetchall()
    return [PaperLine(*row[:8]) for row in rows], rows[0][8] if rows else 0


def paper_consents_of_opened(*, records: Collection[UUID], opened: Opened) -> list[PaperView]:
    """Those of records that the reader opened for consents, newest first; their words where the whole is open."""
    rows = PaperConsent.objects.filter(held_record_id__in=list(records)).select_related("written_by")
    return [_view(row, opened) for row in rows.order_by("-written_at", "id")]


def paper_consent_of_opened(*, paper_id: UUID, record_id: UUID, opened: Opened) -> PaperView:
    """One of them.

    Refuses: NotThere for one that is not in this record.
    """
    found = [one for one in paper_consents_of_opened(records=[record_id], opened=opened) if one.id == paper_id]
    if not found:
        raise NotThere
    return found[0]


def who_handled(*, paper_id: UUID, record_id: UUID) -> frozenset[UUID]:
    """The accounts of who wrote it down and who checked it. None where its record is not open for consents."""
    row = PaperConsent.objects.filter(id=paper_id, held_record_id=record_id)
    found = row.values_list("written_by__account_id", "checked_by__account_id").first() or ()
    return frozenset(one for one in found if one)


def is_overtaken(*, paper_id: UUID) -> bool:
    """Whether its person closed something of it since it was signed. False where its record is not open."""
    with connection.cursor() as cursor:
        cursor.execute("select paper_is_overtaken(%s)", [paper_id])
        return bool(cursor.fetchone()[0])


def still_open(*, share_ids: Collection[UUID], at: datetime) -> frozenset[UUID]:
    """Which of these consents were neither stopped nor are over. Of the person's own, which they opened."""
    rows = Share.objects.filter(id__in=list(share_ids), until__gt=at, ended_at__isnull=True)
    return frozenset(rows.values_list("id", flat=True))


def _view(row: PaperConsent, opened: Opened) -> PaperView:
    whole = not opened.is_minimal(row.held_record_id, DataClass.CONSENT_RECORD)
    return PaperView(
        row.id, row.held_record_id, row.organisation_id, row.recipient_organisation_id, row.recipient_membership_id,
        _paper(row), row.language, _words(row, opened) if whole else None, row.written_at, row.written_by_id,
        row.written_by.account_id, row.state, frozenset(row.found), row.checked_at, row.checked_by_id, row.share_id,
        row.stopped_at, row.denied_at,
    )  # fmt: skip


def _paper(row: PaperConsent) -> Paper:
    return Paper(
        row.kind, frozenset(row.classes), row.purpose, row.until, row.signed_on, row.minor, row.signer,
        row.capacity, frozenset(row.read),
    )  # fmt: skip


def _words(row: PaperConsent, opened: Opened) -> PaperWords:
    record, sealer = row.held_record_id, opened.sealer
    return PaperWords(
        sealer.read(record, NAME, row.name), sealer.read(record, SIGNER_NAME, row.signer_name),
        sealer.read(record, WITNESS, row.witness), sealer.read(record, PLACE, row.place),
    )  # fmt: skip
