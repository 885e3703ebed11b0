"""Whoever leads an organisation learns how many people a worker walks with, and nothing else of them."""

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.tests.factories import membership, reader_for
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
