"""Communities and who takes part in them. No person is known here."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from manypaths.network.models import Community, Membership, Organisation, Participation
from manypaths.network.rules import Reader, Role

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


def takes_requests(*, organisation_ids: Collection[UUID], community_id: UUID) -> set[UUID]:
    """Those of these organisations that take part in the community and have someone who answers requests."""
    answering = Membership.objects.filter(answers_requests=True, ended_at__isnull=True, account__is_active=True)
    return set(
        Participation.objects.filter(
            community_id=community_id,
            agreed_at__isnull=False,
            left_at__isnull=True,
            answers_requests=True,
        )
        .filter(organisation_id__in=organisation_ids)
        .filter(organisation_id__in=answering.values("organisation_id"))
        .values_list("organisation_id", flat=True)
    )


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


@dataclass(frozen=True)
class Addressee:
    """A worker as the outbox knows them: where their notices wait, and the staff address that is told so."""

    organisation_id: UUID
    account_id: UUID
    email: str
    language: str


def who_answers(*, organisation_ids: Collection[UUID]) -> list[Addressee]:
    """The workers of these organisations who answer requests now."""
    return _addressees(organisation_ids, Q(answers_requests=True))


def leads_of(*, organisation_ids: Collection[UUID]) -> list[Addressee]:
    """The workers who are told when a request waits too long: supervisors and coordinators, or else who answers."""
    leads = _addressees(organisation_ids, Q(roles__overlap=[Role.SUPERVISOR.value, Role.COORDINATOR.value]))
    led = {one.organisation_id for one in leads}
    return leads + who_answers(organisation_ids=[one for one in organisation_ids if one not in led])


def _addressees(organisation_ids: Collection[UUID], which: Q) -> list[Addressee]:
    rows = Membership.objects.filter(which, ended_at__isnull=True, account__is_active=True)
    found = rows.filter(organisation_id__in=list(organisation_ids)).order_by("started_at")
    return [
        Addressee(*row)
        for row in found.values_list("organisation_id", "account_id", "account__email", "account__language")
    ]
