"""Made-up communities, organisations and workers for tests. No real name, no real place of work."""

import itertools
import uuid
from datetime import UTC, date, datetime

from manypaths.accounts.models import User
from manypaths.lib.dates import local_date
from manypaths.network.models import Agreement, Community, Membership, Organisation, Participation
from manypaths.network.rules import Hat, Reader, sort_key

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ZONE = "America/New_York"
_numbers = itertools.count(1)


def day_there() -> date:
    """The day it is now in the made-up community. For hours of every night it is not yet the day of UTC."""
    return local_date(datetime.now(UTC), ZONE)


def account(kind: str = "staff", *, active: bool = True) -> User:
    """An account that can be somebody's."""
    number = next(_numbers)
    return User.objects.create(
        kind=kind,
        username=f"{kind}-{number}-{uuid.uuid4().hex[:6]}",
        email=f"worker{number}@example.org" if kind == "staff" else "",
        password="!",
        date_joined=NOW,
        is_active=active,
    )


def community(slug: str = "green-hollow") -> Community:
    """One community in Vermont's time zone."""
    return Community.objects.create(
        slug=f"{slug}-{next(_numbers)}",
        name="Green Hollow",
        place="Montpelier",
        state="VT",
        county_fips=["50023"],
        zone=ZONE,
        languages=["en", "es"],
        latitude=44.26,
        longitude=-72.58,
        privacy_contact="Privacy desk, 802-555-0100",
        operator="Green Hollow Recovery Network",
        founded_at=NOW,
    )


def organisation(name: str = "Lantern House", **fields: object) -> Organisation:
    """A made-up organisation."""
    return Organisation.objects.create(name=name, sort_name=sort_key(name), created_at=NOW, **fields)


def agreement() -> Agreement:
    """The words an organisation agrees to."""
    return Agreement.objects.get_or_create(
        key="participation",
        version="test-1",
        language="en",
        defaults={"title": "Taking part", "body": "We answer within two working days."},
    )[0]


def participation(in_community: Community, body: Organisation, **fields: object) -> Participation:
    """An organisation that takes part and answers requests."""
    values = {
        "invited_at": NOW,
        "agreed_at": NOW,
        "agreed_by": account(),
        "agreement": agreement(),
        "answers_requests": True,
    }
    return Participation.objects.create(community=in_community, organisation=body, **{**values, **fields})


def membership(body: Organisation, *roles: str, **fields: object) -> Membership:
    """A worker of an organisation."""
    values = {"account": fields.pop("account", None) or account(), "display_name": "Dee R.", "started_at": NOW}
    return Membership.objects.create(organisation=body, roles=list(roles or ["peer"]), **{**values, **fields})


def reader_for(member: Membership, in_community: Community | None = None) -> Reader:
    """The reader a signed-in worker is."""
    return Reader(
        account_id=member.account_id,
        hat=Hat.MEMBER,
        membership_id=member.id,
        organisation_id=member.organisation_id,
        community_id=in_community.id if in_community else None,
        roles=frozenset(member.roles),
        answers_requests=member.answers_requests,
        factor_at=NOW,
        name=member.display_name,
    )
