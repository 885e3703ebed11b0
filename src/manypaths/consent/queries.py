"""Opens records. Every read of anything about a person starts here, with a reader, the classes, and why."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from manypaths.consent import rules
from manypaths.consent.models import Grant, Text
from manypaths.consent.rules import DataClass, GrantFacts, Purpose, ReaderFacts, RecordFacts
from manypaths.lib.refusals import NotThere, NotYourWork
from manypaths.network.rules import Reader

ASK_BOTH = """
    select access_facts(%(account)s, %(hat)s, %(membership)s, %(ids)s),
           open_records(%(account)s, %(hat)s, %(membership)s, %(ids)s, %(classes)s, %(purpose)s)
"""


class WallsDisagree(Exception):
    """The rules in code and the function in the database decided differently. Nothing is served."""


@dataclass(frozen=True)
class Opened:
    """What one opening opened: the basis for each record and class. Absent means closed."""

    bases: dict[tuple[UUID, str], str] = field(default_factory=dict)
    known: frozenset[UUID] = frozenset()

    @property
    def ids(self) -> frozenset[UUID]:
        """Every record that is open for at least one class."""
        return frozenset(record for record, _class in self.bases)

    def records_for(self, data_class: DataClass) -> list[UUID]:
        """The records that are open for this class."""
        return [record for record, found in self.bases if found == data_class]

    def allows(self, record: UUID, data_class: DataClass) -> bool:
        """True when this class of this record is open."""
        return (record, data_class.value) in self.bases

    def is_minimal(self, record: UUID, data_class: DataClass) -> bool:
        """True when only named fields of this class are open (the desk)."""
        return rules.is_minimal(self.bases.get((record, data_class.value), ""))


def open_records(
    *, reader: Reader, records: Iterable[UUID], classes: Collection[DataClass], purpose: Purpose
) -> Opened:
    """Open records for some classes, for a stated purpose.

    The rules in code and the function in the database both decide; what is served is what both allow, and a
    difference between them stops the request. The access row is written before this returns.

    Records: one access row for each set of classes that was opened, naming every record; one for what was not.
    """
    ids = list(dict.fromkeys(records))
    facts, answers = _ask_both(reader, ids, classes, purpose)
    opened = {(UUID(row["id"]), row["data_class"]): row["basis"] for row in answers}
    decided, known = _decide(facts, classes, purpose)
    if opened != decided:
        raise WallsDisagree(f"code {len(decided)}, database {len(opened)}")
    return Opened(opened, known)


def open_record(*, reader: Reader, record: UUID, classes: Collection[DataClass], purpose: Purpose) -> Opened:
    """Open one record for all of some classes.

    Refuses: NotThere when any of them is closed; closed and absent look the same. NotYourWork instead, when this
    reader may already know that the person is served here, and the whole class is not part of their work.
    """
    opened = open_records(reader=reader, records=[record], classes=classes, purpose=purpose)
    if not all(opened.allows(record, data_class) for data_class in classes):
        raise NotYourWork if record in opened.known else NotThere
    return opened


def open_own(*, reader: Reader, classes: Collection[DataClass]) -> UUID:
    """Open a person's own record for themself, and say which it is.

    Refuses: NotThere for anyone who is not here as a person.
    """
    if not reader.is_person or reader.record_id is None:
        raise NotThere
    open_record(reader=reader, record=reader.record_id, classes=classes, purpose=Purpose.OWN)
    return reader.record_id


def _ask_both(
    reader: Reader, ids: list[UUID], classes: Collection[DataClass], purpose: Purpose
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    parameters = {
        "account": reader.account_id,
        "hat": str(reader.hat),
        "membership": reader.membership_id,
        "ids": ids,
        "classes": sorted({str(data_class) for data_class in classes}),
        "purpose": str(purpose),
    }
    with connection.cursor() as cursor:
        cursor.execute(ASK_BOTH, parameters)
        facts, answers = cursor.fetchone()
    return _as_json(facts), _as_json(answers)


def _as_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _decide(
    facts: dict[str, Any], classes: Collection[DataClass], purpose: Purpose
) -> tuple[dict[tuple[UUID, str], str], frozenset[UUID]]:
    """The basis of each record and class as the rules see it, and the records whose presence is known anyway."""
    reader, at = _reader_facts(facts["reader"]), datetime.fromisoformat(facts["at"])
    decided: dict[tuple[UUID, str], str] = {}
    records = [_record_facts(row) for row in facts["records"]]
    for record in records:
        for data_class in classes:
            basis = rules.basis_for(reader, record, data_class.value, purpose.value, at)
            if basis is not None:
                decided[(record.id, data_class.value)] = basis
    return decided, frozenset(record.id for record in records if rules.knows_presence(reader, record))


def _reader_facts(row: dict[str, Any] | None) -> ReaderFacts:
    if row is None:
        return ReaderFacts(hat="anon", active=False)
    return ReaderFacts(
        hat="member" if row["membership_id"] else "person",
        active=row["active"],
        account_id=UUID(row["account_id"]),
        person_id=_uuid(row["person_id"]),
        organisation_id=_uuid(row["organisation_id"]),
        roles=frozenset(row["roles"]),
        answers_requests=row["answers_requests"],
    )


def _record_facts(row: dict[str, Any]) -> RecordFacts:
    return RecordFacts(
        id=UUID(row["id"]),
        holder=row["holder"],
        person_id=_uuid(row["person_id"]),
        organisation_id=_uuid(row["organisation_id"]),
        erased=row["erased"],
        assigned=row["assigned"],
        supervised=row["supervised"],
        blocked=row["blocked"],
        grants=tuple(_grant_facts(grant) for grant in row["grants"]),
    )


def _grant_facts(row: dict[str, Any]) -> GrantFacts:
    return GrantFacts(
        id=UUID(row["id"]),
        recipient_organisation=_uuid(row["recipient_organisation"]),
        classes=frozenset(row["classes"]),
        purpose=row["purpose"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        until=datetime.fromisoformat(row["until"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def grants_of_own_record(*, reader: Reader) -> list[Grant]:
    """Every consent the person ever gave, newest first."""
    record = open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    return list(Grant.objects.filter(record_id=record).select_related("recipient_organisation").order_by("-given_at"))


def grant_for_subject(*, reader: Reader, subject_id: UUID) -> Grant:
    """The newest consent the person gave for one request.

    Refuses: NotThere when there is none.
    """
    record = open_own(reader=reader, classes={DataClass.CONSENT_RECORD})
    found = Grant.objects.filter(record_id=record, subject_id=subject_id).order_by("-given_at").first()
    if found is None:
        raise NotThere
    return found


def grant_facts(grant: Grant) -> GrantFacts:
    """A stored consent as the rules read it."""
    return GrantFacts(
        id=grant.id,
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


def text_agreed_to(*, reader: Reader, grant: Grant) -> Text | None:
    """The exact words of one of the person's own consents, in the version and language they were shown.

    Refuses: NotThere for a consent that is not the reader's own.
    """
    if reader.record_id is None or grant.record_id != reader.record_id:
        raise NotThere
    return Text.objects.filter(key=grant.text_key, version=grant.text_version, language=grant.language).first()
