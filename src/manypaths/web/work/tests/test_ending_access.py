"""Whoever leads an organisation learns how many people a worker walks with, and nothing else of them."""

import re

import pytest
from django.test import Client

from manypaths.config.testing import as_owner
from manypaths.network.models import Membership
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people import queries as people
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import accepted, text

pytestmark = pytest.mark.usefixtures("committed_db")


def test_before_an_access_ends_the_lead_reads_how_many_people_the_worker_walks_with():
    made = stage()
    accepted(made, client_of(made.coach), ask(made))
    with as_owner():
        lead = reader_for(membership(made.body, "org_admin"), made.place)
    page = text(client_of(lead).get("/workers"))
    assert page.count("They walk with 1 person, who is then on nobody") == 1
    assert "Mari" not in page
    assert people.walked_with(reader=lead) == {made.coach.membership_id: 1}
    assert people.walked_with(reader=made.desk) == {}


@pytest.fixture
def walking():
    """A coach who walks with one person, and their lead in the browser."""
    made = stage()
    accepted(made, client_of(made.coach), ask(made))
    with as_owner():
        lead = reader_for(membership(made.body, "org_admin"), made.place)
    return made, client_of(lead)


def address(made):
    return f"/workers/{made.coach.membership_id}/hand-over"


def test_the_lead_hands_them_over_and_reads_a_number_and_no_name(walking):
    made, lead = walking
    page = text(lead.get(address(made)))
    assert "walks with 1 person" in page
    assert "Sam K." in page
    assert "Mari" not in page
    answer = lead.post(address(made), {"to": str(made.colleague.membership_id)}, follow=True)
    assert "Sam K. now walks with 1 more person." in text(answer)
    assert "Mari" in text(client_of(made.colleague).get("/work/people"))
    assert "Mari" not in text(client_of(made.coach).get("/work/people"))


def test_who_takes_over_must_be_chosen_among_those_who_may(walking):
    made, lead = walking
    for wrong in ({}, {"to": str(made.desk.membership_id)}, {"to": "nonsense"}):
        answer = lead.post(address(made), wrong)
        assert "Choose who goes on." in text(answer)
    assert "Mari" in text(client_of(made.coach).get("/work/people"))


def test_whoever_works_here_no_more_leaves_nobody_unseen(walking):
    made, lead = walking
    lead.post(f"/workers/{made.coach.membership_id}/end")
    page = text(lead.get("/workers"))
    assert "works here no more. 1 person is on nobody" in page
    assert address(made) in page
    lead.post(address(made), {"to": str(made.colleague.membership_id)})
    assert "is on nobody" not in text(lead.get("/workers"))


def test_nobody_else_hands_people_over(walking):
    made, lead = walking
    with as_owner():
        far = reader_for(membership(organisation(), "org_admin"), made.place)
    to = {"to": str(made.colleague.membership_id)}
    for one in (client_of(made.desk), client_of(far)):
        assert one.post(address(made), to).status_code == 404
    assert client_of(made.coach).post(address(made), to).status_code == 403  # they know that they work here
    assert lead.get(f"/workers/{made.desk.membership_id}/hand-over").status_code == 404
    with as_owner():
        Membership.objects.filter(id=made.colleague.membership_id).update(roles=["frontdesk"])
    assert "No other coach or clinician works here yet." in text(lead.get(address(made)))


def test_other_roles_count_from_the_next_click_and_what_is_not_offered_stays(walking):
    made, lead = walking
    with as_owner():
        Membership.objects.filter(id=made.coach.membership_id).update(roles=["peer", "facilitator"])
    there = f"/workers/{made.coach.membership_id}/roles"
    assert 'value="peer"' in text(lead.get(there))
    assert "Choose at least one." in text(lead.post(there, {}))
    assert lead.post(there, {"roles": ["clinician"]}).status_code == 303
    with as_owner():
        assert Membership.objects.get(id=made.coach.membership_id).roles == ["clinician", "facilitator"]
    assert lead.get(f"/workers/{made.desk.membership_id}/roles").status_code == 200
    assert client_of(made.coach).post(there, {"roles": ["org_admin"]}).status_code == 403


def test_a_link_that_was_taken_back_is_off_the_list_and_opens_nothing(walking):
    _made, lead = walking
    page = text(lead.post("/workers", {"display_name": "Ana M.", "email": "ana@example.org", "roles": ["peer"]}))
    code = re.search(r"/invited/([\w-]+)", page).group(1)
    back = re.search(r"/workers/invited/[\w-]+/take-back", text(lead.get("/workers"))).group(0)
    assert lead.post(back, follow=True).status_code == 200
    assert "Ana M." not in text(lead.get("/workers"))
    assert Client().get(f"/invited/{code}").status_code == 404
    assert lead.post(back).status_code == 404


def test_the_person_reads_on_their_request_since_when_someone_else_walks_with_them(walking):
    made, lead = walking
    person = client_of(made.person)
    (there,) = set(re.findall(r"/my/requests/[0-9a-f-]{36}", text(person.get("/my/requests"))))
    assert "someone else at Lantern House" not in text(person.get(there))
    lead.post(address(made), {"to": str(made.colleague.membership_id)})
    for _read in range(2):
        assert "someone else at Lantern House walks with you." in text(person.get(there))
        person.post("/my/requests/seen")
