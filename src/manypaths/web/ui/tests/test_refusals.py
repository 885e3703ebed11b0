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
