"""Writes down what went wrong with what a place keeps, weighs it, and tells the people concerned."""

import uuid
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from manypaths.audit import commands as audit
from manypaths.consent.incidents import LETTER, REASON, WHAT, open_incident, words_of_factor
from manypaths.consent.models import Assessment, BreachLetter, BreachStep
from manypaths.consent.rules import incidents as rules
from manypaths.consent.rules.incidents import Incident, Letter
from manypaths.lib.refusals import NotThere, Reason, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader, Role
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.vault.queries import new_key, sealer_of

ANSWERED = _("Someone else has answered this in the same moment. Look at it again: your words are still here.")
RECORD = "select record_incident(%s, %s, %s, %s::uuid[], %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@transaction.atomic
def record_incident(*, incident: Incident, by: Reader, at: datetime) -> UUID:
    """Write down an incident of the reader's place, about some records that it keeps, or about all of them.

    Refuses: NotThere for anyone but a privacy officer · what is missing · a number that is no page of this place.
    Records: consent.incident_recorded
    """
    _must_be_officer(by)
    refuse_if(rules.reasons_not_to_record(incident, at))
    said = [
        list(incident.held), incident.everyone, "", None, incident.found_at, incident.happened_from,
        incident.happened_until, sorted(incident.classes), incident.receiver,
    ]  # fmt: skip
    return _write(said, incident.what, by, at)


@transaction.atomic
def record_from_review(*, source: str, source_id: UUID, what: str, by: Reader, at: datetime) -> UUID:
    """Write down an incident of what a review, or the review of an emergency, found that should not have happened. What
    it was, when, of whom, and who got it is taken from there by the database.

    Refuses: NotThere for anyone but a privacy officer, and for what was not found so at their place.
    Records: consent.incident_recorded
    Repeats safely: of one review there is one incident.
    """
    _must_be_officer(by)
    return _write([[], False, source, source_id, at, at.date(), None, [], ""], what, by, at)


def _must_be_officer(by: Reader) -> None:
    if not by.is_member or by.organisation_id is None or not by.has_role(Role.PRIVACY_OFFICER):
        raise NotThere


def _member(by: Reader) -> UUID:
    assert by.membership_id is not None, "only a member opens an incident"
    return by.membership_id


def _write(said: list[Any], what: str, by: Reader, at: datetime) -> UUID:
    assert by.organisation_id is not None, "an officer works somewhere"
    new = uuid.uuid4()
    key = new_key(holder_id=by.organisation_id, record_id=new, is_person=False)
    sealer = sealer_of([[str(new), str(by.organisation_id), key.ring_key, key.wrapped.hex()]])
    sealed = sealer.seal(new, WHAT, what.strip())
    with connection.cursor() as cursor:
        who = [by.account_id, by.membership_id, new]
        cursor.execute(RECORD, [*who, *said, sealed, key.ring_key, key.wrapped])
        found: UUID | None = cursor.fetchone()[0]
    if found is None and said[2]:
        raise NotThere
    refuse_if([] if found else [Reason("not_kept_here", rules.NOT_KEPT_HERE, "held")])
    assert found is not None, "what was refused is not written"
    if found == new:
        audit.record(what="consent.incident_recorded", by=by, subject=found, record_id=None, at=at)
    return found


@transaction.atomic
def assess_incident(*, incident_id: UUID, assessment: rules.Assessment, by: Reader, at: datetime) -> None:
    """Weigh an incident by the four factors, and decide. An earlier assessment stays; the newest counts.

    Refuses: NotThere for anyone but a privacy officer of the place · what is missing.
    Records: consent.incident_assessed
    """
    opened = open_incident(reader=by, incident_id=incident_id)
    refuse_if(rules.reasons_not_to_assess(assessment))
    seal = opened.sealer.seal
    Assessment.objects.bulk_create([
        Assessment(
            id=uuid.uuid4(), incident_id=incident_id, membership_id=_member(by), decision=assessment.decision,
            reason=seal(incident_id, REASON, assessment.reason.strip()), at=at,
            **{name: assessment.weights[name] for name in rules.FACTORS},
            **{
                f"{name}_words": seal(incident_id, words_of_factor(name), assessment.words[name].strip())
                for name in rules.FACTORS
            },
        )
    ])  # fmt: skip
    audit.record(what="consent.incident_assessed", by=by, subject=incident_id, record_id=None, at=at)


