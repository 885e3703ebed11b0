"""Share less: what is left out closes for the place, stays with the person, and the rest is agreed to anew."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from manypaths.consent import queries as consent
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network import queries as network
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import PickedPart, Status
from manypaths.referrals.tests.factories import ASKED_AT, Scene, draft, scene, send
from manypaths.web.my.tests.factories import client_of, shown, somebody
from manypaths.web.my.tests.test_sharing_pages import before_this_test
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db
PARTS = [PickedPart("goal", "Weekends with my kids", "Now: ask"), PickedPart("strength", "I show up", "14 meetings")]


@pytest.fixture
def shared() -> tuple[Scene, uuid.UUID]:
    """A request that was taken up, with two parts of the plan along."""
    with patch("manypaths.referrals.tests.factories.ASKED_AT", datetime.now(UTC) - timedelta(minutes=1)):
        here = scene()
        network.forget_communities()
        draft(here)
        new_request()
        commands.pick_parts(service_id=here.asked.service_id, parts=PARTS, by=here.person, at=ASKED_AT)
        sent = send(here)
    new_request()
    commands.accept_request(referral_id=sent, seen=Status.REQUESTED, by=here.coach, at=now())
    return here, sent


def own(here: Scene, sent: uuid.UUID) -> queries.RequestView:
    new_request()
    return queries.own_request(reader=here.person, referral_id=sent)


def seen_by_coach(here: Scene, sent: uuid.UUID) -> list[str]:
    new_request()
    return [one.title for one in queries.received_request(reader=here.coach, referral_id=sent).parts]


def less(here: Scene, sent: uuid.UUID, keep: list[uuid.UUID | None], by=None, at: datetime | None = None) -> None:
    new_request()
    text = consent.text(key="request", language="en")
    new_request()
    commands.share_less(
        referral_id=sent,
        keep=[one for one in keep if one],
        text=text,
        by=by or here.person,
        at=at or before_this_test(),
    )


def test_what_is_left_out_closes_for_the_place_and_stays_with_the_person(shared):
    here, sent = shared
    goal, strength = own(here, sent).parts
    assert len(seen_by_coach(here, sent)) == 2
    less(here, sent, [strength.id])
    assert seen_by_coach(here, sent) == [strength.title]
    view = own(here, sent)
    assert [one.title for one in view.parts] == [strength.title]
    assert [one.body for one in view.held_back] == [goal.body]


def test_the_earlier_yes_ends_and_the_new_one_names_it(shared):
    here, sent = shared
    before = own(here, sent).grant
    less(here, sent, [])
    new_request()
    grants = consent.grants_of_own_record(reader=here.person)
    assert before is not None
    assert sorted((one.ending, one.replaces_id) for one in grants) == [("", before.id), ("replaced", None)]
    assert seen_by_coach(here, sent) == []


@pytest.mark.parametrize("closed", [False, True])
def test_leaving_nothing_out_or_a_closed_request_is_refused(shared, closed):
    here, sent = shared
    parts = [one.id for one in own(here, sent).parts]
    if closed:
        new_request()
        commands.withdraw_request(referral_id=sent, reason="rather_not_say", by=here.person, at=now())
    with pytest.raises(Refused, match="request_closed" if closed else "nothing_less"):
        less(here, sent, [] if closed else parts)
    assert len(own(here, sent).parts) == 2


def test_what_was_stopped_meanwhile_is_not_opened_again_by_less(shared):
    """The page on which less is chosen may still stand in another tab."""
    here, sent = shared
    _goal, strength = own(here, sent).parts
    browser, there = client_of(here.person), reverse("my:share_less", args=[sent])
    new_request()
    words = shown(browser, f"{there}?chosen=1&keep={strength.id}")
    new_request()
    assert browser.post(reverse("my:stop_sharing", args=[sent])).status_code == 302
    new_request()
    answer = browser.post(there, {**words, "keep": [str(strength.id)]})
    assert answer.status_code == 422
    assert "You do not share this any more" in answer.content.decode()
    view = own(here, sent)
    assert (view.sharing, len(view.parts)) == (False, 2)


def test_the_stop_of_an_older_page_stops_what_was_agreed_to_again(shared):
    """Its form bears the same mark as when it was pressed first, and must not be answered from memory."""
    here, sent = shared
    browser, pressed = client_of(here.person), {"once": str(uuid.uuid4())}
    for _time in range(2):
        new_request()
        assert browser.post(reverse("my:stop_sharing", args=[sent]), pressed).status_code == 302
        assert not own(here, sent).sharing
        words = shown(browser, there := reverse("my:agree_anew", args=[sent]))
        new_request()
        assert browser.post(there, words).status_code == 302
        assert own(here, sent).sharing


def test_what_is_over_is_not_opened_again_by_less(shared):
    here, sent = shared
    grant = own(here, sent).grant
    assert grant is not None
    with pytest.raises(Refused, match="not_shared"):
        less(here, sent, [], at=grant.until)
    assert len(own(here, sent).parts) == 2
    less(here, sent, [], at=grant.until - timedelta(seconds=1))


def test_nobody_else_can_do_it(shared):
    here, sent = shared
    for other in (somebody("Tom"), here.coach):
        with pytest.raises(NotThere):
            less(here, sent, [], by=other)
    assert len(seen_by_coach(here, sent)) == 2


def test_the_database_keeps_what_was_held_back_from_the_place(shared):
    here, sent = shared
    less(here, sent, [])
    seen_by_coach(here, sent)  # the coach has the request open in this request
    for sql in ("update referrals_sharedpart set held_back_at = null", "delete from referrals_sharedpart"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select count(*) from referrals_sharedpart")
            assert cursor.fetchone() == (0,)
            cursor.execute(sql)
            assert cursor.rowcount == 0
    own(here, sent)
    with connection.cursor() as cursor:
        cursor.execute("update referrals_sharedpart set held_back_at = null")
        assert cursor.rowcount == 0
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            cursor.execute("update referrals_sharedpart set title = 'x'")


def test_the_place_cannot_hold_back_for_the_person(shared):
    here, sent = shared
    seen_by_coach(here, sent)
    with connection.cursor() as cursor:
        cursor.execute("update referrals_sharedpart set held_back_at = now()")
        assert cursor.rowcount == 0
    assert len(own(here, sent).parts) == 2


def test_on_the_pages_one_chooses_reads_the_words_and_agrees(shared):
    here, sent = shared
    goal, _strength = own(here, sent).parts
    seen_by_coach(here, sent)
    browser, there = client_of(here.person), reverse("my:share_less", args=[sent])
    new_request()
    assert there in browser.get(reverse("my:request", args=[sent])).content.decode()
    new_request()
    page = browser.get(there).content.decode()
    assert page.count('type="checkbox"') == 2
    assert " checked" not in page.split("<main")[1].split("</main")[0]
    chosen = f"{there}?chosen=1&keep={goal.id}"
    new_request()
    words = shown(browser, chosen)
    new_request()
    page = browser.get(chosen).content.decode()
    assert re.search(r"They opened it \d+ times? before", page)
    assert "I show up" not in page
    new_request()
    answer = browser.post(there, {**words, "keep": [str(goal.id)]})
    assert answer.status_code == 302
    new_request()
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "They can open only what is left." in page
    assert "Held back" in page
    assert [one.title for one in own(here, sent).parts] == [goal.title]


def test_choosing_all_is_said_to_change_nothing(shared):
    here, sent = shared
    keep = "&".join(f"keep={one.id}" for one in own(here, sent).parts)
    new_request()
    answer = client_of(here.person).get(f"{reverse('my:share_less', args=[sent])}?chosen=1&{keep}")
    assert answer.status_code == 422
    assert "Choose at least one part" in answer.content.decode()


def test_words_for_other_parts_than_those_sent_are_shown_again(shared):
    here, sent = shared
    goal, strength = own(here, sent).parts
    browser, there = client_of(here.person), reverse("my:share_less", args=[sent])
    new_request()
    words = shown(browser, f"{there}?chosen=1&keep={goal.id}")
    new_request()
    answer = browser.post(there, {**words, "keep": [str(strength.id)]})
    assert answer.status_code == 422
    assert "These words have changed" in answer.content.decode()
    assert len(own(here, sent).parts) == 2


def test_the_copy_holds_what_was_held_back(shared):
    here, sent = shared
    less(here, sent, [])
    new_request()
    copy = client_of(here.person).post(reverse("my:copy_data")).json()
    assert sorted(one["body"] for one in copy["requests"][0]["held_back"]) == ["14 meetings", "Now: ask"]


def test_what_was_read_by_an_earlier_yes_is_told_before_the_next_one(shared):
    here, sent = shared
    _goal, strength = own(here, sent).parts
    before = len(seen_by_coach(here, sent))
    page = client_of(here.person)
    words = {"chosen": "1"}
    new_request()
    first = page.get(reverse("my:share_less", args=[sent]), words).content.decode()
    less(here, sent, [strength.id])
    new_request()
    again = page.get(reverse("my:share_less", args=[sent]), words).content.decode()
    told = re.search(r"They opened it \d+ times? before", first)
    assert before == 2
    assert told
    assert told[0] in again
    assert "Nobody there has opened it" not in again
