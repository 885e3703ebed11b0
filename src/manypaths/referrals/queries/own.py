"""What a person reads of their own requests."""

from uuid import UUID

from manypaths.consent import queries as consent
from manypaths.consent.models import Grant
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.referrals import rules
from manypaths.referrals.models import Referral
from manypaths.referrals.queries.shapes import LINE, RequestLine, RequestView, names_of, view_of
from manypaths.referrals.rules import Status
from manypaths.vault.queries import sealer_for

TASK = frozenset({DataClass.REFERRAL_TASK})


def own_requests(*, reader: Reader) -> list[RequestLine]:
    """Every request the person ever sent, the newest first. Drafts are not requests yet."""
    record = consent.open_own(reader=reader, classes=TASK)
    rows = Referral.objects.filter(record_id=record).exclude(status=Status.DRAFT).order_by("-requested_at")
    found = list(rows.values_list(*LINE))
    names = names_of([row[0] for row in found], sealer_for([record]))
    return [RequestLine.from_row(row, names[row[0]]) for row in found]


def own_request(*, reader: Reader, referral_id: UUID) -> RequestView:
    """One of the person's own requests, with its consent.

    Refuses: NotThere for a draft, and for anyone else's.
    """
    record = consent.open_own(reader=reader, classes={*TASK, DataClass.CONSENT_RECORD})
    row = (
        Referral.objects.select_related("organisation")
        .filter(id=referral_id, record_id=record)
        .exclude(status=Status.DRAFT)
        .first()
    )
    if row is None:
        raise NotThere
    grant = Grant.objects.filter(id=row.grant_id, record_id=record).first() if row.grant_id else None
    return view_of(row, sealer_for([record]), grant=grant)


def own_whole_requests(*, reader: Reader) -> list[RequestView]:
    """Every request of the person with all that is in it, what they only began to write too, the newest first.

    Opened once, for a copy of everything.
    """
    record = consent.open_own(reader=reader, classes=TASK)
    rows = Referral.objects.select_related("organisation").filter(record_id=record).order_by("-started_at", "id")
    sealer = sealer_for([record])
    return [view_of(row, sealer) for row in rows]


def own_draft(*, reader: Reader, service_id: UUID) -> RequestView:
    """The request the person is writing to one service.

    Refuses: NotThere when none was begun.
    """
    record = consent.open_own(reader=reader, classes=TASK)
    row = (
        Referral.objects.select_related("organisation")
        .filter(service_id=service_id, record_id=record, status=Status.DRAFT)
        .first()
    )
    if row is None:
        raise NotThere
    return view_of(row, sealer_for([record]))


def has_open_request(*, reader: Reader, service_id: UUID) -> bool:
    """True when the person already asked this service and the request is still open. Their record must be open."""
    if reader.record_id is None:
        return False
    return Referral.objects.filter(
        record_id=reader.record_id, service_id=service_id, status__in=sorted(rules.OPEN)
    ).exists()
