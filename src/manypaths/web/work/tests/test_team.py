"""A supervisor reads the pages of people whom their workers walk with; a lead says who supervises whom."""

import uuid

import pytest

from manypaths.config.testing import as_owner
from manypaths.consent.queries import open_own
from manypaths.consent.rules import DataClass
from manypaths.network.models import Membership
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.support.rules import ContactFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def walked():
    """A coach who walks with Mari and wrote down a call, a supervisor of nobody, and a lead."""
    made = stage()
    referral = ask(made)
    new_request()
    record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    new_request()
    called = ContactFacts(now(), "call", "talked", "Wants a ride on Thursday.")
    commands.record_contact(record_id=record, facts=called, by=made.coach, at=now())
    with as_owner():
        over = reader_for(membership(made.body, "supervisor", display_name="Sol"), made.place)
        lead = reader_for(membership(made.body, "org_admin", display_name="Kim"), made.place)
    return made, record, over, lead


def name_supervisor(walked, who=None):
    made, _record, over, lead = walked
    said = {"supervisor": str(over.membership_id if who is None else who)}
    return client_of(lead).post(f"/workers/{made.coach.membership_id}/supervisor", said)


def supervisor_of(reader):
    with as_owner():
        return Membership.objects.get(id=reader.membership_id).supervisor_id


def test_before_anyone_says_so_a_supervisor_finds_nobody(walked):
    _made, record, over, _lead = walked
    client = client_of(over)
    assert "The lead of your organization says whom you supervise." in text(client.get("/work/team"))
    assert client.get(f"/work/team/{record}").status_code == 404


def test_a_supervisor_reads_whom_their_worker_walks_with_and_writes_nothing(walked):
    made, record, over, _lead = walked
    assert name_supervisor(walked).status_code == 303
    client = client_of(over)
    listed = text(client.get("/work/team"))
    assert "Mari" in listed
    assert made.coach.name in listed
    page = text(client.get(f"/work/team/{record}"))
    assert "Wants a ride on Thursday." in page
    assert "Write down a contact" not in page
    assert client.post(f"/work/team/{record}", {"way": "call"}).status_code == 405


def test_the_person_sees_that_the_supervisor_looked_and_why(walked):
    made, record, over, _lead = walked
    name_supervisor(walked)
    client_of(over).get(f"/work/team/{record}")
    new_request()
    open_own(reader=made.person, classes={DataClass.ACCESS_LOG})
    looks = queries.who_looked(reader=made.person, zone="UTC", limit=50).lines
    assert "supervision" in {one.purpose for one in looks if one.membership_id == over.membership_id}


def test_it_ends_with_the_next_request_when_nobody_supervises_the_worker(walked):
    _made, record, over, _lead = walked
    name_supervisor(walked)
    client = client_of(over)
    assert client.get(f"/work/team/{record}").status_code == 200
    assert name_supervisor(walked, "").status_code == 303
    assert client.get(f"/work/team/{record}").status_code == 404
    assert "Mari" not in text(client.get("/work/team"))


def test_only_another_supervisor_of_the_same_place_can_be_named(walked):
    made, _record, _over, lead = walked
    with as_owner():
        stranger = membership(organisation("Harbor Row"), "supervisor")
    for wrong in (made.desk.membership_id, made.coach.membership_id, stranger.id, uuid.uuid4(), lead.membership_id):
        assert "Choose one of the names." in text(name_supervisor(walked, wrong))
        assert supervisor_of(made.coach) is None
    assert name_supervisor(walked).status_code == 303


def test_nobody_names_themself_and_nobody_but_a_lead_names_anyone(walked):
    made, _record, over, lead = walked
    with as_owner():
        Membership.objects.filter(id=lead.membership_id).update(roles=["org_admin", "supervisor"])
    assert "Choose one of the names." in text(name_supervisor(walked, lead.membership_id))
    there = f"/workers/{made.coach.membership_id}/supervisor"
    assert client_of(over).post(there, {"supervisor": str(over.membership_id)}).status_code == 404
    assert supervisor_of(made.coach) is None


def test_for_a_coach_and_for_a_supervisor_elsewhere_there_is_no_such_page(walked):
    made, record, _over, _lead = walked
    name_supervisor(walked)
    with as_owner():
        elsewhere = reader_for(membership(organisation("Harbor Row"), "supervisor"), made.place)
    assert client_of(made.coach).get("/work/team").status_code == 404
    assert client_of(elsewhere).get(f"/work/team/{record}").status_code == 404
    assert client_of(elsewhere).get(f"/work/team/{uuid.uuid4()}").status_code == 404
