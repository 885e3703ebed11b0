"""Who works where, who is told what, and invitations to work somewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from manypaths.accounts import queries as accounts
from manypaths.lib.refusals import NotThere
from manypaths.network import rules
from manypaths.network.models import Invitation, Membership, Participation
from manypaths.network.queries.organisations import own_organisation
from manypaths.network.rules import Reader, Role, sort_key


def names_of_members(*, membership_ids: Collection[UUID]) -> dict[UUID, tuple[str, str, str]]:
    """Display name, title and organisation's name of workers, for the person who asks who looked."""
    rows = Membership.objects.filter(id__in=membership_ids).values_list(
        "id", "display_name", "title", "organisation__name"
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def workers_by_name() -> list[tuple[UUID, UUID, str]]:
    """Everyone who works somewhere now: membership, place, and the name they are shown by."""
    found = Membership.objects.filter(ended_at__isnull=True).order_by("id")
    return list(found.values_list("id", "organisation_id", "display_name"))


def places_of_members(*, membership_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Where workers work, by their membership."""
    return dict(Membership.objects.filter(id__in=membership_ids).values_list("id", "organisation_id"))


def own_membership(*, reader: Reader) -> Membership | None:
    """The membership whose hat the reader wears."""
    if reader.membership_id is None:
        return None
    return Membership.objects.select_related("organisation").filter(id=reader.membership_id).first()


TOLD_OF_SILENCE = (Role.ORG_ADMIN, Role.SUPERVISOR, Role.COORDINATOR)


@dataclass(frozen=True)
class Addressee:
    """A worker as the outbox knows them: where their notices wait, and the staff address that is told so."""

    organisation_id: UUID
    account_id: UUID
    email: str
    language: str


def who_answers(*, organisation_ids: Collection[UUID]) -> list[Addressee]:
    """The workers of these organisations who answer requests now, in a role that opens them."""
    opening = Q(roles__overlap=[role.value for role in rules.OPENING_REQUESTS])
    return _addressees(organisation_ids, opening & Q(answers_requests=True))


def leads_of(*, organisation_ids: Collection[UUID]) -> list[Addressee]:
    """The workers who are told when a request waits too long: those who lead there, or else who answers."""
    leads = _addressees(organisation_ids, Q(roles__overlap=[role.value for role in TOLD_OF_SILENCE]))
    led = {one.organisation_id for one in leads}
    return leads + who_answers(organisation_ids=[one for one in organisation_ids if one not in led])


def who_judges(*, organisation_id: UUID, membership_id: UUID) -> list[Addressee]:
    """Who answers there when someone says that a look of this worker was not right: a privacy officer, never them."""
    who_looked = Membership.objects.filter(id=membership_id).values("account_id")
    return _addressees(
        [organisation_id], Q(roles__contains=[Role.PRIVACY_OFFICER.value]) & ~Q(account_id__in=who_looked)
    )


def who_judges_reading(*, organisation_id: UUID, membership_id: UUID) -> list[Addressee]:
    """Who is told that this worker opened very much, or wrote down an agreement with that place: leads and privacy
    officers there, never themself."""
    who_read = Membership.objects.filter(id=membership_id).values("account_id")
    judges = [Role.PRIVACY_OFFICER.value, Role.ORG_ADMIN.value]
    return _addressees([organisation_id], Q(roles__overlap=judges) & ~Q(account_id__in=who_read))


def addressee(*, membership_id: UUID) -> Addressee | None:
    """One worker who still works there, as the outbox knows them."""
    body = Membership.objects.filter(id=membership_id).values_list("organisation_id", flat=True).first()
    found = _addressees([body], Q(id=membership_id)) if body else []
    return found[0] if found else None


def _addressees(organisation_ids: Collection[UUID], which: Q) -> list[Addressee]:
    rows = Membership.objects.filter(which, ended_at__isnull=True, account__is_active=True)
    found = rows.filter(organisation_id__in=list(organisation_ids)).order_by("started_at")
    return [
        Addressee(*row)
        for row in found.values_list("organisation_id", "account_id", "account__email", "account__language")
    ]


def invitation_hash(code: str) -> str:
    """What is kept of an invitation's code."""
    return accounts.fingerprint("invitation", code)


@dataclass(frozen=True)
class Invited:
    """What an invitation says to whoever holds its code."""

    organisation: str
    organisation_id: UUID
    display_name: str
    email: str
    roles: tuple[str, ...]
    community_id: UUID | None
    until: datetime


def invitation(*, code: str, at: datetime) -> Invited:
    """An invitation that can still be accepted. The code is what gives the right to read it.

    Refuses: NotThere when it is unknown, used or old.
    """
    row = (
        Invitation.objects.select_related("organisation")
        .filter(code_hash=invitation_hash(code), used_at__isnull=True, until__gt=at)
        .first()
    )
    if row is None:
        raise NotThere
    return Invited(
        row.organisation.name,
        row.organisation_id,
        row.display_name,
        row.email,
        tuple(row.roles),
        row.community_id,
        row.until,
    )


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation to the reader's organisation that nobody has accepted yet."""

    invitation_id: UUID
    display_name: str
    email: str
    roles: tuple[str, ...]
    until: datetime


def open_invitations(*, reader: Reader, at: datetime) -> list[OpenInvitation]:
    """Who was invited to work for the reader's organisation and may still accept, the newest first."""
    rows = Invitation.objects.filter(
        organisation_id=own_organisation(reader), community__isnull=True, used_at__isnull=True, until__gt=at
    ).order_by("-invited_at")
    return [OpenInvitation(row.id, row.display_name, row.email, tuple(row.roles), row.until) for row in rows]


@dataclass(frozen=True)
class PlaceOfWork:
    """One of the reader's own places of work."""

    membership_id: UUID
    organisation: str
    roles: tuple[str, ...]
    is_worn: bool


def own_places_of_work(*, reader: Reader) -> list[PlaceOfWork]:
    """Where the reader's account works now, the first one first."""
    rows = Membership.objects.filter(account_id=reader.account_id, ended_at__isnull=True)
    return [
        PlaceOfWork(row.id, row.organisation.name, tuple(row.roles), row.id == reader.membership_id)
        for row in rows.select_related("organisation").order_by("started_at")
    ]


@dataclass(frozen=True)
class Worker:
    """One worker of the reader's organisation."""

    membership_id: UUID
    display_name: str
    email: str
    roles: tuple[str, ...]
    answers_requests: bool
    is_me: bool
    supervisor_id: UUID | None = None

    @property
    def may_open_requests(self) -> bool:
        """Whether a role of theirs opens what people send along, so that answering is theirs to do."""
        return rules.may_open_requests(self.roles)


def workers(*, reader: Reader) -> list[Worker]:
    """Who works for the reader's organisation now, by name."""
    rows = Membership.objects.filter(organisation_id=own_organisation(reader), ended_at__isnull=True)
    found = [
        Worker(
            row.id,
            row.display_name,
            row.account.email,
            tuple(row.roles),
            row.answers_requests,
            row.id == reader.membership_id,
            row.supervisor_id,
        )
        for row in rows.select_related("account")
    ]
    return sorted(found, key=lambda one: sort_key(one.display_name))


def who_can_be_named(*, community_id: UUID, role: Role) -> list[tuple[UUID, str, UUID]]:
    """Workers of places that take part, by name and place, whom a person can name in a consent: who has this role there
    and answers for it. Their membership, their name with the place, and the place."""
    there = Participation.objects.filter(community_id=community_id, agreed_at__isnull=False, left_at__isnull=True)
    rows = Membership.objects.filter(
        organisation_id__in=there.values("organisation_id"), roles__contains=[role.value], ended_at__isnull=True,
        account__is_active=True,
    )  # fmt: skip
    if role is not Role.MONITOR:
        rows = rows.filter(answers_requests=True)
    found = rows.order_by("organisation__sort_name", "display_name")
    return [
        (row[0], f"{row[1]}, {row[2]}", row[3])
        for row in found.values_list("id", "display_name", "organisation__name", "organisation_id")
    ]
