"""Gives, refuses, ends and takes up consents to show a part of a held record, and keeps it from a place."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q

from manypaths.accounts import queries as accounts
from manypaths.audit import commands as audit
from manypaths.consent import queries
from manypaths.consent.models import Restriction, Share, Text
from manypaths.consent.rules import DataClass, shares
from manypaths.consent.rules.shares import Extent
from manypaths.consent.shares import CASE, NAME
from manypaths.lib.refusals import NotThere, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader, factor_is_fresh, reasons_not_proved
from manypaths.people import commands as people
from manypaths.vault.queries import sealer_for

CODE = "share"
IN_LINE = "select pg_advisory_xact_lock(hashtextextended(%s, 13))"


@dataclass(frozen=True)
class Wish:
    """What a person wants to show: which record of which place, what of it, to whom, why, until when.

    `press`: the one page that was signed. However often its button is pressed, that is one consent.
    """

    kind: str
    held_record_id: UUID
    discloser_id: UUID
    classes: Collection[str]
    purpose: str
    until: datetime
    organisation_id: UUID | None = None
    membership_id: UUID | None = None
    code: str = ""
    firm_until: datetime | None = None
    case: str = ""
    press: UUID | None = None


@transaction.atomic
def give_share(*, wish: Wish, name: str, text: Text, by: Reader, at: datetime) -> UUID:
    """Agree that somebody outside may see some classes of one record that a place keeps. Signed with a typed name.

    Refuses: no proof of who signs in the last five minutes · nothing chosen, or not of this kind · no purpose · a last
    day that is over or too far · no word of which case or study, for one of these · no name · within the hour in which
    something was asked for the same place while somebody stood beside the person, by the database too. A record that is
    not about the person, by the database.
    Records: consent.share_given
    Afterwards: whom it names can open exactly these classes to read, until the end.
    Repeats safely: one page that was signed is one consent, so that one Stop closes it. After that Stop: NotThere.
    """
    return _given_on(wish, by) or _write(wish, name, text, by, at)


def _given_on(wish: Wish, by: Reader) -> UUID | None:
    """What was given on this page before. Two presses at one moment stand in line."""
    if wish.press is None:
        return None
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    given = _id_of(record, wish)
    with connection.cursor() as cursor:
        cursor.execute(IN_LINE, [str(given)])
    row = Share.objects.filter(record_id=record, id=given).first()
    if row is not None and row.ended_at is not None:
        raise NotThere
    return row.id if row else None


def _id_of(record: UUID, wish: Wish) -> UUID:
    """Made of the person's own record too, so that nobody else's consent can be meant."""
    return uuid.uuid5(record, str(wish.press)) if wish.press else uuid.uuid4()


@transaction.atomic
def refuse_share(*, wish: Wish, text: Text, by: Reader, at: datetime) -> UUID:
    """Say no, and keep that it was said. It looks to everyone else as if nobody had asked.

    Records: consent.share_refused
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    row = _row(record, wish, text, at)
    row.state = Share.State.REFUSED
    row.save(force_insert=True)
    audit.record(what="consent.share_refused", by=by, subject=row.id, record_id=record, at=at)
    return row.id


