"""Writes what a person asks of the privacy desk of a place, takes it back, and answers it.

The person's side is called one floor up (`referrals`), where it is known that the record is theirs.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent.paper_consents import who_handled
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.support.models import Contact, Petition
from manypaths.support.petitions import ANSWER, EXTENSION, KIND_OF_CLASS, WHY, WORDS, open_petition
from manypaths.support.queries import AMENDMENT, DISAGREEMENT, MODELS
from manypaths.support.rules import petitions as rules
from manypaths.support.rules.petitions import Asking, PetitionAnswer, PetitionState

NOBODY = UUID(int=0)


@transaction.atomic
def write_petition(
    *, record_id: UUID, organisation_id: UUID, asking: Asking, opened: Opened, by: Reader, at: datetime
) -> UUID:
    """Ask the privacy desk of a place: to correct one thing that it wrote, to add something that is missing, or a
    complaint. The person opened the record for it, and the database asks again.

    Refuses: NotThere where the record is not open · nothing written · too long. What it is about has to be there.
    Records: support.petition_asked
    Afterwards: those who answer there, and did not write what it is about, are told that something waits.
    """
    if not opened.opens_whole(record_id, DataClass.PRESENCE):
        raise NotThere
    refuse_if(rules.reasons_not_to_petition(asking))
    seal = opened.sealer.seal
    row = Petition(
        id=uuid.uuid4(), record_id=record_id, organisation_id=organisation_id, kind=asking.kind,
        data_class=asking.data_class, item_id=asking.item_id, words=seal(record_id, WORDS, asking.words.strip()),
        why=seal(record_id, WHY, asking.why.strip()), tell_others=asking.tell_others, asked_at=at,
        due_at=at + rules.answer_within(asking.kind),
    )  # fmt: skip
    row.save(force_insert=True)
    audit.record(what="support.petition_asked", by=by, subject=row.id, record_id=record_id, at=at)
    _tell_desk(row, at)
    return row.id


def _tell_desk(row: Petition, at: datetime) -> None:
    authors = _authors(row)
    there = network.who_judges(organisation_id=row.organisation_id, membership_id=NOBODY)
    for one in [one for one in there if one.account_id not in authors] or there:
        notices.tell_worker(
            account_id=one.account_id, address=one.email, language=one.language, subject_id=row.id,
            template=Template.PETITION_ASKED, cause=str(row.id), at=at,
        )  # fmt: skip


def _authors(row: Petition) -> frozenset[UUID]:
    """The accounts of those who wrote what it is about; who wrote down a paper, and who checked it."""
    if row.item_id is None:
        return frozenset()
    if row.kind == rules.COMPLAINT:
        return who_handled(paper_id=row.item_id, record_id=row.record_id)
    kind = KIND_OF_CLASS.get(row.data_class)
    kept = MODELS[kind].objects if kind else Contact.objects
    found = kept.filter(record_id=row.record_id, id=row.item_id)
    return frozenset(found.values_list("membership__account_id", flat=True))


@transaction.atomic
def withdraw_petition(*, record_id: UUID, petition_id: UUID, by: Reader, at: datetime) -> None:
    """Take back what was asked. Nobody there can open it any more. Twice is the same as once.

    Refuses: NotThere for one that is not there, and one that has its answer.
    Records: support.petition_withdrawn
    """
    row = _own(record_id, petition_id)
    if row.state == PetitionState.ANSWERED:
        raise NotThere
    if row.state == PetitionState.OPEN:
        Petition.objects.filter(id=row.id).update(state=PetitionState.WITHDRAWN, withdrawn_at=at)
        audit.record(what="support.petition_withdrawn", by=by, subject=row.id, record_id=record_id, at=at)


@transaction.atomic
def withdraw_all_open(*, record_ids: Collection[UUID], by: Reader, at: datetime) -> None:
    """Take back all that waits for an answer in these records: the person goes, and could never read one.

    Records: support.petition_withdrawn for each
    """
    waiting = Petition.objects.filter(record_id__in=list(record_ids), state=PetitionState.OPEN)
    for row in waiting.order_by("id"):
        withdraw_petition(record_id=row.record_id, petition_id=row.id, by=by, at=at)


@transaction.atomic
def disagree(*, record_id: UUID, petition_id: UUID, words: str, opened: Opened, by: Reader, at: datetime) -> None:
    """Put it down that the person sees it differently than a no does. Everyone who opens the
    entry reads it from then on.

    Refuses: NotThere for one that is not there · said before, or no no · nothing written · too long.
    Records: support.petition_disagreed
    """
    row = _own(record_id, petition_id)
    refuse_if(rules.reasons_not_to_disagree(row.finding, words, said=row.disagreed_at is not None))
    sealed = opened.sealer.seal(record_id, DISAGREEMENT, words.strip())
    Petition.objects.filter(id=row.id).update(disagreement=sealed, disagreed_at=at)
    audit.record(what="support.petition_disagreed", by=by, subject=row.id, record_id=record_id, at=at)


def _own(record_id: UUID, petition_id: UUID) -> Petition:
    row = Petition.objects.select_for_update().filter(record_id=record_id, id=petition_id).first()
    if row is None:
        raise NotThere
    return row


@transaction.atomic
def extend_petition(*, petition_id: UUID, reason: str, by: Reader, at: datetime) -> None:
    """Take the more time that the law gives, once, for a reason that the person reads with the new day.

    Refuses: NotThere for who may not answer it · taken before, the day has passed, or no more to take · no reason.
    Records: support.petition_extended
    Afterwards: a line waits for the person.
    """
    found = open_petition(reader=by, petition_id=petition_id)
    view = found.petition
    row = Petition.objects.select_for_update().get(id=petition_id)  # another may have answered or extended meanwhile
    extended = row.extended_at is not None
    refuse_if(rules.reasons_not_to_extend(view.kind, row.state, reason, extended=extended, due_at=view.due_at, at=at))
    Petition.objects.filter(id=petition_id).update(
        due_at=view.due_at + rules.more_time(view.kind), extended_at=at, extended_by_id=by.membership_id,
        extension=found.sealer.seal(view.record_id, EXTENSION, reason.strip()),
    )  # fmt: skip
    audit.record(what="support.petition_extended", by=by, subject=petition_id, record_id=view.record_id, at=at)


@transaction.atomic
def answer_petition(*, petition_id: UUID, answer: PetitionAnswer, by: Reader, at: datetime) -> None:
    """Answer: a correction is agreed to, and stands beside the original; or not, on one of the four grounds of the law.
    A complaint gets what was found. Never changed afterwards.

    Refuses: NotThere for who may not answer it · answered already · what is missing.
    Records: support.petition_answered
    Afterwards: a line waits for the person.
    """
    found = open_petition(reader=by, petition_id=petition_id)
    view, seal = found.petition, found.sealer.seal
    state = Petition.objects.select_for_update().get(id=petition_id).state  # another may have answered meanwhile
    refuse_if(rules.reasons_not_to_answer_petition(view.kind, state, answer))
    agreed, denied = answer.finding == rules.AGREED, answer.finding == rules.DENIED
    Petition.objects.filter(id=petition_id).update(
        state=PetitionState.ANSWERED, finding=answer.finding, ground=answer.ground if denied else "",
        amendment=seal(view.record_id, AMENDMENT, answer.amendment.strip()) if agreed else None,
        answer=seal(view.record_id, ANSWER, answer.words.strip()), answered_at=at, answered_by_id=by.membership_id,
    )  # fmt: skip
    audit.record(what="support.petition_answered", by=by, subject=petition_id, record_id=view.record_id, at=at)
