"""Workers: invited by whoever leads their organisation, with roles that can change and end."""

import secrets
import uuid
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.accounts import queries as accounts
from manypaths.accounts.commands import joining, signing_in
from manypaths.accounts.models import User
from manypaths.audit import commands as audit
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries, rules
from manypaths.network.models import Community, Invitation, Membership, Organisation
from manypaths.network.rules import Hat, Reader, places

CODE_BYTES = 24


@transaction.atomic
def invite_worker(*, email: str, display_name: str, roles: Collection[str], by: Reader, at: datetime) -> str:
    """Invite a worker to the reader's organisation. Gives the code of a link that works once, for seven days.

    Refuses: anyone who does not lead the organisation · a proof older than five minutes · no role or an unknown one ·
    work that no place of this sort has.
    Records: network.worker_invited
    """
    organisation = Organisation.objects.get(id=queries.own_organisation(by))
    refuse_if(
        [
            *rules.reasons_not_to_change_people(by, frozenset(roles), at),
            *places.reasons_not_of_this_place(organisation.kind, frozenset(roles)),
        ]
    )
    return write_invitation(
        organisation=organisation, community=None, email=email, display_name=display_name, roles=roles, by=by, at=at
    )


def write_invitation(
    *,
    organisation: Organisation,
    community: Community | None,
    email: str,
    display_name: str,
    roles: Collection[str],
    by: Reader,
    at: datetime,
) -> str:
    """Write an invitation that was decided on. Only a keyed hash of its code is kept.

    Records: network.worker_invited
    """
    code = secrets.token_urlsafe(CODE_BYTES)
    row = Invitation(
        organisation=organisation,
        community=community,
        code_hash=queries.invitation_hash(code),
        email=email.strip(),
        display_name=display_name.strip(),
        roles=sorted(roles),
        invited_by_id=by.account_id,
        invited_at=at,
        until=at + rules.INVITED_FOR,
    )
    row.save(force_insert=True)
    audit.record(what="network.worker_invited", by=by, subject=row.id, at=at)
    return code


@transaction.atomic
def accept_with_new_account(
    *, code: str, display_name: str, passphrase: str, language: str, by: Reader, at: datetime
) -> User:
    """Accept an invitation with a fresh account. It opens nothing before it has a second factor.

    Refuses: NotThere for a code that is unknown, used or old · an address with an account · a weak passphrase.
    Records: accounts.staff_made and network.invitation_accepted
    """
    row = _take(code, at)
    account = joining.make_staff(email=row.email, passphrase=passphrase, language=language, by=by, at=at)
    _begin(row, account.id, display_name or row.display_name, at)
    return account


@transaction.atomic
def accept_as_member(*, code: str, by: Reader, at: datetime) -> Membership:
    """Accept an invitation with the account that is signed in: one more place of work.

    Refuses: NotThere for a code that is unknown, used or old, and for an account that
    is no worker's.
    Records: network.invitation_accepted
    """
    account = accounts.account(account_id=by.account_id) if by.account_id else None
    if account is None or account.kind != account.Kind.STAFF:
        raise NotThere
    row = _take(code, at)
    return _begin(row, account.id, row.display_name, at)


def _take(code: str, at: datetime) -> Invitation:
    """Use an invitation up, and with it every other one that would give the same person the same again."""
    kept = queries.invitation_hash(code)
    row = Invitation.objects.select_for_update().filter(code_hash=kept, used_at__isnull=True, until__gt=at).first()
    if row is None:
        raise NotThere
    Invitation.objects.filter(id=row.id).update(used_at=at)
    same = {"organisation_id": row.organisation_id, "email": row.email, "roles": row.roles}
    Invitation.objects.filter(**same, used_at__isnull=True, until__gt=at).update(until=at)
    return row


