"""Joining alone: no e-mail, no phone, and the name is sealed."""

import re

import pytest
from django.db import connection
from django.test import Client

from manypaths.accounts.models import Guess, RecoveryCode, Session, User
from manypaths.accounts.rules import stored_key
from manypaths.config.testing import as_owner

ANSWERS = {
    "alias": "Rosa",
    "choice": "own",
    "passphrase": "quiet rivers run under stone",
    "offered": "coral tent river moon",
    "device": "shared",
}
pytestmark = pytest.mark.django_db


def joined(client: Client, **answers: str) -> object:
    return client.post("/join", {**ANSWERS, **answers})


def test_someone_joins_with_a_name_of_their_choice_and_gets_a_sign_in_name():
    client = Client()
    answer = joined(client)
    assert (answer.status_code, answer["Location"]) == (303, "/card")
    page = client.get("/card")
    account = User.objects.get()
    assert account.username in page.content.decode()
    assert re.fullmatch(r"[a-z]+-[a-z]+-[0-9]{4}", account.username)
    assert (account.email, account.kind) == ("", "person")


def test_the_name_someone_wants_to_be_called_by_is_sealed():
    joined(Client(), alias="Rosalinda Quintero")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select name from people_profile")
        (sealed,) = cursor.fetchone()
    assert b"Rosalinda" not in bytes(sealed)


def test_the_words_we_offer_can_be_used_as_they_are():
    client = Client()
    page = client.get("/join").content.decode()
    offered = re.search(r'name="offered" value="([a-z ]+)"', page).group(1)
    assert len(offered.split()) == 4
    joined(client, choice="offered", offered=offered)
    name = User.objects.get().username
    again = Client().post("/enter", {"name": name, "passphrase": offered, "device": "shared"})
    assert again["Location"] == "/here"


def test_a_weak_passphrase_is_refused_beside_its_field_and_nothing_typed_is_lost():
    answer = joined(Client(), passphrase="password1234567")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Many people use this one" in page
    assert 'value="Rosa"' in page
    assert not User.objects.exists()


def test_a_form_from_another_site_makes_no_account():
    answer = Client().post("/join", ANSWERS, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert not User.objects.exists()


def test_the_page_to_join_sets_no_cookie_and_is_not_stored():
    answer = Client().get("/join")
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_the_card_is_shown_once_and_a_new_one_makes_the_old_useless():
    client = Client()
    joined(client)
    first = set(re.findall(r'class="code">([a-z0-9]{5}-[a-z0-9]{5})<', client.post("/card").content.decode()))
    assert len(first) == 8
    assert not first & set(re.findall(r"[a-z0-9]{5}-[a-z0-9]{5}", client.get("/card").content.decode()))
    second = set(re.findall(r'class="code">([a-z0-9]{5}-[a-z0-9]{5})<', client.post("/card").content.decode()))
    assert len(second) == 8
    assert not first & second
    assert RecoveryCode.objects.count() == 8


def test_neither_codes_nor_session_keys_can_be_read_from_the_tables():
    client = Client()
    joined(client)
    codes = re.findall(r'class="code">([a-z0-9]{5}-[a-z0-9]{5})<', client.post("/card").content.decode())
    assert not RecoveryCode.objects.filter(code_hash__in=codes).exists()
    key = client.cookies["sid"].value
    assert not Session.objects.filter(session_key=key).exists()
    assert Session.objects.filter(session_key=stored_key(key), account_id=User.objects.get().id).exists()


def test_who_reads_the_table_of_sessions_learns_nobody_by_it():
    client = Client()
    joined(client)
    key = client.cookies["sid"].value
    with connection.cursor() as cursor:
        cursor.execute("select account_id, record_id from visit(%s)", [key])
        assert None not in cursor.fetchone()
        cursor.execute("select * from visit(%s)", [Session.objects.get().session_key])
        assert cursor.fetchone() is None


def test_signed_in_pages_tell_nothing_in_their_titles():
    client = Client()
    joined(client)
    for page in (client.get("/card"), client.post("/card")):
        assert "<title>My page</title>" in page.content.decode()
        assert page["Cache-Control"] == "no-store, private"


def test_a_shared_device_gets_a_cookie_that_ends_with_the_browser():
    shared, own = Client(), Client()
    joined(shared)
    joined(own, device="own")
    assert shared.cookies["sid"]["max-age"] == ""
    assert own.cookies["sid"]["max-age"] == 30 * 24 * 3600


def test_a_machine_cannot_start_pages_without_end_and_a_room_full_of_people_can():
    joined(Client())
    one = Guess.objects.get()
    same = {"at": one.at, "kind": one.kind, "place_hash": one.place_hash}
    Guess.objects.bulk_create(Guess(name_hash=str(number), **same) for number in range(58))
    assert joined(Client()).status_code == 303
    answer = joined(Client())
    assert "Many pages were started from this place" in answer.content.decode()
    assert joined(Client(REMOTE_ADDR="10.2.3.4")).status_code == 303
    assert User.objects.count() == 3


KEY = "5a9d2c1e-4a55-4b7e-9a43-6f0c2b8f9a11"


def test_a_form_pressed_twice_makes_one_account_and_the_second_answer_brings_its_session():
    lost, kept = Client(), Client()
    first, second = joined(lost, once=KEY), joined(kept, once=KEY)
    assert first["Location"] == second["Location"] == "/card"
    assert kept.get("/card").status_code == 200
    assert User.objects.get().username in kept.get("/card").content.decode()
    assert (User.objects.count(), Session.objects.filter(account_id__isnull=False).count()) == (1, 1)


def test_a_form_pressed_twice_leads_to_the_card_when_the_first_answer_came_through():
    client = Client()
    joined(client, once=KEY)
    assert joined(client, once=KEY)["Location"] == "/card"
    assert User.objects.count() == 1


def test_the_key_of_a_form_brings_nobody_in_without_the_words_that_were_typed():
    joined(Client(), once=KEY)
    other = Client()
    assert joined(other, once=KEY, passphrase="seven lanterns over the bridge").status_code == 422
    assert other.get("/card")["Location"] == "/enter?to=/card"


def test_a_form_sent_again_after_signing_out_brings_nobody_in():
    client, late = Client(), Client()
    joined(client, once=KEY)
    client.post("/sign-out")
    joined(late, once=KEY)
    assert late.get("/card")["Location"] == "/enter?to=/card"