@transaction.atomic
def keep_for_later(*, wish: Wish, text: Text, by: Reader, at: datetime) -> UUID:
    """Keep what was asked while somebody stood beside the person. It opens nothing until the person agrees alone.

    Refuses: one for whoever types a code.
    Records: consent.share_kept_for_later
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    if wish.code:
        raise NotThere
    row = _row(record, wish, text, at)
    row.state = Share.State.DRAFT
    row.save(force_insert=True)
    audit.record(what="consent.share_kept_for_later", by=by, subject=row.id, record_id=record, at=at)
    return row.id


@transaction.atomic
def confirm_share(*, share_id: UUID, name: str, version: str, alone: bool, by: Reader, at: datetime) -> None:
    """Agree, alone, to what waits for an answer. Signed with a typed name, in the words of the version that was shown.

    Refuses: NotThere for what is not the person's own, or does not wait · not alone · within the hour in which it was
    asked · words that are not the newest, both by the database too · its last day is over · no proof of who signs in
    the last five minutes · no name.
    Records: consent.share_given
    """
    record, row = _waiting(share_id, by)
    refuse_if(shares.reasons_not_to_confirm(row.written_at, row.until, at, alone=alone))
    refuse_if(shares.reasons_not_to_sign(version, queries.text(key=row.text_key, language=row.language).version))
    kind, fresh, classes = shares.KINDS[row.kind], factor_is_fresh(by, at), frozenset(row.classes)
    refuse_if(shares.reasons_not_to_share(kind, classes, row.purpose, row.until, name, at, fresh=fresh))
    row.state, row.signed_at, row.text_version = Share.State.GIVEN, at, version
    row.name = sealer_for([record]).seal(record, NAME, name.strip())
    row.save(update_fields=["state", "signed_at", "name", "text_version"])
    audit.record(what="consent.share_given", by=by, subject=row.id, record_id=record, at=at)


@transaction.atomic
def decline_share(*, share_id: UUID, by: Reader, at: datetime) -> None:
    """Say no to what waits for an answer. It looks to everyone else as if nobody had asked.

    Refuses: NotThere for what is not the person's own, or does not wait.
    Records: consent.share_refused
    """
    record, row = _waiting(share_id, by)
    row.state = Share.State.REFUSED
    row.save(update_fields=["state"])
    audit.record(what="consent.share_refused", by=by, subject=row.id, record_id=record, at=at)


def _waiting(share_id: UUID, by: Reader) -> tuple[UUID, Share]:
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    row = Share.objects.select_for_update().filter(record_id=record, id=share_id, state=Share.State.DRAFT).first()
    if row is None:
        raise NotThere
    return record, row


def _write(wish: Wish, name: str, text: Text, by: Reader, at: datetime, follows: Share | None = None) -> UUID:
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    kind = shares.KINDS.get(wish.kind)
    if kind is None:
        raise NotThere
    classes, fresh = frozenset(wish.classes), factor_is_fresh(by, at)
    if follows is None:
        refuse_if(shares.reasons_not_to_share_yet(_kept_for(record, wish), at))
    refuse_if(shares.reasons_not_to_share(kind, classes, wish.purpose, wish.until, name, at, fresh=fresh))
    row = _row(record, wish, text, at)
    row.id, row.state, row.signed_at = _id_of(record, wish), Share.State.GIVEN, at
    if follows is not None:
        row.replaces_id, row.proceeding = follows.id, follows.proceeding
    row.name = sealer_for([record]).seal(record, NAME, name.strip())
    row.save(force_insert=True)
    what = "consent.share_narrowed" if follows else "consent.share_given"
    audit.record(what=what, by=by, subject=row.id, record_id=record, at=at)
    return row.id


def has_to_wait(*, wish: Wish, by: Reader, at: datetime) -> bool:
    """Whether a yes to this place waits, since something was asked for it while somebody stood beside the person."""
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    return shares.waits_for(_kept_for(record, wish), at)


def _kept_for(record: UUID, wish: Wish) -> datetime | None:
    """When something was last asked for this place, or for anybody there, beside somebody."""
    place = wish.organisation_id
    if wish.membership_id:
        place = network.places_of_members(membership_ids=[wish.membership_id]).get(wish.membership_id)
    kept = Share.objects.filter(record_id=record, kept_at__isnull=False)
    theirs = kept.filter(Q(recipient_organisation_id=place) | Q(recipient_membership__organisation_id=place))
    last: datetime | None = theirs.aggregate(last=Max("kept_at"))["last"] if place else None
    return last


def _row(record: UUID, wish: Wish, text: Text, at: datetime) -> Share:
    kind = shares.KINDS[wish.kind]
    refuse_if(shares.reasons_not_of_a_case(kind, wish.case))
    return Share(
        id=uuid.uuid4(), record_id=record, held_record_id=wish.held_record_id, discloser_id=wish.discloser_id,
        kind=wish.kind, recipient_organisation_id=wish.organisation_id, recipient_membership_id=wish.membership_id,
        code_hash=accounts.fingerprint(CODE, wish.code) if wish.code else None, classes=sorted(wish.classes),
        purpose=wish.purpose, written_at=at, starts_at=at, until=wish.until, firm_until=wish.firm_until,
        text_key=text.key, text_version=text.version, language=text.language,
        proceeding=sealer_for([record]).seal(record, CASE, wish.case.strip()) if kind.described else None,
    )  # fmt: skip


@transaction.atomic
def narrow_share(*, share_id: UUID, less: Extent, name: str, text: Text, by: Reader, at: datetime) -> UUID:
    """Open less by a consent that was given: fewer classes, an earlier end, or both. Signed anew with a typed name.

    Nobody is asked whether they are alone, and it waits for no hour: it only takes away.

    Refuses: NotThere for what is not the person's own, was not given, or is ended · what the rules and the database
    refuse: anything more than before, or the same · one that holds until its day, before that day · no proof of who
    signs in the last five minutes · no name.
    Records: consent.share_narrowed
    Afterwards: the one before is ended as replaced, in the same statement; whom it names reads what is left.
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    row = Share.objects.select_for_update().filter(record_id=record, id=share_id, state=Share.State.GIVEN).first()
    if row is None or row.ended_at is not None:
        raise NotThere
    taken_up = row.code_hash is None or row.recipient_account_id is not None
    refuse_if(shares.reasons_not_to_narrow(_extent(row), less, row.firm_until, at, taken_up=taken_up))
    wish = Wish(
        row.kind, row.held_record_id, row.discloser_id, less.classes, row.purpose, less.until,
        row.recipient_organisation_id, row.recipient_membership_id, str(uuid.uuid4()) if row.code_hash else "",
        case=sealer_for([record]).read(record, CASE, row.proceeding),
    )  # fmt: skip
    return _write(wish, name, text, by, at, follows=row)


