"""Who supervises whom: said by a lead, about workers of the same place, and never about oneself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import commands
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    house = organisation()
    lead = membership(house, "org_admin", "supervisor")
    return house, replace(reader_for(lead), factor_at=NOW), membership(house, "peer"), membership(house, "supervisor")


def test_a_lead_says_who_supervises_a_worker_and_that_nobody_does(place):
    _house, lead, coach, over = place
    for supervisor in (over.id, None):
        commands.set_supervisor(membership_id=coach.id, supervisor_id=supervisor, by=lead, at=NOW)
        coach.refresh_from_db()
        assert coach.supervisor_id == supervisor


@pytest.mark.parametrize(
    ("named", "code"),
    [
        (lambda lead, coach, house: lead.membership_id, "not_yourself"),
        (lambda lead, coach, house: coach.id, "no_supervisor"),
        (lambda lead, coach, house: membership(house, "frontdesk").id, "no_supervisor"),
    ],
)
def test_who_cannot_be_named(place, named, code):
    house, lead, coach, _over = place
    with pytest.raises(Refused) as refused:
        commands.set_supervisor(membership_id=coach.id, supervisor_id=named(lead, coach, house), by=lead, at=NOW)
    assert [reason.code for reason in refused.value.reasons] == [code]


def test_an_old_proof_another_place_and_a_coach_are_refused(place):
    _house, lead, coach, over = place
    elsewhere = membership(organisation("Harbor Row"), "supervisor")
    with pytest.raises(Refused):
        commands.set_supervisor(membership_id=coach.id, supervisor_id=over.id, by=lead, at=NOW + timedelta(minutes=6))
    with pytest.raises(NotThere):
        commands.set_supervisor(membership_id=coach.id, supervisor_id=elsewhere.id, by=lead, at=NOW)
    with pytest.raises(NotThere):
        commands.set_supervisor(membership_id=elsewhere.id, supervisor_id=over.id, by=lead, at=NOW)
    with pytest.raises(Refused):
        commands.set_supervisor(membership_id=coach.id, supervisor_id=over.id, by=reader_for(over), at=NOW)
