"""What a person shows for a study, on their own pages, and what those who do the study read of it."""

import json

import pytest
from django.urls import reverse

from manypaths.config.testing import as_owner
from manypaths.consent.models import Share
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.web.my.tests.test_shown import House, states
from manypaths.web.work.tests.factories import client_of as work_client

pytestmark = pytest.mark.usefixtures("committed_db")


class Study(House):
    """A university that takes part, and a person who is asked to show it something for a study."""

    NAMED = "Sleep <study> {until}"

    def __init__(self) -> None:
        super().__init__()
        with as_owner():
            self.university = organisation("State University")
            participation(self.made.place, self.university)
            scholar = membership(self.university, "clinician", answers_requests=True)
            self.scholar = reader_for(scholar, self.made.place)

    def agree(self) -> str:
        return self.sign("research", recipient=self.university.id, case=self.NAMED)


def test_the_words_of_a_yes_for_a_study_say_first_that_it_is_no_yes_to_join_one():
    house = Study()
    choice = house.choice(house.university) | {"case": house.NAMED}
    page = house.person.post("/my/sharing/show/research", choice).content.decode().split("<main")[1]
    first = page.split("<dd>")[1].split("</dd>")[0]
    assert "This is not your yes to join a study." in first
    assert "If you say no, your care stays the same." in first
    assert "Only for this study: Sleep &lt;study&gt; {until}." in page
    assert "What they write about the study may not show who you are." in page


def test_who_does_a_study_reads_what_was_signed_for_it_with_its_name_and_the_notice():
    house = Study()
    there = house.agree()
    assert "Which study" in house.read(there)
    assert "Sleep &lt;study&gt; {until}" in house.read(there)
    with as_owner():
        share = Share.objects.get()
    page = work_client(house.scholar).get(f"/work/shared/{share.id}").content.decode()
    assert "Sleep &lt;study&gt; {until}. Not for another study." in page
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page
    told = work_client(house.scholar).get(f"/work/api/shared/{share.id}").json()
    assert (told["case"], told["purpose"]) == (house.NAMED, "HRESCH")
    house.person.post(f"{there}/stop")
    assert work_client(house.scholar).get(f"/work/shared/{share.id}").status_code == 404


def test_a_study_does_not_look_like_a_case_in_court():
    house = Study()
    there = house.agree()
    with as_owner():
        share = Share.objects.get()
    for page in (house.read(there), work_client(house.scholar).get(f"/work/shared/{share.id}").content.decode()):
        assert '#book-open"/></svg>Which study' in page
    assert "#scale" not in house.read(there)


@pytest.mark.parametrize("said", [" ", "x"])
def test_a_study_is_named_before_anything_is_signed(said):
    house = Study()
    choice = house.choice(house.university) | {"case": said}
    assert "Write which study it is for." in house.person.post("/my/sharing/show/research", choice).content.decode()
    assert states() == []
    house.agree()
    assert states() == ["given"]


def test_nobody_with_power_over_the_person_is_offered_for_a_study():
    house = Study()
    with as_owner():
        for kind in ("court", "probation", "police", "immigration", "child_welfare", "employer", "landlord"):
            participation(house.made.place, organisation(f"Office of {kind}", kind=kind))
    page = house.read("/my/sharing/show/research")
    assert "Office of" not in page
    assert "State University" in page
    assert "Northside Clinic" in page


def test_the_study_is_in_both_copies_of_everything():
    house = Study()
    house.agree()
    page, data = (house.person.post(reverse(name)).content.decode() for name in ("my:copy_page", "my:copy_data"))
    assert [one["view"]["case"] for one in json.loads(data)["shown_outside"]] == [house.NAMED]
    assert "Which study: Sleep &lt;study&gt; {until}" in page
