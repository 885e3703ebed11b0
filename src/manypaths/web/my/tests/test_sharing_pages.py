"""Who can see what, who looked, and what a stop does."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.models import Grant
from manypaths.lib.refusals import NotThere
from manypaths.network import queries as network
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.people.tests.factories import new_request
from manypaths.plans import queries
from manypaths.plans.tests.factories import goal, step
from manypaths.referrals import commands, rules
from manypaths.referrals.queries import own_requests, received_request
from manypaths.referrals.tests.factories import Scene, draft, scene, send
from manypaths.web.my.tests.factories import client_of, shown, somebody

pytestmark = pytest.mark.django_db
KEEPING = 'id="keep-h"'  # the list of places; a link to what they keep stands on the page in any case


def asked(**parts: object) -> tuple[Scene, uuid.UUID]:
    """A request that was sent today, to a place that answers."""
    with patch("manypaths.referrals.tests.factories.ASKED_AT", datetime.now(UTC) - timedelta(minutes=1)):
        here = scene()
        network.forget_communities()
        draft(here, **parts)
        sent = send(here)
    new_request()
    return here, sent


def before_this_test() -> datetime:
    """The gate reads the clock of the transaction, and a test is one transaction."""
    return datetime.now(UTC) - timedelta(seconds=30)


def grant_of(reader: Reader) -> uuid.UUID:
    new_request()
    return consent.grants_of_own_record(reader=reader)[0].id


def own_grants(reader: Reader) -> list[Grant]:
    new_request()
    return consent.grants_of_own_record(reader=reader)


def page(reader: Reader, name: str, *args: object) -> str:
    answer = client_of(reader).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_with_no_consent_the_page_says_that_nobody_sees_anything():
    words = page(somebody(), "my:sharing")
    assert "Nobody sees anything now" in words


def test_a_consent_is_told_with_who_what_why_and_until_when():
    here, _sent = asked()
    words = page(here.person, "my:sharing")
    for part in ("Lantern House", "Your request", "To answer your request", "not after", "Stop sharing"):
        assert part in words
    assert "It cannot undo what they already read." in words


def test_one_consent_shows_exactly_what_went_along_and_the_words_agreed_to():
    here, _sent = asked(words="Can you help with the form?")
    words = page(here.person, "my:shared", grant_of(here.person))
    for part in ("Mari", "802-555-0142", "After 5 pm", "Can you help with the form?", "version 2026-11"):
        assert part in words
    assert "The people at Lantern House who answer requests." in words
    assert "{organisation}" not in words
    assert "Nobody there has opened it since you agreed to this." in words


def test_the_page_of_one_consent_opens_only_its_own_request():
    here, sent = asked()
    again = replace(here, asked=replace(here.asked, service_id=uuid.uuid4()))
    draft(again, words="About something else")
    send(again)
    given = next(one.id for one in own_grants(here.person) if one.subject_id == sent)
    with CaptureQueriesContext(connection) as asked_for:
        words = page(here.person, "my:shared", given)
    assert "About something else" not in words
    packets = [one["sql"] for one in asked_for if 'FROM "referrals_packet"' in one["sql"]]
    assert packets
    assert all(sent.hex in sql for sql in packets)


def test_a_look_is_told_on_both_pages_with_who_and_why():
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    new_request()
    assert "They opened it 1 time" in page(here.person, "my:shared", grant_of(here.person))
    words = page(here.person, "my:looked")
    for part in ("Dee R.", "Lantern House", "Your request", "To answer your request", "You agreed to share this"):
        assert part in words


def test_stopping_closes_the_next_look_and_says_so():
    here, sent = asked()
    browser = client_of(here.person)
    received_request(reader=here.coach, referral_id=sent)
    with patch("manypaths.web.my.requests.now", before_this_test):
        answer = browser.post(reverse("my:stop_sharing", args=[sent]))
    assert answer.headers["Location"] == reverse("my:request", args=[sent])
    assert "Sharing has stopped." in browser.get(answer.headers["Location"]).content.decode()
    assert "You stopped it" in browser.get(reverse("my:sharing")).content.decode()
    new_request()
    with pytest.raises(NotThere):
        received_request(reader=here.coach, referral_id=sent)


def test_ones_own_page_says_when_work_goes_on_without_sharing():
    here, sent = asked()
    browser = client_of(here.person)
    new_request()
    commands.accept_request(referral_id=sent, seen=rules.Status.REQUESTED, by=here.coach, at=datetime.now(UTC))
    assert "said yes." in browser.get(reverse("my:home")).content.decode()
    with patch("manypaths.web.my.requests.now", before_this_test):
        browser.post(reverse("my:stop_sharing", args=[sent]))
    page = browser.get(reverse("my:home")).content.decode()
    assert "You do not share this with" in page
    assert "said yes." not in page


def test_the_earlier_consent_is_kept_beside_the_new_one():
    here, sent = asked()
    browser = client_of(here.person)
    url = reverse("my:agree_anew", args=[sent])
    browser.post(url, shown(browser, url))
    new_request()
    kept = consent.grants_of_own_record(reader=here.person)
    assert len(kept) == 2
    assert sum(one.ended_at is None for one in kept) == 1
    assert "You agreed anew" in browser.get(reverse("my:sharing")).content.decode()


def test_the_consent_of_another_person_is_not_there():
    here, sent = asked()
    given, browser = grant_of(here.person), client_of(somebody("Sam"))
    assert browser.get(reverse("my:shared", args=[given])).status_code == 404
    for name in ("my:stop_sharing", "my:agree_anew"):
        assert browser.post(reverse(name, args=[sent])).status_code == 404
    new_request()
    assert consent.grants_of_own_record(reader=here.person)[0].ended_at is None


def test_a_worker_finds_no_page_of_a_person():
    here, _sent = asked()
    browser = client_of(here.coach)
    for name in ("my:home", "my:sharing", "my:looked", "my:profile", "my:take"):
        assert browser.get(reverse(name)).status_code == 404


def test_signed_out_leads_to_sign_in():
    somebody()
    from django.test import Client

    answer = Client().get(reverse("my:sharing"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("entry:sign_in"))


def accepted() -> tuple[Scene, uuid.UUID]:
    """A request that the place said yes to, so that it keeps a page of its own."""
    here, sent = asked()
    commands.accept_request(referral_id=sent, seen=rules.Status.REQUESTED, by=here.coach, at=datetime.now(UTC))
    new_request()
    return here, sent


def test_after_a_stop_the_page_says_what_the_place_still_keeps_and_how_to_close_it():
    here, sent = accepted()
    browser = client_of(here.person)
    said = browser.post(reverse("my:stop_sharing", args=[sent]), follow=True).content.decode()
    assert "Sharing has stopped. They can no longer open what you sent." in said
    assert "Lantern House keeps its own page of you" in said
    assert "They can no longer open it." not in said
    assert reverse("my:block_place", args=[here.body.id]) in said
    sharing = browser.get(reverse("my:sharing")).content.decode()
    assert KEEPING in sharing
    assert "Nobody sees anything now" not in sharing


def test_a_blocked_place_is_no_longer_told_as_keeping_a_page_that_is_open():
    here, sent = accepted()
    browser = client_of(here.person)
    browser.post(reverse("my:block_place", args=[here.body.id]))
    assert "You have blocked Lantern House." in browser.get(reverse("my:request", args=[sent])).content.decode()
    assert KEEPING not in browser.get(reverse("my:sharing")).content.decode()


def test_nobody_is_asked_about_a_place_or_a_worker_that_does_not_exist():
    browser = client_of(somebody())
    for name in ("my:block_place", "my:block_worker"):
        assert browser.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_the_safety_page_names_the_hotline_and_how_to_keep_others_out():
    words = page(somebody(), "my:safety")
    for part in ("tel:1-800-799-7233", reverse("entry:devices"), reverse("entry:passphrase")):
        assert part in words


def looked_at_on(here: Scene, days: int, *, each: int = 1) -> None:
    """So many earlier days on which the coach looked."""
    at = datetime(2026, 10, 30, 14, tzinfo=UTC)
    row = {"xid": 1, "hat": "member", "membership_id": here.coach.membership_id, "organisation_id": here.body.id}
    row |= {"bases": ["assigned"], "denied": [], "classes": ["demographics"], "purpose": "care"}
    with as_owner():
        for number in range(days * each):
            moment = at - timedelta(days=number // each, minutes=number % each)
            Access.objects.create(at=moment, nonce=uuid.uuid4(), opened=[here.person.record_id], **row)


def test_looks_of_one_day_stand_together():
    here = scene()
    network.forget_communities()
    looked_at_on(here, 1, each=3)
    words = page(here.person, "my:looked")
    assert words.count("Dee R.</h2>") == 1
    assert "3 times, from" in words


def test_looks_of_one_minute_are_told_with_one_time():
    here = scene()
    network.forget_communities()
    looked_at_on(here, 1)
    looked_at_on(here, 1)
    assert "2 times, at 10 am" in page(here.person, "my:looked")


def test_many_looks_are_told_page_by_page():
    here = scene()
    network.forget_communities()
    looked_at_on(here, 31)
    browser = client_of(here.person)
    first = browser.get(reverse("my:looked")).content.decode()
    second = browser.get(reverse("my:looked"), {"page": "2"}).content.decode()
    strange = browser.get(reverse("my:looked"), {"page": "-1"}).content.decode()
    assert (first.count("Dee R.</h2>"), second.count("Dee R.</h2>")) == (30, 1)
    assert "?page=2" in first
    assert "?page=1" in second
    assert strange.count("Dee R.</h2>") == 30
    beyond = browser.get(reverse("my:looked"), {"page": "99"})
    assert (beyond.status_code, beyond.headers["Location"]) == (302, reverse("my:looked"))


def test_days_on_which_the_own_sign_in_opened_the_page_stand_on_a_page_of_their_own():
    here = scene()
    network.forget_communities()
    looked_at_on(here, 1)
    row = {"xid": 1, "hat": "person", "account_id": here.person.account_id, "bases": ["own"], "denied": []}
    row |= {"classes": ["recovery_plan"], "purpose": "own", "opened": [here.person.record_id]}
    other = scene().person
    with as_owner():
        for day, hour, second in ((28, 5, 0), (28, 7, 0), (27, 9, 1), (27, 9, 2), (26, 9, 0)):
            Access.objects.create(at=datetime(2026, 10, day, hour, 0, second, tzinfo=UTC), nonce=uuid.uuid4(), **row)
        theirs = row | {"account_id": other.account_id, "opened": [other.record_id]}
        Access.objects.create(at=datetime(2026, 9, 1, 5, tzinfo=UTC), nonce=uuid.uuid4(), **theirs)
    words = page(here.person, "my:opened_by_me").split("<main")[1]
    assert "October 28, 2026" in words
    assert "2 times, from 1 am to 3 am" in words
    assert "2 times, at 5 am" in words  # twice within a minute is not once
    assert "<dd>5 am" in words
    assert "Your plan" in words
    assert "October 30" not in words
    assert "September 1" not in words
    in_order = (
        "tel:1-800-799-7233",
        *(reverse(f"entry:{one}") for one in ("passphrase", "card", "devices", "helpers")),
    )
    assert sorted(in_order, key=lambda one: words.index(f'"{one}"')) == list(in_order)
    assert reverse("my:safety") in words


def test_a_copy_holds_every_look_however_many():
    here = scene()
    network.forget_communities()
    looked_at_on(here, 31)
    with patch("manypaths.web.my.sharing.READ_AT_ONCE", 10):
        answer = client_of(here.person).post(reverse("my:copy_data"))
    assert len(json.loads(answer.content)["looked"]) == 31


def test_a_look_at_what_a_place_keeps_is_told_too():
    here, sent = asked()
    commands.accept_request(referral_id=sent, seen=rules.Status.REQUESTED, by=here.coach, at=datetime.now(UTC))
    new_request()
    words = page(here.person, "my:looked")
    assert "They are assigned to you at a place that supports you." in words


def test_a_worker_is_shut_out_from_the_list_of_looks():
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    browser = client_of(here.person)
    with patch("manypaths.web.my.about.now", before_this_test):
        question = reverse("my:block_worker", args=[here.coach.membership_id])
        assert "Block Dee R.?" in browser.get(question).content.decode()
        answer = browser.post(question)
    assert answer.headers["Location"] == reverse("my:safety")
    assert "Dee R." in browser.get(reverse("my:safety")).content.decode()
    new_request()
    with pytest.raises(NotThere):
        received_request(reader=here.coach, referral_id=sent)


def test_a_place_is_shut_out_and_let_in_again():
    here, _sent = asked()
    browser = client_of(here.person)
    assert browser.post(reverse("my:safety"), {"who": ""}).status_code == 422
    question = reverse("my:block_place", args=[here.body.id])
    assert browser.post(reverse("my:safety"), {"who": str(here.body.id)}).headers["Location"] == question
    assert "Block Lantern House?" in browser.get(question).content.decode()
    new_request()
    assert [line.status for line in own_requests(reader=here.person)] == [rules.Status.REQUESTED]
    browser.post(question)
    new_request()
    assert [line.status for line in own_requests(reader=here.person)] == [rules.Status.CANCELLED]
    assert all(one.ended_at for one in consent.grants_of_own_record(reader=here.person))
    words = browser.get(reverse("my:safety")).content.decode()
    assert "Everyone who works there" in words
    block = words.split("/my/about/safety/")[1].split("/end")[0]
    assert client_of(somebody("Sam")).post(reverse("my:unblock", args=[block])).status_code == 404
    browser.post(reverse("my:unblock", args=[block]))
    assert "Everyone who works there" not in browser.get(reverse("my:safety")).content.decode()


def test_a_request_stands_at_the_step_it_came_from():
    here, _sent = asked()
    maria = here.person
    only = step(maria, goal(maria), "Ask for a coach")
    new_request()
    line = queries.plan_of(reader=maria).goals[0].steps[0]
    assert line.id == only
    later = replace(here, asked=replace(here.asked, service_id=uuid.uuid4()))
    at = before_this_test()
    new_request()
    commands.begin_request(asked=later.asked, name="Mari", step_id=only, by=maria, at=at)
    changes = {"need": "talk", "way": "here"}
    commands.write_request(service_id=later.asked.service_id, changes=changes, by=maria, at=at)
    text = consent.text(key="request", language="en")
    sent = commands.send_request(service_id=later.asked.service_id, text=text, by=maria, at=at)
    new_request()
    assert "Asked Lantern House. They answer by" in page(maria, "my:goal", line.goal_id)
    new_request()
    commands.reject_request(
        referral_id=sent, seen=rules.Status.REQUESTED, reason="no_open_place", by=here.coach, at=datetime.now(UTC)
    )
    new_request()
    words = page(maria, "my:home")
    assert "Not now at Lantern House." in words
    new_request()
    commands.answer_request(referral_id=sent, answer="no", by=maria, at=datetime.now(UTC))
    assert "Did you get what you needed? No." in page(maria, "my:home")


def test_a_usual_title_of_a_worker_is_told_in_the_language_of_who_reads():
    here = scene()
    network.forget_communities()
    with as_owner():
        Membership.objects.filter(id=here.coach.membership_id).update(title="Team lead")
    looked_at_on(here, 1)
    browser = client_of(here.person)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert "Guía del equipo" in browser.get(reverse("my:looked")).content.decode()
    assert "Team lead" in page(here.person, "my:looked")


def with_own_words() -> tuple[Scene, uuid.UUID]:
    """A request with the person's own words along, which have no title of their own."""
    with patch("manypaths.referrals.tests.factories.ASKED_AT", datetime.now(UTC) - timedelta(minutes=1)):
        here = scene()
        network.forget_communities()
        draft(here)
        new_request()
        parts = [rules.PickedPart("own_words", "", "My kids at the table.")]
        at = datetime.now(UTC) - timedelta(minutes=1)
        commands.pick_parts(service_id=here.asked.service_id, parts=parts, by=here.person, at=at)
        sent = send(here)
    new_request()
    return here, sent


def test_a_part_without_a_title_is_named_by_its_kind_and_shown_with_its_words():
    here, sent = with_own_words()
    for name, at in (("my:request", sent), ("my:shared", grant_of(here.person)), ("my:agree_anew", sent)):
        words = page(here.person, name, at)
        assert "What a good life looks like for me" in words
        assert "My kids at the table." in words
        assert "this part of your page: ." not in words


def test_a_part_is_named_in_the_language_of_who_reads():
    here, sent = with_own_words()
    browser = client_of(here.person)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    words = browser.get(reverse("my:agree_anew", args=[sent])).content.decode()
    assert "What a good life looks like for me" not in words
    assert "My kids at the table." in words
    assert browser.post(reverse("my:copy_data")).status_code == 200
