"""Being told of somebody new who looked: off, asked for on the person's own page, read there, and off again."""

from datetime import timedelta

import pytest

from manypaths.referrals import commands
from manypaths.referrals.commands import night
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.factories import client_of
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from manypaths.web.work.tests.factories import client_of as worker_client

pytestmark = pytest.mark.usefixtures("committed_db")
LINE = "Someone looked who had not looked before."


def test_from_asking_for_it_to_reading_it_and_stopping_it():
    made = stage()
    record = commands.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=made.coach, at=now())
    browser = client_of(made.person)
    assert "This is off." in browser.get("/my/sharing/looked").content.decode()
    assert browser.post("/my/sharing/looked/tell").status_code == 302
    assert "On since" in browser.get("/my/sharing/looked").content.decode()
    worker_client(made.desk).get(f"/work/desk/{record}")
    night.tell_of_new_lookers(since=now() - timedelta(hours=1))
    assert LINE in browser.get("/my/requests").content.decode()
    page = browser.get("/my/sharing/looked").content.decode()
    assert LINE in page
    assert "Lou" in page
    assert browser.post("/my/sharing/looked/read").status_code == 302
    assert LINE not in browser.get("/my/sharing/looked").content.decode()
    assert LINE not in browser.get("/my/requests").content.decode()
    assert browser.post("/my/sharing/looked/quiet").status_code == 302
    assert "This is off." in browser.get("/my/sharing/looked").content.decode()


def test_a_worker_finds_no_such_button():
    made = stage()
    browser = worker_client(made.coach)
    for address in ("tell", "quiet", "read"):
        assert browser.post(f"/my/sharing/looked/{address}").status_code == 404
