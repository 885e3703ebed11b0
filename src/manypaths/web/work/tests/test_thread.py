"""Messages and shown check-ins on the pages of a worker and of a person: who finds them, and who finds nothing."""

import json

import pytest
from django.db import transaction

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.network.tests.factories import day_there, membership, reader_for
from manypaths.outcomes import commands as outcomes
from manypaths.outcomes import queries as instruments
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.support import messages
from manypaths.web.my.tests.factories import client_of as client_of_person
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def walked():
    """A person whom a coach walks with, what they wrote, and a check-in that is shown."""
    made = stage()
    with transaction.atomic():
        request = ask(made, "Mari")
        new_request()
        record = commands.accept_request(referral_id=request, seen=Status.REQUESTED, by=made.coach, at=now())
        new_request()
        thread = commands.write_to_worker(membership_id=made.coach_member.id, words="Zqwords", by=made.person, at=now())
        new_request()
        items = instruments.definition(instruments.instrument_version(instrument="barc-10")).items
        sitting = outcomes.answer_instrument(
            instrument="barc-10", answers=dict.fromkeys(items, 3), language="en", on=day_there(), by=made.person,
            at=now(), note="Zqnote",
        )  # fmt: skip
        new_request()
        commands.show_check_in(
            membership_id=made.coach_member.id, sitting_id=sitting,
            text=consent.text(key="check_in", language="en"), by=made.person, at=now(),
        )  # fmt: skip
        new_request()
    return made, record, thread, sitting


def test_the_coach_reads_both_on_pages_and_as_json(walked):
    made, record, _thread, _sitting = walked
    browser = client_of(made.coach)
    assert b"Zqwords" in browser.get(f"/work/people/{record}/messages").content
    assert b"Zqnote" in browser.get(f"/work/people/{record}/check-ins").content
    page = browser.get(f"/work/people/{record}").content.decode()
    assert "Open one check-in" in page and "Open the messages" in page
    (line,) = json.loads(browser.get(f"/work/api/people/{record}/messages").content)["messages"]
    assert (line["party"], line["words"]) == ("person", "Zqwords")
    assert line["read_at"]
    (one,) = json.loads(browser.get(f"/work/api/people/{record}/check-ins").content)["check_ins"]
    assert (one["note"], one["total"], len(one["said"])) == ("Zqnote", 30, 10)


@pytest.mark.parametrize("role", ["peer", "clinician", "supervisor", "privacy_officer", "frontdesk", "org_admin"])
def test_everyone_else_there_finds_what_is_not_there(walked, role: str):
    made, record, thread, _sitting = walked
    with as_owner():
        other = reader_for(membership(made.body, role, display_name="Other"), made.place)
    browser = client_of(other)
    made_up = "7d0c0c5e-8a34-4d39-9a6f-5f2e6f0a1b2c"
    for path in ("/work/people/{}/messages", "/work/people/{}/check-ins", "/work/api/people/{}/messages"):
        real, nothing = browser.get(path.format(record)), browser.get(path.format(made_up))
        assert (real.status_code, nothing.status_code) == (404, 404)
        assert b"Zq" not in real.content
    assert browser.get(f"/my/messages/{thread}").status_code == 404


def test_a_message_too_long_keeps_its_words_on_the_page(walked):
    made, record, thread, _sitting = walked
    words = "Zqlong " * 400
    for browser, path in (
        (client_of(made.coach), f"/work/people/{record}/messages"),
        (client_of_person(made.person), f"/my/messages/{thread}"),
    ):
        answer = browser.post(path, {"words": words})
        assert answer.status_code == 422
        assert b"at most 2,000 letters" in answer.content
        assert words.strip().encode() in answer.content


def test_a_message_is_words_and_nothing_more(walked):
    made, record, thread, _sitting = walked
    client_of_person(made.person).post(f"/my/messages/{thread}", {"words": "<b>Zqbold</b>\nSecond line"})
    page = client_of(made.coach).get(f"/work/people/{record}/messages").content.decode()
    assert "&lt;b&gt;Zqbold&lt;/b&gt;<br>Second line" in page


def test_words_that_are_not_the_newest_show_nothing(walked):
    made, _record, _thread, sitting = walked
    browser = client_of_person(made.person)
    path = f"/my/check-ins/{sitting}/show/{made.coach_member.id}"
    answer = browser.post(path, {"words_version": "1999", "words_language": "en"})
    assert answer.status_code == 422
    assert b"These words have changed" in answer.content


def test_a_copy_of_everything_holds_what_was_written_and_shown(walked):
    made, _record, _thread, _sitting = walked
    browser = client_of_person(made.person)
    found = json.loads(browser.post("/my/copy/data").content)
    assert [line["words"] for one in found["messages"] for line in one["messages"]] == ["Zqwords"]
    assert [one["worker"] for one in found["shown_check_ins"]] == ["Dee R."]
    page = browser.post("/my/copy/page").content.decode()
    assert "Zqwords" in page
    assert "Check-ins you show" in page


def test_sharing_tells_what_is_shown_and_to_whom(walked):
    made, _record, _thread, sitting = walked
    browser = client_of_person(made.person)
    page = browser.get("/my/sharing").content.decode()
    assert "Check-ins you show" in page
    assert "Only a check-in you show Dee R." in page
    assert "Stop showing it" in browser.get(f"/my/check-ins/{sitting}").content.decode()


def test_a_number_of_messages_waits_on_the_first_page_until_they_are_read(walked):
    made, record, thread, _sitting = walked
    new_request()
    commands.write_to_person(record_id=record, words="Hello.", by=made.coach, at=now())
    browser = client_of_person(made.person)
    assert "Someone wrote to you." in browser.get("/my/").content.decode()
    browser.get(f"/my/messages/{thread}")
    assert "Someone wrote to you." not in browser.get("/my/").content.decode()
    new_request()
    assert [one.unread for one in messages.own_threads(reader=made.person)] == [0]
