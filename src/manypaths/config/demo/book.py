"""What will be written: every row with its words still readable, so that one build can be compared with another.

Nothing here touches the database. `loading` seals and writes the whole book in one transaction.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model

from manypaths.audit.models import Access, Act
from manypaths.config.demo.chance import Chance
from manypaths.consent import rules
from manypaths.consent.rules import DataClass, GrantFacts, Inquiry, Purpose, ReaderFacts, RecordFacts
from manypaths.network.rules import Reader

LONG_AGO = 0  # the transaction of a look of the past: no transaction that runs has this number


class Words(NamedTuple):
    """Words that are sealed when they are written: the label of their field, and what they say."""

    label: str
    text: str


class RuleBroken(Exception):
    """The story asked for something that the rules refuse. The story is wrong, or the rules are."""


def obey(reasons: Iterable[Any]) -> None:
    """Stop the build when a rule has a reason against what is about to be written."""
    found = [reason.code for reason in reasons]
    if found:
        raise RuleBroken(", ".join(found))


@dataclass
class Book:
    """All rows of the demonstration by table, and whose key seals which record."""

    chance: Chance
    now: datetime
    zone: str
    rows: dict[type[Model], list[Model]] = field(default_factory=lambda: defaultdict(list))
    holders: dict[UUID, UUID] = field(default_factory=dict)

    def add(self, row: Model) -> None:
        """Put one row into the book."""
        self.rows[type(row)].append(row)

    def act(self, what: str, by: Reader, at: datetime, subject: UUID, record: UUID | None = None) -> None:
        """Write that something was done, as every command does."""
        self.add(
            Act(
                id=self.chance.uid(),
                at=at,
                what=what,
                account_id=by.account_id,
                hat=str(by.hat),
                membership_id=by.membership_id,
                organisation_id=by.organisation_id,
                subject_id=subject,
                record_id=record,
            )
        )

    def look(
        self,
        by: Reader,
        record: RecordFacts,
        classes: Collection[DataClass],
        purpose: Purpose,
        at: datetime,
        *,
        subject: UUID | None = None,
    ) -> None:
        """Write a look of the past, where the gate allows it.

        Refuses: RuleBroken when the gate would not have opened this.
        """
        who = _facts_of(by)
        inquiry = Inquiry(purpose.value, frozenset({subject} if subject else ()))
        bases = [rules.bases_for(who, record, one.value, inquiry, at) for one in sorted(classes)]
        if not all(bases):
            raise RuleBroken(f"the gate keeps {sorted(classes)} closed for {purpose}")
        granted = next(iter(bases[0]))
        self.add(
            Access(
                at=at,
                xid=LONG_AGO,
                nonce=self.chance.uid(),
                account_id=by.account_id,
                hat=str(by.hat),
                membership_id=by.membership_id,
                organisation_id=by.organisation_id,
                opened=[record.id],
                bases=[min(one[granted] for one in bases)],
                subjects=[granted],
                denied=[],
                classes=sorted(one.value for one in classes),
                purpose=purpose.value,
            )
        )

    def digest(self) -> str:
        """One value for all that the book says."""
        sum_of_all = hashlib.sha256()
        for model in sorted(self.rows, key=lambda one: one._meta.label):
            for row in self.rows[model]:
                ours = [one for one in model._meta.concrete_fields if not one.has_db_default()]
                values = [getattr(row, one.attname) for one in ours]
                sum_of_all.update(repr((model._meta.label, values)).encode())
        return sum_of_all.hexdigest()


def _facts_of(by: Reader) -> ReaderFacts:
    return ReaderFacts(
        hat=str(by.hat),
        active=True,
        account_id=by.account_id,
        person_id=by.person_id,
        organisation_id=by.organisation_id,
        roles=by.roles,
        answers_requests=by.answers_requests,
    )


def own_facts(by: Reader) -> RecordFacts:
    """A person's own record, as the gate sees it."""
    if by.record_id is None:
        raise RuleBroken("nobody is here as a person")
    return RecordFacts(by.record_id, "person", by.person_id, None)


def shared_facts(record_id: UUID, person_id: UUID | None, grant: GrantFacts) -> RecordFacts:
    """A person's own record with one consent, as the gate sees it."""
    return RecordFacts(record_id, "person", person_id, None, grants=(grant,))


def held_facts(record_id: UUID, organisation_id: UUID | None, *, supervised: bool = False) -> RecordFacts:
    """An organisation's own record, looked at by who is assigned to it, or by their lead."""
    return RecordFacts(record_id, "organisation", None, organisation_id, assigned=not supervised, supervised=supervised)
