"""Founds a community on an empty installation, from six answers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from manypaths.audit import commands as audit
from manypaths.lib.refusals import Reason, refuse_if
from manypaths.network import queries
from manypaths.network.commands.inviting import write_invitation
from manypaths.network.models import Community, Invitation, Organisation, Participation
from manypaths.network.places import Place, find_places
from manypaths.network.rules import Reader, Role, sort_key

FEW = 5
LONGEST = {"name": 120, "coordinator_name": 80, "coordinator_email": 254, "privacy_contact": 200, "operator": 200}


@dataclass(frozen=True)
class Founded:
    """A new community, and the code of the link for its first coordinator. The code is told this once."""

    community: Community
    code: str


@dataclass(frozen=True)
class Answers:
    """The six answers that a community begins with."""

    place: str
    name: str
    languages: Collection[str]
    coordinator_name: str
    coordinator_email: str
    privacy_contact: str
    operator: str


@transaction.atomic
def found_community(*, answers: Answers, by: Reader, at: datetime, is_demo: bool = False) -> Founded:
    """Found a community. County, time zone and coordinates are found from the place.

    A body that coordinates it is made, invited and given its first coordinator, who must still agree and sign in.
    Refuses: an unknown or unclear place · a name in use · a language we have no words for · no name or
    a wrong e-mail address of the coordinator · an answer longer than its column.
    Records: network.community_founded
    """
    places = find_places(answers.place)
    refuse_if(_reasons(places, answers))
    community = _write(places[0], answers, is_demo, at)
    body = Organisation(name=answers.name, sort_name=sort_key(answers.name), kind="coordination", created_at=at)
    body.save(force_insert=True)
    Participation(community=community, organisation=body, invited_at=at).save(force_insert=True)
    code = write_invitation(
        organisation=body,
        community=community,
        email=answers.coordinator_email,
        display_name=answers.coordinator_name,
        roles={Role.COORDINATOR.value, Role.ORG_ADMIN.value},
        by=by,
        at=at,
    )
    audit.record(what="network.community_founded", by=by, subject=community.id, at=at)
    queries.forget_communities()
    return Founded(community, code)


@transaction.atomic
def invite_first_coordinator_again(*, community_id: UUID, by: Reader, at: datetime) -> str | None:
    """A fresh link for whoever was named to coordinate first, as long as nobody has accepted; else None.

    The link is told once and lives seven days, so it can be lost. Those before stay good until one is used.
    Records: network.worker_invited
    """
    written = Invitation.objects.filter(community_id=community_id, roles__contains=[Role.COORDINATOR.value])
    last = written.select_related("organisation", "community").order_by("invited_at").last()
    if last is None or written.filter(used_at__isnull=False).exists():
        return None
    return write_invitation(
        organisation=last.organisation,
        community=last.community,
        email=last.email,
        display_name=last.display_name,
        roles=last.roles,
        by=by,
        at=at,
    )


def _write(place: Place, answers: Answers, is_demo: bool, at: datetime) -> Community:
    community = Community(
        slug=slugify(answers.name)[:60],
        name=answers.name,
        place=str(place),
        state=place.state,
        county_fips=[place.county_fips] if place.county_fips else [],
        zone=place.zone,
        languages=list(answers.languages),
        latitude=place.latitude,
        longitude=place.longitude,
        privacy_contact=answers.privacy_contact,
        operator=answers.operator,
        is_demo=is_demo,
        founded_at=at,
    )
    community.save(force_insert=True)
    return community


def reasons_not_to_found(answers: Answers) -> list[Reason]:
    """What is wrong with the answers, each reason at its answer; a door asks as each one is given."""
    return list(_reasons(find_places(answers.place), answers))


def _reasons(places: list[Place], answers: Answers) -> Iterator[Reason]:
    yield from _reasons_of_place(places)
    yield from _reasons_of_name(answers.name)
    if not answers.languages or not set(answers.languages) <= {code for code, _name in settings.LANGUAGES}:
        yield Reason("no_such_language", _("Choose English, Spanish or both (en, es)."), "languages")
    yield from _reasons_of_coordinator(answers)
    for field in ("privacy_contact", "operator"):
        if not getattr(answers, field).strip():
            message = _("Say who answers questions about privacy, and who runs this machine.")
            yield Reason("no_contact", message, field)
    yield from _reasons_of_length(answers)


def _reasons_of_name(name: str) -> Iterator[Reason]:
    slug = slugify(name)[:60]
    if not slug:
        yield Reason("no_name", _("Give the community a name."), "name")
    elif Community.objects.filter(slug=slug).exists():
        yield Reason("name_taken", _("A community here has this name already."), "name")


def _reasons_of_coordinator(answers: Answers) -> Iterator[Reason]:
    if not answers.coordinator_name.strip():
        yield Reason("no_coordinator", _("Give the name of the coordinator, too."), "coordinator_name")
    if not _is_email(answers.coordinator_email):
        yield Reason("no_email", _("Give an e-mail address, like name@example.org."), "coordinator_email")


def _reasons_of_length(answers: Answers) -> Iterator[Reason]:
    for field, most in LONGEST.items():
        if len(getattr(answers, field)) > most:
            yield Reason("too_long", _("Use at most %(most)s letters.") % {"most": most}, field)


def _reasons_of_place(places: list[Place]) -> Iterator[Reason]:
    if not places:
        yield Reason("no_such_place", _("We do not know this place. Try a ZIP code, or a town and its state."), "place")
    elif len(places) > 1:
        some = "; ".join(str(place) for place in places[:FEW])
        message = _("More than one town has this name. Add the state. For example: %(some)s") % {"some": some}
        yield Reason("which_place", message, "place")


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
