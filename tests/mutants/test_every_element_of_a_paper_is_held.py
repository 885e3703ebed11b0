"""What makes a consent on paper whole is read twice, in code and in the database: they agree on every paper here.

Each condition of the database's reading, turned once, makes them differ.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from manypaths.config.testing import as_owner
from manypaths.consent.models import PaperConsent
from manypaths.consent.rules import paper_consents as rules
from manypaths.consent.rules.paper_consents import Paper
from manypaths.consent.tests.test_shares import DAY, Undo
from manypaths.referrals.tests.test_paper_consents import ALL, WORDS, Desk, replace
from tests.mutants.sql import mutants_of_function
from tests.mutants.test_every_rule_of_the_gate_is_held import as_superuser, definition_of

pytestmark = pytest.mark.django_db
EVERY = frozenset(rules.ELEMENTS)
IS_WHOLE = "select paper_consent_is_whole(q, %s) from consent_paperconsent q where q.id = %s"


def papers(desk: Desk) -> list[uuid.UUID]:
    """One of each sort: some can be whole, and some cannot."""
    care = {"kind": "tpo_single", "classes": frozenset({"attendance"})}
    both = {"signer": "both", "capacity": "parent", "words": replace(WORDS, signer_name="Rosa K.")}
    sorts: list[dict[str, Any]] = [
        {}, {"read": ALL - {"date"}}, {"read": frozenset()}, {"minor": True}, {"minor": True, **both}, both,
        {"until": datetime.now(UTC) - DAY}, {**care, "read": EVERY}, {**care, "until": None, "read": EVERY},
        {**care, "read": ALL}, {**care, "read": EVERY - {"refusal"}},
    ]  # fmt: skip
    return [desk.write(**sort) for sort in sorts]


def found() -> Iterator[frozenset[str]]:
    yield from (ALL, EVERY, frozenset())
    yield from (EVERY - {one} for one in rules.ELEMENTS)


def differences(made: list[uuid.UUID]) -> list[str]:
    """Where the two readings are not of one mind."""
    at, unlike = datetime.now(UTC), []
    with as_owner():
        rows = list(PaperConsent.objects.filter(id__in=made))
    for row in rows:
        paper = Paper(
            row.kind, frozenset(row.classes), row.purpose, row.until, row.signed_on, row.minor, row.signer,
            row.capacity, frozenset(row.read),
        )  # fmt: skip
        for marks in found():
            with as_superuser() as cursor:
                cursor.execute(IS_WHOLE, [sorted(marks), row.id])
                whole = cursor.fetchone()[0]
            if whole is not (not rules.missing(paper, marks, at)):
                unlike.append(f"{row.kind} {sorted(EVERY - marks)}")
    return unlike


def is_noticed(made: list[uuid.UUID], definition: str) -> bool:
    noticed = False
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            noticed = bool(differences(made))
            raise Undo
    except Undo:
        return noticed
    except DatabaseError:
        return True


def test_both_readings_of_a_whole_paper_agree():
    made = papers(Desk())
    assert differences(made) == []
    whole = []
    with as_superuser() as cursor:
        for one in made:
            cursor.execute(IS_WHOLE, [sorted(EVERY), one])
            whole.append(cursor.fetchone()[0])
    assert whole.count(True) == 5


def test_each_condition_of_the_databases_reading_is_held():
    made = papers(Desk())
    turned = mutants_of_function(definition_of("paper_consent_is_whole"))
    assert len(turned) > 9
    assert [one.what for one in turned if not is_noticed(made, one.definition)] == []
