"""Communities and who takes part in them. No person is known here."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection
from django.db.models import Q

from manypaths.accounts import queries as accounts
from manypaths.lib.refusals import NotThere
from manypaths.network import rules
from manypaths.network.models import Agreement, Community, Invitation, Membership, Organisation, Participation
from manypaths.network.rules import Reader, Role, may_coordinate, sort_key

KEEP_SECONDS = 5.0
TAKES_REQUESTS = """
    select p.organisation_id
      from network_participation p
     where p.community_id = %s and p.agreed_at is not null and p.left_at is null and p.answers_requests
       and p.organisation_id = any(%s)
       and exists (select from network_membership m join accounts_user u on u.id = m.account_id
                    where m.organisation_id = p.organisation_id and m.answers_requests and m.ended_at is null
                      and m.roles && %s::varchar[] and u.is_active)
"""
_kept: dict[str, tuple[float, list[Community]]] = {}


def communities() -> list[Community]:
    """Every community of this installation, the first founded first. Remembered for a few seconds by each process."""
    name = settings.DATABASES["default"]["NAME"]
    kept = _kept.get(name)
    if kept is None or time.monotonic() - kept[0] > KEEP_SECONDS or not kept[1]:
        kept = (time.monotonic(), list(Community.objects.order_by("founded_at")))
        _kept[name] = kept
    return kept[1]


def community_for(*, host: str) -> Community | None:
    """The community served at a host name: the one whose short name leads it, or the first one founded."""
    found = communities()
    first_word = host.split(".", maxsplit=1)[0].split(":", maxsplit=1)[0]
    return next((one for one in found if one.slug == first_word), found[0] if found else None)


def forget_communities() -> None:
    """Forget what `communities` remembers, after founding or changing one."""
    _kept.clear()


def takes_requests(*, organisation_ids: Collection[UUID], community_id: UUID) -> set[UUID]:
    """Those of these organisations that take part in the community and have someone who answers and may say yes. Read
    for every page of results, so the statement is written out."""
    with connection.cursor() as cursor:
        cursor.execute(TAKES_REQUESTS, [community_id, list(organisation_ids), [role.value for role in rules.TAKING_UP]])
        return {row[0] for row in cursor.fetchall()}


def organisations_answering(*, community_id: UUID) -> list[UUID]:
    """Every organisation of the community that has someone who answers requests."""
    there = Participation.objects.filter(community_id=community_id, left_at__isnull=True)
    ids = list(there.values_list("organisation_id", flat=True))
    return sorted(takes_requests(organisation_ids=ids, community_id=community_id))


def organisation(*, organisation_id: UUID) -> Organisation | None:
    """One organisation, or None."""
    return Organisation.objects.filter(id=organisation_id).first()


def names_of_members(*, membership_ids: Collection[UUID]) -> dict[UUID, tuple[str, str, str]]:
    """Display name, title and organisation's name of workers, for the person who asks who looked."""
    rows = Membership.objects.filter(id__in=membership_ids).values_list(
        "id", "display_name", "title", "organisation__name"
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


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


def _addressees(organisation_ids: Collection[UUID], which: Q) -> list[Addressee]:
    rows = Membership.objects.filter(which, ended_at__isnull=True, account__is_active=True)
    found = rows.filter(organisation_id__in=list(organisation_ids)).order_by("started_at")
    return [
        Addressee(*row)
        for row in found.values_list("organisation_id", "account_id", "account__email", "account__language")
    ]


def own_organisation(reader: Reader) -> UUID:
    """The organisation whose hat the reader wears.

    Refuses: NotThere for anyone who wears none.
    """
    if reader.organisation_id is None:
        raise NotThere
    return reader.organisation_id


def coordinates(*, reader: Reader, community_id: UUID) -> bool:
    """Whether the reader is a coordinator, in a body that takes part in this community."""
    return (
        reader.organisation_id is not None
        and may_coordinate(reader)
        and Participation.objects.filter(
            community_id=community_id,
            organisation_id=reader.organisation_id,
            agreed_at__isnull=False,
            left_at__isnull=True,
        ).exists()
    )


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


def taking_part(*, community_id: UUID) -> list[tuple[UUID, str]]:
    """Organisations that take part in a community, by name."""
    there = Participation.objects.filter(community_id=community_id, agreed_at__isnull=False, left_at__isnull=True)
    return list(there.order_by("organisation__sort_name").values_list("organisation_id", "organisation__name"))


def desks(*, community_id: UUID) -> list[tuple[UUID, str]]:
    """Those that take part and have someone who can vouch at the desk: the desks that can be named."""
    vouching = Membership.objects.filter(
        roles__overlap=[role.value for role in rules.VOUCHING], ended_at__isnull=True, account__is_active=True
    )
    manned = set(vouching.values_list("organisation_id", flat=True))
    return [(one, name) for one, name in taking_part(community_id=community_id) if one in manned]


def agreement(*, key: str, language: str) -> Agreement:
    """The newest words to agree to, in a language.

    Refuses: NotThere when they do not exist in it.
    """
    found = Agreement.objects.filter(key=key, language=language).order_by("-version").first()
    if found is None:
        raise NotThere
    return found


def invited_to(*, reader: Reader) -> list[Community]:
    """Communities that invited the reader's organisation, which has not agreed yet."""
    return list(
        Community.objects.filter(
            participation__organisation_id=own_organisation(reader),
            participation__agreed_at__isnull=True,
            participation__left_at__isnull=True,
        ).order_by("founded_at")
    )


def part_of(*, reader: Reader) -> list[Participation]:
    """Where the reader's organisation takes part now, with the community."""
    return list(
        Participation.objects.filter(
            organisation_id=own_organisation(reader), agreed_at__isnull=False, left_at__isnull=True
        )
        .select_related("community", "agreement")
        .order_by("agreed_at")
    )


@dataclass(frozen=True)
class Worker:
    """One worker of the reader's organisation."""

    membership_id: UUID
    display_name: str
    email: str
    roles: tuple[str, ...]
    answers_requests: bool
    is_me: bool

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
        )
        for row in rows.select_related("account")
    ]
    return sorted(found, key=lambda one: sort_key(one.display_name))


