"""Devices: seen, ended one by one or all, and ended by every change of what lets one in."""

import re

import pytest
from django.test import Client

from manypaths.web.entry.tests.people import WORDS, person, set_up_app, sign_in, worker

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36"
NEW = "seven lanterns over the bridge"


def prove(client: Client) -> None:
    client.post("/enter/again", {"passphrase": WORDS})


def test_a_person_sees_where_they_are_signed_in_and_ends_one():
    here, name = person()
    there, _answer = sign_in(name, headers={"user-agent": PHONE})
    page = here.get("/devices").content.decode()
    assert "Chrome, Android" in page
    assert page.count("/end") == 2
    handle = there.session["handle"]
    here.post(f"/devices/{handle}/end")
    assert there.get("/devices")["Location"] == "/enter?to=/devices"
    assert here.get("/devices").status_code == 200


def test_a_person_ends_every_other_session_at_once():
    here, name = person()
    others = [sign_in(name)[0] for _ in range(2)]
    here.post("/devices/others")
    assert [other.get("/devices")["Location"] for other in others] == ["/enter?to=/devices"] * 2
    assert "Every other device is signed out." in here.get("/devices").content.decode()


def test_nobody_ends_the_session_of_another_account():
    here, _name = person()
    there, _other = person(alias="Luz")
    here.post(f"/devices/{there.session['handle']}/end")
    assert there.get("/devices").status_code == 200


def test_a_new_passphrase_needs_a_proof_and_ends_every_other_session():
    here, name = person()
    there, _answer = sign_in(name)
    session = here.session
    del session["factor_at"]
    session.save()
    assert here.post("/devices/passphrase", {"passphrase": NEW})["Location"] == "/enter/again"
    prove(here)
    assert here.post("/devices/passphrase", {"passphrase": NEW})["Location"] == "/devices"
    assert there.get("/devices")["Location"] == "/enter?to=/devices"
    assert "Your new passphrase counts from now on." in here.get("/devices").content.decode()
    assert "Your new passphrase" not in here.get("/devices").content.decode(), "it is told once"
    assert sign_in(name)[1].status_code == 200
    assert sign_in(name, NEW)[1].status_code == 303


def test_a_weak_new_passphrase_changes_nothing():
    here, name = person()
    page = here.post("/devices/passphrase", {"passphrase": "short"}).content.decode()
    assert "15 letters or more, or 4 words" in page
    assert sign_in(name)[1].status_code == 303


def test_a_wrong_passphrase_proves_nothing():
    here, _name = person()
    answer = here.post("/enter/again", {"passphrase": "some other words here"})
    assert "not your passphrase" in answer.content.decode()


def test_a_proof_leads_back_to_where_it_was_asked():
    here, _name = person()
    session = here.session
    del session["factor_at"]
    session.save()
    here.get("/devices/help")
    assert here.post("/enter/again", {"passphrase": WORDS})["Location"] == "/devices/help"


def test_a_new_second_factor_ends_every_other_session():
    here = worker()
    there, _answer = sign_in("dee@example.org", "paper boats cross the harbor")
    set_up_app(here)
    assert there.get("/devices")["Location"] == "/enter?to=/devices"
    assert here.get("/devices").status_code == 200


def test_the_page_shows_no_key_of_any_session():
    here, _name = person()
    page = here.get("/devices").content.decode()
    assert here.cookies["sid"].value not in page
    assert re.search(r"<title>My page</title>", page)
