"""The page on which a place answers whether Part 2 binds it."""

from datetime import timedelta

import pytest
from django.test import Client

from manypaths.network.models import Organisation, PostureReview
from manypaths.network.rules.posture import QUESTIONS
from manypaths.web.entry.tests.people import set_up_app, worker
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db
SAID = {
    "assisted": "yes", "serves": "no", "says_so": "no", "general": "no", "unit": "no",
    "reviewer": "Ana Ruiz", "reason": "We are peers. We send nobody to treatment.",
}  # fmt: skip


@pytest.fixture
def lead() -> Client:
    client = worker("org_admin")
    set_up_app(client)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_before_anyone_answers_a_place_counts_as_a_program(lead):
    page = text(lead.get("/law"))
    assert "Until it is, you count as a program" in page
    assert "Who answered, and when" not in page


def test_the_answers_are_kept_and_the_page_says_how_the_place_stands(lead):
    answer = lead.post("/law", SAID, follow=True)
    assert "Kept. It counts for records you make from now on." in text(answer)
    assert "You are not a program under 42 CFR Part 2." in text(answer)
    assert "We are peers. We send nobody to treatment." in text(answer)
    assert Organisation.objects.filter(part2_posture="no").count() == 1


def test_an_open_question_is_asked_for_beside_it_and_nothing_is_lost(lead):
    answer = lead.post("/law", {**SAID, "serves": "", "reason": "short"})
    assert answer.status_code == 422
    assert f"Choose one answer: {QUESTIONS[1]['en']['ask']}" in text(answer)
    assert 'value="Ana Ruiz"' in text(answer)
    answer = lead.post("/law", {**SAID, "reason": "short"})
    assert "Say in a sentence why it is so." in text(answer)
    assert PostureReview.objects.count() == 0


def test_what_is_missing_is_listed_in_the_order_of_the_page_and_each_question_by_its_words(lead):
    page = text(lead.post("/law", {}))
    summary = page[page.index('class="errs"') :]
    told = [f"Choose one answer: {one['en']['ask']}" for one in QUESTIONS] + ["Type the name of the person"]
    places = [summary.index(words) for words in told]
    assert places == sorted(places)


def test_after_five_minutes_a_proof_is_asked_for_and_what_was_typed_comes_back(lead):
    session = lead.session
    session["factor_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    assert lead.post("/law", SAID).headers["Location"] == "/second"
    assert PostureReview.objects.count() == 0
    session = lead.session
    session["factor_at"] = now().isoformat()
    session.save()
    page = text(lead.get("/law"))
    assert "Nothing has changed yet." in page
    assert "We send nobody to treatment." in page


@pytest.mark.parametrize("role", ["peer", "frontdesk", "supervisor"])
def test_for_anyone_else_there_is_no_such_page(role):
    client = worker(role)
    set_up_app(client)
    assert client.get("/law").status_code == 404
    assert client.post("/law", SAID).status_code == 404


def test_a_privacy_officer_may_answer_too():
    client = worker("privacy_officer")
    set_up_app(client)
    assert client.post("/law", SAID).status_code == 303
