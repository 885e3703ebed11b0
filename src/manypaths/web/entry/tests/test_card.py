"""A card lets whoever holds it in, so only a new account gets its first one without being asked again."""

from datetime import timedelta

import pytest
from django.test import Client

from manypaths.accounts.models import RecoveryCode, User
from manypaths.web.entry.tests.people import WORDS, person, sign_in
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def unproved(client: Client) -> Client:
    """The same phone a while after the passphrase was typed."""
    session = client.session
    session["factor_at"] = (now() - timedelta(minutes=10)).isoformat()
    session.save()
    return client


def age(name: str, **time: int) -> None:
    User.objects.filter(username=name).update(date_joined=now() - timedelta(**time))


def test_a_new_account_gets_its_first_card_without_being_asked_again():
    client, name = person()
    age(name, minutes=20)
    assert unproved(client).post("/card").status_code == 200
    assert RecoveryCode.objects.count() == 8


def test_a_second_card_says_that_the_codes_from_before_no_longer_work():
    client, _name = person()
    said = "The codes from before no longer work."
    assert said not in client.post("/card").content.decode()
    assert said in client.post("/card").content.decode()


def test_joining_says_to_write_the_words_down_and_its_title_tells_nothing():
    page = Client().get("/join").content.decode()
    assert "Write your words down now" in page
    assert "<title>Start your own page</title>" in page


def test_a_code_shown_once_leads_to_its_page_when_the_language_changes():
    client, _name = person()
    assert 'name="next" value="/devices/help"' in client.post("/devices/help/code").content.decode()


def test_the_second_card_of_a_new_account_needs_the_passphrase():
    client, _name = person()
    client.post("/card")
    assert unproved(client).post("/card")["Location"] == "/enter/again"


def test_a_new_sign_in_does_not_make_an_old_account_new():
    _client, name = person()
    age(name, days=90)
    phone, _answer = sign_in(name)
    assert unproved(phone).post("/card")["Location"] == "/enter/again"
    assert not RecoveryCode.objects.exists()
    phone.post("/enter/again", {"passphrase": WORDS})
    assert phone.post("/card").status_code == 200


def test_an_account_that_used_up_its_card_needs_the_passphrase():
    client, name = person()
    client.post("/card")
    RecoveryCode.objects.update(used_at=now())
    phone, _answer = sign_in(name)
    assert unproved(phone).post("/card")["Location"] == "/enter/again"
    assert RecoveryCode.objects.filter(used_at__isnull=True).count() == 0
