"""Agreements with bodies that do a service for a place: written down, answered there, ended, never edited."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.consent import agreeing, agreements
from manypaths.consent.models import ServiceAgreement
from manypaths.consent.rules import agreements as rules
from manypaths.consent.rules.agreements import ELEMENTS, Standing, State, Terms
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.rules import Reader, Role
from manypaths.network.tests.factories import (
    community,
    day_there,
    membership,
    organisation,
    participation,
    reader_for,
)
from manypaths.notices.models import StaffNotice

WHOLE = frozenset(ELEMENTS)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
STANDINGS = st.builds(
    Standing,
    elements=st.frozensets(st.sampled_from(sorted(ELEMENTS))),
    inside=st.booleans(),
    is_confirmed=st.booleans(),
    is_ended=st.booleans(),
    starts_on=DAYS,
    until=st.none() | DAYS,
)


def fresh(member: Membership, there) -> Reader:
    return replace(reader_for(member, there), factor_at=datetime.now(UTC))


@dataclass
class Two:
    """A house and a neighbour of the same community, and who keeps the register of each."""

    community: UUID
    house: UUID
    neighbour: UUID
    officer: Reader
    lead_there: Reader
    coach: Reader
    stranger: Reader

    def terms(self, **changes: object) -> Terms:
        today = day_there()
        said = Terms(
            self.neighbour, "", "reviews", WHOLE, today, today + timedelta(days=365), "Ana Ruiz, director",
            "Tom Hale, director", "Safe, folder 12",
        )  # fmt: skip
        return replace(said, **changes)

    def write(self, by: Reader | None = None, at: datetime | None = None, **changes: object) -> UUID:
        new = changes.pop("agreement_id", uuid4())
        return agreeing.write_agreement(
            agreement_id=new, terms=self.terms(**changes), community_id=self.community, by=by or self.officer,
            at=at or datetime.now(UTC),
        )  # fmt: skip

    def confirm(self, one: UUID, by: Reader | None = None) -> None:
        agreeing.confirm_agreement(agreement_id=one, today=day_there(), by=by or self.lead_there, at=datetime.now(UTC))

    def end(self, one: UUID, ending: str = "no_longer", by: Reader | None = None) -> None:
        agreeing.end_agreement(
            agreement_id=one, ending=ending, today=day_there(), by=by or self.officer, at=datetime.now(UTC)
        )

    def state(self, one: UUID, by: Reader | None = None) -> State:
        return agreements.agreement(reader=by or self.officer, agreement_id=one, today=day_there()).state


@pytest.fixture
def two(db) -> Two:
    with as_owner():
        there = community()
        house, neighbour, far = organisation(), organisation("Harbor Row"), organisation("Far Mill")
        for body in (house, neighbour, far):
            participation(there, body)
        members = [
            membership(house, "privacy_officer"), membership(neighbour, "org_admin"), membership(house, "peer"),
            membership(far, "privacy_officer"),
        ]  # fmt: skip
        return Two(there.id, house.id, neighbour.id, *(fresh(one, there) for one in members))


def reasons(act) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [one.code for one in refused.value.reasons]


def acts() -> list[str]:
    with as_owner():
        return sorted(Act.objects.filter(what__startswith="consent.agreement").values_list("what", flat=True))


@given(STANDINGS, DAYS)
def test_it_holds_only_whole_agreed_to_and_on_its_days(standing, today):
    holds = rules.state(standing, today) is State.HOLDS
    assert holds == (
        not standing.is_ended
        and standing.elements == WHOLE
        and (standing.is_confirmed or not standing.inside)
        and standing.starts_on <= today
        and (standing.until is None or today <= standing.until)
    )


def test_it_waits_until_the_other_side_says_yes_and_both_sides_read_it(two):
    one = two.write()
    assert two.state(one) is State.WAITING
    assert agreements.waiting_for_our_yes(reader=two.lead_there, today=day_there()) == 1
    two.confirm(one)
    two.confirm(one)
    for reader, ours in ((two.officer, True), (two.lead_there, False)):
        (found,), total = agreements.agreements_here(reader=reader, today=day_there())
        assert (found.id, found.ours, found.state, total) == (one, ours, State.HOLDS, 1)
        assert (found.signed_here, found.signed_there, found.missing) == (
            "Ana Ruiz, director",
            "Tom Hale, director",
            (),
        )
    assert agreements.waiting_for_our_yes(reader=two.lead_there, today=day_there()) == 0
    assert acts() == ["consent.agreement_confirmed", "consent.agreement_written"]


def test_who_keeps_the_register_of_the_other_side_is_told_that_it_waits_and_nobody_else(two):
    two.write()
    with as_owner():
        told = StaffNotice.objects.filter(template="agreement_waits").values_list("account_id", flat=True)
        assert set(told) == {two.lead_there.account_id}


def test_one_outside_holds_by_its_paper_alone(two):
    one = two.write(server_id=None, server_name="North Laboratory", service="laboratory")
    found = agreements.agreement(reader=two.officer, agreement_id=one, today=day_there())
    assert (found.server, found.inside, found.state) == ("North Laboratory", False, State.HOLDS)


@pytest.mark.parametrize("element", sorted(ELEMENTS))
def test_what_the_law_asks_for_and_the_paper_does_not_say_holds_it(two, element):
    one = two.write(elements=WHOLE - {element})
    assert two.state(one) is State.HELD
    assert agreements.agreement(reader=two.officer, agreement_id=one, today=day_there()).missing == (element,)
    assert reasons(lambda: two.confirm(one)) == ["held"]
    with as_owner():
        assert not StaffNotice.objects.filter(template="agreement_waits").exists()


@pytest.mark.parametrize("side", ["officer", "lead_there"])
def test_either_side_ends_it_at_once_and_it_stays_in_the_register(two, side):
    one = two.write()
    two.confirm(one)
    for _ in range(2):
        two.end(one, by=getattr(two, side))
    assert two.state(one) is State.ENDED
    assert agreements.agreements_here(reader=two.officer, today=day_there())[1] == 1
    assert reasons(lambda: two.confirm(one)) == ["ended"]
    assert acts().count("consent.agreement_ended") == 1


def test_it_begins_and_is_over_on_the_days_of_the_paper(two):
    today = day_there()
    later = two.write(starts_on=today + timedelta(days=1))
    two.confirm(later)
    assert two.state(later) is State.COMING
    last = two.write(starts_on=today - timedelta(days=9), until=today)
    two.confirm(last)
    assert two.state(last) is State.HOLDS
    over = two.write(starts_on=today - timedelta(days=9), until=today - timedelta(days=1))
    assert two.state(over) is State.OVER
    assert reasons(lambda: two.confirm(over)) == ["ended"]


def test_one_press_twice_is_one_agreement(two):
    one = two.write()
    assert two.write(agreement_id=one) == one
    assert agreements.agreements_here(reader=two.officer, today=day_there())[1] == 1
    assert acts() == ["consent.agreement_written"]
    with pytest.raises(NotThere):
        two.write(agreement_id=one, by=two.stranger)


def test_who_does_not_keep_the_register_and_who_is_of_neither_side_finds_nothing(two):
    one = two.write()
    for reader in (two.coach, two.stranger):
        for act in (two.confirm, two.end):
            with pytest.raises(NotThere):
                act(one, by=reader)
        with pytest.raises(NotThere):
            two.state(one, by=reader)
    with pytest.raises(NotThere):
        two.write(by=two.coach)
    with pytest.raises(NotThere):
        two.confirm(one, by=two.officer)
    assert agreements.agreements_here(reader=two.stranger, today=day_there()) == ([], 0)
    assert two.state(one) is State.WAITING


def test_each_act_asks_for_a_proof_of_a_moment_ago(two):
    one = two.write()
    old = datetime.now(UTC) - timedelta(minutes=6)
    officer, lead = replace(two.officer, factor_at=old), replace(two.lead_there, factor_at=old)
    assert reasons(lambda: two.write(by=officer)) == ["prove_again"]
    assert reasons(lambda: two.confirm(one, by=lead)) == ["prove_again"]
    assert reasons(lambda: two.end(one, by=officer)) == ["prove_again"]
    assert two.state(one) is State.WAITING


def test_who_works_on_both_sides_does_not_answer_themself(two):
    one = two.write()
    with as_owner():
        account = Membership.objects.get(id=two.officer.membership_id).account
        there = Membership.objects.get(id=two.lead_there.membership_id).organisation
        again = membership(there, "privacy_officer", account=account)
    both = replace(two.lead_there, account_id=account.id, membership_id=again.id)
    assert reasons(lambda: two.confirm(one, by=both)) == ["wrote_it"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"server_id": None}, ["missing", "reviews_inside"]),
        ({"server_id": None, "server_name": "North Laboratory"}, ["reviews_inside"]),
        ({"server_name": "North Laboratory"}, ["both"]),
        ({"server_id": uuid4()}, ["not_here"]),
        ({"service": "magic"}, ["no_service"]),
        ({"elements": frozenset({"magic"})}, ["unknown_element"]),
        ({"starts_on": None}, ["no_start"]),
        ({"starts_on": date(1999, 12, 31)}, ["no_start"]),
        ({"until": date(2020, 1, 1)}, ["backwards"]),
        ({"signed_here": "  "}, ["missing"]),
        ({"signed_there": "x" * 121}, ["too_long"]),
        ({"evidence": ""}, ["missing"]),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(two, changes, found):
    assert reasons(lambda: two.write(**changes)) == found
    assert agreements.agreements_here(reader=two.officer, today=day_there())[1] == 0


def test_a_place_makes_no_agreement_with_itself(two):
    assert reasons(lambda: two.write(server_id=two.house)) == ["not_here"]


def test_no_ending_without_a_ground(two):
    one = two.write()
    assert reasons(lambda: two.end(one, "bored")) == ["no_ending"]


@pytest.mark.parametrize(
    "change",
    [
        "update consent_serviceagreement set service = 'legal' where id = %s",
        "update consent_serviceagreement set elements = '{}' where id = %s",
        "update consent_serviceagreement set server_id = program_id where id = %s",
        "delete from consent_serviceagreement where id = %s",
    ],
)
def test_the_application_cannot_change_what_was_written_down(two, change):
    one = two.write()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [one])
    assert two.state(one) is State.WAITING


@pytest.mark.parametrize("who", ["officer", "coach", "stranger"])
def test_the_database_takes_the_yes_of_the_other_side_alone(two, who):
    one, set_yes = two.write(), "update consent_serviceagreement set confirmed_by_id = %s, confirmed_at = now()"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{set_yes} where id = %s", [getattr(two, who).membership_id, one])
    with connection.cursor() as cursor:
        cursor.execute(f"{set_yes} where id = %s", [two.lead_there.membership_id, one])
    assert two.state(one) is State.HOLDS


def test_the_database_opens_no_ended_agreement_again_and_takes_no_stranger_to_end_one(two):
    one = two.write()
    set_end = "update consent_serviceagreement set ended_by_id = %s, ended_at = now(), ending = 'broken' where id = %s"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(set_end, [two.stranger.membership_id, one])
    two.end(one)
    again = "update consent_serviceagreement set ended_by_id = null, ended_at = null, ending = '' where id = %s"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(again, [one])
    assert two.state(one) is State.ENDED


def test_the_database_takes_none_that_nobody_who_keeps_the_register_wrote(two):
    row = ServiceAgreement(
        id=uuid4(), program_id=two.house, server_id=two.neighbour, version="1", service="reviews",
        elements=sorted(WHOLE), starts_on=day_there(), signed_here="a", signed_there="b", evidence="c",
        written_by_id=two.coach.membership_id, at=datetime.now(UTC),
    )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
    row.written_by_id, row.confirmed_by_id = two.officer.membership_id, two.lead_there.membership_id
    row.confirmed_at = row.at
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
    row.confirmed_by_id = row.confirmed_at = None
    row.save(force_insert=True)


def test_who_no_longer_keeps_the_register_reads_it_no_more(two):
    two.write()
    assert rules.may_keep(two.officer)
    assert not rules.may_keep(replace(two.officer, roles=frozenset({Role.PEER})))
