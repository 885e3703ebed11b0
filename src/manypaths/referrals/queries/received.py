"""What an organisation reads of the requests made to it, and the buttons that both sides see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection

from manypaths.consent import queries as consent
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.referrals import rules
from manypaths.referrals.models import Referral
from manypaths.referrals.queries.own import TASK
from manypaths.referrals.queries.shapes import LINE, RequestLine, RequestView, names_of, view_of
from manypaths.referrals.rules import ORDER, Party, Status


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


def waiting_in_all(*, reader: Reader) -> int:
    """How many requests to the reader's organisation wait for an answer. Counting opens none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from referrals_inbox(%s, %s, null, 0) where status = %s",
            [reader.account_id, reader.membership_id, Status.REQUESTED.value],
        )
        return int(cursor.fetchone()[0])


def in_inbox(*, reader: Reader) -> frozenset[UUID]:
    """Every open request that the reader can open now. Finding is not opening."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select referral_id from referrals_inbox(%s, %s, null, 0)", [reader.account_id, reader.membership_id]
        )
        return frozenset(row[0] for row in cursor.fetchall())


def keys_of(*, reader: Reader, referral_id: UUID) -> Keys:
    """The records a request to the reader's organisation touches. Of any other request, or none: keys of nothing, so
    that the gate is asked all the same, and neither the log nor the time tells one that is closed from one that is
    not there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from referral_keys(%s, %s, %s)", [reader.account_id, reader.membership_id, [referral_id]]
        )
        row = cursor.fetchone()
    return Keys(*row) if row else Keys(referral_id, record_id=referral_id, org_record_id=None)


def open_request(*, reader: Reader, keys: Keys) -> Opened:
    """Open one request to the reader's organisation, and no other of the same person."""
    return consent.open_records(
        reader=reader, records=keys.records, classes=TASK, purpose=Purpose.REFERRAL, subjects=[keys.referral_id]
    )


def received_request(*, reader: Reader, referral_id: UUID) -> RequestView:
    """One request to the reader's organisation.

    What the person sent along is there only while their consent lasts; after that the bare row, for who is assigned.

    Refuses: NotThere when neither the consent nor an assignment opens it.
    """
    keys = keys_of(reader=reader, referral_id=referral_id)
    opened = open_request(reader=reader, keys=keys)
    if not opened.ids:
        raise NotThere
    view = view_of(Referral.objects.select_related("organisation").get(id=referral_id), opened.sealer)
    return replace(view, own_record=keys.org_record_id if _is_beside(opened, keys) else None)


def _is_beside(opened: Opened, keys: Keys) -> bool:
    """Whether the organisation's own record is open to the reader, which no consent for a request opens."""
    record = keys.org_record_id
    return record is not None and opened.opens_whole(record, DataClass.REFERRAL_TASK)


def requests_of_record(*, reader: Reader, record_id: UUID) -> list[RequestLine]:
    """The bare requests behind an organisation's own record, the newest first.

    Refuses: NotThere when the reader may not open them.
    """
    opened = consent.open_record(reader=reader, record=record_id, classes=TASK, purpose=Purpose.CARE)
    return requests_of_opened(record_id=record_id, opened=opened)


def requests_of_opened(*, record_id: UUID, opened: Opened) -> list[RequestLine]:
    """The bare requests behind an organisation's own record that this request has opened; none where it is closed."""
    if not opened.allows(record_id, DataClass.REFERRAL_TASK):
        return []
    rows = Referral.objects.filter(org_record_id=record_id).order_by("-requested_at")
    return [RequestLine.from_row(row) for row in rows.values_list(*LINE)]


@dataclass(frozen=True)
class OpenMove:
    """A button: a move this party may make now, and the typed reasons or outcomes it asks for."""

    to: Status
    reasons: list[tuple[str, str]]
    outcomes: list[tuple[str, str]]


def moves_open_to(*, reader: Reader, status: Status, language: str) -> list[OpenMove]:
    """The buttons of a request, from the same rules that guard the acts."""
    party = Party.REQUESTER if reader.is_person else Party.TARGET
    allowed = rules.offered_moves(status, party)
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


def _opened_lines(reader: Reader, keys: Iterable[Keys]) -> dict[UUID, RequestLine]:
    found = list(keys)
    records = [record for one in found for record in one.records]
    subjects = [one.referral_id for one in found]
    opened = consent.open_records(
        reader=reader, records=records, classes=TASK, purpose=Purpose.REFERRAL, subjects=subjects
    )
    task = DataClass.REFERRAL_TASK
    ids = [one.referral_id for one in found if opened.opens_request(one.referral_id, one.org_record_id, task)]
    names = names_of(ids, opened.sealer) if ids else {}
    rows = Referral.objects.filter(id__in=ids).values_list(*LINE)
    return {row[0]: RequestLine.from_row(row, names.get(row[0], ("", ""))) for row in rows}
