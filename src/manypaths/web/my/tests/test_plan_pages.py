"""The pages on which a person writes their plan."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.network.rules import Reader
from manypaths.people.tests.factories import new_request
from manypaths.plans import queries
from manypaths.plans.tests.factories import goal, step, strength
from manypaths.web.my.tests.factories import client_of, somebody

pytestmark = pytest.mark.django_db


def plan(reader: Reader) -> queries.PlanPage:
    new_request()
    return queries.plan_of(reader=reader)


def test_a_fresh_page_welcomes_and_offers_three_first_steps():
    page = client_of(somebody()).get(reverse("my:home"))
    assert page.status_code == 200
    words = page.content.decode()
    assert "Welcome, Maria" in words
    assert words.count("pin-n") == 3
    assert "Nobody else, until you agree" in words


def test_signed_in_pages_are_never_stored_and_their_titles_tell_nothing():
    page = client_of(somebody()).get(reverse("my:home"))
    assert "no-store" in page.headers["Cache-Control"]
    title = page.content.decode().split("<title>")[1].split("</title>")[0].lower()
    assert "recover" not in title
    assert "plan" not in title


def test_the_tab_of_the_page_that_shuts_someone_out_says_nothing_of_safety():
    page = client_of(somebody()).get(reverse("my:safety")).content.decode()
    assert page.split("<title>")[1].split("</title>")[0] == "My details"


def test_own_words_are_written_and_stand_on_top():
    maria = somebody()
    browser = client_of(maria)
    answer = browser.post(reverse("my:own_words"), {"text": "I pick them up from school."})
    assert answer.headers["Location"] == reverse("my:home")
    page = browser.get(reverse("my:home")).content.decode()
    assert "I pick them up from school." in page
    assert "Saved. Only you can see it." in page


def test_what_was_written_before_can_be_read_again():
    browser = client_of(somebody())
    browser.post(reverse("my:own_words"), {"text": "A quiet home."})
    browser.post(reverse("my:own_words"), {"text": "I pick them up."})
    page = browser.get(reverse("my:own_words")).content.decode()
    assert "What I wrote before" in page
    assert "<p>A quiet home.</p>" in page


@pytest.mark.parametrize(
    ("name", "data", "field", "kept"),
    [
        ("my:own_words", {"text": "w" * 1001}, "id_text", "w" * 1001),
        ("my:add_strength", {"statement": "", "fact": "14 meetings", "sign": "sun"}, "id_statement", "14 meetings"),
        ("my:add_goal", {"title": "t" * 161, "area": "home"}, "id_title", "t" * 161),
    ],
)
def test_wrong_input_gets_a_sentence_beside_its_field_and_nothing_is_lost(name, data, field, kept):
    answer = client_of(somebody()).post(reverse(name), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="{field}_error"' in page
    assert kept in page


def test_a_strength_is_added_changed_and_taken_off():
    maria = somebody()
    browser = client_of(maria)
    browser.post(reverse("my:add_strength"), {"statement": "I show up", "fact": "", "sign": "sun"})
    line = plan(maria).strengths[0]
    browser.post(reverse("my:strength", args=[line.id]), {"statement": "I show up", "fact": "Daily", "sign": "sun"})
    assert plan(maria).strengths[0].fact == "Daily"
    browser.post(reverse("my:remove_strength", args=[line.id]))
    assert plan(maria).strengths == []


def test_what_helps_on_a_hard_day_is_written_and_stands_on_the_first_page():
    maria = somebody()
    browser = client_of(maria)
    assert browser.post(reverse("my:hard_day"), {"text": "\n".join("abcdefg")}).status_code == 422
    browser.post(reverse("my:hard_day"), {"text": "Call Ana\r\nWalk to the river"})
    assert "<li>Walk to the river</li>" in browser.get(reverse("my:home")).content.decode()
    assert "<li>Call Ana</li>" in browser.get(reverse("my:print")).content.decode()
    browser.post(reverse("my:take_off_hard_day"))
    assert "Walk to the river" not in browser.get(reverse("my:home")).content.decode()


def test_a_goal_gets_steps_that_are_marked_moved_and_taken_off():
    maria = somebody()
    browser = client_of(maria)
    answer = browser.post(reverse("my:add_goal"), {"title": "Weekends", "area": "family"})
    page = answer.headers["Location"]
    browser.post(page, {"text": "Call", "by_day": ""})
    browser.post(page, {"text": "Go", "by_day": "2099-11-30"})
    first, second = plan(maria).goals[0].steps
    browser.post(reverse("my:mark_step", args=[first.id]), {"state": "done"})
    assert [one.state for one in plan(maria).goals[0].steps] == ["done", "now"]
    browser.post(reverse("my:move_step", args=[first.id]), {"way": "later"})
    assert [one.id for one in plan(maria).goals[0].steps] == [second.id, first.id]
    browser.post(reverse("my:step", args=[second.id]), {"text": "Go there", "by_day": ""})
    browser.post(reverse("my:remove_step", args=[first.id]))
    assert [one.text for one in plan(maria).goals[0].steps] == ["Go there"]
    assert "Go there" in browser.get(reverse("my:home")).content.decode()


def test_a_goal_is_reached_and_stands_below():
    maria = somebody()
    browser, one = client_of(maria), goal(maria)
    answer = browser.post(reverse("my:set_goal", args=[one]), {"state": "reached"})
    assert answer.headers["Location"].endswith("#goals")
    assert "Reached" in browser.get(reverse("my:home")).content.decode()


def test_a_day_gone_by_gets_its_sentence():
    maria = somebody()
    answer = client_of(maria).post(reverse("my:goal", args=[goal(maria)]), {"text": "Call", "by_day": "2020-01-01"})
    assert answer.status_code == 422
    assert "today or a later day" in answer.content.decode()


def test_pages_of_another_person_are_not_there():
    maria, other = somebody(), somebody("Sam")
    one = goal(maria)
    only, strong = step(maria, one), strength(maria)
    new_request()
    browser = client_of(other)
    for address in (
        reverse("my:goal", args=[one]),
        reverse("my:change_goal", args=[one]),
        reverse("my:step", args=[only]),
        reverse("my:strength", args=[strong]),
        reverse("my:goal", args=[uuid.uuid4()]),
    ):
        assert browser.get(address).status_code == 404
    assert browser.post(reverse("my:mark_step", args=[only]), {"state": "done"}).status_code == 404
    assert browser.post(reverse("my:set_goal", args=[one]), {"state": "reached"}).status_code == 404


def test_an_unknown_state_is_not_there():
    maria = somebody()
    one = goal(maria)
    assert client_of(maria).post(reverse("my:set_goal", args=[one]), {"state": "lost"}).status_code == 404


def test_words_with_markup_are_shown_as_they_were_written():
    maria = somebody()
    goal(maria, "<script>alert(1)</script> & more")
    new_request()
    page = client_of(maria).get(reverse("my:home")).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_the_plan_prints_without_buttons():
    maria = somebody()
    step(maria, goal(maria))
    new_request()
    page = client_of(maria).get(reverse("my:print")).content.decode()
    main = page.split("<main")[1].split("</main>")[0]
    assert "Weekends with my kids" in main
    assert "<button" not in main


def test_a_full_first_page_asks_the_database_a_fixed_number_of_times():
    maria = somebody()
    browser = client_of(maria)
    browser.get(reverse("my:home"))
    counts = []
    for _ in range(2):
        for number in range(3):
            strength(maria, f"Strong {number}")
            step(maria, goal(maria, f"Goal {number}"))
        new_request()
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("my:home")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 26
