"""Opens records. Every read of anything about a person starts here, with a reader, the classes, and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import denials, rules
from manypaths.consent.models import Grant, LookAlert, Text
from manypaths.consent.rules import DataClass, GrantFacts, Inquiry, Purpose, ReaderFacts, RecordFacts
from manypaths.lib.refusals import NotThere, NotYourWork, refuse_if
from manypaths.network.rules import Reader
from manypaths.vault.queries import Sealer, sealer_of

OPEN = "select open_records(%s, %s, %s, %s, %s, %s, %s)"
Unit = tuple[UUID, str, UUID | None]


class WallsDisagree(Exception):
    """The rules in code and the function in the database decided differently. Nothing is served."""


@dataclass(frozen=True)
class Opened:
    """What one opening opened: the basis for each record and class. Absent means closed.

    Where a consent opened it, the third part of the key is the one request it was given for; where the reader wrote
    it, the one item.
    """

    bases: dict[Unit, str] = field(default_factory=dict)
    known: frozenset[tuple[UUID, str]] = frozenset()
    by_item: frozenset[DataClass] = frozenset()
    keys: tuple[list[str], ...] = field(default=(), repr=False)

    @property
    def sealer(self) -> Sealer:
        """The keys of what is open, to read and write its words."""
        return sealer_of(self.keys)

    @property
    def ids(self) -> frozenset[UUID]:
        """Every record of which at least something is open."""
        return frozenset(record for record, _class, _subject in self.bases)

    def allows(self, record: UUID, data_class: DataClass) -> bool:
        """True when this class of this record is open, be it for one of the requests that were named."""
        return any(one[:2] == (record, data_class.value) for one in self.bases)

    def opens_request(self, subject: UUID, org_record: UUID | None, data_class: DataClass) -> bool:
        """True when this class of one request is open, by a consent for it or through the organisation's record."""
        through = org_record is not None and self.opens_whole(org_record, data_class)
        return through or any(one[1:] == (data_class.value, subject) for one in self.bases)

    def opens_whole(self, record: UUID, data_class: DataClass) -> bool:
        """True when this class of this record is open as a whole, by a tie to it: more than any consent opens."""
        return (record, data_class.value, None) in self.bases

    def refusal(self, record: UUID, *closed: DataClass) -> Exception:
        """What to answer where classes of a record are closed.

        NotYourWork for a reader who may already know that the person is served here, when whole classes are not part
        of their work; NotThere for everyone else, and for a class of which their role is not told.
        """
        return NotYourWork() if all((record, one.value) in self.known for one in closed) else NotThere()

    def is_minimal(self, record: UUID, data_class: DataClass) -> bool:
        """True when only named fields of this class are open (the desk)."""
        return rules.is_minimal(self.bases.get((record, data_class.value, None), ""))


def open_records(
    *,
    reader: Reader,
    records: Iterable[UUID],
    classes: Collection[DataClass],
    purpose: Purpose,
    subjects: Collection[UUID] = (),
) -> Opened:
    """Open records for some classes, for a stated purpose. `subjects` are the requests or single items it is about: a
    consent opens what hangs on its own request, an author what they wrote, and nothing where it was not named.

    The rules in code and the function in the database both decide; what is served is what both allow, and a
    difference between them stops the request. The access row is written before this returns.

    Records: one access row for each set of classes that was opened, naming every record; one for what was not.
    """
    ids = list(dict.fromkeys(records))
    inquiry = Inquiry(str(purpose), frozenset(subjects))
    found = _ask_both(reader, ids, classes, inquiry)
    opened = _opened(found["whole"], found["granted"])
    if not _all_open(found["whole"], ids, classes, opened):
        denials.note(_asking(reader, ids, classes, inquiry))
    decided, known, by_item = _decide(found["facts"], classes, inquiry)
    if opened != decided:
        raise WallsDisagree(f"code {len(decided)}, database {len(opened)}")
    return Opened(opened, known, by_item, tuple(found["keys"]))


def open_record(*, reader: Reader, record: UUID, classes: Collection[DataClass], purpose: Purpose) -> Opened:
    """Open one record for all of some classes.

    Refuses: NotThere when any of them is closed; closed and absent look the same. NotYourWork instead, when this
    reader may already know that the person is served here, and the whole class is not part of their work.
    """
    opened = open_records(reader=reader, records=[record], classes=classes, purpose=purpose)
    closed = [data_class for data_class in classes if not opened.allows(record, data_class)]
    if closed:
        raise opened.refusal(record, *closed)
    return opened


