"""Consents that were signed on paper: written down, checked by a second person, and answered by the one they are of."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from manypaths.audit import commands as audit
from manypaths.consent import paper_consents as labels
from manypaths.consent.paper_consents import PaperView, PaperWords
from manypaths.consent.queries import Opened
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import paper_consents as rules
from manypaths.consent.rules.paper_consents import Paper
from manypaths.consent.shares import NAME
from manypaths.lib.refusals import NotThere, Reason, refuse_if
from manypaths.network import queries as network
from manypaths.network.rules import Reader, reasons_not_proved
from manypaths.notices import commands as notices
from manypaths.notices.rules import Template
from manypaths.referrals import queries
from manypaths.support import petitioning
from manypaths.support.rules.petitions import COMPLAINT, Asking

WRITE = f"select write_paper_consent({', '.join(['%s'] * 20)})"
CHECK = "select check_paper_consent(%s, %s, %s, %s, %s, %s)"
ANSWER = "select answer_paper_consent(%s, %s, %s)"
TAKE = "select take_paper_consent(%s)"


@dataclass(frozen=True)
class Named:
    """Whom a paper names: a place, or one worker of a place."""

    organisation_id: UUID | None = None
    membership_id: UUID | None = None


@transaction.atomic
def write_paper_consent(
    *, record_id: UUID, paper: Paper, named: Named, words: PaperWords, language: str, opened: Opened, by: Reader,
    at: datetime,
) -> UUID:  # fmt: skip
    """Write down a consent that a person signed on paper. It is held: it opens nothing until somebody else checks it.

    The worker opened the record for its consents, and the database asks the log for that very look.

    Refuses: NotThere where the record is not open · an old proof · what a paper of this kind cannot name · no end where
    the law asks for one · no name, or nothing said of where the paper lies · a place that keeps the record itself, and
    whoever may not write here, by the database.
    Records: consent.paper_consent_written
    Afterwards: the person finds it on their own page at once; another privacy officer there is told that it waits.
    """
    if not by.is_member or not opened.allows(record_id, DataClass.CONSENT_RECORD):
        raise NotThere
    refuse_if(reasons_not_proved(by, at))
    refuse_if(rules.reasons_not_to_write(paper, vars(words).values(), at))
    refuse_if(_reasons_of_words(paper, words))
    paper_id, seal = uuid.uuid4(), opened.sealer.seal
    sealed = [
        seal(record_id, label, text.strip())
        for label, text in (
            (labels.NAME, words.name), (labels.SIGNER_NAME, words.signer_name), (labels.WITNESS, words.witness),
            (labels.PLACE, words.place),
        )
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [
            by.account_id, by.membership_id, record_id, paper_id, paper.kind, named.organisation_id,
            named.membership_id, sorted(paper.classes), paper.purpose, paper.until, paper.signed_on, paper.minor,
            paper.signer, paper.capacity if paper.signer != rules.PERSON else "", language, sorted(paper.read), *sealed,
        ])  # fmt: skip
    audit.record(what="consent.paper_consent_written", by=by, subject=paper_id, record_id=record_id, at=at)
    _tell_desk(paper_id, by, at)
    return paper_id


def _reasons_of_words(paper: Paper, words: PaperWords) -> list[Reason]:
    missing = []
    if not words.name.strip():
        missing.append(Reason("no_name", _("Write the name as it stands on the paper."), "name"))
    if not words.place.strip():
        missing.append(Reason("no_place", _("Write where the paper lies."), "place"))
    if paper.signer != rules.PERSON and not words.signer_name.strip():
        missing.append(Reason("no_signer", _("Write who signed for the person."), "signer_name"))
    return missing


def _tell_desk(paper_id: UUID, by: Reader, at: datetime) -> None:
    if by.organisation_id is None or by.membership_id is None:
        return
    for one in network.who_judges(organisation_id=by.organisation_id, membership_id=by.membership_id):
        notices.tell_worker(
            account_id=one.account_id, address=one.email, language=one.language, subject_id=paper_id,
            template=Template.CONSENT_TO_CHECK, cause=str(paper_id), at=at,
        )  # fmt: skip


@transaction.atomic
def check_paper_consent(
    *, view: PaperView, found: frozenset[str], finding: str, opened: Opened, by: Reader, at: datetime
) -> UUID | None:
    """Find a consent on paper whole, or deficient. Gives the consent that it became, or None where it opens nothing.

    Refuses: NotThere for whoever wrote it down, for who is no privacy officer there, and for one that does not wait, by
    the database too · an old proof · a finding that is not what was found, and whole for what its person closed since
    it was signed, by the database too · one that somebody else checked, or its person stopped, in the same moment.
    Records: consent.paper_consent_checked
    Afterwards: where it is whole, whom it names reads exactly what it says; the person finds the answer on their page.
    """
    if view.words is None or not view.may_be_checked_by(by):
        raise NotThere
    refuse_if(reasons_not_proved(by, at))
    refuse_if(_reasons_of_another(view.id))
    overtaken = labels.is_overtaken(paper_id=view.id)
    refuse_if(rules.reasons_not_to_find(view.paper, found, finding, at, overtaken=overtaken))
    share = uuid.uuid4() if finding == rules.WHOLE else None
    name = opened.sealer.seal(view.held_record_id, NAME, view.words.name) if share else None
    with connection.cursor() as cursor:
        cursor.execute(CHECK, [by.account_id, by.membership_id, view.id, sorted(found), share, name])
    what = "consent.paper_consent_checked"
    audit.record(what=what, by=by, subject=view.id, record_id=view.held_record_id, at=at)
    return share


def _reasons_of_another(paper_id: UUID) -> Iterator[Reason]:
    """Why it is too late: it is locked for this act now, and stands otherwise than it was read."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [paper_id])
        state = cursor.fetchone()[0]
    if state != rules.HELD:
        yield Reason("not_held", _("This was checked or stopped in the meantime. Look at it again."))


