"""Communities of this installation, and who takes part in them."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from manypaths.lib.refusals import NotThere
from manypaths.network import rules
from manypaths.network.models import Agreement, Community, Membership, Participation
from manypaths.network.queries.organisations import own_organisation
from manypaths.network.rules import Reader, may_coordinate

KEEP_SECONDS = 5.0

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


def taking_part(*, community_id: UUID) -> list[tuple[UUID, str]]:
    """Organisations that take part in a community, by name."""
    there = Participation.objects.filter(community_id=community_id, agreed_at__isnull=False, left_at__isnull=True)
    return list(there.order_by("organisation__sort_name").values_list("organisation_id", "organisation__name"))


@dataclass(frozen=True)
class Size:
    """One community, and how many organisations take part in it."""

    id: UUID
    name: str
    zone: str
    taking_part: int


def sizes() -> list[Size]:
    """Every community of this installation with the number of organisations in it, for who looks after the machine."""
    return [Size(one.id, one.name, one.zone, len(taking_part(community_id=one.id))) for one in communities()]


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
