"""What a worker meets when the person was faster: one neutral sentence on the list, and never a blank page."""

import uuid

import pytest

from manypaths.config.testing import as_owner
from manypaths.people.models import Assignment
from manypaths.referrals import commands
from manypaths.support.models import Contact
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import accepted, press, text

pytestmark = pytest.mark.usefixtures("committed_db")
GONE = "This is no longer open to you. Nothing was saved."


def test_an_answer_after_the_person_kept_the_place_away_is_told_on_the_list():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    assert coach.get(f"/work/requests/{referral}").status_code == 200
    commands.shut_out(organisation_id=made.body.id, by=made.person, at=now())
    answer = press(coach, referral, "accepted")
    assert (answer.status_code, answer["Location"]) == (302, "/work/requests")
    assert GONE in text(coach.get("/work/requests"))


def test_a_request_that_never_was_answers_just_like_one_that_is_closed():
    made = stage()
    answer = press(client_of(made.coach), uuid.uuid4(), "accepted")
    assert (answer.status_code, answer["Location"]) == (302, "/work/requests")


@pytest.mark.parametrize("ended", [True, False])
def test_a_contact_is_written_only_while_the_record_is_open(ended: bool):
    made = stage()
    coach = client_of(made.coach)
    there = accepted(made, coach, ask(made))
    if ended:
        with as_owner():
            Assignment.objects.update(until=now())
    answer = coach.post(there, {"way": "call", "when": "now", "deed": "talked", "note": "Wants a ride."})
    assert answer["Location"] == ("/work/people" if ended else there)
    assert (GONE in text(coach.get(answer["Location"]))) is ended
    with as_owner():
        assert Contact.objects.exists() is not ended
