"""What the scanners are tried on really has the bugs it is said to have; and none of it is part of the program."""

import json

import pytest
from django.db import DatabaseError
from django.test import Client, override_settings
from django.urls import get_resolver

from tests import planted_bugs

pytestmark = pytest.mark.django_db


@pytest.fixture
def bugs():
    with override_settings(ROOT_URLCONF="tests.planted_bugs", MIDDLEWARE=[]):
        yield Client


def signed_in(client, name):
    visitor = client()
    visitor.cookies["sid"] = name
    return visitor


def test_somebody_reads_a_note_that_is_not_in_their_list(bugs):
    ben = signed_in(bugs, "ben")
    assert {one["id"] for one in json.loads(ben.get("/api/notes").content)["notes"]} == {"b1", "b2"}
    assert "Ana" in ben.get("/api/notes/a1").content.decode()
    assert bugs().get("/api/notes/a1").status_code == 401


def test_a_word_where_a_number_belongs_is_a_fault(bugs):
    with pytest.raises(ValueError, match="invalid literal"):
        bugs().get("/api/odd?number=word")


def test_what_is_typed_becomes_a_part_of_the_statement(bugs):
    client = bugs()
    assert "no such" in client.get("/town?name=nowhere").content.decode()
    assert "There is such" in client.get("/town", {"name": "nowhere' or 'a' = 'a"}).content.decode()
    with pytest.raises(DatabaseError):
        client.get("/town", {"name": "'"})


def test_what_is_typed_becomes_a_part_of_the_page(bugs):
    typed = "<script>alert(1)</script>"
    assert typed in bugs().get("/hello", {"name": typed}).content.decode()


def test_none_of_it_is_an_address_of_the_program(settings):
    ours = {str(one.pattern) for one in get_resolver(settings.ROOT_URLCONF).url_patterns}
    assert not ours & {"town", "hello", "api/notes", "api/odd"}
    assert planted_bugs.DESCRIPTION["paths"].keys() <= {f"/{one.pattern}".replace("<str:", "{").replace(">", "}")
                                                        for one in planted_bugs.urlpatterns}  # fmt: skip
