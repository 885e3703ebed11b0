"""What a worker meets when the person was faster: one neutral sentence on the list, and never a blank page."""

import uuid

import pytest

from manypaths.config.testing import as_owner
from manypaths.people.models import Assignment
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
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


def test_only_whoever_is_beside_the_person_is_led_to_the_own_record():
    made = stage()
    referral = ask(made)
    there = accepted(made, client_of(made.coach), referral)
    pages = {
        who: text(client_of(reader).get(f"/work/requests/{referral}"))
        for who, reader in (("coach", made.coach), ("colleague", made.colleague), ("desk", made.desk))
    }
    assert {who: there in page for who, page in pages.items()} == {"coach": True, "colleague": False, "desk": False}


def test_work_that_was_taken_up_stays_on_the_list_without_a_name_after_sharing_stopped():
    made = stage()
    referral = ask(made)
    coach, colleague = client_of(made.coach), client_of(made.colleague)
    accepted(made, coach, referral)
    press(coach, referral, "in_progress", "accepted")
    commands.stop_sharing(referral_id=referral, by=made.person, at=now())
    page = text(coach.get("/work/requests"))
    assert f"/work/requests/{referral}" in page
    assert "Mari" not in page
    assert f"/work/requests/{referral}" not in text(colleague.get("/work/requests"))
    assert "Someone stopped sharing." in text(coach.get("/work/messages"))
    assert "802-555-0142" not in text(coach.get(f"/work/requests/{referral}"))
    answer = press(coach, referral, "completed", "in_progress", outcome="began")
    assert answer["Location"] == "/work/requests"
    assert "Done. What they sent along is closed now." in text(coach.get("/work/requests"))
    with as_owner():
        assert Referral.objects.get().status == "completed"
