"""What a browser is told when it comes the wrong way or brings too much."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_address_that_works_from_a_button_says_so_when_opened_as_a_link(client: Client):
    answer = client.get("/display", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "This address works from a button" in answer.content.decode()


def test_an_unknown_method_is_told_the_known_ones(client: Client):
    answer = client.generic("TRACE", "/ui/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


def test_what_is_too_large_is_refused_in_words(client: Client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post("/display", {"next": "a" * 2000}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 413
    assert "988" in answer.content.decode()


@pytest.mark.parametrize("method", ["GET", "TRACE"])
def test_a_page_that_says_not_this_way_is_protected_like_every_other(client: Client, method: str):
    answer = client.generic(method, "/display")
    assert answer.status_code == 405
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Permissions-Policy" in answer.headers


@pytest.mark.parametrize(("path", "status"), [("/nowhere/at/all", 404), ("/display", 405)])
def test_who_is_signed_in_sees_no_name_of_the_community_in_the_tab(client: Client, path: str, status: int):
    words = {"alias": "Rosa", "choice": "own", "passphrase": "quiet rivers run under stone", "device": "shared"}
    client.post("/join", words)
    answer = client.get(path)
    head = answer.content.decode().split("</head>")[0]
    assert answer.status_code == status
    assert "ui/page.svg" in head
    assert "mark.svg" not in head
    assert answer.headers["Cache-Control"] == "no-store, private"
