"""The pages on which a person checks in: one statement a page, nothing lost, what holds comes first."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from manypaths.network.rules import Reader
from manypaths.outcomes import commands, queries
from manypaths.outcomes.instruments import shipped
from manypaths.people.tests.factories import new_request
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db
BARC = shipped("barc-10", "2017")


def check_in(by: Reader, value: int, on: date, **changes: object) -> None:
    new_request()
    given = {"answers": dict.fromkeys(BARC.items, value), "note": "", "may_be_counted": False, **changes}
    commands.answer_instrument(instrument="barc-10", language="en", on=on, by=by, at=now(), **given)  # type: ignore[arg-type]
    new_request()


def waiting(reader: Reader) -> queries.OwnSitting | None:
    new_request()
    return queries.own_unfinished(reader=reader, instrument="barc-10")


def own(reader: Reader) -> list[queries.OwnSitting]:
    new_request()
    return queries.own_sittings(reader=reader, instrument="barc-10")


def test_before_the_first_check_in_the_page_says_who_sees_it_and_how_long_it_takes():
    page = client_of(somebody()).get(reverse("my:answers")).content.decode()
    assert "About three minutes" in page
    assert "Only you, unless you send the total with a request. No worker, court" in page


def test_ten_answers_one_page_each_lead_to_a_number():
    maria = somebody()
    browser = client_of(maria)
    for number in range(1, 11):
        answer = browser.post(reverse("my:statement", args=[number]), {"answer": "5", "go": "next"})
        last = number == 10
        assert answer.headers["Location"] == reverse(
            "my:answers_end" if last else "my:statement", args=[] if last else [number + 1]
        )
    answer = browser.post(reverse("my:answers_end"), {"note": "Slept well"})
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "50 on the scale from 10 to 60" in page
    assert "Slept well" in page
    assert "You agree with 10 of the 10 statements" in page
    assert own(maria)[0].total == 50


def test_someone_may_go_on_without_an_answer_and_gets_no_guessed_number():
    maria = somebody()
    browser = client_of(maria)
    browser.post(reverse("my:statement", args=[1]), {"answer": "6", "go": "next"})
    browser.post(reverse("my:statement", args=[2]), {"go": "next"})
    browser.post(reverse("my:statement", args=[3]), {"answer": "rather_not_say", "go": "next"})
    assert "8 have no answer" in browser.get(reverse("my:answers_end")).content.decode()
    answer = browser.post(reverse("my:answers_end"), {"note": ""})
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "1 of 10 answered" in page
    assert "nothing is guessed" in page


def test_stopping_in_the_middle_keeps_what_was_said_and_the_page_offers_to_go_on():
    maria = somebody()
    browser = client_of(maria)
    answer = browser.post(reverse("my:statement", args=[1]), {"answer": "4", "go": "later"})
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "1 of 10 is kept" in page
    assert waiting(maria).answers == {"barc1": 4}
    again = browser.get(reverse("my:statement", args=[1])).content.decode()
    assert 'value="4" id="id_answer_3" checked' in again or 'checked id="id_answer_3"' in again


def test_a_changed_answer_leads_back_to_the_end():
    maria = somebody()
    browser = client_of(maria)
    browser.post(reverse("my:statement", args=[1]), {"answer": "4"})
    page = browser.get(reverse("my:statement", args=[1]) + "?from=end").content.decode()
    assert 'name="to_end" value="1"' in page
    answer = browser.post(reverse("my:statement", args=[1]), {"answer": "2", "to_end": "1"})
    assert answer.headers["Location"] == reverse("my:answers_end")
    assert waiting(maria).answers == {"barc1": 2}


def test_an_answer_that_is_not_offered_gets_a_sentence_and_is_not_kept():
    maria = somebody()
    answer = client_of(maria).post(reverse("my:statement", args=[1]), {"answer": "9"})
    assert answer.status_code == 422
    assert "Choose one of the answers shown." in answer.content.decode()
    assert waiting(maria) is None


def test_there_is_no_eleventh_statement():
    assert client_of(somebody()).get(reverse("my:statement", args=[11])).status_code == 404


def test_finishing_with_nothing_answered_says_what_to_do():
    maria = somebody()
    browser = client_of(maria)
    browser.post(reverse("my:statement", args=[1]), {"answer": "rather_not_say"})
    answer = browser.post(reverse("my:answers_end"), {"note": "x" * 5})
    assert answer.status_code == 422
    assert "Answer at least one question first." in answer.content.decode()
    assert "xxxxx" in answer.content.decode()


def test_a_lower_number_never_leads_the_page_and_help_is_offered():
    maria = somebody()
    check_in(maria, 5, date(2026, 9, 1))
    check_in(maria, 4, date(2026, 11, 1))
    page = client_of(maria).get(reverse("my:answers")).content.decode()
    assert "You agree with 10 of the 10 statements" in page
    assert "Your check-ins over time" in page
    assert "What would help now?" in page
    for word in ("fell", "dropped", "lower", "worse", "down "):
        assert word not in page.lower().split("<main")[1].split("</main>")[0]


def test_a_higher_number_is_said_and_the_chart_has_words_and_a_table():
    maria = somebody()
    check_in(maria, 3, date(2026, 9, 1), note="Moved into Harbor Row")
    check_in(maria, 5, date(2026, 11, 1))
    page = client_of(maria).get(reverse("my:answers")).content.decode()
    assert "Up 20 points since last time" in page
    assert "September 1, 2026: 30; November 1, 2026: 50" in page
    assert "Show as a table" in page
    assert "Moved into Harbor Row" in page


def test_the_published_line_stands_only_on_the_page_that_was_asked_for():
    maria = somebody()
    check_in(maria, 5, date(2026, 9, 1))
    browser = client_of(maria)
    words = strip_tags(browser.get(reverse("my:answers")).content.decode().split("<main")[1])
    assert "47" not in words
    page = browser.get(reverse("my:published_line")).content.decode()
    assert "name a line at 47" in page
    assert "It must never decide about a place, housing, court or work." in page


def test_spanish_says_that_a_checked_wording_is_missing_and_shows_the_published_words():
    browser = client_of(somebody())
    browser.cookies["lang"] = "es"
    page = browser.get(reverse("my:statement", args=[1])).content.decode()
    assert "There are more important things to me in life than using substances." in page
    assert "todavía no" in page
    assert 'lang="en"' in page


def test_nothing_is_asked_about_counting_while_nothing_counts():
    maria = somebody()
    browser = client_of(maria)
    commands.save_answers(instrument="barc-10", answers={BARC.items[0]: 4}, language="en", by=maria, at=now())
    new_request()
    assert "may_be_counted" not in browser.get(reverse("my:answers_end")).content.decode()
    answer = browser.post(reverse("my:answers_end"), {"note": "", "may_be_counted": "on"})
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "unless you send the total yourself with a request" in page
    assert not own(maria)[0].may_be_counted
    assert "unless you send the total with a request" in browser.get(reverse("my:answers")).content.decode()


def test_a_check_in_is_deleted_for_good_and_another_persons_is_not_there():
    maria, other = somebody(), somebody("Ana")
    check_in(maria, 5, date(2026, 9, 1))
    sitting = own(maria)[0]
    for method, name in (("get", "my:checked_in"), ("post", "my:forget_answers")):
        assert getattr(client_of(other), method)(reverse(name, args=[sitting.id])).status_code == 404
    answer = client_of(maria).post(reverse("my:forget_answers", args=[sitting.id]))
    assert answer.headers["Location"] == reverse("my:answers")
    assert own(maria) == []
