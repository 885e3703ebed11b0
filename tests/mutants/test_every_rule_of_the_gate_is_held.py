"""Each rule of the gate is turned round once, in code and in the database: the other reading must notice it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.consent import queries
from manypaths.consent.queries import WallsDisagree
from manypaths.consent.rules import Inquiry, gate
from manypaths.consent.tests.test_gate import wrong_cases
from manypaths.people.tests.factories import new_request
from tests.mutants.mutating import living, mutants_of
from tests.mutants.sql import mutants_of_function
from tests.mutants.world import Question, World

pytestmark = pytest.mark.django_db
GATE = "manypaths.consent.rules.gate"
A_FEW = 12


def ask(question: Question) -> queries.Opened:
    reader, records, classes, purpose, subjects = question
    new_request()
    return queries.open_records(reader=reader, records=records, classes=classes, purpose=purpose, subjects=subjects)


def the_gate_holds(world: World) -> bool:
    """Both readings say the same of every question, the keys are of what is open, the log tells all of it."""
    return fault_in(world, batches(world)) is None


def batches(world: World) -> list[list[Question]]:
    """All questions, a few at a time; first none, which asks what nobody can answer."""
    found = world.questions()
    return [[], *(found[first : first + A_FEW] for first in range(0, len(found), A_FEW))]


def fault_in(world: World, asked: list[list[Question]]) -> int | None:
    """The number of the first few questions that are answered wrongly."""
    with transaction.atomic():
        return next((number for number, few in enumerate(asked) if not are_right(world, few)), None)


def are_right(world: World, few: list[Question]) -> bool:
    try:
        with transaction.atomic():
            first = last_line()
            answered = [(question, ask(question)) for question in few]
            assert all({UUID(key[0]) for key in opened.keys} == opened.ids for _question, opened in answered)
            assert log_since(first) == [expected_in_log(*one) for one in answered]
            for wrong in () if few else UNANSWERABLE:
                assert is_refused(world, **wrong)
    except (WallsDisagree, DatabaseError, AssertionError, TypeError, ValueError):
        return False
    return True


Unit = tuple[UUID, UUID | None, str]
Told = tuple[set[Unit], set[UUID], set[str], bool]


def expected_in_log(question: Any, opened: queries.Opened) -> Told:
    """What is open, by class; what stayed closed; whether a line says so."""
    _reader, records, classes, _purpose, _subjects = question
    units = {(record, subject, str(one)) for record, one, subject in opened.bases}
    denied = set(records) - opened.ids
    missing = {str(one) for one in classes} - {one for _record, _subject, one in units}
    return units, denied, {str(one) for one in classes}, bool(denied or missing or not records)


def last_line() -> int:
    with as_superuser() as cursor:
        cursor.execute("select coalesce(max(seq), 0) from audit_access")
        return int(cursor.fetchone()[0])


def log_since(first: int) -> list[Told]:
    """The lines of each question, in the order they were asked."""
    with as_superuser() as cursor:
        cursor.execute(
            "select nonce, opened, subjects, classes, denied from audit_access where seq > %s order by seq", [first]
        )
        rows = cursor.fetchall()
    told: dict[UUID, list[Any]] = {}
    for nonce, opened, subjects, classes, denied in rows:
        one = told.setdefault(nonce, [set(), set(), set(), False])
        one[0] |= {
            (record, subject, name) for record, subject in zip(opened, subjects, strict=True) for name in classes
        }
        one[1] |= set(denied)
        one[2] |= set(classes)
        assert not (one[3] and not opened), "two lines of what stayed closed"
        one[3] = one[3] or not opened
    return [tuple(one) for one in told.values()]  # type: ignore[misc]


UNANSWERABLE: list[dict[str, Any]] = [
    {"records": [uuid4() for _ in range(1001)]}, {"classes": []}, {"purpose": None},
]  # fmt: skip


def is_refused(world: World, **wrong: Any) -> bool:
    reader = world.readers["coach"]
    said = {"records": [world.records["held"]], "classes": ["presence"], "purpose": "care", **wrong}
    values = [reader.account_id, "member", reader.membership_id, said["records"], said["classes"], said["purpose"], []]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select open_records(%s, %s, %s, %s, %s::text[], %s, %s)", values)
    except DatabaseError as refused:
        return "at most 1000" in str(refused)
    return False


@contextmanager
def as_superuser() -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
        yield cursor
        cursor.execute("set local role app")


def definition_of(function: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef(p.oid) from pg_proc p where p.proname = %s", [function])
        found: str = cursor.fetchone()[0]
    return found


class Undo(Exception):
    """Takes a turned function away again."""


def is_noticed(world: World, definition: str, asked: list[list[Question]]) -> bool:
    """Whether a question is answered wrongly by it. The few that told come first for the next one."""
    noticed = None
    try:
        with transaction.atomic():
            with as_superuser() as cursor:
                cursor.execute(definition)
            noticed = fault_in(world, asked)
            raise Undo
    except (Undo, DatabaseError) as end:
        if noticed is not None:
            asked.insert(0, asked.pop(noticed))
        return noticed is not None or isinstance(end, DatabaseError)


# Conditions that only spare work: what they keep out is kept out once more, by the next step or by the rules in code.
SPARES_WORK = {
    "open_records": {
        "b.record_id = any(p_ids) -> true": "a block of a record that nobody asked for closes nothing",
        "v_tie = 'organisation' -> true": "without a tie there is no class in the role table",
        "v_tie = 'assigned' -> true": "for care the tie is always the assignment",
        "v_org is not null -> true": "without an organisation there are no roles, so nothing is allowed",
        "cardinality(p_subjects) > 0 -> true": "no row is about none of the subjects",
        "rc.tie in ('granted', 'originated') -> true": "each ground asks for its tie again",
        "w.record_id = any(v_tied) -> true": "who walks with the person is tied to the record",
        "cardinality(v_tied) <> cardinality(p_ids) -> true": "nothing is left of what was asked for and is open",
        "coalesce(cardinality(p_ids), 0) = 0 -> false": "where nothing was asked for, no class was opened",
    },
    "access_facts": {
        "p.id is not null -> true": "a person without an id owns no record",
        "(p_hat = 'member' and m.id is not null) -> true": "without a membership there is no organisation",
        "p_hat = 'member' -> true": "without the hat the reader is not active",
        "m.id is not null -> true": "without a membership there is no organisation",
        "p_hat = 'person' -> true": "a member is no person, whoever the account belongs to",
        "found -> true": "facts of nobody open nothing",
        "a.record_id = any(p_ids) -> true": "only records that were asked for are told",
        "v_org is not null -> true": "without an organisation no record is held by it",
        "b.record_id = any(p_ids) -> true": "only records that were asked for are told",
        "g.record_id = any(p_ids) -> true": "only records that were asked for are told",
        "cardinality(p_subjects) > 0 -> true": "nothing was written about none of the subjects",
        "w.membership_id = p_membership -> true": "asked again for each record",
        "w.record_id = any(p_ids) -> true": "asked again for each record",
        "w.item_id = any(p_subjects) -> true": "asked again for each record, and by the rules",
        "g.recipient_organisation_id = v_org -> true": "asked again by the rules",
        "v_wrote -> true": "asked again for each record",
        "r.id = any(v_granted) -> true": "records told one by one are the same records",
    },
}


@pytest.mark.parametrize("function", ["open_records", "access_facts"])
def test_every_condition_of_the_database_that_is_turned_is_noticed(world: World, function: str):
    assert the_gate_holds(world)
    asked = batches(world)
    assert not is_noticed(world, definition_of(function), asked)
    mutants = mutants_of_function(definition_of(function))
    spares = SPARES_WORK[function]
    assert len(mutants) > 90
    assert set(spares) <= {one.what for one in mutants}, "an exception for a condition that is there no more"
    assert [
        one.what for one in mutants if one.what not in spares and not is_noticed(world, one.definition, asked)
    ] == []


RULES_OF_OPENING = frozenset(
    {"bases_for", "_is_own", "_tie_of_member", "_grants_for", "_written_by", "part_for", "grant_covers", "is_active"}
    | {"PURPOSES_OF_TIE", "PURPOSES_OF_AUTHORS", "NOT_OPENED_AS_OWN"}
)


def test_every_rule_in_code_that_is_turned_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch):
    asked = [(question, *told_by_database(question)) for question in world.questions()]
    assert the_rules_say_so(asked)
    mutants = mutants_of(GATE, only=RULES_OF_OPENING)
    assert len(mutants) > 60
    left = []
    for mutant in mutants:
        with living(mutant) as (turned,), monkeypatch.context() as patch:
            patch.setattr(turned, "ROLE_TABLE", gate.ROLE_TABLE)
            patch.setattr(queries.rules, "bases_for", turned.bases_for)
            if the_rules_say_so(asked) and not wrong_cases(turned.bases_for):
                left.append(mutant.where)
    assert left == []


def told_by_database(question: Any) -> tuple[dict[str, Any], dict[Any, str]]:
    reader, records, classes, purpose, subjects = question
    new_request()
    found = queries._ask_both(reader, records, classes, Inquiry(str(purpose), frozenset(subjects)))
    return found["facts"], queries._opened(found["whole"], found["granted"])


def the_rules_say_so(asked: list[Any]) -> bool:
    """Whether each question is answered as the database does. The one that told comes first for the next rule."""
    wrong = next((number for number, one in enumerate(asked) if not is_answered_alike(*one)), None)
    if wrong is not None:
        asked.insert(0, asked.pop(wrong))
    return wrong is None


def is_answered_alike(question: Any, facts: dict[str, Any], opened: dict[Any, str]) -> bool:
    inquiry = Inquiry(str(question[3]), frozenset(question[4]))
    try:
        return bool(queries._decide(facts, question[2], inquiry)[0] == opened)
    except Exception:  # a rule that breaks is noticed too
        return False
