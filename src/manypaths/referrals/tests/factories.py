"""Made-up requests for tests, made through the same commands as real ones."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.network.models import Community, Membership, Organisation
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import community, membership, organisation, participation, reader_for
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import commands
from manypaths.referrals.rules import Asked, Status

ASKED_AT = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)  # a Thursday, 3 pm in Vermont


@dataclass
class Scene:
    """A person, and an organisation of a community with a coach, a colleague and a front desk who answer requests."""

    place: Community
    body: Organisation
    coach_member: Membership
    colleague_member: Membership
    desk_member: Membership
    person: Reader
    asked: Asked

    @property
    def coach(self) -> Reader:
        return reader_for(self.coach_member, self.place)

    @property
    def colleague(self) -> Reader:
        return reader_for(self.colleague_member, self.place)

    @property
    def desk(self) -> Reader:
        return reader_for(self.desk_member, self.place)


def scene() -> Scene:
    """Everyone who is needed for a request."""
    with as_owner():
        place, body = community(), organisation()
        participation(place, body)
        workers = [
            membership(body, role, answers_requests=True, display_name=name)
            for role, name in (("peer", "Dee R."), ("clinician", "Sam K."), ("frontdesk", "Lou"))
        ]
    who = person()
    return Scene(place, body, *workers, who, asked_of(body, place))


def asked_of(body: Organisation, place: Community, name: str = "Peer coaching") -> Asked:
    """What is asked for, as the directory would tell it."""
    return Asked(uuid.uuid4(), name, body.id, place.id, "peer_support", "50023")


def draft(scene: Scene, **changes: object) -> UUID:
    """A request that is complete and not sent."""
    new_request()
    found = commands.begin_request(asked=scene.asked, name="Mari", by=scene.person, at=ASKED_AT)
    values: dict[str, object] = {"need": "talk", "way": "text", "number": "802-555-0142", "hours": "After 5 pm"}
    commands.write_request(
        service_id=scene.asked.service_id, changes={**values, **changes}, by=scene.person, at=ASKED_AT
    )
    return found


def send(scene: Scene) -> UUID:
    """Send the draft."""
    new_request()
    text = consent.text(key="request", language="en")
    return commands.send_request(service_id=scene.asked.service_id, text=text, by=scene.person, at=ASKED_AT)


def sent(scene: Scene) -> UUID:
    """A request that waits for an answer."""
    draft(scene)
    return send(scene)


def accepted() -> tuple[Scene, UUID, UUID]:
    """A request that the coach took up: the stage, the request, and the organisation's own record of the person."""
    stage = scene()
    referral = sent(stage)
    new_request()
    record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
    new_request()
    return stage, referral, record
