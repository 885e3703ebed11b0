"""How the person is called and reached, the supports they keep, and their copy."""

import json
import re
import uuid
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from manypaths.accounts.models import User
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.directory.models import Service
from manypaths.network import queries as network
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, participation
from manypaths.outcomes.commands import answer_instrument, save_answers
from manypaths.outcomes.instruments.files import shipped
from manypaths.people import commands as people_commands
from manypaths.people import queries as people
from manypaths.people.tests.factories import new_request
from manypaths.plans import commands as plans_commands
from manypaths.plans import queries as plans
from manypaths.plans.rules import MOST_STEPS
from manypaths.plans.tests.factories import TODAY, goal, step, strength, support
from manypaths.referrals.tests.factories import asked_of, draft, scene, send
from manypaths.vault.queries import sealer_for
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def service(name: str = "Peer coaching", place: str = "Lantern House") -> Service:
    with as_owner():
        body = organisation(place)
        return Service.objects.create(
            organisation=body, name=name, kind="peer", needs=["talk"], zone="America/New_York", changed_at=now()
        )


def plan(reader: Reader) -> plans.PlanPage:
    new_request()
    return plans.plan_of(reader=reader)


def test_the_name_and_language_are_changed():
    maria = somebody()
    browser = client_of(maria)
    answer = browser.post(reverse("my:profile"), {"name": "Mari", "pronouns": "ella", "language": "es"})
    assert answer.status_code == 302
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == ""
    del browser.cookies[settings.LANGUAGE_COOKIE_NAME]
    words = browser.get(reverse("my:home")).content.decode()
    assert "Le damos la bienvenida, Mari" in words
    assert '<html lang="es"' in words


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("my:profile", {"name": "", "pronouns": "they", "language": "en"}, "name"),
        ("my:profile", {"name": "n" * 81, "pronouns": "they", "language": "en"}, "name"),
        ("my:contact", {"way": "call", "address": "12", "hours": "they"}, "address"),
        ("my:contact", {"way": "", "address": "802-555-0142", "hours": "they"}, "way"),
    ],
)
def test_a_detail_that_cannot_be_kept_has_its_sentence_and_keeps_the_rest(name, data, field):
    answer = client_of(somebody()).post(reverse(name), data)
    assert answer.status_code == 422
    words = answer.content.decode()
    assert f'id="id_{field}_error"' in words
    assert "they" in words


def test_a_safe_way_to_be_reached_is_kept_sealed():
    maria = somebody()
    browser = client_of(maria)
    data = {"way": "text", "address": "802-555-0142", "hours": "After 5 pm", "may_leave_message": "on"}
    browser.post(reverse("my:contact"), data)
    assert "After 5 pm" in browser.get(reverse("my:contact")).content.decode()
    new_request()
    record = consent.open_own(reader=maria, classes={DataClass.SAFE_CONTACT})
    kept = people.safe_contact(record_id=record, sealer=sealer_for([record]))
    assert (kept.way, kept.address, kept.may_leave_message) == ("text", "802-555-0142", True)


PASSPHRASE = "seven lanterns over the bridge"
REACH = {"way": "text", "address": "802-555-0142", "hours": "After 5 pm"}


def test_another_number_needs_the_passphrase_once_more_on_the_same_page():
    maria = somebody()
    with as_owner():
        User.objects.filter(id=maria.account_id).update(password=make_password(PASSPHRASE))
    there, phone = reverse("my:contact"), client_of(maria, proved=False)
    assert 'name="passphrase"' not in phone.get(there).content.decode(), "there is nothing yet that could be changed"
    assert phone.post(there, REACH).status_code == 302
    page = phone.get(there).content.decode()
    assert 'name="passphrase"' in page
    theirs = {**REACH, "address": "802-555-0199"}
    for typed in ("", "not mine"):
        answer = phone.post(there, {**theirs, "passphrase": typed})
        words = answer.content.decode()
        assert (answer.status_code, "802-555-0199" in words) == (422, True), "what was typed is still there"
        assert 'id="id_passphrase_error"' in words
        assert "802-555-0142" in phone.get(there).content.decode()
    assert phone.post(there, {**theirs, "passphrase": PASSPHRASE}).status_code == 302
    assert "802-555-0199" in phone.get(there).content.decode()
    assert 'name="passphrase"' not in phone.get(there).content.decode(), "for five minutes it is not asked again"


def test_a_block_is_put_without_a_proof_and_ended_with_one_alone():
    maria, place = somebody(), organisation("Bay House")
    phone, there = client_of(maria, proved=False), reverse("my:safety")
    phone.post(reverse("my:block_place", args=[place.id]))
    page = phone.get(there).content.decode()
    assert "we ask for your passphrase first" in page
    end = re.search(r'action="(/my/about/safety/[^"]*/end)"', page)[1]
    assert phone.post(end).headers["Location"] == reverse("entry:prove_again")
    assert phone.session["after_proof"] == there
    assert "Bay House" in phone.get(there).content.decode().split('id="add-h"')[0]
    known = client_of(maria)
    assert "we ask for your passphrase first" not in known.get(there).content.decode()
    assert known.post(end).headers["Location"] == there
    assert "Bay House" not in known.get(there).content.decode().split('id="add-h"')[0]