@transaction.atomic
def stop_paper_consent(*, record_id: UUID, paper_id: UUID, by: Reader, at: datetime) -> None:
    """Stop a consent that was signed on paper, whether it is still held or opens something. Twice is the same as once.

    Refuses: NotThere for one that is not of the person, by the database too.
    Records: consent.paper_consent_stopped
    """
    _answer(record_id, paper_id, by, denies=False)
    audit.record(what="consent.paper_consent_stopped", by=by, subject=paper_id, record_id=record_id, at=at)


@transaction.atomic
def deny_paper_consent(*, record_id: UUID, paper_id: UUID, words: str, by: Reader, at: datetime) -> None:
    """Say: I did not sign this. It stops at once, for ever; and the privacy desk of the place has to answer for it.

    Refuses: NotThere for one that is not of the person, by the database too · words that are too long.
    Records: consent.paper_consent_denied, and support.petition_asked; said twice it is asked once.
    Afterwards: somebody answers who neither wrote it down nor checked it, where there is such a one.
    """
    held, opened = _answer(record_id, paper_id, by, denies=True)
    if held is None:
        return
    audit.record(what="consent.paper_consent_denied", by=by, subject=paper_id, record_id=record_id, at=at)
    said = words.strip() or _("A paper consent is written down of me. I did not sign it.")
    asking = Asking(COMPLAINT, DataClass.ACCESS_LOG.value, said, item_id=paper_id)
    petitioning.write_petition(record_id=record_id, organisation_id=held, asking=asking, opened=opened, by=by, at=at)


def _answer(record_id: UUID, paper_id: UUID, by: Reader, *, denies: bool) -> tuple[UUID | None, Opened]:
    """The place that has to answer for it, where this was said for the first time."""
    classes = {DataClass.CONSENT_RECORD, DataClass.PRESENCE}
    held, opened = queries.open_held_record(reader=by, record_id=record_id, classes=classes)
    labels.paper_consent_of_opened(paper_id=paper_id, record_id=record_id, opened=opened)
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, [by.account_id, paper_id, denies])
        first = bool(cursor.fetchone()[0])
    return held.organisation_id if first else None, opened
