"""The two readings of an order of a court are one; what is no order opens nothing; what is missing is said at once."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.config.testing import as_owner
from manypaths.consent import papers
from manypaths.consent.models import LegalPaper
from manypaths.consent.rules import DataClass
from manypaths.consent.rules import papers as rules
from manypaths.consent.rules.papers import Order
from manypaths.lib.refusals import NotThere
from manypaths.network.models import Membership
from manypaths.network.rules import Role
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Block, Record
from manypaths.people.tests.factories import new_request, person, record_held_by

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OPENS = {"demographics", "safe_contact", "attendance", "sud_treatment_record", "drug_screen_result"}
AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
WHOLE = Order(
    "Superior Court", "22-CR-1", "2.65", "subpoena", date(2026, 11, 20), frozenset({"attendance"}), AT + 30 * DAY
)
WORLDS = st.fixed_dictionaries(
    {
        "roles": st.lists(st.sampled_from([role.value for role in Role]), max_size=2, unique=True),
        "officer": st.booleans(),
        "kind": st.sampled_from(["order", "order", "order", "subpoena", "warrant", "letter"]),
        "place": st.sampled_from(["here", "here", "elsewhere"]),
        "asked": st.sampled_from(["named", "named", "another held", "own record", "nobody"]),
        "ends_in": st.sampled_from([30, 1, 0, -1]),
        "begins_in": st.sampled_from([-40, -40, 1]),
        "classes": st.lists(st.sampled_from([one.value for one in DataClass]), min_size=1, max_size=4, unique=True),
        "block": st.sampled_from(["none", "none", "account", "organisation"]),
        "erased": st.sampled_from(["none", "none", "own", "held"]),
        "ended": st.booleans(),
    }
)


class Undo(Exception):
    """Takes a made-up world away again."""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_code_and_database_never_disagree(world):
    """`open_by_order` raises WallsDisagree when they do; and what opens is what the prose says."""
    with pytest.raises(Undo), transaction.atomic():
        reader, paper, asked = build(world)
        new_request()
        good = (
            world["officer"], world["kind"] == "order", world["place"] == "here", world["asked"] == "named",
            world["ends_in"] > 0, world["begins_in"] < 0, world["block"] == "none", world["erased"] == "none",
            not world["ended"],
        )  # fmt: skip
        try:
            found = papers.open_by_order(reader=reader, paper=paper, record=asked)
        except (NotThere, papers.OpensNothing):
            opened = set()
        else:
            opened = {kind for record, kind, _subject in found.opened.bases if record == asked}
        assert opened == (OPENS & set(world["classes"]) if all(good) else set())
        raise Undo


def build(world):
    with as_owner():
        house, other = organisation(), organisation("Harbor Row")
        roles = [one for one in world["roles"] if one != Role.PRIVACY_OFFICER]
        worker = membership(house, *([*roles, "privacy_officer"] if world["officer"] else roles or ["peer"]))
    owner, at = person(), datetime.now(UTC)
    held, second = (record_held_by(membership(house, "peer")) for _one in range(2))
    asked = {"named": held, "another held": second, "own record": owner.record_id, "nobody": uuid.uuid4()}
    recorded = at + world["begins_in"] * DAY
    order = {
        "court": b"x", "case_number": b"x", "section": "2.64", "mandate": "subpoena", "ordered_on": at.date(),
        "classes": world["classes"], "until": max(at + world["ends_in"] * DAY, recorded + timedelta(seconds=1)),
    }  # fmt: skip
    if world["begins_in"] > 0:
        order["until"] = recorded + 30 * DAY
    with as_owner():
        paper = LegalPaper.objects.create(
            record_id=owner.record_id, org_record_id=held, organisation=house if world["place"] == "here" else other,
            membership=worker, kind=world["kind"], recorded_at=recorded,
            **(order if world["kind"] == "order" else {}),
        )  # fmt: skip
        if world["block"] != "none":
            by_house = world["block"] == "organisation"
            Block.objects.create(
                record_id=owner.record_id, account_id=None if by_house else worker.account_id,
                organisation=house if by_house else None, since=at - DAY,
            )  # fmt: skip
        if world["erased"] != "none":
            which = owner.record_id if world["erased"] == "own" else held
            Record.objects.filter(id=which).update(erased_at=at)
        if world["ended"]:
            Membership.objects.filter(id=worker.id).update(ended_at=at)
    return reader_for(worker), paper.id, asked[world["asked"]]


def test_an_order_never_opens_notes_of_counselling_and_only_a_privacy_officer_opens_by_one():
    assert rules.opens_by_order({"privacy_officer"}) == OPENS
    assert {role.value for role in Role if rules.opens_by_order({role.value})} == {"privacy_officer"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"court": " "}, "court"),
        ({"case_number": ""}, "case_number"),
        ({"section": "2.31"}, "section"),
        ({"mandate": ""}, "mandate"),
        ({"ordered_on": None}, "ordered_on"),
        ({"ordered_on": date(2026, 12, 1)}, "ordered_on"),
        ({"classes": frozenset()}, "classes"),
        ({"classes": frozenset({"sud_counseling_notes"})}, "classes"),
        ({"until": AT}, "until"),
        ({"until": AT + 366 * DAY}, "until"),
        ({"silent_until": AT + 366 * DAY}, "silent_until"),
    ],
)
def test_what_is_missing_of_an_order_is_said_beside_its_field(changes, field):
    roles = {"privacy_officer"}
    assert list(rules.reasons_not_to_record("order", WHOLE, roles, AT)) == []
    reasons = rules.reasons_not_to_record("order", replace(WHOLE, **changes), roles, AT)
    assert [reason.field for reason in reasons] == [field]


@pytest.mark.parametrize("kind", list(rules.KINDS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_paper_has_steps_to_take_next(kind, language):
    steps = rules.steps_after(kind, language)
    assert len(steps) >= 3
    assert steps != rules.steps_after(kind, "es" if language == "en" else "en")
