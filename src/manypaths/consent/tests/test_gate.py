"""The gate in code, over bare facts: what opens, and that each fact that is missing closes it. No database."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from manypaths.consent.rules import DataClass, GrantFacts, Inquiry, Purpose, ReaderFacts, RecordFacts
from manypaths.consent.rules.gate import bases_for, knows_presence

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
HOUSE, OTHER, MARIA, REQUEST, ITEM = (uuid.uuid4() for _ in range(5))
NOTES = DataClass.COUNSELLING_NOTES
CONSENT = GrantFacts(
    uuid.uuid4(), REQUEST, HOUSE, frozenset({"referral_task"}), "referral", AT, AT + timedelta(days=1), None
)
WORKER = ReaderFacts(
    "member", True, uuid.uuid4(), organisation_id=HOUSE, roles=frozenset({"peer", "clinician"}), answers_requests=True
)
PERSON = ReaderFacts("person", True, uuid.uuid4(), person_id=MARIA)
HELD = RecordFacts(
    uuid.uuid4(), "organisation", None, HOUSE, assigned=True, originated=frozenset({(ITEM, NOTES.value)})
)
OWN = RecordFacts(uuid.uuid4(), "person", MARIA, None, grants=(CONSENT,))
NOWHERE = {"organisation_id": None}

Ask = tuple[ReaderFacts, RecordFacts, DataClass, Inquiry]
CARED_FOR: Ask = (WORKER, HELD, DataClass.DEMOGRAPHICS, Inquiry(Purpose.CARE))
AS_MYSELF: Ask = (PERSON, OWN, DataClass.RECOVERY_PLAN, Inquiry(Purpose.OWN))
AGREED: Ask = (WORKER, OWN, DataClass.REFERRAL_TASK, Inquiry(Purpose.REFERRAL, frozenset({REQUEST})))
WRITTEN: Ask = (WORKER, HELD, NOTES, Inquiry(Purpose.CARE, frozenset({ITEM})))


def but(ask: Ask, reader: dict[str, Any] | None = None, record: dict[str, Any] | None = None, **said: Any) -> Ask:
    who, what, wanted, why = ask
    return (
        replace(who, **(reader or {})),
        replace(what, **(record or {})),
        said.get("wanted", wanted),
        said.get("why", why),
    )


OPEN: dict[str, tuple[Ask, dict[Any, str]]] = {
    "an assigned worker cares": (CARED_FOR, {None: "assigned"}),
    "a person opens their own": (AS_MYSELF, {None: "own"}),
    "a consent names the request": (AGREED, {REQUEST: f"granted:{CONSENT.id}"}),
    "an author opens their note": (WRITTEN, {ITEM: "originated"}),
}
CLOSED: dict[str, Ask] = {
    "the account has ended": but(CARED_FOR, {"active": False}),
    "the person's account has ended": but(AS_MYSELF, {"active": False}),
    "the record is erased": but(CARED_FOR, record={"erased": True}),
    "the record is blocked": but(CARED_FOR, record={"blocked": True}),
    "nobody assigned them": but(CARED_FOR, record={"assigned": False}),
    "it is held elsewhere": but(CARED_FOR, record={"organisation_id": OTHER}),
    "neither has an organisation": but(CARED_FOR, NOWHERE, NOWHERE),
    "they do not come as a member": but(CARED_FOR, {"hat": "person"}),
    "a member whose person it is": but(AS_MYSELF, {"hat": "member"}),
    "nobody is who it belongs to": but(AS_MYSELF, {"person_id": None}, {"person_id": None}),
    "it is another person's": but(AS_MYSELF, {"person_id": uuid.uuid4()}),
    "the person's own for care": but(AS_MYSELF, why=Inquiry(Purpose.CARE)),
    "the person's own, and notes of counselling": but(AS_MYSELF, wanted=NOTES),
    "the consent is for another place": but(AGREED, {"organisation_id": OTHER}),
    "a consent for no place, asked from no place": (
        replace(WORKER, organisation_id=None),
        replace(OWN, grants=(replace(CONSENT, recipient_organisation=None),)),
        *AGREED[2:],
    ),
    "they answer no requests": but(AGREED, {"answers_requests": False}),
    "the author walks with them no more": but(WRITTEN, record={"assigned": False}),
    "the author works elsewhere now": but(WRITTEN, {"organisation_id": OTHER}),
    "an author of nowhere": but(WRITTEN, NOWHERE, NOWHERE),
    "an item of another class": but(WRITTEN, record={"originated": frozenset({(ITEM, "contact_log")})}),
    "an item that was not asked for": but(WRITTEN, why=Inquiry(Purpose.CARE, frozenset({uuid.uuid4()}))),
    "the author as their own lead": but(WRITTEN, why=Inquiry(Purpose.SUPERVISION, frozenset({ITEM}))),
}  # fmt: skip


def wrong_cases(opens: Callable[..., dict[Any, str]]) -> list[str]:
    """The names of the cases that come out otherwise, asked of one reading of the rules."""
    wrong = [name for name, (ask, bases) in OPEN.items() if opens(*ask, AT) != bases]
    return wrong + [name for name, ask in CLOSED.items() if opens(*ask, AT)]


@pytest.mark.parametrize("name", OPEN)
def test_it_is_open_where(name: str):
    ask, bases = OPEN[name]
    assert bases_for(*ask, AT) == bases


@pytest.mark.parametrize("name", CLOSED)
def test_it_is_closed_where(name: str):
    assert bases_for(*CLOSED[name], AT) == {}


def test_who_serves_someone_may_know_that_they_are_there_and_nobody_else():
    desk = replace(WORKER, roles=frozenset({"frontdesk"}))
    lead = replace(WORKER, roles=frozenset({"supervisor"}))
    aside = replace(HELD, assigned=False)
    assert knows_presence(WORKER, HELD)
    assert knows_presence(desk, aside)
    assert knows_presence(lead, replace(aside, supervised=True))
    for reader, record in (
        (WORKER, aside),
        (lead, aside),
        (replace(WORKER, roles=frozenset({"org_admin"})), HELD),
        (replace(desk, active=False), aside),
        (replace(desk, hat="person"), aside),
        (replace(desk, organisation_id=OTHER), aside),
        (desk, replace(aside, blocked=True)),
        (desk, replace(aside, erased=True)),
    ):
        assert not knows_presence(reader, record)
