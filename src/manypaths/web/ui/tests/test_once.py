"""What is remembered of an answered form: enough to answer it again, nothing that could be guessed out of it."""

import hashlib
import uuid

import pytest
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.web.ui.once import closes_when

pytestmark = pytest.mark.django_db
HERE = {"Sec-Fetch-Site": "same-origin"}
WORDS = {"alias": "Rosa", "choice": "own", "passphrase": "quiet rivers run under stone", "device": "shared"}


def kept() -> list[tuple[str, str, int | None, str]]:
    """The raw rows, as whoever stole the table sees them."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select owner, request_hash, status, location from audit_oncekey order by at")
        return cursor.fetchall()


def signed_in() -> Client:
    client = Client()
    client.post("/join", WORDS)
    return client


def display(client: Client, key: uuid.UUID, **more: str):
    return client.post("/display", {"theme": "dark", "next": "/ui/", "once": str(key), **more}, headers=HERE)


def test_a_guessed_passphrase_cannot_be_proved_from_what_is_kept():
    Client().post("/join", {**WORDS, "once": str(uuid.uuid4())})
    [row] = kept()
    parts = sorted(WORDS.items())
    assert row[1] != hashlib.sha256(repr(("/join", parts)).encode()).hexdigest()


def test_what_is_kept_names_neither_the_account_nor_the_page():
    client = signed_in()
    answer = client.post("/devices/others", {"once": str(uuid.uuid4())}, headers=HERE)
    assert answer.headers["Location"] == "/devices"
    [row] = kept()
    assert client.session["_auth_user_id"] not in "".join(map(str, row))
    assert "devices" not in row[3]


def test_two_forms_of_one_account_cannot_be_laid_side_by_side():
    client = signed_in()
    for _form in range(2):
        client.post("/devices/others", {"once": str(uuid.uuid4())}, headers=HERE)
    first, second = kept()
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_form_pressed_twice_gets_the_first_answer():
    client, key = Client(), uuid.uuid4()
    assert display(client, key).headers["Location"] == "/ui/"
    assert display(client, key).headers["Location"] == "/ui/"
    assert len(kept()) == 1


def test_the_same_key_with_other_words_is_refused():
    client, key = Client(), uuid.uuid4()
    display(client, key)
    assert display(client, key, theme="light").status_code == 422


def test_an_answer_moved_to_another_row_opens_to_nobody():
    client, first, second = Client(), uuid.uuid4(), uuid.uuid4()
    display(client, first)
    display(client, second, next="/ui/?other")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("update audit_oncekey a set location = b.location from audit_oncekey b where a.id <> b.id")
    assert display(client, first).status_code == 422


def test_an_address_too_long_to_keep_is_answered_and_its_key_given_back():
    client, key = Client(), uuid.uuid4()
    far = "/ui/?" + "a" * 1500
    assert display(client, key, next=far).headers["Location"] == far
    assert kept() == []


def test_what_only_closes_closes_again_what_came_since():
    """Who signs out every other device, on a page that stood there before one more signed in, signs that out too."""
    here, there = signed_in(), Client()
    name = User.objects.get().username
    pressed = {"once": str(uuid.uuid4())}
    for _time in range(2):
        there.post("/enter", {"name": name, "passphrase": WORDS["passphrase"], "device": "shared"}, headers=HERE)
        assert there.get("/devices").status_code == 200
        assert here.post("/devices/others", pressed, headers=HERE).headers["Location"] == "/devices"
        assert there.get("/devices").status_code == 302


def test_what_closes_or_opens_is_answered_from_memory_where_it_opens():
    view = closes_when(lambda sent: "let" not in sent)(lambda _request: HttpResponse())
    assert view.closes(QueryDict("keep=1"))
    assert not view.closes(QueryDict("let=1"))
