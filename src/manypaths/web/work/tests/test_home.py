"""The first page of a worker: true counts, and nothing about requests for whoever answers none."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from manypaths.config.testing import as_owner
from manypaths.directory.tests.factories import service
from manypaths.network.tests.factories import membership, reader_for
from manypaths.people.models import Assignment
from manypaths.referrals import commands
from manypaths.referrals.tests.factories import asked_of
from manypaths.web.ui.clock import now
from manypaths.web.work.home import SHOWN
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import accepted, text

pytestmark = pytest.mark.usefixtures("committed_db")
A_YEAR_AGO = datetime(2025, 10, 10, 16, 0, tzinfo=UTC)


def test_all_that_waits_is_counted_although_only_a_few_are_shown():
    made = stage()
    for number in range(SHOWN + 1):
        ask(replace(made, asked=asked_of(made.body, made.place, f"Group {number}")))
    coach = client_of(made.coach)
    page = text(coach.get("/work/"))
    assert f"{SHOWN + 1} requests wait for an answer" in page
    assert page.count('href="/work/requests/') == SHOWN
    assert f"{SHOWN + 1} wait for an answer" in text(coach.get("/work/requests"))


def test_whoever_answers_no_requests_is_told_nothing_about_them():
    made = stage()
    ask(made)
    with as_owner():
        silent = membership(made.body, "peer")
    page = text(client_of(reader_for(silent, made.place)).get("/work/"))
    assert "You do not answer requests here." in page
    for untrue in ("Nothing waits for you", "Everyone who asked has an answer", "Who asked"):
        assert untrue not in page


def test_a_colleague_reads_that_someone_said_yes_and_not_that_it_was_them():
    made = stage()
    referral = ask(made)
    accepted(made, client_of(made.coach), referral)
    page = text(client_of(made.colleague).get(f"/work/requests/{referral}"))
    assert "Said yes" in page
    assert "You said yes" not in page


def test_a_message_leads_only_to_a_request_that_is_open_to_the_reader():
    made = stage()
    referral = ask(made)
    coach = client_of(made.coach)
    assert f"/work/requests/{referral}" in text(coach.get("/work/messages"))
    commands.stop_sharing(referral_id=referral, by=made.person, at=now())
    page = text(coach.get("/work/messages"))
    assert "Someone asked you for something." in page
    assert f"/work/requests/{referral}" not in page


@pytest.mark.parametrize(("when", "is_told"), [("now", True), ("today", False), ("yesterday", False)])
def test_a_time_of_day_stands_only_where_it_is_known(when, is_told):
    made = stage()
    coach = client_of(made.coach)
    there = accepted(made, coach, ask(made))
    coach.post(there, {"way": "call", "when": when, "deed": "talked", "note": ""})
    lines = [line for line in text(coach.get(there)).splitlines() if "Talked and listened" in line]
    assert any(re.search(r"\d(:\d\d)? [ap]m", line.split("Contacts", 1)[-1]) for line in lines) is is_told


@pytest.mark.parametrize("tail", ["move", "room"])
def test_another_language_after_a_refusal_leads_back_to_a_page_that_can_be_opened(tail):
    made = stage()
    coach = client_of(made.coach)
    if tail == "move":
        page = f"/work/requests/{ask(made)}"
        answer = coach.post(f"{page}/move", {"to": "rejected", "seen": "requested"})
    else:
        with as_owner():
            listed = service("Peer coaching", body=made.body)
        page = "/work/services"
        answer = coach.post(f"{page}/{listed.id}/room", {"room": "open", "places": "abc"})
    assert answer.status_code == 422
    assert f'name="next" value="{page}"' in text(answer)
    assert coach.get(page).status_code == 200


@pytest.mark.parametrize(
    ("role", "is_told"), [("facilitator", True), ("privacy_officer", False), ("peer", False), ("org_admin", False)]
)
def test_a_role_without_a_page_is_told_so(role, is_told):
    made = stage()
    with as_owner():
        worker = membership(made.body, role)
    page = text(client_of(reader_for(worker, made.place)).get("/work/"))
    assert ("There is no page for this work yet." in page) is is_told


def test_a_coordinator_is_led_to_the_figures():
    made = stage()
    with as_owner():
        one = membership(made.body, "coordinator")
    assert 'href="/community/"' in text(client_of(reader_for(one, made.place)).get("/work/")).split("<main", 1)[1]


def test_a_day_of_another_year_names_it_on_the_list_and_on_the_first_page():
    made = stage()
    coach = client_of(made.coach)
    accepted(made, coach, ask(made))
    with as_owner():
        Assignment.objects.filter(membership_id=made.coach.membership_id).update(since=A_YEAR_AGO)
    for page in ("/work/", "/work/people"):
        assert "Since Friday, October 10, 2025" in text(coach.get(page))


def test_nobody_is_led_to_a_list_of_nobody():
    made = stage()
    page = text(client_of(made.coach).get("/work/"))
    assert "Nobody yet" in page
    assert "All 0" not in page


def test_a_list_of_nobody_counts_nobody_and_a_page_past_the_end_leads_to_the_first():
    made = stage()
    coach = client_of(made.coach)
    page = text(coach.get("/work/people"))
    assert "Nobody yet" in page
    assert "They can see that you opened this list" not in page
    for there in ("/work/people", "/work/requests"):
        assert coach.get(f"{there}?page=99")["Location"] == there


@pytest.mark.parametrize(("role", "vouches"), [("frontdesk", True), ("privacy_officer", False)])
def test_the_first_page_leads_to_vouching_where_the_role_may(role, vouches):
    made = stage()
    with as_owner():
        at_work = membership(made.body, role)
    page = text(client_of(reader_for(at_work, made.place)).get("/work/"))
    assert ('href="/vouch"' in page) is vouches


def test_marking_as_read_is_offered_before_the_messages_and_only_while_one_is_new():
    made = stage()
    ask(made)
    coach = client_of(made.coach)
    page = text(coach.get("/work/messages"))
    assert page.index("Mark all as read") < page.index("Someone asked you for something.")
    coach.post("/work/messages/read")
    assert "Mark all as read" not in text(coach.get("/work/messages"))