@transaction.atomic
def narrow_waiting(*, share_id: UUID, less: Extent, by: Reader, at: datetime) -> None:
    """Take something out of what waits for an answer. At once, and unsigned: it opens nothing yet.

    Refuses: NotThere for what is not the person's own, or does not wait · anything more than before, or the same.
    Records: consent.share_narrowed
    """
    record, row = _waiting(share_id, by)
    refuse_if(shares.reasons_not_to_narrow(_extent(row), less, None, at))
    row.classes, row.until = sorted(less.classes), less.until
    row.firm_until = min(row.firm_until, less.until) if row.firm_until else None
    row.save(update_fields=["classes", "until", "firm_until"])
    audit.record(what="consent.share_narrowed", by=by, subject=row.id, record_id=record, at=at)


def _extent(row: Share) -> Extent:
    return Extent(frozenset(row.classes), row.until)


@transaction.atomic
def stop_share(*, share_id: UUID, by: Reader, at: datetime) -> None:
    """Stop a consent. New looks end with this transaction. Stopping twice is the same as once.

    Where less of it was opened meanwhile, on another page or in the same moment, what is left of it stops: who pressed
    stop is never told so while something of it is still read.

    Refuses: NotThere for one that is not the person's own · one for a court case, before the day it holds until.
    Records: consent.share_stopped
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    row = _what_is_left(record, share_id)
    refuse_if(shares.reasons_not_to_stop(row.firm_until, at))
    if row.ended_at is None:
        row.ended_at, row.ending = at, Share.Ending.STOPPED
        row.save(update_fields=["ended_at", "ending"])
        audit.record(what="consent.share_stopped", by=by, subject=row.id, record_id=record, at=at)


def _what_is_left(record: UUID, share_id: UUID) -> Share:
    """A consent that was given, or the last by which less of it was opened. Nobody changes it meanwhile."""
    given = Share.objects.select_for_update().filter(record_id=record, state=Share.State.GIVEN)
    row = given.filter(id=share_id).first()
    while row is not None and row.ending == Share.Ending.REPLACED:
        row = given.filter(replaces_id=row.id).first()
    if row is None:
        raise NotThere
    return row


@transaction.atomic
def take_up_share(*, code: str, by: Reader, at: datetime) -> UUID:
    """Type the code that somebody close was given. From now on the consent names this account, and nobody else.

    Refuses: NotThere for a code that does not exist, was typed before, is older than seven days or was stopped, and for
    whoever the person must be safe from; all look the same.
    Records: consent.share_taken_up
    """
    with connection.cursor() as cursor:
        cursor.execute("select take_up_share(%s, %s)", [by.account_id, accounts.fingerprint(CODE, code)])
        found: UUID | None = cursor.fetchone()[0]
    if found is None or not by.is_person:
        raise NotThere
    audit.record(what="consent.share_taken_up", by=by, subject=found, at=at)
    return found


@transaction.atomic
def shut_out_taker(*, share_id: UUID, by: Reader, at: datetime) -> None:
    """Stop a consent for somebody close, and block the account that typed its code: it opens nothing of the person any
    more, whatever it was shown or is.

    Refuses: NotThere for one that is not the person's own, and while nobody has typed its code.
    Records: people.blocked, and consent.share_stopped where it still held
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD, DataClass.SAFE_CONTACT})
    row = Share.objects.filter(record_id=record, id=share_id, recipient_account_id__isnull=False).first()
    if row is None:
        raise NotThere
    people.block(account=row.recipient_account_id, by=by, at=at)
    stop_share(share_id=share_id, by=by, at=at)


@transaction.atomic
def keep_from(*, held_record_id: UUID, organisation_id: UUID, by: Reader, at: datetime) -> None:
    """Ask that nothing of one held record goes to a place, whatever was agreed to or will be. It holds at once.

    Records: consent.restricted
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    known = Restriction.objects.filter(
        record_id=record, held_record_id=held_record_id, organisation_id=organisation_id, until__isnull=True
    )
    if not known.exists():
        row = Restriction(
            id=uuid.uuid4(), record_id=record, held_record_id=held_record_id, organisation_id=organisation_id, since=at
        )
        row.save(force_insert=True)
        audit.record(what="consent.restricted", by=by, subject=row.id, record_id=record, at=at)


@transaction.atomic
def stop_keeping_from(*, restriction_id: UUID, by: Reader, at: datetime) -> None:
    """Take a restriction away, and with it any that was asked for twice. What was agreed to holds again.

    Refuses: NotThere for one that is not the person's own · not proved in the last five minutes, as for any yes.
    Records: consent.restriction_ended
    """
    record = queries.open_own(reader=by, classes={DataClass.CONSENT_RECORD})
    refuse_if(reasons_not_proved(by, at))
    standing = Restriction.objects.filter(record_id=record, until__isnull=True)
    pair = standing.filter(id=restriction_id).values("held_record_id", "organisation_id").first()
    if pair is None:
        raise NotThere
    standing.filter(**pair).update(until=at)
    audit.record(what="consent.restriction_ended", by=by, subject=restriction_id, record_id=record, at=at)
