"""Organisations: who they are, whether somebody there answers, and names like a name that was typed."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection

from manypaths.lib.refusals import NotThere
from manypaths.network import rules
from manypaths.network.models import Membership, Organisation, Participation
from manypaths.network.rules import Reader, Role, places, sort_key

TAKES_REQUESTS = """
    select p.organisation_id
      from network_participation p
     where p.community_id = %s and p.agreed_at is not null and p.left_at is null and p.answers_requests
       and p.organisation_id = any(%s)
       and exists (select from network_membership m join accounts_user u on u.id = m.account_id
                    where m.organisation_id = p.organisation_id and m.answers_requests and m.ended_at is null
                      and m.roles && %s::varchar[] and u.is_active)
"""


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


def own_organisation(reader: Reader) -> UUID:
    """The organisation whose hat the reader wears.

    Refuses: NotThere for anyone who wears none.
    """
    if reader.organisation_id is None:
        raise NotThere
    return reader.organisation_id


def has_lead(*, organisation_id: UUID) -> bool:
    """Whether an organisation has a lead of its own here now, who can read an invitation and agree."""
    leads = Membership.objects.filter(roles__contains=[Role.ORG_ADMIN.value], ended_at__isnull=True)
    return leads.filter(organisation_id=organisation_id).exists()


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


def kinds_of_places(*, organisation_ids: Collection[UUID]) -> dict[UUID, str]:
    """What sort of place each of these organisations is, in the code it was given; an empty code where none was."""
    return dict(Organisation.objects.filter(id__in=organisation_ids).values_list("id", "kind"))


def names_of_places(*, organisation_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of organisations."""
    return dict(Organisation.objects.filter(id__in=organisation_ids).values_list("id", "name"))


def watches(reader: Reader) -> bool:
    """True when the reader works at a place with power over people: a court, an employer, a landlord."""
    place = reader.organisation_id
    return place is not None and Organisation.objects.filter(id=place, kind__in=places.WATCHING).exists()
