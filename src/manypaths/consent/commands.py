"""Gives and ends consents, and lets a person agree anew."""

import uuid
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from manypaths.audit import commands as audit
from manypaths.consent import queries, rules
from manypaths.consent.models import Grant, LookAlert, Text
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network.rules import Reader


@transaction.atomic
def give_for_request(
    *,
    organisation_id: UUID,
    subject_id: UUID,
    classes: Collection[DataClass],
    until: datetime,
    text: Text,
    replaces: UUID | None = None,
    by: Reader,
    at: datetime,
) -> Grant:
    """Agree that one organisation may see some classes of the person's own record, for one request.

    Refuses: nothing chosen · an end before the start · more than 90 days.
    Records: consent.given
    Afterwards: workers there who answer requests can open exactly these classes, until the end.
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    refuse_if(rules.reasons_not_to_give(at, until, frozenset(str(one) for one in classes)))
    grant = Grant(
        id=uuid.uuid4(),
        record_id=record,
        kind=Grant.Kind.REQUEST,
        recipient_organisation_id=organisation_id,
        classes=sorted(str(one) for one in classes),
        purpose=Purpose.REFERRAL.value,
        subject_id=subject_id,
        starts_at=at,
        until=until,
        given_at=at,
        text_key=text.key,
        text_version=text.version,
        language=text.language,
        replaces_id=replaces,
    )
    grant.save(force_insert=True)
    audit.record(what="consent.given", by=by, subject=grant.id, record_id=record, at=at)
    return grant


@transaction.atomic
def stop(*, grant_id: UUID, by: Reader, at: datetime) -> None:
    """Stop a consent. New looks end with this transaction.

    Refuses: NotThere for a consent that is not the person's own. Stopping twice is the same as once.
    Records: consent.stopped
    """
    _end(grant_id=grant_id, ending=Grant.Ending.STOPPED, what="consent.stopped", by=by, at=at)


@transaction.atomic
def end_with_request(*, grant_id: UUID, by: Reader, at: datetime) -> None:
    """End a consent because the person closed the request it was for.

    Records: consent.ended
    """
    _end(grant_id=grant_id, ending=Grant.Ending.REQUEST_CLOSED, what="consent.ended", by=by, at=at)


@transaction.atomic
def end_as_recipient(*, subject_id: UUID, by: Reader, at: datetime) -> None:
    """End the consents of a request, because the organisation that received it has closed it.

    Records: consent.ended
    Afterwards: nothing of the person's own record is open to the organisation through this request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select end_grants_of_request(%s, %s, %s, %s)", [by.account_id, by.membership_id, subject_id, at]
        )
        ended = cursor.fetchone()[0]
    if ended:
        audit.record(what="consent.ended", by=by, subject=subject_id, at=at)


def _end(*, grant_id: UUID, ending: Grant.Ending, what: str, by: Reader, at: datetime) -> None:
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    grant = Grant.objects.filter(id=grant_id, record_id=record).first()
    if grant is None:
        raise NotThere
    if grant.ended_at is None:
        Grant.objects.filter(id=grant_id, ended_at__isnull=True).update(ended_at=at, ending=ending)
        audit.record(what=what, by=by, subject=grant_id, record_id=record, at=at)


@transaction.atomic
def agree_anew(*, grant_id: UUID, until: datetime, text: Text, by: Reader, at: datetime) -> Grant:
    """Agree anew until a later day. The earlier consent stays as it was; the new one says which it replaces.

    Refuses: a day that is not later, while the earlier one holds · more than 90 days from now.
    Records: consent.given, and consent.ended where the earlier one still held
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    old = Grant.objects.filter(id=grant_id, record_id=record).first()
    if old is None:
        raise NotThere
    if rules.is_active(queries.grant_facts(old), at):
        refuse_if(rules.reasons_not_to_lengthen(queries.grant_facts(old), until, at))
        _end(grant_id=old.id, ending=Grant.Ending.REPLACED, what="consent.ended", by=by, at=at)
    return give_for_request(
        organisation_id=old.recipient_organisation_id,
        subject_id=old.subject_id,
        classes=[DataClass(one) for one in old.classes],
        until=until,
        text=text,
        replaces=old.id,
        by=by,
        at=at,
    )


@transaction.atomic
def claim_authorship(*, item_id: UUID, record_id: UUID, data_class: DataClass, by: Reader) -> None:
    """Say that the reader is about to write an item that only its author will read. The database decides.

    Refuses: NotThere for a record the reader does not walk with, a class that their role does not write, and an item
    that has an author already.
    Afterwards: naming the item opens it to this reader, and to nobody else.
    """
    claim = [by.account_id, by.membership_id, record_id, item_id, data_class.value]
    with connection.cursor() as cursor:
        cursor.execute("select claim_authorship(%s, %s, %s, %s, %s)", claim)
        claimed = cursor.fetchone()[0]
    if not claimed:
        raise NotThere


@transaction.atomic
def tell_me_of_new_lookers(*, by: Reader, at: datetime) -> None:
    """Ask to be told when somebody looks who had not looked until now. Twice is the same as once.

    Refuses: NotThere for anyone but the person.
    Records: consent.alerts_asked
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    if not LookAlert.objects.filter(record_id=record).exists():
        LookAlert(record_id=record, since=at).save(force_insert=True)
        audit.record(what="consent.alerts_asked", by=by, record_id=record, at=at)


@transaction.atomic
def tell_me_no_more(*, by: Reader, at: datetime) -> None:
    """Ask not to be told of new lookers any more. The list of looks stays as it is.

    Refuses: NotThere for anyone but the person.
    Records: consent.alerts_stopped
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    if LookAlert.objects.filter(record_id=record).delete()[0]:
        audit.record(what="consent.alerts_stopped", by=by, record_id=record, at=at)
