"""Signing in and out: neutral answers, slow guessing that locks nobody out, sessions that end at once."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from manypaths.accounts.commands import joining, signing_in
from manypaths.accounts.models import Guess, Session, User
from manypaths.accounts.rules import LIMITS, Device
from manypaths.network.rules import SYSTEM
from manypaths.web.entry.tests.people import STAFF_WORDS, WORDS, person, set_up_app, sign_in, worker
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def words_of(answer: object) -> str:
    """The page without what is new in every answer."""
    return re.sub(r'name="once" value="[^"]+"', "", answer.content.decode())


def fail(name: str, times: int = 8) -> None:
    """Fail from here as often as is allowed: once for real, then as if."""
    sign_in(name, "some other words here")
    one = Guess.objects.latest("id")
    Guess.objects.bulk_create(
        Guess(at=one.at, kind=one.kind, name_hash=one.name_hash, place_hash=one.place_hash) for _ in range(times - 1)
    )


def test_a_person_signs_in_however_they_type_their_name():
    _client, name = person()
    for typed in (name, name.upper(), name.replace("-", " "), f"  {name} "):
        client, answer = sign_in(typed)
        assert (answer.status_code, answer["Location"]) == (303, "/here")
        assert client.get("/here")["Location"] == "/my/"


def test_spaces_around_a_passphrase_do_not_matter():
    _client, name = person()
    assert sign_in(name, f" {WORDS.replace(' ', '  ')} ")[1].status_code == 303


def test_an_unknown_name_and_a_wrong_passphrase_get_the_same_answer():
    _client, name = person()
    wrong, unknown = sign_in(name, "some other words here")[1], sign_in("coral-piano-0000", "some other words here")[1]
    assert wrong.status_code == unknown.status_code == 200
    assert words_of(wrong).replace(name, "NAME") == words_of(unknown).replace("coral-piano-0000", "NAME")


def test_an_unknown_name_costs_the_same_work_as_a_known_one(monkeypatch):
    """Counted, not timed: one slow hash with the same settings, and the same statements in the same order."""
    _client, name = person()
    hashed: list[str] = []

    def check(typed: str, encoded: str) -> bool:
        hashed.append(encoded.rsplit("$", 2)[0])  # how it is hashed, without salt and hash
        return check_password(typed, encoded)

    monkeypatch.setattr(signing_in, "check_password", check)
    work = []
    for place, typed in enumerate((name, "nobody-at-all-1")):
        with CaptureQueriesContext(connection) as asked:
            sign_in(typed, "some other words here", REMOTE_ADDR=f"10.0.0.{place}")
        work.append([re.sub(r"s\d+_x\d+", "point", one["sql"].split("(")[0])[:60] for one in asked])
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]
    assert work[0] == work[1]


def test_guessing_from_one_place_is_stopped_with_the_same_words_for_every_name():
    _client, name = person()
    for typed in (name, "coral-piano-0000"):
        fail(typed)
    known, unknown = sign_in(name)[1], sign_in("coral-piano-0000")[1]
    assert "tried many times" in known.content.decode()
    assert words_of(known).replace(name, "NAME") == words_of(unknown).replace("coral-piano-0000", "NAME")


def test_guessing_from_elsewhere_does_not_lock_the_person_out():
    _client, name = person()
    sign_in(name, "some other words here", REMOTE_ADDR="10.1.0.1")
    one = Guess.objects.get(kind="sign_in")
    Guess.objects.bulk_create(
        Guess(at=one.at, kind=one.kind, name_hash=one.name_hash, place_hash=f"place {place}") for place in range(10_000)
    )
    assert sign_in(name, REMOTE_ADDR="10.9.9.9")[1].status_code == 303


def test_behind_a_proxy_on_this_machine_each_visitor_is_a_place_of_their_own(settings):
    settings.PROXY_ON_THIS_MACHINE = True
    _client, name = person()
    for _try in range(8):
        sign_in(name, "some other words here", headers={"X-Forwarded-For": "203.0.113.9"})
    assert sign_in(name, headers={"X-Forwarded-For": "203.0.113.9"})[1].status_code == 200
    assert sign_in(name, headers={"X-Forwarded-For": "198.51.100.7"})[1].status_code == 303


def test_a_visitor_cannot_write_the_place_they_come_from(settings):
    settings.PROXY_ON_THIS_MACHINE = True
    _client, name = person()
    for number in range(8):
        sign_in(name, "some other words here", headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"})
    assert sign_in(name, headers={"X-Forwarded-For": "198.51.100.99, 203.0.113.9"})[1].status_code == 200
    for number in range(8):
        elsewhere = {"REMOTE_ADDR": "192.0.2.4", "headers": {"X-Forwarded-For": f"198.51.100.{number}"}}
        sign_in(name, "some other words here", **elsewhere)
    assert sign_in(name, REMOTE_ADDR="192.0.2.4", headers={"X-Forwarded-For": "198.51.100.99"})[1].status_code == 200


def test_without_a_proxy_the_header_counts_for_nothing():
    _client, name = person()
    for number in range(8):
        sign_in(name, "some other words here", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert sign_in(name, headers={"X-Forwarded-For": "198.51.100.99"})[1].status_code == 200


def test_someone_in_the_same_house_cannot_use_up_the_tries_of_ones_own_device():
    own, name = person(device="own")
    own.post("/sign-out")
    fail(name)
    assert sign_in(name)[1].status_code == 200
    assert sign_in(name, client=own)[1].status_code == 303


@pytest.mark.parametrize("times", [8, 200])
def test_someone_at_home_who_keeps_typing_wrong_words_makes_the_right_ones_wait_a_minute_at_most(times):
    _client, name = person()
    fail(name, times)
    page = sign_in(name, headers={"Accept-Language": "en"})[1].content.decode()
    assert f"Wait {15 if times == 8 else 60} seconds" in page
    Guess.objects.update(at=now() - timedelta(seconds=61))
    assert sign_in(name)[1].status_code == 303


def test_a_try_that_came_too_early_makes_nobody_wait_longer():
    _client, name = person()
    fail(name)
    for _early in range(3):
        sign_in(name, "some other words here")
    assert Guess.objects.filter(kind="sign_in").count() == 8
    Guess.objects.update(at=now() - timedelta(seconds=16))
    assert sign_in(name)[1].status_code == 303


def test_tries_are_forgotten_after_a_quarter_of_an_hour():
    _client, name = person()
    fail(name)
    Guess.objects.update(at=now() - timedelta(minutes=16))
    assert sign_in(name)[1].status_code == 303


def test_neither_names_nor_addresses_stand_in_the_table_of_tries():
    _client, name = person()
    sign_in(name, "some other words here", REMOTE_ADDR="10.1.2.3")
    row = Guess.objects.values().get(kind="sign_in")
    assert name not in str(row)
    assert "10.1.2.3" not in str(row)


def test_a_sign_in_pressed_twice_is_one_session_that_the_second_answer_brings():
    _client, name = person()
    before = Session.objects.filter(account_id__isnull=False).count()
    form = {"name": name, "passphrase": WORDS, "device": "shared", "once": "5a9d2c1e-4a55-4b7e-9a43-6f0c2b8f9a11"}
    kept = Client()
    assert Client().post("/enter", form)["Location"] == kept.post("/enter", form)["Location"] == "/here"
    assert kept.get("/here")["Location"] == "/my/"
    assert Session.objects.filter(account_id__isnull=False).count() == before + 1


def test_signing_in_changes_the_session_key():
    client, name = person()
    before = client.cookies["sid"].value
    sign_in(name, client=client)
    assert client.cookies["sid"].value != before


def test_signing_in_leads_back_to_the_page_that_was_asked_for():
    _client, name = person()
    client = Client()
    page = client.get(client.get("/devices")["Location"]).content.decode()
    assert '<input type="hidden" name="to" value="/devices">' in page
    assert 'href="/join?to=/devices"' in page
    form = {"name": name, "passphrase": WORDS, "device": "shared", "to": "/devices"}
    assert client.post("/enter", form)["Location"] == "/devices"


def test_a_worker_comes_to_the_page_that_was_asked_for_after_the_second_factor():
    _secret, codes = set_up_app(worker("frontdesk"))
    client = Client()
    form = {"name": "dee@example.org", "passphrase": STAFF_WORDS, "device": "shared", "to": "/vouch"}
    assert client.post("/enter", form)["Location"] == "/here"
    assert client.get("/vouch")["Location"] == "/second"
    assert client.post("/second", {"code": codes[0]})["Location"] == "/vouch"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/my/", "/\\evil.example", "javascript:x"])
def test_no_form_leads_to_another_site(elsewhere):
    _client, name = person()
    form = {"name": name, "passphrase": WORDS, "device": "shared", "to": elsewhere}
    assert Client().post("/enter", form)["Location"] == "/here"
    assert "evil" not in Client().get("/enter", {"to": elsewhere}).content.decode()


def test_a_visitor_who_asks_for_a_page_leaves_no_cookie_and_nothing_in_a_table():
    visitor = Client()
    for path in ("/devices", "/my/", "/work/"):
        sign_in_page = visitor.get(path)["Location"]
        visitor.get(sign_in_page)
    visitor.get("/join?to=/devices")
    assert not visitor.cookies
    assert not Session.objects.exists()


def test_a_form_from_another_site_signs_nobody_in():
    _client, name = person()
    assert sign_in(name, headers={"sec-fetch-site": "cross-site"})[1].status_code == 403


def test_signing_out_ends_the_session_on_the_server():
    client, _name = person()
    key = client.cookies["sid"].value
    client.post("/sign-out")
    ghost = Client()
    ghost.cookies["sid"] = key
    assert ghost.get("/devices")["Location"] == "/enter?to=/devices"
    assert not Session.objects.filter(account_id__isnull=False).exists()


def test_an_account_that_was_ended_is_nobody_at_its_next_request():
    client, name = person()
    joining.end_account(account_id=User.objects.get(username=name).id, by=SYSTEM, at=now())
    assert client.get("/devices")["Location"] == "/enter?to=/devices"
    assert sign_in(name)[1].status_code == 200


def test_a_shared_device_is_signed_out_after_five_minutes():
    client, _name = person()
    session = client.session
    session["seen_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    assert client.get("/devices")["Location"] == "/enter?to=/devices"


def test_a_worker_signs_in_with_the_address_and_comes_to_no_work_page_without_a_second_factor():
    worker()
    client, answer = sign_in("DEE@example.org", STAFF_WORDS)
    assert answer["Location"] == "/here"
    assert client.get("/vouch")["Location"] == "/second"


def test_an_account_without_a_place_of_work_is_told_why_there_is_nothing():
    client = worker()
    from manypaths.network.models import Membership

    Membership.objects.update(ended_at=now())
    page = client.get("/here")
    assert page.status_code == 200
    assert "no place lists you" in page.content.decode()
    assert client.get("/vouch").status_code == 404


@pytest.mark.parametrize(("letters", "leads_to"), [(200, "/my/?" + "a" * 200), (600, "/here")])
def test_only_a_short_address_is_carried_along_to_the_sign_in(letters, leads_to):
    _client, name = person()
    visitor = Client()
    page = visitor.get(visitor.get("/my/?" + "a" * letters)["Location"]).content.decode()
    carried = re.findall(r'name="to" value="([^"]+)"', page)
    words = {"name": name, "passphrase": WORDS, "device": "shared", "to": carried[0] if carried else ""}
    answer = visitor.post("/enter", words | {"once": "5a9d2c1e-4a55-4b7e-9a43-6f0c2b8f9a12"})
    assert (answer.status_code, answer["Location"]) == (303, leads_to)


def test_a_worker_reads_when_any_device_signs_them_out():
    idle, _whole = LIMITS[Device.STAFF]
    minutes = int(idle.total_seconds() // 60)
    assert f"you are signed out on each device after {minutes} minutes" in Client().get("/enter").content.decode()
