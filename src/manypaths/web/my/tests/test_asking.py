"""A person asks a place: one question on a page, check, agree, see where it stands, and say their own word."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from procrastinate.contrib.django import app as jobs
from procrastinate.testing import InMemoryConnector

from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.models import Grant
from manypaths.directory.models import Service
from manypaths.network import queries as network
from manypaths.network.models import Membership
from manypaths.network.tests.factories import community, day_there, membership, organisation, participation, reader_for
from manypaths.outcomes.commands import answer_instrument
from manypaths.outcomes.instruments import shipped
from manypaths.plans import queries as plans
from manypaths.plans.tests.factories import goal, step, strength
from manypaths.referrals import commands, queries
from manypaths.referrals.models import Packet, Referral
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.factories import client_of, shown
from manypaths.web.my.tests.factories import somebody as made_up
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.usefixtures("committed_db")
REACH = {"way": "text", "number": "802-555-0142", "hours": "After 5 pm"}


def somebody(name: str):
    """A person with a name to use, committed."""
    with transaction.atomic():
        return made_up(name)


def received(stage: "Stage", referral: uuid.UUID):
    """The request as the coach opens it."""
    with transaction.atomic():
        return queries.received_request(reader=stage.coach(), referral_id=referral)


class Stage:
    """A community with two organisations of the same kind, their coaches, and a person."""

    def __init__(self) -> None:
        with as_owner():
            self.place = community()
            self.body, self.other = organisation("Lantern House"), organisation("Harbor Row")
            for body in (self.body, self.other):
                participation(self.place, body)
            self.worker = membership(self.body, "peer", answers_requests=True)
            membership(self.other, "peer", answers_requests=True)
            self.service = offered(self.body, "Peer coaching")
            self.similar = offered(self.other, "Recovery coaching")
        network.forget_communities()
        self.person = somebody("Mari")
        self.client = client_of(self.person)
        self.ask = f"/my/ask/{self.service.id}"

    def coach(self):
        return reader_for(self.worker, self.place)

    def write(self) -> None:
        """Everything up to the agreement."""
        self.client.post(f"{self.ask}/begin")
        self.client.post(f"{self.ask}/need", {"need": "talk"})
        self.client.post(f"{self.ask}/name", {"name": "Mari"})
        self.client.post(f"{self.ask}/reach", REACH)
        self.client.post(f"{self.ask}/words", {"words": "I would like to talk."})

    def send(self) -> uuid.UUID:
        """Ask, to the end."""
        self.write()
        answer = self.client.post(f"{self.ask}/agree", shown(self.client, f"{self.ask}/agree"))
        assert answer.status_code == 302, answer.content.decode()[:500]
        return uuid.UUID(answer["Location"].rsplit("/", 1)[1])


def offered(body, name: str) -> Service:
    """A listing of an organisation."""
    return Service.objects.create(
        organisation=body, name=name, kind="peer_support", needs=["talk"], zone="America/New_York",
        phone="802-555-0177", changed_at=now(),
    )  # fmt: skip


@pytest.fixture
def stage() -> Stage:
    return Stage()


def text(answer) -> str:
    return answer.content.decode()


def test_someone_without_a_page_makes_one_first_and_comes_back(stage):
    visitor = Client()
    answer = visitor.get(stage.ask)
    assert answer["Location"] == f"/join?to={stage.ask}"
    assert not visitor.cookies
    joined = {"alias": "Rosa", "choice": "own", "passphrase": "quiet rivers run under stone", "device": "shared"}
    assert visitor.post("/join", joined | {"to": stage.ask})["Location"] == "/card"
    assert visitor.get("/card/done")["Location"] == stage.ask


def test_asking_goes_one_question_at_a_time_and_back_works(stage):
    assert "Ask Lantern House" in text(stage.client.get(stage.ask))
    assert stage.client.post(f"{stage.ask}/begin")["Location"] == f"{stage.ask}/need"
    assert stage.client.post(f"{stage.ask}/need", {"need": "talk"})["Location"] == f"{stage.ask}/name"
    page = text(stage.client.get(f"{stage.ask}/name"))
    assert 'value="Mari"' in page, "the name of the own page is offered, and can be changed"
    assert f'href="{stage.ask}/need"' in page
    assert stage.client.post(f"{stage.ask}/name", {"name": "M."})["Location"] == f"{stage.ask}/reach"
    assert stage.client.post(f"{stage.ask}/reach", REACH)["Location"] == f"{stage.ask}/words"
    assert stage.client.post(f"{stage.ask}/words", {"words": ""})["Location"] == f"{stage.ask}/check"
    check = text(stage.client.get(f"{stage.ask}/check"))
    assert all(words in check for words in ("Talk with someone", "M.", "802-555-0142", "After 5 pm"))
    assert stage.client.post(f"{stage.ask}/check")["Location"] == f"{stage.ask}/agree"


def test_changing_one_answer_leads_back_to_the_check(stage):
    stage.write()
    answer = stage.client.post(f"{stage.ask}/name?to=check", {"name": "Rosa"})
    assert answer["Location"] == f"{stage.ask}/check"
    assert "Rosa" in text(stage.client.get(f"{stage.ask}/check"))


def test_the_agreement_says_who_what_why_until_when_and_how_to_stop_and_ticks_nothing(stage):
    stage.write()
    page = text(stage.client.get(f"{stage.ask}/agree"))
    for words in ("Share this with Lantern House?", "Who will see it", "The name Mari", "Until when", "How to stop"):
        assert words in page
    assert "{" not in page
    assert "checked" not in page.split("<main")[1]
    assert "Not now" in page


def test_everything_the_worker_reads_is_named_before_the_yes_and_after(stage):
    stage.write()
    agreed = text(stage.client.get(f"{stage.ask}/agree"))
    for words in ("your number; safe hours", "your language (English)"):
        assert words in agreed
    assert "English" in text(stage.client.get(f"{stage.ask}/check"))
    referral = stage.send()
    with as_owner():
        given = Grant.objects.get().id
    for url in (f"/my/requests/{referral}", f"/my/sharing/{given}"):
        page = text(stage.client.get(url))
        assert "Your language" in page
        assert "English" in page
        assert "They leave no message." not in page, "a text leaves nothing that is heard"


def test_without_a_number_nothing_is_said_about_messages(stage):
    stage.write()
    stage.client.post(f"{stage.ask}/reach", {"way": "here", "may_leave_message": "on"})
    assert "leave a message" not in text(stage.client.get(f"{stage.ask}/agree"))


def test_a_safe_way_that_is_kept_is_offered_and_can_be_changed(stage):
    kept = {"way": "call", "address": "802-555-0199", "hours": "Before noon", "may_leave_message": "on"}
    assert stage.client.post("/my/about/contact", kept).status_code == 302
    stage.client.post(f"{stage.ask}/begin")
    page = text(stage.client.get(f"{stage.ask}/reach"))
    assert 'value="802-555-0199"' in page
    assert 'value="Before noon"' in page
    assert re.search(r'value="call"[^>]*checked', page)
    assert re.search(r'name="may_leave_message"[^>]*checked', page)
    stage.send()
    page = text(stage.client.get("/my/about/contact"))
    assert 'value="802-555-0199"' in page, "a request changes nothing of what is kept"


def test_with_nothing_kept_nothing_is_chosen_for_the_person(stage):
    stage.client.post(f"{stage.ask}/begin")
    assert "checked" not in text(stage.client.get(f"{stage.ask}/reach")).split("<main")[1]


def test_nothing_is_sent_before_the_yes(stage):
    stage.write()
    with as_owner():
        assert Referral.objects.get().status == "draft"
        assert not Grant.objects.exists()


def test_what_is_typed_is_in_no_session_and_sealed_in_its_table(stage):
    stage.write()
    assert not [key for key in stage.client.session.keys() if key not in {"my_said"} and "ask" in key]
    with as_owner():
        assert b"802" not in bytes(Packet.objects.get().number)


def test_after_the_yes_the_page_says_by_when_and_the_organisation_sees_exactly_that(stage):
    referral = stage.send()
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "They answer you by" in page
    assert "Sent. You see each step here." in page
    view = received(stage, referral)
    assert (view.packet.name, view.packet.words, view.parts) == ("Mari", "I would like to talk.", [])


def test_a_missing_number_is_said_beside_its_field_and_nothing_typed_is_lost(stage):
    stage.client.post(f"{stage.ask}/begin")
    answer = stage.client.post(f"{stage.ask}/reach", {**REACH, "number": ""})
    assert answer.status_code == 422
    assert "Write the phone number they can use." in text(answer)
    assert "After 5 pm" in text(answer)


def test_parts_of_the_plan_go_along_only_when_picked(stage):
    strength(stage.person, "I show up", "14 meetings")
    goal(stage.person, "A steady home")
    stage.write()
    page = text(stage.client.get(f"{stage.ask}/words"))
    assert "A steady home" in page
    assert "checked" not in page.split("<main")[1]
    with transaction.atomic():
        part = next(one for one in plans.parts_to_share(reader=stage.person) if one.kind == "goal")
    stage.client.post(f"{stage.ask}/words", {"words": "", "parts": [part.key]})
    page = text(stage.client.get(f"{stage.ask}/agree"))
    assert all(line in page for line in part.text.splitlines()), "each part is shown in full before the yes"
    stage.client.post(f"{stage.ask}/agree", shown(stage.client, f"{stage.ask}/agree"))
    with as_owner():
        referral = Referral.objects.get().id
    view = received(stage, referral)
    assert [one.title for one in view.parts] == ["A steady home"]


def test_a_check_in_goes_along_only_when_picked_and_never_with_a_pass_mark(stage):
    with transaction.atomic():
        instrument = shipped("barc-10", "2017")
        answer_instrument(
            instrument="barc-10", answers=dict.fromkeys(instrument.items, 5), language="en", on=day_there(),
            by=stage.person, at=now(),
        )  # fmt: skip
    stage.write()
    page = text(stage.client.get(f"{stage.ask}/words"))
    key = re.search(r'value="(check-in-[0-9a-f-]+)"', page).group(1)
    assert "My check-in of" in page
    stage.client.post(f"{stage.ask}/words", {"words": "", "parts": [key]})
    stage.client.post(f"{stage.ask}/agree", shown(stage.client, f"{stage.ask}/agree"))
    with as_owner():
        referral = Referral.objects.get().id
    (part,) = received(stage, referral).parts
    assert (part.kind, part.body) == ("outcome", "50, on a scale from 10 to 60")


def test_a_request_that_came_from_a_step_leads_back_to_it(stage):
    ahead = goal(stage.person, "A steady home")
    from_step = step(stage.person, ahead, "Ask for a place")
    stage.client.post(f"{stage.ask}/begin", {"step": str(from_step)})
    referral = stage.send()
    assert f"/my/goals/{ahead}" in text(stage.client.get(f"/my/requests/{referral}"))
    with transaction.atomic():
        assert plans.step_of_request(reader=stage.person, referral_id=referral).id == from_step


def test_a_step_of_someone_else_is_not_followed(stage):
    other = somebody("Sam")
    foreign = step(other, goal(other), "Theirs")
    stage.client.post(f"{stage.ask}/begin", {"step": str(foreign)})
    with as_owner():
        assert Referral.objects.get().step_id is None


def test_where_nobody_answers_the_page_gives_the_number_and_words_to_say(stage):
    with as_owner():
        Membership.objects.update(answers_requests=False)
    page = text(stage.client.get(stage.ask))
    assert "802-555-0177" in page
    assert "I am looking for support" in page
    assert stage.client.post(f"{stage.ask}/begin")["Location"] == stage.ask
    with as_owner():
        assert not Referral.objects.exists()


def test_the_answer_of_the_organisation_and_the_persons_own_word_stand_side_by_side(stage):
    referral = stage.send()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach(), at=now())
    commands.complete_request(referral_id=referral, seen=Status.ACCEPTED, outcome="given", by=stage.coach(), at=now())
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "You got what you asked for" in page
    assert page.index("Lantern House sees your answer beside its own word.") < page.index('name="answer"')
    assert stage.client.post(f"/my/requests/{referral}/answer", {"answer": "no"}).status_code == 302
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert re.search(r'value="no"[^>]*checked', page)
    with as_owner():
        row = Referral.objects.get()
    assert (row.outcome, row.person_answer) == ("given", "no")


def test_whoever_goes_back_after_sending_finds_the_request(stage):
    referral = stage.send()
    for address in (stage.ask, f"{stage.ask}/agree", f"{stage.ask}/need"):
        assert stage.client.get(address)["Location"] == f"/my/requests/{referral}"


def test_a_request_taken_back_without_a_reason_shows_none(stage):
    referral = stage.send()
    stage.client.post(f"/my/requests/{referral}/back")
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "I would rather not say" not in page.split('id="path-h"')[1].split("</section>")[0]


def test_an_answer_that_was_not_kept_keeps_its_page_when_the_language_changes(stage):
    referral = stage.send()
    page = text(stage.client.post(f"/my/requests/{referral}/answer", {"answer": ""}))
    assert f'name="next" value="/my/requests/{referral}"' in page


def test_an_answer_that_was_not_given_is_asked_for_where_the_person_is_led(stage):
    referral = stage.send()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach(), at=now())
    page = text(stage.client.post(f"/my/requests/{referral}/answer", {"answer": ""}))
    led = r'class="errs" tabindex="-1" autofocus.*?href="#id_answer_0">Choose one of the answers'
    assert re.search(led, page, re.S)


def test_the_language_of_a_request_can_be_changed_before_it_is_sent(stage):
    stage.write()
    assert f'href="{stage.ask}/language?to=check"' in text(stage.client.get(f"{stage.ask}/check"))
    assert "In which language" in text(stage.client.get(f"{stage.ask}/language"))
    answer = stage.client.post(f"{stage.ask}/language", {"language": "es"})
    assert answer["Location"] == f"{stage.ask}/check"
    assert "Spanish" in text(stage.client.get(f"{stage.ask}/check"))
    assert stage.client.post(f"{stage.ask}/language", {"language": "xx"}).status_code == 422


def test_whether_they_may_leave_a_message_is_only_told_for_a_call(stage):
    stage.write()
    pages = [f"{stage.ask}/check", f"{stage.ask}/agree"]
    assert not any("leave no message" in text(stage.client.get(page)) for page in pages)
    stage.client.post(f"{stage.ask}/reach", {**REACH, "way": "call"})
    assert all("leave no message" in text(stage.client.get(page)) for page in pages)


def test_a_not_now_shows_the_reason_and_others_that_answer(stage):
    referral = stage.send()
    commands.reject_request(
        referral_id=referral, seen=Status.REQUESTED, reason="no_open_place", by=stage.coach(), at=now()
    )
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "No open place right now" in page
    assert "Nobody at Lantern House sees your answer." in page
    assert "Recovery coaching" in page
    assert f"/my/ask/{stage.similar.id}?again={referral}" in page


def test_an_overdue_request_says_so_and_offers_others(stage):
    referral = stage.send()
    with as_owner():
        Referral.objects.update(due_at=now() - timedelta(hours=1))
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "They have not answered by" in page
    assert "We have reminded them." not in page, "the night has not run yet"
    assert "Recovery coaching" in page
    assert "Nobody answered in time" in page
    commands.remind_overdue(at=now())
    assert "We have reminded them." in text(stage.client.get(f"/my/requests/{referral}"))


def test_silence_is_no_reason_while_they_still_have_time(stage):
    referral = stage.send()
    assert 'value="silence"' not in text(stage.client.get(f"/my/requests/{referral}"))
    for reason in ("silence", "sharing_ended"):
        answer = stage.client.post(f"/my/requests/{referral}/back", {"reason": reason})
        assert answer.status_code == 422
        assert "Choose another reason, or none." in text(answer)
    with as_owner():
        Referral.objects.update(due_at=now() - timedelta(hours=1))
    assert stage.client.post(f"/my/requests/{referral}/back", {"reason": "silence"}).status_code == 302


def test_what_is_said_about_taking_back_is_true_after_a_yes(stage):
    referral = stage.send()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach(), at=now())
    stage.client.post(f"/my/requests/{referral}/back")
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "Taken back. What you sent along is closed from now on." in page
    assert "no longer read it" not in page


def test_stopping_and_taking_back_are_one_button_each(stage):
    referral = stage.send()
    stage.client.post(f"/my/requests/{referral}/stop")
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert "It is closed." in page
    again = stage.send()
    assert again != referral
    answer = stage.client.post(f"/my/requests/{again}/back")
    assert answer.status_code == 302
    with as_owner():
        assert {row.status for row in Referral.objects.all()} == {"cancelled"}
        assert not Grant.objects.filter(ended_at=None).exists()


def test_asking_again_while_a_request_is_open_leads_to_that_request(stage):
    referral = stage.send()
    assert stage.client.post(f"{stage.ask}/begin")["Location"] == f"/my/requests/{referral}"
    assert "You have already asked them" in text(stage.client.get(f"/my/requests/{referral}"))


def ended(given: Grant, how: str) -> None:
    """A consent that holds no more."""
    at = now()
    span = {"starts_at": at - timedelta(days=91), "until": at - timedelta(days=1)}
    stopped = {"ended_at": at, "ending": "stopped"}
    with as_owner():
        Grant.objects.filter(id=given.id).update(**(span if how == "ran out" else stopped))


def grants() -> list[Grant]:
    with as_owner():
        return list(Grant.objects.order_by("given_at"))


def test_before_sharing_is_made_longer_the_words_are_read_again(stage):
    referral = stage.send()
    url = f"/my/requests/{referral}/agree"
    assert f'href="{url}"' in text(stage.client.get(f"/my/requests/{referral}"))
    page = text(stage.client.get(url))
    for words in ("Share this with Lantern House?", "Until when", "How to stop", "The name Mari"):
        assert words in page
    assert stage.client.post(url, shown(stage.client, url))["Location"] == f"/my/requests/{referral}"
    old, new = grants()
    assert (old.ending, new.ended_at, new.replaces_id) == ("replaced", None, old.id)


@pytest.mark.parametrize("how", ["ran out", "stopped"])
def test_a_running_request_is_shared_anew_after_sharing_has_ended(stage, how):
    referral = stage.send()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach(), at=now())
    ended(grants()[0], how)
    assert received(stage, referral).packet is None
    url = f"/my/requests/{referral}/agree"
    assert f'href="{url}"' in text(stage.client.get(f"/my/requests/{referral}"))
    assert stage.client.post(url, shown(stage.client, url)).status_code == 302
    assert received(stage, referral).packet.name == "Mari"
    with transaction.atomic():
        assert queries.inbox(reader=stage.coach()).total == 1
    assert [one.replaces_id for one in grants()] == [None, grants()[0].id]


def test_a_closed_request_is_not_shared_anew(stage):
    referral = stage.send()
    url = f"/my/requests/{referral}/agree"
    words = shown(stage.client, url)
    stage.client.post(f"/my/requests/{referral}/back")
    assert stage.client.get(url)["Location"] == f"/my/requests/{referral}"
    answer = stage.client.post(url, words)
    assert answer.status_code == 422
    assert "This request is closed." in text(answer)
    assert len(grants()) == 1


@pytest.mark.parametrize("which", ["first", "anew"])
def test_words_that_were_not_shown_are_not_agreed_to(stage, which):
    stage.write()
    url = f"{stage.ask}/agree"
    if which == "anew":
        url = f"/my/requests/{stage.send()}/agree"
    before = len(grants())
    right = shown(stage.client, url)
    for wrong in ({}, right | {"words_language": "de"}, right | {"words_along": ""}):
        assert stage.client.post(url, wrong).status_code == 422
    answer = stage.client.post(url, right | {"words_version": "2020-01"})
    assert answer.status_code == 422
    assert "These words have changed since you opened the page." in text(answer)
    assert 'name="words_version" value="2026-11"' in text(answer)
    assert len(grants()) == before


def test_what_was_changed_in_another_tab_is_read_before_it_is_agreed_to(stage):
    stage.write()
    url = f"{stage.ask}/agree"
    words = shown(stage.client, url)
    stage.client.post(f"{stage.ask}/name", {"name": "Mari Lou"})
    answer = stage.client.post(url, words)
    assert answer.status_code == 422
    assert "Mari Lou" in text(answer)
    assert grants() == []
    assert stage.client.post(url, shown(stage.client, url)).status_code == 302
    assert len(grants()) == 1


def test_a_language_switched_in_another_tab_changes_nothing_of_what_was_read(stage):
    stage.write()
    words = shown(stage.client, f"{stage.ask}/agree")
    stage.client.cookies["lang"] = "es"
    stage.client.post(f"{stage.ask}/agree", words)
    assert [one.language for one in grants()] == ["en"]


def test_news_is_marked_until_it_was_seen(stage):
    referral = stage.send()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach(), at=now())
    assert "There is news on 1 request" in text(stage.client.get("/my/requests"))
    stage.client.post("/my/requests/seen")
    assert "There is news" not in text(stage.client.get("/my/requests"))


def test_the_path_says_when_they_have_read_it(stage):
    referral = stage.send()
    assert "They have read it" not in text(stage.client.get(f"/my/requests/{referral}"))
    received(stage, referral)
    assert "They have read it" in text(stage.client.get(f"/my/requests/{referral}"))


def test_the_request_of_someone_else_looks_like_one_that_does_not_exist(stage):
    referral = stage.send()
    other = client_of(somebody("Sam"))
    for tail in ("", "/answer", "/back", "/stop", "/agree"):
        real, unreal = f"/my/requests/{referral}{tail}", f"/my/requests/{uuid.uuid4()}{tail}"
        one, two = (other.post(url, {"answer": "yes"}) if tail else other.get(url) for url in (real, unreal))
        assert (one.status_code, two.status_code) == (404, 404), tail
        assert one.content.replace(real.encode(), b"") == two.content.replace(unreal.encode(), b"")


def test_a_draft_of_someone_else_is_not_found(stage):
    stage.write()
    other = client_of(somebody("Sam"))
    for name in ("need", "check", "agree"):
        assert other.get(f"{stage.ask}/{name}").status_code == 404


def test_the_words_shown_are_kept_by_key_version_and_language(stage):
    stage.client.cookies["lang"] = "es"
    stage.send()
    with as_owner():
        grant = Grant.objects.get()
    assert (grant.text_key, grant.language) == ("request", "es")
    assert consent.text(key="request", language="es").version == grant.text_version


def test_with_a_mail_server_one_job_is_queued_for_each_worker_who_answers(stage, settings):
    settings.EMAIL_HOST = "mail.example.org"
    queue = InMemoryConnector()
    with jobs.replace_connector(queue):
        stage.send()
    assert [(job["task_name"], list(job["args"])) for job in queue.jobs.values()] == [("send_email", ["notice_id"])]
