"""Writes down agreements with bodies that do a service for a place, says yes for the other side, and ends them."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from manypaths.audit import commands as audit
from manypaths.consent.agreed import ServiceAgreement
from manypaths.consent.agreements import standing_of
from manypaths.consent.rules import agreements as rules
from manypaths.consent.rules.agreements import State, Terms
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template


@transaction.atomic
def write_agreement(*, agreement_id: UUID, terms: Terms, community_id: UUID, by: Reader, at: datetime) -> UUID:
    """Write down an agreement that is signed on paper, for the place that the service is done for.

    Refuses: NotThere for anyone who neither answers privacy questions nor leads there · no proof of the last five
    minutes · what is missing · another side that does not take part in this community.
    Records: consent.agreement_written
    Afterwards: it holds where it is whole and the other side is outside; else it waits for the other side's yes, and
    who answers privacy questions there is told so. It opens no record.
    Repeats safely: one id is one agreement.
    """
    own, member = _sides(by)
    others = frozenset(one for one, _name in network.taking_part(community_id=community_id))
    refuse_if(rules.reasons_not_to_write(terms, by, at, own=own, taking_part=others))
    assert terms.starts_on is not None, "an agreement without a first day is refused"
    row = ServiceAgreement(
        id=agreement_id, program_id=own, server_id=terms.server_id, server_name=terms.server_name.strip(),
        version=rules.VERSION, service=terms.service, elements=[one for one in rules.ELEMENTS if one in terms.elements],
        starts_on=terms.starts_on, until=terms.until, signed_here=terms.signed_here.strip(),
        signed_there=terms.signed_there.strip(), evidence=terms.evidence.strip(), written_by_id=member, at=at,
    )  # fmt: skip
    ServiceAgreement.objects.bulk_create([row], ignore_conflicts=True)
    kept = ServiceAgreement.objects.filter(id=agreement_id, program_id=own).first()
    if kept is None:
        raise NotThere
    if kept.at != at:
        return kept.id
    audit.record(what="consent.agreement_written", by=by, subject=row.id, at=at)
    _ask_other_side(row, at)
    return row.id


def _sides(by: Reader) -> tuple[UUID, UUID]:
    if not rules.may_keep(by) or by.organisation_id is None or by.membership_id is None:
        raise NotThere
    return by.organisation_id, by.membership_id


def _ask_other_side(row: ServiceAgreement, at: datetime) -> None:
    if row.server_id is None or rules.missing(frozenset(row.elements)):
        return
    for one in network.who_judges_reading(organisation_id=row.server_id, membership_id=row.written_by_id):
        notices.tell_worker(
            account_id=one.account_id, address=one.email, language=one.language, subject_id=row.id,
            template=Template.AGREEMENT_WAITS, cause=str(row.id), at=at,
        )  # fmt: skip


@transaction.atomic
def confirm_agreement(*, agreement_id: UUID, today: date, by: Reader, at: datetime) -> None:
    """Say yes for the side that does the service. Twice is the same as once.

    Refuses: NotThere for anyone who neither answers privacy questions nor leads there · no proof of the last five
    minutes · who wrote it down, for another place · one that is held or has ended.
    Records: consent.agreement_confirmed
    """
    own, member = _sides(by)
    row = ServiceAgreement.objects.select_for_update().filter(id=agreement_id, server_id=own).first()
    if row is None:
        raise NotThere
    wrote = ServiceAgreement.objects.filter(id=row.id, written_by__account_id=by.account_id).exists()
    refuse_if(rules.reasons_not_to_confirm(rules.state(standing_of(row), today), by, at, wrote_it=wrote))
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by_id = at, member
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.record(what="consent.agreement_confirmed", by=by, subject=row.id, at=at)


@transaction.atomic
def end_agreement(*, agreement_id: UUID, ending: str, today: date, by: Reader, at: datetime) -> None:
    """End it for either side, at once. It stays in the register of both. Twice is the same as once.

    Refuses: NotThere for anyone who neither answers privacy questions nor leads on one of the two sides · no proof of
    the last five minutes · no ground.
    Records: consent.agreement_ended
    """
    own, member = _sides(by)
    row = ServiceAgreement.objects.select_for_update().filter(id=agreement_id).first()
    if row is None or own not in {row.program_id, row.server_id}:
        raise NotThere
    refuse_if(rules.reasons_not_to_end(ending, by, at))
    if rules.state(standing_of(row), today) in {State.ENDED, State.OVER}:
        return
    row.ended_at, row.ended_by_id, row.ending = at, member, ending
    row.save(update_fields=["ended_at", "ended_by", "ending"])
    audit.record(what="consent.agreement_ended", by=by, subject=row.id, at=at)
