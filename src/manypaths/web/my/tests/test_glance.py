"""Who can see what at a glance, and a pause: stopped, still worked on, and shared again in the words that stand now."""

import re

import pytest
from django.urls import reverse

from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.web.my.tests.factories import client_of, shown, somebody
from manypaths.web.my.tests.test_sharing_pages import asked, before_this_test
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def sharing(here: Scene) -> str:
    new_request()
    return client_of(here.person).get(reverse("my:sharing")).content.decode()


def table(page: str) -> dict[str, list[str]]:
    """Each row of the table: who, and the words in its cells."""
    body = re.search(r"<tbody.*?</tbody>", page, re.S)
    found = re.findall(r"<tr.*?</tr>", body[0], re.S) if body else []
    cells = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in found
    ]
    return {row[0]: row[1:] for row in cells}


def take_up(here: Scene, sent) -> None:
    new_request()
    commands.accept_request(referral_id=sent, seen=Status.REQUESTED, by=here.coach, at=now())


def stop(here: Scene, sent) -> None:
    new_request()
    commands.stop_sharing(referral_id=sent, by=here.person, at=before_this_test())


def test_a_place_sees_what_was_sent_and_nothing_of_the_page():
    here, _sent = asked()
    found = table(sharing(here))
    page, sent, reach, notes = found[here.body.name]
    assert (page, reach, notes) == ("No", "Yes, what you sent", "No")
    assert sent.startswith("Yes, until")
    assert found["Everyone else here"] == ["No"] * 4


def test_a_place_that_said_yes_has_its_own_copy_also_after_a_stop():
    here, sent = asked()
    take_up(here, sent)
    assert table(sharing(here))[here.body.name][1].startswith("Yes, until")
    stop(here, sent)
    row = table(sharing(here))[here.body.name]
    assert row == ["No", "No, not any more", "Yes, their own copy", "Yes, their own"]


def test_who_shares_nothing_sees_no_table():
    alone = somebody("Tom")
    assert "At a glance" not in client_of(alone).get(reverse("my:sharing")).content.decode()


def test_a_stop_while_they_work_on_it_is_a_pause_with_a_way_to_go_on():
    here, sent = asked()
    take_up(here, sent)
    assert "Paused" not in sharing(here)
    stop(here, sent)
    again = reverse("my:agree_anew", args=[sent])
    page = sharing(here)
    assert "Paused" in page
    assert again in page
    browser = client_of(here.person)
    new_request()
    words = shown(browser, again)
    new_request()
    assert browser.post(again, words).status_code == 302
    page = sharing(here)
    assert "Paused" not in page
    assert table(page)[here.body.name][1].startswith("Yes, until")


def test_what_was_taken_back_is_no_pause():
    here, sent = asked()
    stop(here, sent)
    page = sharing(here)
    assert "Paused" not in page
    assert "Ended" in page
