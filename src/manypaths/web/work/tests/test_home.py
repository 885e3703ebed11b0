"""The first page of a worker: true counts, and nothing about requests for whoever answers none."""

import re
from dataclasses import replace

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.tests.factories import membership, reader_for
from manypaths.referrals import commands
from manypaths.referrals.tests.factories import asked_of
from manypaths.web.ui.clock import now
from manypaths.web.work.home import SHOWN
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import accepted, text

pytestmark = pytest.mark.usefixtures("committed_db")


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
    assert any(re.search(r"\d:\d\d [ap]m", line.split("Contacts", 1)[-1]) for line in lines) is is_told