def open_written(*, reader: Reader, record: UUID, data_class: DataClass) -> tuple[Opened, list[UUID]]:
    """Open what the reader wrote in a class that is open item by item. May be nothing yet: then they may begin.

    Refuses: NotThere where the record is not open to them; NotYourWork where the whole class is not part of their work,
    though they may know that the person is served here and that there is such a class.
    """
    if rules.part_for(reader.roles, rules.Basis.ORIGINATED, data_class) is None:
        refused = open_records(reader=reader, records=[record], classes={data_class}, purpose=Purpose.CARE)
        raise refused.refusal(record, data_class)  # nothing else was opened for it: the person's list shows no look
    mine = written_by(reader=reader, record=record, data_class=data_class)
    classes = {DataClass.PRESENCE, data_class}
    opened = open_records(reader=reader, records=[record], classes=classes, purpose=Purpose.CARE, subjects=mine)
    if data_class not in opened.by_item or not opened.allows(record, DataClass.PRESENCE):
        raise opened.refusal(record, data_class)
    return opened, [item for item in mine if opened.opens_request(item, None, data_class)]


def written_by(*, reader: Reader, record: UUID, data_class: DataClass) -> list[UUID]:
    """Ids of what this reader wrote in one record, newest first; nothing of anyone else. Finding is not opening."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select authored(%s, %s, %s, %s)", [reader.account_id, reader.membership_id, record, data_class.value]
        )
        return [row[0] for row in cursor.fetchall()]


def open_own(*, reader: Reader, classes: Collection[DataClass]) -> UUID:
    """Open a person's own record for themself, and say which it is.

    Refuses: NotThere for anyone who is not here as a person.
    """
    if not reader.is_person or reader.record_id is None:
        raise NotThere
    open_record(reader=reader, record=reader.record_id, classes=classes, purpose=Purpose.OWN)
    return reader.record_id


def _ask_both(reader: Reader, ids: list[UUID], classes: Collection[DataClass], inquiry: Inquiry) -> dict[str, Any]:
    """The facts as the database knows them, and its own answer: one call, so that neither leaves without a log row."""
    with connection.cursor() as cursor:
        cursor.execute(*_asking(reader, ids, classes, inquiry))
        found: dict[str, Any] = cursor.fetchone()[0]
    return found


def _all_open(whole: list[list[str]], ids: list[UUID], classes: Collection[DataClass], opened: dict[Unit, str]) -> bool:
    """True when nothing that was asked for stayed closed. Of a list that is open as a whole it is enough to count."""
    counted = len(whole[0]) == len(ids) and len(whole[1]) == len(set(classes))
    return counted or {unit[:2] for unit in opened} == {(record, str(one)) for record in ids for one in classes}


def _asking(reader: Reader, ids: list[UUID], classes: Collection[DataClass], inquiry: Inquiry) -> denials.Asking:
    kinds = sorted({str(data_class) for data_class in classes})
    who = [reader.account_id, str(reader.hat), reader.membership_id]
    return OPEN, [*who, ids, kinds, inquiry.purpose, list(inquiry.subjects)]


def _opened(whole: list[list[str]], granted: list[list[str]]) -> dict[Unit, str]:
    """What the database opened: by a tie, the same classes of every record; by consent, one line each."""
    records, kinds, bases = whole
    grounds = list(zip(kinds, bases, strict=True))
    units: dict[Unit, str] = {(_id(record), kind, None): basis for record in records for kind, basis in grounds}
    for record, kind, subject, basis in granted:
        units[(_id(record), kind, _id(subject))] = basis
    return units


def _decide(
    facts: dict[str, Any], classes: Collection[DataClass], inquiry: Inquiry
) -> tuple[dict[Unit, str], frozenset[tuple[UUID, str]], frozenset[DataClass]]:
    """The basis of each record and class as the rules see it, what may be told to be no part of the reader's work, and
    the classes that are open to them item by item.

    Records of which the same facts are known come together and are decided once: most of a list of fifty are alike.
    """
    reader, at = _reader_facts(facts["reader"]), datetime.fromisoformat(facts["at"])
    decided: dict[Unit, str] = {}
    known: list[tuple[UUID, str]] = []
    for row in facts["records"]:
        ids, record = [_id(one) for one in row[0]], _record_facts(row)
        grounds = {one.value: rules.bases_for(reader, record, one.value, inquiry, at) for one in classes}
        open_now = [(kind, subject, basis) for kind, by in grounds.items() for subject, basis in by.items()]
        decided |= {(one, kind, subject): basis for one in ids for kind, subject, basis in open_now}
        closed = [kind for kind, by in grounds.items() if not by and not rules.is_unspoken(reader.roles, kind)]
        if closed and rules.knows_presence(reader, record):
            known += [(one, kind) for one in ids for kind in closed]
    return decided, frozenset(known), frozenset(one for one in classes if rules.opens_by_item(reader.roles, one))


def _reader_facts(row: list[Any] | None) -> ReaderFacts:
    if row is None:
        return ReaderFacts(hat="anon", active=False)
    account, person, membership, organisation, roles, answers, active = row
    return ReaderFacts(
        hat="member" if membership else "person",
        active=active,
        account_id=_id(account),
        person_id=_uuid(person),
        organisation_id=_uuid(organisation),
        roles=frozenset(roles),
        answers_requests=answers,
    )


def _record_facts(row: list[Any]) -> RecordFacts:
    ids, holder, person, organisation, erased, assigned, supervised, blocked, grants, wrote = row
    return RecordFacts(
        id=_id(ids[0]),
        holder=holder,
        person_id=_uuid(person),
        organisation_id=_uuid(organisation),
        erased=erased,
        assigned=assigned,
        supervised=supervised,
        blocked=blocked,
        grants=tuple(_grant_facts(grant) for grant in grants),
        originated=frozenset((_id(item), data_class) for item, data_class in wrote),
    )


def _grant_facts(row: list[Any]) -> GrantFacts:
    grant, subject, recipient, kinds, purpose, starts_at, until, ended_at = row
    return GrantFacts(
        id=_id(grant),
        subject=_id(subject),
        recipient_organisation=_uuid(recipient),
        classes=frozenset(kinds),
        purpose=purpose,
        starts_at=datetime.fromisoformat(starts_at),
        until=datetime.fromisoformat(until),
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
    )


@lru_cache(maxsize=2048)
def _id(value: str) -> UUID:
    """The same id comes many times in one answer, and reading it is slow."""
    return UUID(value)


def _uuid(value: str | None) -> UUID | None:
    return _id(value) if value else None


def grants_of_own_record(*, reader: Reader) -> list[Grant]:
    """Every consent the person ever gave, newest first."""
    open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    return grants_of_opened(reader=reader)


def grants_of_opened(*, reader: Reader) -> list[Grant]:
    """The same, for a person whose consents this request has opened already with what else its page shows."""
    if reader.record_id is None:
        return []
    own = Grant.objects.filter(record_id=reader.record_id).select_related("recipient_organisation")
    return list(own.order_by("-given_at"))


def own_grant(*, reader: Reader, grant_id: UUID) -> Grant:
    """One consent of the person's own.

    Refuses: NotThere for one that does not exist, and for anyone else's.
    """
    record = open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    found = Grant.objects.filter(record_id=record, id=grant_id).select_related("recipient_organisation").first()
    if found is None:
        raise NotThere
    return found


def grant_facts(grant: Grant) -> GrantFacts:
    """A stored consent as the rules read it."""
    return GrantFacts(
        id=grant.id,
        subject=grant.subject_id,
        recipient_organisation=grant.recipient_organisation_id,
        classes=frozenset(grant.classes),
        purpose=grant.purpose,
        starts_at=grant.starts_at,
        until=grant.until,
        ended_at=grant.ended_at,
    )


def text(*, key: str, language: str) -> Text:
    """The newest version of a consent text in a language.

    Refuses: NotThere when the text does not exist in that language; another language never stands in for it.
    """
    found = Text.objects.filter(key=key, language=language).order_by("-version").first()
    if found is None:
        raise NotThere
    return found


def text_as_shown(*, key: str, version: str, language: str, unchanged: bool) -> Text:
    """The words a page showed, for the consent that is given on it. `unchanged`: what goes along is what was shown.

    Refuses: words that are not the newest in their language · something else goes along by now.
    """
    versions = Text.objects.filter(key=key, language=language).order_by("-version").values_list("version", flat=True)
    refuse_if(rules.reasons_not_to_agree_to(version, versions.first(), unchanged=unchanged))
    return text(key=key, language=language)


def text_of_version(*, key: str, version: str, language: str) -> Text | None:
    """The words of one version in one language, whoever agreed to them."""
    return Text.objects.filter(key=key, version=version, language=language).first()


def text_agreed_to(*, reader: Reader, grant: Grant) -> Text | None:
    """The exact words of one of the person's own consents, in the version and language they were shown.

    Refuses: NotThere for a consent that is not the reader's own.
    """
    if reader.record_id is None or grant.record_id != reader.record_id:
        raise NotThere
    return text_of_version(key=grant.text_key, version=grant.text_version, language=grant.language)


def told_of_lookers_since(*, reader: Reader) -> datetime | None:
    """Since when the person is told of somebody who never looked before; None when they are not.

    Refuses: NotThere for anyone but the person.
    """
    record = open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    return LookAlert.objects.filter(record_id=record).values_list("since", flat=True).first()
