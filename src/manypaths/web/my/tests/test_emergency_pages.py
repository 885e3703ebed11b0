"""The card for an emergency, and what the person reads when something was opened in one."""

import re

import pytest

from manypaths.config.testing import as_owner
from manypaths.consent import rescuing
from manypaths.consent.models import EmergencyCard
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.work.tests.factories import client_of as worker_client
from manypaths.web.work.tests.test_emergency import card_of, kept, opened, worker

CODE = re.compile(r"\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\b")
__all__ = ["kept"]


@pytest.mark.django_db
def test_a_card_is_made_shown_once_and_made_useless():
    browser = client_of(somebody())
    page = browser.get("/my/sharing/emergency").content.decode()
    assert "You have no card now." in page
    (code,) = set(CODE.findall(browser.post("/my/sharing/emergency/card").content.decode()))
    with as_owner():
        assert EmergencyCard.objects.get().code_hash == rescuing.hash_of_card(code)
    page = browser.get("/my/sharing/emergency").content.decode()
    assert "You have a card since" in page
    assert code not in page
    assert browser.post("/my/sharing/emergency/card/off").status_code == 302
    assert "You have no card now." in browser.get("/my/sharing/emergency").content.decode()


@pytest.mark.django_db
def test_a_card_asks_for_a_proof_first():
    browser = client_of(somebody(), proved=False)
    answer = browser.post("/my/sharing/emergency/card")
    assert answer.status_code == 302
    assert browser.session["after_proof"] == "/my/sharing/emergency"
    with as_owner():
        assert not EmergencyCard.objects.exists()


@pytest.mark.usefixtures("committed_db")
def test_the_person_is_told_and_reads_all_that_had_to_be_written_down(kept):
    made, _record = kept
    doctor = worker_client(worker(made))
    doctor.get(opened(doctor, card_of(made)))
    browser = client_of(made.person)
    for page in ("/my/requests", "/my/sharing"):
        assert "opened" in browser.get(page).content.decode().partition("/my/sharing/emergency")[0]
    page = browser.get("/my/sharing/emergency").content.decode()
    for shown in ("Ana P., County Hospital", "Dr. Ito, County Hospital", "Overdose, not awake", "By the code on your"):
        assert shown in page
    assert "Nobody there can check this now." in page
    assert browser.post("/my/sharing/emergency/read").status_code == 302
    assert "note alert" not in browser.get("/my/sharing/emergency").content.decode()
    looked = browser.get("/my/sharing/looked").content.decode()
    assert "A medical emergency was written down first." in looked
    given = browser.get("/my/sharing/given").content.decode()
    assert "They opened it in a medical emergency, without asking you." in given
    assert "County Hospital" in given
    assert "In a medical emergency" in browser.get("/my/sharing").content.decode()