def _begin(row: Invitation, account_id: UUID, display_name: str, at: datetime) -> Membership:
    open_one = Membership.objects.filter(
        account_id=account_id, organisation_id=row.organisation_id, ended_at__isnull=True
    ).first()
    member = open_one or Membership(
        id=uuid.uuid4(),
        account_id=account_id,
        organisation_id=row.organisation_id,
        display_name=display_name.strip(),
        started_at=at,
    )
    member.roles = sorted({*member.roles, *row.roles})
    member.save(force_insert=open_one is None)
    reader = Reader(
        account_id=account_id,
        hat=Hat.MEMBER,
        membership_id=member.id,
        organisation_id=member.organisation_id,
        roles=frozenset(member.roles),
    )
    audit.record(what="network.invitation_accepted", by=reader, subject=row.id, at=at)
    return member


@transaction.atomic
def change_roles(*, membership_id: UUID, roles: Collection[str], by: Reader, at: datetime) -> None:
    """Give a worker of the reader's organisation other roles. It counts from their next request.

    Who is no coordinator gives and takes no coordinator's role: a worker who has it keeps it. Nobody answers requests
    with roles that open none.

    Refuses: as for inviting · oneself · NotThere for a worker of another organisation.
    Records: network.roles_changed
    """
    member = _own_worker(membership_id, by)
    kept = rules.roles_after_change(by, frozenset(member.roles), frozenset(roles))
    refuse_if(
        [
            *rules.reasons_not_to_change_roles(by, membership_id, frozenset(roles), at),
            *places.reasons_not_of_this_place(member.organisation.kind, kept),
        ]
    )
    answers = member.answers_requests and rules.may_open_requests(kept)
    Membership.objects.filter(id=member.id).update(roles=sorted(kept), answers_requests=answers)
    audit.record(what="network.roles_changed", by=by, subject=member.id, at=at)


@transaction.atomic
def set_supervisor(*, membership_id: UUID, supervisor_id: UUID | None, by: Reader, at: datetime) -> None:
    """Say who supervises a worker, or that nobody does. It counts from the next request.

    Refuses: anyone who does not lead the organisation · an old proof · to name oneself, or the worker themself, or
    someone who is no supervisor there now · NotThere for a worker of another organisation.
    Records: network.supervisor_set
    Afterwards: whoever supervises can read the records of people this worker walks with. The people see each look.
    """
    member = _own_worker(membership_id, by)
    named = _own_worker(supervisor_id, by) if supervisor_id else None
    refuse_if(rules.reasons_not_to_supervise(by, membership_id, (named.id, named.roles) if named else None, at))
    Membership.objects.filter(id=member.id).update(supervisor=named)
    audit.record(what="network.supervisor_set", by=by, subject=member.id, at=at)


@transaction.atomic
def end_membership(*, membership_id: UUID, by: Reader, at: datetime) -> None:
    """End a worker's place in the reader's organisation. Their sessions are over with this transaction.

    Refuses: anyone who does not lead it · an old proof · oneself · NotThere for a worker of another organisation.
    Records: network.membership_ended
    """
    member = _own_worker(membership_id, by)
    refuse_if(rules.reasons_not_to_end(by, membership_id, at))
    Membership.objects.filter(id=member.id).update(ended_at=at, answers_requests=False)
    signing_in.end_sessions_of(account_id=member.account_id, by=by, at=at)
    audit.record(what="network.membership_ended", by=by, subject=member.id, at=at)


@transaction.atomic
def take_back_invitation(*, invitation_id: UUID, by: Reader, at: datetime) -> None:
    """Take back a link to work for the reader's organisation. It opens nothing any more.

    Refuses: anyone who does not lead it · an old proof · NotThere for a link that was used, is old or another's.
    Records: network.invitation_taken_back
    """
    refuse_if(rules.reasons_not_to_keep_people(by, at))
    open_ones = Invitation.objects.filter(
        organisation_id=queries.own_organisation(by), community__isnull=True, used_at__isnull=True, until__gt=at
    )
    if not open_ones.filter(id=invitation_id).update(until=at):
        raise NotThere
    audit.record(what="network.invitation_taken_back", by=by, subject=invitation_id, at=at)


def _own_worker(membership_id: UUID, by: Reader) -> Membership:
    member = Membership.objects.filter(
        id=membership_id, organisation_id=queries.own_organisation(by), ended_at__isnull=True
    ).first()
    if member is None:
        raise NotThere
    return member
