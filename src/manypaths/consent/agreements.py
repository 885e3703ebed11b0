"""Reads the register of agreements with bodies that do a service for a place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from manypaths.consent.agreed import ServiceAgreement
from manypaths.consent.rules import agreements as rules
from manypaths.consent.rules.agreements import Standing, State
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.network.rules import Reader


@dataclass(frozen=True)
class AgreementView:
    """One agreement, as either side reads it. `ours`: the reader's place is the one that the service is done for."""

    id: UUID
    ours: bool
    program: str
    server: str
    inside: bool
    service: str
    missing: tuple[str, ...]
    starts_on: date
    until: date | None
    signed_here: str
    signed_there: str
    evidence: str
    state: State
    written_by: str
    written_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    ending: str

    @property
    def is_open(self) -> bool:
        """True while it can still be ended."""
        return self.state not in {State.ENDED, State.OVER}


def agreements_here(
    *, reader: Reader, today: date, limit: int = 30, offset: int = 0
) -> tuple[list[AgreementView], int]:
    """Those of the reader's place, on either side, the newest first; and how many there are.

    Refuses: NotThere for anyone who neither answers privacy questions nor leads there.
    """
    rows = _of_place(reader).order_by("-at", "id")
    return _views(rows[offset : offset + limit], reader, today), rows.count()


def agreement(*, reader: Reader, agreement_id: UUID, today: date) -> AgreementView:
    """One of them.

    Refuses: NotThere for anyone who neither answers privacy questions nor leads on one of the two sides.
    """
    found = _views(_of_place(reader).filter(id=agreement_id), reader, today)
    if not found:
        raise NotThere
    return found[0]


def waiting_for_our_yes(*, reader: Reader, today: date) -> int:
    """How many agreements wait until the reader's place says yes to do the service."""
    rows = _of_place(reader).filter(server_id=reader.organisation_id, confirmed_at=None, ended_at=None)
    return sum(rules.state(standing_of(row), today) is State.WAITING for row in rows)


def standing_of(row: ServiceAgreement) -> Standing:
    """What decides how one stands."""
    return Standing(
        frozenset(row.elements), row.server_id is not None, row.confirmed_at is not None, row.ended_at is not None,
        row.starts_on, row.until,
    )  # fmt: skip


def _of_place(reader: Reader) -> QuerySet[ServiceAgreement]:
    if not rules.may_keep(reader):
        raise NotThere
    own = reader.organisation_id
    return ServiceAgreement.objects.filter(Q(program_id=own) | Q(server_id=own))


def _views(rows: Collection[ServiceAgreement], reader: Reader, today: date) -> list[AgreementView]:
    found = list(rows)
    members = {one for row in found for one in (row.written_by_id, row.confirmed_by_id, row.ended_by_id) if one}
    names = {one: said[0] for one, said in network.names_of_members(membership_ids=members).items()}
    sides = {one for row in found for one in (row.program_id, row.server_id) if one}
    places = network.names_of_places(organisation_ids=sides)
    return [_view(row, reader, today, names, places) for row in found]


def _view(
    row: ServiceAgreement, reader: Reader, today: date, names: dict[UUID, str], places: dict[UUID, str]
) -> AgreementView:
    return AgreementView(
        row.id, row.program_id == reader.organisation_id, places.get(row.program_id, ""),
        places.get(row.server_id, "") if row.server_id else row.server_name, row.server_id is not None, row.service,
        tuple(rules.missing(frozenset(row.elements))), row.starts_on, row.until, row.signed_here, row.signed_there,
        row.evidence, rules.state(standing_of(row), today), names.get(row.written_by_id, ""), row.at,
        _named(row.confirmed_by_id, names), row.confirmed_at, _named(row.ended_by_id, names), row.ended_at, row.ending,
    )  # fmt: skip


def _named(membership_id: UUID | None, names: dict[UUID, str]) -> str:
    return names.get(membership_id, "") if membership_id else ""
