"""The first page of a worker: true counts, and nothing about requests for whoever answers none."""

from dataclasses import replace

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.tests.factories import membership, reader_for
from manypaths.referrals.tests.factories import asked_of
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
