"""What the directory says about the place a person asks, and about others like it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from manypaths.directory import queries as directory
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.referrals.rules import Asked as AskedFor
from manypaths.web.ui.asked import Asked
from manypaths.web.ui.clock import now

OFFERED = 3


@dataclass(frozen=True)
class Place:
    """One service that can be asked, or called."""

    service_id: UUID
    name: str
    organisation_id: UUID
    organisation: str
    kind: str
    area: str
    phone: str
    answers_here: bool

    def asked(self, community_id: UUID) -> AskedFor:
        """What a request copies of it."""
        return AskedFor(self.service_id, self.name[:300], self.organisation_id, community_id, self.kind, self.area)


def place_of(request: Asked, service_id: UUID) -> Place:
    """The service that is asked, and whether someone answers its requests in this community.

    Refuses: NotThere for a service that is not offered.
    """
    one = directory.listing(service_id=service_id)
    if one is None or request.community is None:
        raise NotThere
    takes = network.takes_requests(organisation_ids=[one.organisation_id], community_id=request.community.id)
    return _place(one, one.organisation_id in takes)


def answering_here(request: Asked, service_ids: Collection[UUID]) -> set[UUID]:
    """Those of these services that can be asked here: still offered, by a place that takes part and answers."""
    if not service_ids or request.community is None:
        return set()
    offered = {one.id: one.organisation_id for one in directory.listings(ids=list(service_ids))}
    takes = network.takes_requests(organisation_ids=set(offered.values()), community_id=request.community.id)
    return {service for service, place in offered.items() if place in takes}


def others_like(request: Asked, service_id: UUID, without: Collection[UUID]) -> list[Place]:
    """Up to three services of the same sort that answer here, those with room first, at none of these organisations."""
    answering = network.organisations_answering(community_id=request.community.id) if request.community else []
    theirs = [one for one in answering if one not in without]
    found = directory.similar(service_id=service_id, community_organisations=theirs, at=now(), limit=OFFERED)
    return [_place(one, True) for one in found]


def _place(one: directory.Listing, answers_here: bool) -> Place:
    return Place(
        one.id, one.name, one.organisation_id, one.organisation, one.kind, one.county_fips, one.phone, answers_here
    )