ALIKE, FEW_ALIKE = 0.6, 12


@dataclass(frozen=True)
class Listed:
    """An organisation of the directory, with a name like the one that was typed."""

    organisation_id: UUID
    name: str


def named_like(*, name: str) -> list[Listed]:
    """Organisations of the directory whose name is, or holds, something like this name. The likest come first."""
    typed = sort_key(name)
    if not typed:
        return []
    rows = Organisation.objects.filter(closed_at__isnull=True).annotate(
        part=TrigramWordSimilarity(typed, "sort_name"), whole=TrigramSimilarity("sort_name", typed)
    )
    found = rows.filter(part__gte=ALIKE).order_by("-whole", "sort_name", "id").values_list("id", "name")
    return [Listed(*row) for row in found[:FEW_ALIKE]]


def has_lead(*, organisation_id: UUID) -> bool:
    """Whether an organisation has a lead of its own here now, who can read an invitation and agree."""
    leads = Membership.objects.filter(roles__contains=[Role.ORG_ADMIN.value], ended_at__isnull=True)
    return leads.filter(organisation_id=organisation_id).exists()


def takes_part(*, organisation_id: UUID, community_id: UUID) -> bool:
    """Whether an organisation has agreed to take part in a community, and has not left."""
    agreed = Participation.objects.filter(agreed_at__isnull=False, left_at__isnull=True)
    return agreed.filter(organisation_id=organisation_id, community_id=community_id).exists()


@dataclass(frozen=True)
class Body:
    """One organisation of a community, as its coordinator sees it."""

    organisation_id: UUID
    name: str
    invited_at: datetime
    agreed_at: datetime | None
    answers_requests: bool


def bodies(*, reader: Reader, community_id: UUID) -> list[Body]:
    """Organisations that were invited to a community or take part in it, by name.

    Refuses: NotThere for anyone who does not coordinate it.
    """
    if not coordinates(reader=reader, community_id=community_id):
        raise NotThere
    rows = Participation.objects.filter(community_id=community_id, left_at__isnull=True)
    return [
        Body(row.organisation_id, row.organisation.name, row.invited_at, row.agreed_at, row.answers_requests)
        for row in rows.select_related("organisation").order_by("organisation__sort_name")
    ]
