"""Leaving: the session ends on the server first, and every page closes behind it."""

import pytest
from django.test import Client

from manypaths.accounts.models import Session
from manypaths.network.models import Community
from manypaths.network.queries import forget_communities
from manypaths.network.tests import factories as make
from manypaths.web.entry.tests.people import person

pytestmark = pytest.mark.django_db


def test_the_link_ends_the_session_and_leads_outside():
    client, _name = person()
    answer = client.get("/leave")
    assert (answer.status_code, answer["Location"]) == (303, "https://www.weather.gov/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not Session.objects.filter(account_id__isnull=False).exists()


def test_the_script_posts_and_gets_nothing_to_show():
    client, _name = person()
    answer = client.post("/leave", headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Session.objects.filter(account_id__isnull=False).exists()


def test_it_works_signed_out_and_makes_no_session():
    client = Client()
    assert client.get("/leave").status_code == 303
    assert "sid" not in client.cookies
    assert not Session.objects.exists()


def test_every_page_is_closed_afterwards_until_it_is_opened_again():
    client, _name = person()
    client.get("/leave")
    for path in ("/devices", "/enter", "/join", "/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "This page is closed." in page.content.decode()
        assert "ecover" not in page.content.decode()
    assert client.post("/open-again")["Location"] == "/"
    assert "This page is closed." not in client.get("/enter").content.decode()


def test_the_note_that_someone_left_ends_the_session_where_their_word_was_lost():
    client, _name = person()
    client.cookies["page"] = "1"
    page = client.get("/devices")
    assert "This page is closed." in page.content.decode()
    assert page["Clear-Site-Data"] == '"cache", "storage"'
    assert Session.objects.count() == 0
    assert client.cookies["sid"].value == ""
    client.post("/open-again")
    assert client.get("/devices")["Location"].startswith("/enter")


def test_the_closed_page_speaks_the_language_of_the_browser():
    client = Client()
    client.get("/leave")
    page = client.get("/enter", headers={"accept-language": "es-US"}).content.decode()
    assert '<html lang="es">' in page


def test_what_the_device_kept_of_us_is_gone():
    client, _name = person(device="own")
    client.post("/display", {"theme": "dark", "text": "m", "letters": "std"})
    client.get("/leave")
    left = {name for name, cookie in client.cookies.items() if cookie.value}
    assert left == {"page"}


def test_another_site_cannot_sign_people_out():
    client, _name = person()
    answer = client.get("/leave", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 303
    assert client.get("/devices").status_code == 200


def test_a_browser_that_looks_ahead_does_not_sign_people_out():
    client, _name = person()
    assert client.get("/leave", headers={"sec-purpose": "prefetch"}).status_code == 204
    assert client.get("/devices").status_code == 200


def test_a_community_chooses_where_leaving_leads():
    community = make.community()
    Community.objects.filter(id=community.id).update(leave_to="https://outside.example/")
    forget_communities()
    client = Client()
    assert client.get("/leave")["Location"] == "https://outside.example/"
    forget_communities()
