"""How a locked request moves: noted, its consent ended where it closes, the other side told."""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import connection

from manypaths.audit import commands as audit
from manypaths.consent import commands as consent_commands
from manypaths.consent.models import Grant
from manypaths.lib.refusals import refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template, notice_id
from manypaths.referrals import rules
from manypaths.referrals.models import Move, Referral
from manypaths.referrals.rules import MoveFacts, Party, Status


def move(row: Referral, facts: MoveFacts, by: Reader, at: datetime) -> None:
    """Move a locked request, note it, end the consent where it closes, and tell the other side."""
    refuse_if(rules.reasons_not_to_move(facts))
    row.status, row.reason, row.outcome = facts.to, facts.reason, facts.outcome
    if facts.party is Party.TARGET and row.answered_at is None:
        row.answered_at = at
    if facts.to in rules.CLOSED:
        row.closed_at = at
    row.save(update_fields=["status", "reason", "outcome", "answered_at", "closed_at", "org_record_id"])
    note_move(row, facts.status, facts.party, facts.reason, by, at)
    audit.record(what=f"referrals.{facts.to}", by=by, subject=row.id, record_id=row.record_id, at=at)
    _end_consent(row, facts, by, at)
    if facts.party is Party.TARGET:
        _tell_requester(row, at)
    elif facts.to is Status.CANCELLED:
        tell_team(row, Template.REQUEST_TAKEN_BACK, at)


def _end_consent(row: Referral, facts: MoveFacts, by: Reader, at: datetime) -> None:
    if facts.to not in rules.CLOSED:
        return
    if facts.party is Party.TARGET:
        consent_commands.end_as_recipient(subject_id=row.id, by=by, at=at)
    elif row.grant_id is not None and Grant.objects.filter(id=row.grant_id, ended_at__isnull=True).exists():
        consent_commands.end_with_request(grant_id=row.grant_id, by=by, at=at)


def note_move(row: Referral, was: Status, party: Party, reason: str, by: Reader, at: datetime) -> None:
    Move(
        id=uuid.uuid4(), referral_id=row.id, record_id=row.record_id, org_record_id=row.org_record_id, was=was,
        became=row.status, party=party, reason=reason, membership_id=by.membership_id, at=at,
    ).save(force_insert=True)  # fmt: skip


def _tell_requester(row: Referral, at: datetime) -> None:
    notice = notice_id(Template.REQUEST_NEWS, row.record_id, f"{row.id}/{row.status}/{at.isoformat()}")
    with connection.cursor() as cursor:
        cursor.execute("select tell_requester(%s, %s, %s, %s)", [notice, row.id, Template.REQUEST_NEWS.value, at])


def tell_team(row: Referral, template: Template, at: datetime) -> None:
    for worker in network.who_answers(organisation_ids=[row.organisation_id]):
        tell(worker, template, row.id, at)


def tell(worker: network.Addressee, template: Template, referral_id: UUID, at: datetime) -> None:
    notices.tell_worker(
        account_id=worker.account_id, address=worker.email, language=worker.language, template=template,
        subject_id=referral_id, cause=f"{referral_id}/{template}", at=at,
    )  # fmt: skip