@transaction.atomic
def tell_of_breach(
    *, incident_id: UUID, letter: Letter, seen: datetime | None = None, by: Reader, at: datetime
) -> bool:
    """Write the letter to everyone concerned, or write it anew: `seen` is when the one was written that the page
    showed, None where it showed none. Where another officer of the place may open the
    incident it waits for one of them to agree; else it is told at once, and the register says that one officer told it
    alone. Whether it was told.

    Refuses: NotThere for anyone but a privacy officer of the place · told before · another
    letter than what was seen waits · decided to be no breach · what is missing.
    Records: consent.breach_letter_written, or consent.breach_told
    Afterwards: it waits for another officer, who is told so; or a line waits for each person.
    """
    opened = open_incident(reader=by, incident_id=incident_id)
    waits = (
        BreachLetter.objects.select_for_update().filter(incident_id=incident_id).first()
    )  # nobody writes it meanwhile
    written, told = (waits.written_at, waits.at is not None) if waits else (None, False)
    refuse_if(rules.reasons_not_to_tell(letter, opened.decision, told=told, seen=written == seen))
    words: dict[str, Any] = {
        name: opened.sealer.seal(incident_id, label, getattr(letter, name).strip()) for name, label in LETTER.items()
    }
    told = _put_down(
        incident_id, {**words, "membership_id": _member(by), "written_at": at, "at": at}, anew=waits is not None
    )
    what = "consent.breach_told" if told else "consent.breach_letter_written"
    audit.record(what=what, by=by, subject=incident_id, record_id=None, at=at)
    if not told:
        _ask_another(incident_id, by, at)
    return told


def _put_down(incident_id: UUID, said: dict[str, Any], *, anew: bool) -> bool:
    """Write it, or write it anew. Another officer may have done so in the same moment: theirs stays. Whether everybody
    was told by that: the database says it as it stands now."""
    kept = BreachLetter.objects.filter(incident_id=incident_id)
    try:
        with transaction.atomic():
            if anew:
                kept.update(**said)
            else:
                BreachLetter.objects.bulk_create([BreachLetter(incident_id=incident_id, **said)])
    except IntegrityError:
        refuse_if([Reason("answered_already", ANSWERED)])
    return kept.filter(at__isnull=False).exists()


def _ask_another(incident_id: UUID, by: Reader, at: datetime) -> None:
    assert by.organisation_id is not None, "an officer works somewhere"
    with connection.cursor() as cursor:
        cursor.execute("select who_may_agree(%s)", [incident_id])
        may_agree = set(cursor.fetchone()[0])
    for one in network.who_judges(organisation_id=by.organisation_id, membership_id=_member(by)):
        if one.account_id in may_agree:
            notices.tell_worker(
                account_id=one.account_id, address="", language=one.language, subject_id=incident_id,
                template=Template.LETTER_WAITS, cause=f"{incident_id}/{at.isoformat()}", at=at,
            )  # fmt: skip


@transaction.atomic
def agree_to_letter(*, incident_id: UUID, seen: datetime | None, by: Reader, at: datetime) -> None:
    """Agree to a letter as another officer wrote it: everyone concerned is told. `seen`: when what the page showed was
    written.

    Refuses: NotThere for anyone but a privacy officer of the place · none that waits · one's own · written anew since ·
    decided to be no breach.
    Records: consent.breach_told
    Afterwards: a line waits for each person.
    """
    opened = open_incident(reader=by, incident_id=incident_id)
    sent = BreachLetter.objects.select_for_update().filter(incident_id=incident_id).first()
    waits, own = sent is not None and sent.at is None, sent is not None and _is_own(sent.membership_id, by)
    is_seen = sent is not None and sent.written_at == seen
    refuse_if(rules.reasons_not_to_agree(opened.decision, waits=waits, own=own, seen=is_seen))
    _put_down(incident_id, {"agreed_by_id": _member(by)}, anew=True)
    audit.record(what="consent.breach_told", by=by, subject=incident_id, record_id=None, at=at)


def _is_own(membership_id: UUID, by: Reader) -> bool:
    return membership_id == by.membership_id


@transaction.atomic
def note_step(*, incident_id: UUID, step: str, done_on: date | None, by: Reader, at: datetime) -> None:
    """Note on which day the Secretary, or the media, were told, or the letters went out by mail or in another way.

    Refuses: NotThere for anyone but a privacy officer of the place · noted before · no day · letters before there is
    one.
    Records: consent.breach_step_noted
    """
    opened = open_incident(reader=by, incident_id=incident_id)
    refuse_if(rules.reasons_not_to_note(step, done_on, at, done=step in opened.steps, told=opened.told_at is not None))
    assert done_on is not None, "a step without a day is refused"
    row = BreachStep(incident_id=incident_id, membership_id=_member(by), step=step, done_on=done_on, at=at)
    try:
        with transaction.atomic():
            BreachStep.objects.bulk_create([row])
    except IntegrityError:
        refuse_if([Reason("answered_already", ANSWERED)])
    audit.record(what="consent.breach_step_noted", by=by, subject=incident_id, record_id=None, at=at)
