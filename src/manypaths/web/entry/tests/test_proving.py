"""What a passkey or an app brings: hostile answers are no answer, and what is being set up cannot be read."""

import base64
import json

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from manypaths.accounts import factors
from manypaths.accounts.models import Session
from manypaths.web.entry.tests.people import set_up_app, worker

pytestmark = pytest.mark.django_db

TEXT = base64.urlsafe_b64encode(b"{}").decode().rstrip("=")
DEEP = base64.urlsafe_b64encode(b"\x81" * 30_000).decode().rstrip("=")
RESPONSE = {"clientDataJSON": TEXT, "attestationObject": TEXT, "authenticatorData": TEXT, "signature": TEXT}


def credential(**more: object) -> str:
    return json.dumps({"id": TEXT, "rawId": TEXT, "type": "public-key", "response": RESPONSE, **more})


HOSTILE = {
    "100,000 brackets": "[" * 100_000,
    "a number of 5,000 digits": "9" * 5_000,
    "5,000 digits inside": credential(id=1)[:-1] + ', "n": ' + "9" * 5_000 + "}",
    "not a number": '{"id": NaN}',
    "a name twice": '{"id": "a", "id": "b"}',
    "nul": credential(id="\x00"),
    "raw nul": "\x00",
    "half a character": credential(id="\ud800"),
    "a list": "[]",
    "a word": '"passkey"',
    "nothing": "",
    "empty": "{}",
    "numbers for texts": credential(rawId=2_000_000_000),
    "numbers in the response": credential(response={**RESPONSE, "clientDataJSON": 2_000_000_000}),
    "no response": credential(response=None),
    "lists in the response": credential(response={**RESPONSE, "attestationObject": [1]}),
    "extensions that are none": credential(clientExtensionResults=7),
    "empty parts": credential(id="", rawId="", response={}),
    "not base64": credential(rawId="====", response={**RESPONSE, "clientDataJSON": "a", "signature": "a"}),
    "not ascii": credential(rawId="\u00e9"),
    "nested parts": credential(response={**RESPONSE, "attestationObject": DEEP, "authenticatorData": DEEP}),
    "too large": credential(more="a" * 100_000),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_answer_is_no_passkey_and_no_fault(body: str):
    client = worker("peer")
    client.get("/second/passkey")
    page = client.post("/second/passkey", {"name": "Key", "credential": body}, headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert page.content.decode().count("The passkey did not answer. Try again, or use an app.") == 2


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_answer_proves_nothing_and_is_no_fault(body: str):
    client = worker("peer")
    set_up_app(client)
    session = client.session
    del session["factor_at"]
    session.save()
    client.get("/second")
    page = client.post("/second", {"credential": body})
    assert page.status_code == 200
    assert "The passkey did not answer. Try again, or use a code." in page.content.decode()
    assert client.get("/devices")["Location"] == "/second"


def test_the_sentence_is_said_in_spanish():
    client = worker("peer")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    page = client.post("/second/passkey", {"credential": "["}, headers={"Accept-Language": "es"})
    assert "La llave de acceso no respondió. Intente otra vez, o use una aplicación." in page.content.decode()


def secret_shown(client: Client) -> str:
    page = client.get("/second/app").content.decode()
    return page.split('<p class="code">')[1].split("</p>")[0].replace(" ", "")


def test_the_secret_of_an_app_cannot_be_read_from_the_session_while_it_is_set_up():
    client = worker("peer")
    secret = secret_shown(client)
    assert secret == secret_shown(client)
    rows = [signing.loads(row, salt="django.contrib.sessions.SessionStore") for row in raw_sessions()]
    assert secret not in json.dumps(rows)
    assert client.post("/second/app", {"code": factors.code_at(secret, factors.step_now())}).status_code == 200


def raw_sessions() -> list[str]:
    return list(Session.objects.values_list("session_data", flat=True))


def test_at_an_address_that_is_a_number_a_passkey_is_sent_to_the_name(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "192.0.2.7", "testserver"]
    client = worker("frontdesk")
    here = client.get("/second/passkey", HTTP_HOST="127.0.0.1:8000").content.decode()
    assert 'href="http://localhost:8000/enter"' in here
    assert "data-passkey-go" not in here
    elsewhere = client.get("/second/passkey", HTTP_HOST="192.0.2.7").content.decode()
    assert "A passkey needs an address with a name" in elsewhere
    assert "localhost" not in elsewhere
    assert "data-passkey-go" in client.get("/second/passkey").content.decode()
