"""What the organisation that was asked does: say yes or not now, begin, pause, close, and write down a contact."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.people import commands as people
from manypaths.referrals import queries, rules
from manypaths.referrals.commands.moving import move
from manypaths.referrals.models import Referral
from manypaths.referrals.queries import TASK
from manypaths.referrals.rules import MoveFacts, Party, Status
from manypaths.support import commands as support
from manypaths.support.rules import ContactFacts, reached
from manypaths.vault.queries import sealer_for

OWN_RECORD = {DataClass.DEMOGRAPHICS, DataClass.SAFE_CONTACT, DataClass.REFERRAL_TASK}


@transaction.atomic
def accept_request(*, referral_id: UUID, seen: Status, by: Reader, at: datetime) -> UUID:
    """Say yes. The organisation opens its own record, with this worker beside the person.

    The name to use and the safe way to be reached are copied into that record, under its own key.

    Refuses: NotThere for a request the worker may not open · a request that moved meanwhile · an organisation that
    left · a role that cannot walk with someone.
    Records: people.record_made, referrals.accepted
    Afterwards: the person is on the worker's list.
    """
    row = _received_locked(referral_id, by)
    facts = MoveFacts(Status(row.status), seen, Status.ACCEPTED, Party.TARGET)
    takes_part = network.takes_part(organisation_id=row.organisation_id, community_id=row.community_id)
    facts = replace(facts, may_take_up=bool(rules.TAKE_UP & by.roles), takes_part=takes_part)
    refuse_if(rules.reasons_not_to_move(facts))
    packet = queries.packet_of_opened(referral=row, sealer=sealer_for([row.record_id]))
    record = people.open_organisation_record(by=by, at=at)
    consent.open_record(reader=by, record=record, classes=OWN_RECORD, purpose=Purpose.CARE)
    sealer = sealer_for([record])
    people.write_profile(
        record_id=record, name=packet.name, pronouns="", language=packet.language, sealer=sealer, by=by, at=at
    )
    people.write_safe_contact(
        record_id=record, way=packet.way, address=packet.number, hours=packet.hours,
        may_leave_message=packet.may_leave_message, sealer=sealer, by=by, at=at,
    )  # fmt: skip
    row.org_record_id = record
    move(row, facts, by, at)
    return record


@transaction.atomic
def reject_request(*, referral_id: UUID, seen: Status, reason: str, by: Reader, at: datetime) -> None:
    """Say "not now", with a typed reason. The consent ends; nothing of it is kept but the bare row.

    Refuses: NotThere · moved meanwhile · no reason of the list.
    Records: referrals.rejected, consent.ended
    """
    _move_as_target(referral_id, seen, Status.REJECTED, by, at, reason=reason)


@transaction.atomic
def start_work(*, referral_id: UUID, seen: Status, by: Reader, at: datetime) -> None:
    """Begin, or go on after a pause.

    Refuses: NotThere · moved meanwhile · not accepted yet.
    Records: referrals.in_progress
    """
    _move_as_target(referral_id, seen, Status.IN_PROGRESS, by, at)


@transaction.atomic
def pause_work(*, referral_id: UUID, seen: Status, reason: str, by: Reader, at: datetime) -> None:
    """Pause, with a typed reason. The person sees it.

    Refuses: NotThere · moved meanwhile · no reason of the list.
    Records: referrals.on_hold
    """
    _move_as_target(referral_id, seen, Status.ON_HOLD, by, at, reason=reason)


@transaction.atomic
def complete_request(*, referral_id: UUID, seen: Status, outcome: str, by: Reader, at: datetime) -> None:
    """Close the loop with an outcome. The consent ends.

    Refuses: NotThere · moved meanwhile · no outcome of the list.
    Records: referrals.completed, consent.ended
    """
    _move_as_target(referral_id, seen, Status.COMPLETED, by, at, outcome=outcome)


@transaction.atomic
def fail_request(*, referral_id: UUID, seen: Status, reason: str, by: Reader, at: datetime) -> None:
    """Say that it did not work out, with a typed reason. The consent ends.

    Refuses: NotThere · moved meanwhile · no reason of the list.
    Records: referrals.failed, consent.ended
    """
    _move_as_target(referral_id, seen, Status.FAILED, by, at, reason=reason)


@transaction.atomic
def cancel_request(*, referral_id: UUID, seen: Status, reason: str, by: Reader, at: datetime) -> None:
    """Stop on the organisation's side, with a typed reason. The consent ends.

    Refuses: NotThere · moved meanwhile · no reason of the list.
    Records: referrals.cancelled, consent.ended
    """
    _move_as_target(referral_id, seen, Status.CANCELLED, by, at, reason=reason)


@transaction.atomic
def record_contact(*, record_id: UUID, facts: ContactFacts, by: Reader, at: datetime) -> UUID:
    """Write down a contact; the first one that reached the person stops the clock of their open requests.

    Refuses: as `support.commands.record_contact`.
    Records: support.contact_recorded
    """
    contact = support.record_contact(record_id=record_id, facts=facts, by=by, at=at)
    if reached(facts.deed):
        consent.open_records(reader=by, records=[record_id], classes=TASK, purpose=Purpose.CARE)
        _stop_clocks(record_id, facts.happened_at)
    return contact


def _stop_clocks(record_id: UUID, happened_at: datetime) -> None:
    waiting = Referral.objects.filter(org_record_id=record_id, first_contact_at__isnull=True, closed_at__isnull=True)
    for referral_id, asked_at, zone in waiting.values_list("id", "requested_at", "community__zone"):
        reached_at = rules.first_contact_at(asked_at, happened_at, zone)
        if reached_at is not None:
            Referral.objects.filter(id=referral_id).update(first_contact_at=reached_at)


def _received_locked(referral_id: UUID, by: Reader) -> Referral:
    keys = queries.keys_of(reader=by, referral_id=referral_id)
    if not queries.open_request(reader=by, keys=keys).ids:
        raise NotThere
    return Referral.objects.select_for_update().get(id=referral_id)


def _move_as_target(
    referral_id: UUID, seen: Status, to: Status, by: Reader, at: datetime, *, reason: str = "", outcome: str = ""
) -> None:
    row = _received_locked(referral_id, by)
    move(row, MoveFacts(Status(row.status), seen, to, Party.TARGET, reason, outcome), by, at)
