"""What the person does: write, send, take back, stop sharing, answer."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent import commands as consent_commands
from manypaths.consent import queries as consent
from manypaths.consent.models import Text
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.models import Community
from manypaths.network.rules import Reader
from manypaths.notices.rules import Template
from manypaths.people import commands as people
from manypaths.people import queries as people_queries
from manypaths.referrals import queries, rules
from manypaths.referrals.commands.moving import move, note_move, tell_team
from manypaths.referrals.models import Packet, Referral, SharedPart
from manypaths.referrals.queries import TASK, PacketWords
from manypaths.referrals.rules import Asked, MoveFacts, Party, PickedPart, Reach, SendingFacts, Status
from manypaths.support import petitioning
from manypaths.vault.queries import Sealer, sealer_for

SEALED = ("name", "number", "hours", "words", "service_name")


@transaction.atomic
def begin_request(
    *,
    asked: Asked,
    name: str,
    reach: Reach | None = None,
    step_id: UUID | None = None,
    again_of: UUID | None = None,
    by: Reader,
    at: datetime,
) -> UUID:
    """Begin to write a request, or go on with the one that was begun. Nobody else can see it.

    Name and way to be reached are a first offer from what the person keeps; each can be changed before it is sent.

    Refuses: NotThere when it follows a request that is not the person's own.
    Records: referrals.begun
    """
    record = consent.open_own(reader=by, classes=TASK)
    found = Referral.objects.filter(record_id=record, service_id=asked.service_id, status=Status.DRAFT).first()
    if found is not None:
        return found.id
    if again_of is not None and not Referral.objects.filter(record_id=record, id=again_of).exists():
        raise NotThere
    row = Referral(
        id=uuid.uuid4(), record_id=record, status=Status.DRAFT, started_at=at, step_id=step_id, again_of_id=again_of,
        organisation_id=asked.organisation_id, community_id=asked.community_id, service_id=asked.service_id,
        kind=asked.kind, area=asked.area,
    )  # fmt: skip
    Referral.objects.bulk_create([row], ignore_conflicts=True)
    kept = Referral.objects.get(record_id=record, service_id=asked.service_id, status=Status.DRAFT)
    if kept.id != row.id:
        return kept.id
    words = PacketWords(name=name, language=by.language, service_name=asked.service_name)
    words = _only_what_is_used(replace(words, **vars(reach))) if reach else words
    _write_packet(row, words, sealer_for([record]), at)
    audit.record(what="referrals.begun", by=by, subject=row.id, record_id=record, at=at)
    return row.id


@transaction.atomic
def write_request(*, service_id: UUID, changes: dict[str, object], by: Reader, at: datetime) -> None:
    """Keep what the person wrote on one page of the request. A number nobody may use is not kept.

    Refuses: NotThere when none was begun · what is missing or too long on this page, and nothing else.
    Records: referrals.written
    """
    row, packet, sealer = _draft(service_id, by)
    need = str(changes.get("need", row.need))
    words = replace(packet, **{key: value for key, value in changes.items() if key != "need"})  # type: ignore[arg-type]  # the form of each page says which
    words = _only_what_is_used(words)
    facts = _sending_facts(words, need)
    refuse_if(reason for reason in rules.reasons_not_to_keep(facts) if reason.field in {*changes, *_beside(changes)})
    Referral.objects.filter(id=row.id).update(need=need)
    _write_packet(row, words, sealer, at)
    audit.record(what="referrals.written", by=by, subject=row.id, record_id=row.record_id, at=at)


@transaction.atomic
def pick_parts(*, service_id: UUID, parts: Sequence[PickedPart], by: Reader, at: datetime) -> None:
    """Choose which parts of the plan go along, as copies. Choosing again replaces what was chosen.

    Refuses: NotThere when no request was begun.
    Records: referrals.parts_picked
    """
    row, _packet, sealer = _draft(service_id, by)
    SharedPart.objects.filter(referral_id=row.id).delete()
    SharedPart.objects.bulk_create(
        SharedPart(
            id=uuid.uuid4(), referral_id=row.id, record_id=row.record_id, kind=part.kind, position=position,
            title=sealer.seal(row.record_id, "referrals.sharedpart.title", part.title),
            body=sealer.seal(row.record_id, "referrals.sharedpart.body", part.body),
        )
        for position, part in enumerate(parts)
    )  # fmt: skip
    audit.record(what="referrals.parts_picked", by=by, subject=row.id, record_id=row.record_id, at=at)


@transaction.atomic
def send_request(*, service_id: UUID, text: Text, by: Reader, at: datetime) -> UUID:
    """Send the request, with the person's consent for exactly this request and what they put in it.

    Refuses: NotThere when none was begun · the organisation answers nobody here now · the person keeps away from it ·
    one is open already · what is missing in it.
    Records: consent.given, referrals.requested
    Afterwards: the clock runs, and those who answer there are told that something waits.
    """
    _wait_for_what_closes(by)
    row, packet, _sealer = _draft(service_id, by)
    community = Community.objects.get(id=row.community_id)
    takes = network.takes_requests(organisation_ids=[row.organisation_id], community_id=community.id)
    facts = replace(
        _sending_facts(packet, row.need),
        takes_requests=row.organisation_id in takes,
        already_open=queries.has_open_request(reader=by, service_id=service_id),
        blocked=_keeps_away(row.organisation_id, by),
    )
    refuse_if(rules.reasons_not_to_send(facts))
    grant = consent_commands.give_for_request(
        organisation_id=row.organisation_id, subject_id=row.id, classes=TASK, until=at + rules.SHARED_FOR, text=text,
        by=by, at=at,
    )  # fmt: skip
    row.status, row.requested_at, row.grant_id = Status.REQUESTED, at, grant.id
    row.due_on = rules.answer_due_on(at, community.answer_days, community.zone)
    row.due_at = rules.answer_due_at(row.due_on, community.zone)
    row.save(update_fields=["status", "requested_at", "grant_id", "due_on", "due_at"])
    note_move(row, Status.DRAFT, Party.REQUESTER, "", by, at)
    audit.record(what="referrals.requested", by=by, subject=row.id, record_id=row.record_id, at=at)
    tell_team(row, Template.REQUEST_ARRIVED, at)
    return row.id


@transaction.atomic
def withdraw_request(*, referral_id: UUID, reason: str, by: Reader, at: datetime) -> None:
    """Take a request back. The consent for it ends in the same moment.

    Refuses: NotThere for anyone else's · a request that is closed already · a reason that is not on the list · silence
    where they still have time to answer.
    Records: referrals.cancelled, consent.ended
    """
    row = _own_locked(referral_id, by)
    late = rules.is_overdue(Status(row.status), row.due_at, at)
    refuse_if(rules.reasons_not_to_take_back(reason, late))
    move(row, MoveFacts(Status(row.status), Status(row.status), Status.CANCELLED, Party.REQUESTER, reason), by, at)


@transaction.atomic
def stop_sharing(*, referral_id: UUID, by: Reader, at: datetime) -> None:
    """Stop sharing what went along. New looks end with this transaction.

    A request that nobody has answered yet cannot be answered unseen, so it is taken back too.

    Refuses: NotThere for anyone else's.
    Records: consent.stopped, and referrals.cancelled where it was not answered yet
    Afterwards: where it was taken up, the team is told, and whoever is beside the person can still close it.
    """
    row = _own_locked(referral_id, by)
    if row.grant_id is not None:
        consent_commands.stop(grant_id=row.grant_id, by=by, at=at)
    if row.status == Status.REQUESTED:
        facts = MoveFacts(Status.REQUESTED, Status.REQUESTED, Status.CANCELLED, Party.REQUESTER, rules.SHARING_ENDED)
        move(row, facts, by, at)
    elif rules.is_running(Status(row.status)):
        tell_team(row, Template.SHARING_STOPPED, at)


@transaction.atomic
def shut_out(*, organisation_id: UUID, by: Reader, at: datetime) -> None:
    """Keep a place away: a safety block, and the end of every open request there.

    The place can open nothing from now on, so a request left open would count as its silence, or stay open for ever.

    Refuses: NotThere for anyone who is not here as a person · a place that does not exist here.
    Records: people.blocked; for each open request consent.stopped or consent.ended, and referrals.cancelled
    """
    record = consent.open_own(reader=by, classes={*TASK, DataClass.CONSENT_RECORD, DataClass.SAFE_CONTACT})
    people.block(organisation_id=organisation_id, by=by, at=at)
    _end_what_runs(by, at, record_id=record, organisation_id=organisation_id)


@transaction.atomic
def erase_everything(*, sure: bool, by: Reader, at: datetime) -> None:
    """Erase what the person keeps here: what waits for an answer is taken back first, and then the key is destroyed.

    What they asked places to correct, complained of, or said beside their notes is sealed under the keys of those
    places, and stays with them.

    Refuses: NotThere for anyone who is not here as a person · not sure · not proved in the last five minutes.
    Records: for each open request consent.ended and referrals.cancelled; for each petition that waits
    support.petition_withdrawn; people.record_erased
    Afterwards: nobody reads a word of what the person kept, and nothing waits for an answer that nobody could give.
    """
    _wait_for_what_closes(by)
    record = consent.open_own(reader=by, classes={*TASK, DataClass.CONSENT_RECORD, DataClass.PRESENCE})
    _end_what_runs(by, at, record_id=record)
    held = queries.open_held(reader=by, classes={DataClass.PRESENCE})
    petitioning.withdraw_all_open(record_ids=[one.id for one in held.records], by=by, at=at)
    people.erase_own_record(sure=sure, by=by, at=at)


def _wait_for_what_closes(by: Reader) -> None:
    """Sending, erasing and keeping a place away act one after the other: each sees what the one before left."""
    if by.record_id is not None:
        people.take_turn(record_id=by.record_id)


def _end_what_runs(by: Reader, at: datetime, **whose: UUID) -> None:
    running = Referral.objects.select_for_update().filter(status__in=sorted(rules.OPEN), **whose)
    for row in list(running.order_by("id")):
        status = Status(row.status)
        move(row, MoveFacts(status, status, Status.CANCELLED, Party.REQUESTER, rules.SHARING_ENDED), by, at)


@transaction.atomic
def agree_anew(*, referral_id: UUID, text: Text, by: Reader, at: datetime) -> None:
    """Agree for another 90 days from now: before the last day, or after sharing was stopped or ran out.

    Refuses: NotThere for anyone else's · a request that is closed.
    Records: consent.given, and consent.ended where one still held
    Afterwards: those at the place who answer requests can read again what went along.
    """
    row = _own_locked(referral_id, by)
    refuse_if(rules.reasons_not_to_agree_anew(Status(row.status)))
    if row.grant_id is None:
        raise NotThere
    grant = consent_commands.agree_anew(grant_id=row.grant_id, until=at + rules.SHARED_FOR, text=text, by=by, at=at)
    Referral.objects.filter(id=row.id).update(grant_id=grant.id)


@transaction.atomic
def share_less(*, referral_id: UUID, keep: Collection[UUID], text: Text, by: Reader, at: datetime) -> None:
    """Go on sharing with fewer parts of the plan: the others are held back, and the person agrees anew to the rest.

    It only takes away: what was stopped meanwhile, on another page or in the same moment, is not opened again by it.

    Refuses: NotThere for anyone else's · a request that is closed · what is not shared any more · when nothing would be
    left out.
    Records: referrals.held_back, consent.ended and consent.given
    Afterwards: nobody at the place can open what was held back. What they read already stays read.
    """
    row = _own_locked(referral_id, by)
    open_parts = SharedPart.objects.filter(referral_id=row.id, held_back_at__isnull=True)
    along = frozenset(open_parts.values_list("id", flat=True))
    given = (one for one in consent.grants_of_opened(reader=by) if one.id == row.grant_id)
    holds = any(one.ended_at is None and at < one.until for one in given)
    refuse_if(rules.reasons_not_to_narrow(Status(row.status), holds=holds, along=along, kept=frozenset(keep)))
    SharedPart.objects.filter(id__in=along - frozenset(keep)).update(held_back_at=at)
    audit.record(what="referrals.held_back", by=by, subject=row.id, record_id=row.record_id, at=at)
    agree_anew(referral_id=referral_id, text=text, by=by, at=at)


@transaction.atomic
def answer_request(*, referral_id: UUID, answer: str, by: Reader, at: datetime) -> None:
    """Keep the person's own word on whether they got what they needed. It stands beside the worker's word.

    Refuses: NotThere for anyone else's · before it was answered · an answer that is not on the list.
    Records: referrals.person_answered
    """
    row = _own_locked(referral_id, by)
    refuse_if(rules.reasons_not_to_answer(Status(row.status), row.requested_at, answer))
    Referral.objects.filter(id=row.id).update(person_answer=answer, person_answered_at=at)
    audit.record(what="referrals.person_answered", by=by, subject=row.id, record_id=row.record_id, at=at)


def _only_what_is_used(words: PacketWords) -> PacketWords:
    """A number goes along only with a way that uses it."""
    if words.way and not rules.wants_number(words.way):
        return replace(words, number="", may_leave_message=False)
    return words


def _sending_facts(words: PacketWords, need: str) -> SendingFacts:
    return SendingFacts(True, False, words.name, words.way, words.number, need, words.words)


def _keeps_away(organisation_id: UUID, by: Reader) -> bool:
    consent.open_own(reader=by, classes={DataClass.SAFE_CONTACT})
    return organisation_id in people_queries.blocked_places(reader=by)


def _beside(changes: dict[str, object]) -> set[str]:
    """A number belongs to the page on which the way is chosen."""
    return {"number"} if "way" in changes else set()


def _draft(service_id: UUID, by: Reader) -> tuple[Referral, PacketWords, Sealer]:
    record = consent.open_own(reader=by, classes=TASK)
    row = (
        Referral.objects.select_for_update()
        .filter(record_id=record, service_id=service_id, status=Status.DRAFT)
        .first()
    )
    if row is None:
        raise NotThere
    sealer = sealer_for([record])
    return row, queries.packet_of_opened(referral=row, sealer=sealer), sealer


def _write_packet(row: Referral, words: PacketWords, sealer: Sealer, at: datetime) -> None:
    sealed = {
        field: sealer.seal(row.record_id, f"referrals.packet.{field}", getattr(words, field).strip())
        for field in SEALED
    }
    plain = {"way": words.way, "may_leave_message": words.may_leave_message, "language": words.language}
    Packet.objects.update_or_create(
        referral_id=row.id, defaults={**sealed, **plain, "record_id": row.record_id, "changed_at": at}
    )


def _own_locked(referral_id: UUID, by: Reader) -> Referral:
    record = consent.open_own(reader=by, classes={*TASK, DataClass.CONSENT_RECORD})
    rows = Referral.objects.select_for_update().filter(id=referral_id, record_id=record)
    row = rows.exclude(status=Status.DRAFT).first()
    if row is None:
        raise NotThere
    return row