def test_a_support_is_kept_with_what_was_seen_why_and_as_a_step():
    maria = somebody()
    one, other = service(), service("Morning meeting", "Harbor Row")
    work = goal(maria)
    browser, address = client_of(maria), reverse("my:choose", args=[one.id])
    plain = browser.get(address, {"seen": [str(other.id), "nonsense"]})
    assert plain.headers["Location"] == address, "the list leaves the address"
    words = browser.get(address).content.decode()
    assert "checked" not in words.split("<main")[1], "nothing is ticked for them"
    assert "Morning meeting, Harbor Row" in words
    answer = browser.post(address, {"seen": [str(other.id)], "reason": "Near", "goal": str(work)})
    assert answer.headers["Location"] == reverse("my:home") + "#supports"
    line = plan(maria).choices[0]
    assert (line.name, line.reason) == ("Peer coaching, Lantern House", "Near")
    assert [option.name for option in line.options] == ["Morning meeting, Harbor Row"]
    kept = plan(maria).goals[0].steps[0]
    assert (kept.text, kept.service_id) == ("Get in touch with Peer coaching", one.id)
    assert "Peer coaching, Lantern House" in browser.get(reverse("my:home")).content.decode()


def test_only_a_place_that_answers_here_can_be_asked_from_the_page():
    maria, one = somebody(), service()
    work = goal(maria)
    browser = client_of(maria)
    browser.post(reverse("my:choose", args=[one.id]), {"reason": "", "goal": str(work)})
    ask = reverse("my:ask", args=[one.id])
    for address in (reverse("my:home"), reverse("my:goal", args=[work])):
        assert ask not in browser.get(address).content.decode()
    assert "See how to reach them" in browser.get(reverse("my:goal", args=[work])).content.decode()
    with as_owner():
        participation(network.communities()[0], one.organisation)
        membership(one.organisation, "peer", answers_requests=True)
    only = plan(maria).goals[0].steps[0].id
    assert ask in browser.get(reverse("my:home")).content.decode()
    assert f"{ask}?step={only}" in browser.get(reverse("my:goal", args=[work])).content.decode()


def test_when_the_goal_is_full_nothing_of_the_choice_is_kept():
    maria, one = somebody(), service()
    work = goal(maria)
    for number in range(MOST_STEPS):
        step(maria, work, f"Step {number}")
    answer = client_of(maria).post(reverse("my:choose", args=[one.id]), {"reason": "Near", "goal": str(work)})
    assert answer.status_code == 422
    assert "Near" in answer.content.decode()
    assert plan(maria).choices == []


def test_a_kept_support_gets_another_reason_and_is_let_go():
    maria, one = somebody(), service()
    browser = client_of(maria)
    browser.post(reverse("my:choose", args=[one.id]), {"reason": "Near"})
    line = plan(maria).choices[0]
    browser.post(reverse("my:chosen", args=[line.id]), {"reason": "Kind"})
    assert plan(maria).choices[0].reason == "Kind"
    assert browser.post(reverse("my:chosen", args=[line.id]), {"reason": "r" * 1001}).status_code == 422
    browser.post(reverse("my:let_go", args=[line.id]))
    assert plan(maria).choices == []
    assert browser.get(reverse("my:chosen", args=[line.id])).status_code == 404


def test_a_service_that_does_not_exist_cannot_be_kept():
    assert client_of(somebody()).get(reverse("my:choose", args=[uuid.uuid4()])).status_code == 404


def whole(maria: Reader) -> None:
    """Something of every kind a person can keep here, on the page and taken off it, sent and not sent."""
    plans_commands.write_own_words(text="A quiet <home>.", by=maria, at=now())
    plans_commands.write_own_words(text="I pick them up.", by=maria, at=now())
    plans_commands.write_hard_day(text="Call Ana", by=maria, at=now())
    strength(maria)
    plans_commands.remove_strength(strength_id=strength(maria, "I can cook", "For ten"), by=maria, at=now())
    only = goal(maria)
    step(maria, only)
    plans_commands.remove_step(step_id=step(maria, only, "Buy a bus pass"), by=maria, at=now())
    left = plans_commands.choose_support(
        support=support("Harbor Row"), reason="Near my work", options=[], today=TODAY, by=maria, at=now()
    )
    plans_commands.let_go_of_support(choice_id=left, by=maria, at=now())
    new_request()
    whole_about_others(maria)
    new_request()


def whole_about_others(maria: Reader) -> None:
    with as_owner():
        near, far = organisation("Old Mill"), organisation("Bay House")
    consent.open_own(reader=maria, classes={DataClass.SAFE_CONTACT})
    people_commands.block(organisation_id=near.id, by=maria, at=now())
    over = people_commands.block(organisation_id=far.id, by=maria, at=now())
    people_commands.unblock(block_id=over, by=replace(maria, factor_at=now()), at=now())
    items = shipped("barc-10", "2017").items
    save_answers(instrument="barc-10", answers={items[0]: 3}, language="en", by=maria, at=now())


