"""Organisations: invited by a coordinator, agreeing to exact words, free to leave."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere, Reason, refuse_if
from manypaths.network import queries, rules
from manypaths.network.commands.inviting import write_invitation
from manypaths.network.models import Agreement, Community, Membership, Organisation, Participation
from manypaths.network.rules import Reader, Role, places


@transaction.atomic
def invite_organisation(
    *,
    organisation_id: UUID | None = None,
    name: str = "",
    kind: str = "",
    is_another: bool = False,
    community_id: UUID,
    email: str,
    contact_name: str,
    by: Reader,
    at: datetime,
) -> str | None:
    """Invite an organisation to take part: one of the directory, or a new one. Gives the code of a link for its lead.

    None where it has a lead here already, who finds the invitation: nobody is made a second one from outside.
    `is_another` says that a new one is meant although a listed name is like it; `kind` what sort of place a new one is.
    Refuses: NotThere for anyone who does not coordinate this community, and for an organisation that does not exist · a
    name like a listed one · one that takes part already.
    Records: network.organisation_invited
    """
    if not queries.coordinates(reader=by, community_id=community_id):
        raise NotThere
    refuse_if(_reasons_not_to_invite(organisation_id, name, is_another, community_id))
    body = _body(organisation_id, name, kind, at)
    community = Community.objects.get(id=community_id)
    Participation.objects.get_or_create(
        community=community, organisation=body, left_at__isnull=True, defaults={"invited_at": at}
    )
    audit.record(what="network.organisation_invited", by=by, subject=body.id, at=at)
    if queries.has_lead(organisation_id=body.id):
        return None
    lead = {Role.ORG_ADMIN.value}
    return write_invitation(
        organisation=body, community=community, email=email, display_name=contact_name, roles=lead, by=by, at=at
    )


def _reasons_not_to_invite(
    organisation_id: UUID | None, name: str, is_another: bool, community_id: UUID
) -> Iterator[Reason]:
    chosen = organisation_id is not None
    return rules.reasons_not_to_invite(
        alike=not chosen and bool(queries.named_like(name=name)),
        is_chosen=chosen or is_another,
        takes_part=organisation_id is not None
        and queries.takes_part(organisation_id=organisation_id, community_id=community_id),
    )


def _body(organisation_id: UUID | None, name: str, kind: str, at: datetime) -> Organisation:
    if organisation_id is None:
        made = Organisation(name=name, sort_name=rules.sort_key(name), kind=kind, created_at=at)
        made.save(force_insert=True)
        return made
    found = Organisation.objects.filter(id=organisation_id, closed_at__isnull=True).first()
    if found is None:
        raise NotThere
    return found


@transaction.atomic
def agree_to_participate(
    *, community_id: UUID, agreement_id: UUID, answers_requests: bool, by: Reader, at: datetime
) -> None:
    """Agree, for the reader's organisation, to the exact words that were shown.

    Refuses: anyone who does not lead the organisation · one that agreed already or was not invited.
    Records: network.agreed
    Afterwards: a place that watches people is asked for no support, whatever it says.
    """
    row = _participation(community_id, by)
    refuse_if(rules.reasons_not_to_agree(by, already=row.agreed_at is not None, left=row.left_at is not None))
    agreement = Agreement.objects.filter(id=agreement_id).first()
    if agreement is None:
        raise NotThere
    answers = answers_requests and places.may_answer(row.organisation.kind)
    Participation.objects.filter(id=row.id).update(
        agreed_at=at, agreed_by_id=by.account_id, agreement=agreement, answers_requests=answers
    )
    audit.record(what="network.agreed", by=by, subject=row.id, at=at)


@transaction.atomic
def leave_community(*, community_id: UUID, by: Reader, at: datetime) -> None:
    """Leave a community. The organisation stays listed; nobody can ask it through us from now on.

    Refuses: anyone who does not lead the organisation, or without a fresh proof · NotThere where it does not take part.
    Records: network.left
    Afterwards: the door calls this through `referrals`, which closes what still waits there.
    """
    row = _participation(community_id, by)
    refuse_if(rules.reasons_not_to_keep_people(by, at))
    Participation.objects.filter(id=row.id).update(left_at=at, answers_requests=False)
    audit.record(what="network.left", by=by, subject=row.id, at=at)


@transaction.atomic
def set_organisation_answers(*, community_id: UUID, answers: bool, by: Reader, at: datetime) -> None:
    """Say whether the reader's organisation takes requests through us.

    Refuses: anyone who does not lead it · NotThere where it does not take part.
    Records: network.answers_changed
    """
    row = _participation(community_id, by)
    refuse_if(rules.reasons_not_to_speak_for_organisation(by))
    answers = answers and places.may_answer(row.organisation.kind)
    Participation.objects.filter(id=row.id, agreed_at__isnull=False).update(answers_requests=answers)
    audit.record(what="network.answers_changed", by=by, subject=row.id, at=at)


@transaction.atomic
def set_member_answers(*, membership_id: UUID, answers: bool, by: Reader, at: datetime) -> None:
    """Say whether a worker of the reader's organisation answers requests: what people share then opens to them.

    Refuses: anyone who does not lead it, or without a fresh proof · a role that opens no requests · NotThere for a
    worker of another organisation.
    Records: network.answers_changed
    """
    member = Membership.objects.filter(
        id=membership_id, organisation_id=queries.own_organisation(by), ended_at__isnull=True
    ).first()
    if member is None:
        raise NotThere
    why_not = rules.reasons_not_to_answer(by, member.roles, at) if answers else rules.reasons_not_to_keep_people(by, at)
    refuse_if(why_not)
    Membership.objects.filter(id=member.id).update(answers_requests=answers)
    audit.record(what="network.answers_changed", by=by, subject=member.id, at=at)


def _participation(community_id: UUID, by: Reader) -> Participation:
    row = Participation.objects.filter(
        community_id=community_id, organisation_id=queries.own_organisation(by), left_at__isnull=True
    ).first()
    if row is None or not by.is_member:
        raise NotThere
    return row