def asks(maria: Reader) -> None:
    """One request that was sent and one that was only begun."""
    with patch("manypaths.referrals.tests.factories.ASKED_AT", now() - timedelta(minutes=1)):
        here = replace(scene(), person=maria)
        draft(here, words="I would like to talk.")
        send(here)
        later = replace(here, asked=asked_of(here.body, here.place, "Recovery rides"))
        draft(later, words="Only begun.")
    new_request()


EVERYTHING = (
    "Maria", "I pick them up.", "A quiet &lt;home&gt;.", "Call Ana", "I show up", "14 meetings this season",
    "I can cook<br>For ten", "Weekends with my kids", "Talk with the family worker", "Buy a bus pass",
    "Harbor Row<br>Near my work", "Blocked now: Old Mill", "Blocked before: Bay House", "Not finished: 1 of 10",
    "Peer coaching, Lantern House", "I would like to talk.", "802-555-0142", "After 5 pm", "They leave no message.",
    "Your language: English", "Recovery rides, Lantern House", "Not sent", "Only begun.", "Nobody has looked",
)  # fmt: skip


def test_the_copy_to_read_holds_everything_and_comes_as_a_file():
    maria = somebody()
    whole(maria)
    asks(maria)
    answer = client_of(maria).post(reverse("my:copy_page"))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="my-copy-')
    words = answer.content.decode()
    assert [part for part in EVERYTHING if part not in words] == []
    assert "<script" not in words


def test_the_copy_for_another_program_holds_what_is_off_the_page_too():
    maria = somebody()
    whole(maria)
    asks(maria)
    found = json.loads(client_of(maria).post(reverse("my:copy_data")).content)
    assert {one["text"] for one in found["taken_off"]} == {
        "I can cook\nFor ten", "Buy a bus pass", "Harbor Row\nNear my work",
    }  # fmt: skip
    assert [one["name"] for one in found["shut_out_before"]] == ["Bay House"]
    assert {one["status"]: one["packet"]["words"] for one in found["requests"]} == {
        "draft": "Only begun.",
        "requested": "I would like to talk.",
    }
    assert [(one["answered_on"], list(one["answers"].values())) for one in found["check_ins"]] == [(None, [3])]


def test_what_is_off_the_page_is_not_on_it_again():
    maria = somebody()
    whole(maria)
    words = client_of(maria).get(reverse("my:home")).content.decode()
    for gone in ("I can cook", "Buy a bus pass", "Near my work"):
        assert gone not in words


def test_the_copy_for_another_program_is_json_with_the_same_words():
    maria = somebody()
    whole(maria)
    answer = client_of(maria).post(reverse("my:copy_data"))
    found = json.loads(answer.content)
    assert found["format"] == "manypaths-own-record"
    assert found["profile"]["name"] == "Maria"
    assert found["plan"]["own_words"]["text"] == "I pick them up."
    assert found["earlier_words"][0]["text"] == "A quiet <home>."
    assert found["plan"]["goals"][0]["steps"][0]["state"] == "now"


def test_the_copy_holds_every_answer_of_a_check_in():
    maria = somebody()
    items = shipped("barc-10", "2017").items
    answer_instrument(
        instrument="barc-10", answers=dict.fromkeys(items, 4), language="en", on=date(2026, 11, 1), by=maria, at=now()
    )
    new_request()
    browser = client_of(maria)
    kept = json.loads(browser.post(reverse("my:copy_data")).content)["check_ins"]
    assert [(one["total"], one["answered_on"], set(one["answers"].values())) for one in kept] == [
        (40, "2026-11-01", {4})
    ]
    assert "40 of 60" in browser.post(reverse("my:copy_page")).content.decode()


def test_the_copy_of_a_fresh_account_is_whole_too():
    browser = client_of(somebody())
    assert "Nobody has looked" in browser.post(reverse("my:copy_page")).content.decode()
    assert json.loads(browser.post(reverse("my:copy_data")).content)["requests"] == []


def test_a_copy_is_asked_for_and_never_fetched_by_a_link():
    browser = client_of(somebody())
    assert browser.get(reverse("my:copy_data")).status_code == 405
    assert browser.get(reverse("my:take")).status_code == 200


@pytest.mark.parametrize("name", ["my:copy_page", "my:copy_data"])
def test_a_copy_needs_the_passphrase_once_more_when_it_was_said_long_ago(name):
    browser = client_of(somebody(), proved=False)
    answer = browser.post(reverse(name))
    assert answer.headers["Location"] == reverse("entry:prove_again")
    assert browser.session["after_proof"] == reverse("my:take")
    assert "We ask for your passphrase once more" in browser.get(reverse("my:take")).content.decode()
