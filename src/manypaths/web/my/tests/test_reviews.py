"""This was not right: from the list of who looked to the answer, on the pages of the person."""

import re
import uuid

import pytest
from django.urls import reverse

from manypaths.config.testing import as_owner
from manypaths.consent import reviewing, reviews
from manypaths.network.tests.factories import membership, reader_for
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request
from manypaths.referrals.queries import received_request, who_looked
from manypaths.referrals.tests.factories import Scene
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.my.tests.test_sharing_pages import asked
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db
ZONE = "America/New_York"


@pytest.fixture
def looked() -> Scene:
    """A coach read what went along with a request."""
    here, sent = asked()
    received_request(reader=here.coach, referral_id=sent)
    new_request()
    return here


def officer_of(here: Scene):
    with as_owner():
        return reader_for(membership(here.body, "privacy_officer", display_name="Hugo L."), here.place)


def look_of(here: Scene) -> uuid.UUID:
    new_request()
    return who_looked(reader=here.person, zone=ZONE).lines[-1].look


def page(here: Scene, name: str = "my:looked", *args: object) -> str:
    new_request()
    return client_of(here.person).get(reverse(name, args=args)).content.decode()


def press(here: Scene, name: str, *args: object, **values: str):
    new_request()
    return client_of(here.person).post(reverse(name, args=args), values)


def ask(here: Scene, **values: str) -> uuid.UUID:
    answer = press(here, "my:not_right", look_of(here), **{"wish": "explain", "words": "Who is she?", **values})
    assert answer.status_code == 302
    return uuid.UUID(answer.headers["Location"].partition("#said-")[2])


def reply(here: Scene, review: uuid.UUID, by) -> None:
    new_request()
    reviewing.answer_review(
        review_id=review, finding="should_not", deed="closed", answer="We are sorry.", by=by, at=now()
    )


def test_every_look_has_a_quiet_way_to_say_so(looked):
    found = page(looked)
    assert reverse("my:not_right", args=[look_of(looked)]) in found
    assert "What you said was not right" not in found


def test_the_page_says_who_will_answer_and_by_when(looked):
    officer_of(looked)
    found = page(looked, "my:not_right", look_of(looked))
    assert "It is never the one who looked" in found
    assert "checked" not in found.split("<main")[1].split("</main")[0]


def test_where_nobody_else_can_judge_the_person_is_told_so_and_whom_to_ask(looked):
    found = page(looked, "my:not_right", look_of(looked))
    assert "nobody there will answer" in found
    assert looked.place.privacy_contact in found
    ask(looked)
    assert "Nobody there can answer this now" in page(looked)


def test_a_blocked_place_answers_nothing_and_the_page_says_so(looked):
    officer_of(looked)
    review = ask(looked)
    assert "Waits for an answer" in page(looked)
    with as_owner():
        Block.objects.create(record_id=looked.person.record_id, organisation_id=looked.body.id, since=now())
    found = page(looked)
    assert "Nobody there can answer this now" in found
    assert str(review) in found


def test_what_was_said_stands_with_its_words_and_state(looked):
    officer_of(looked)
    review = ask(looked)
    found = page(looked)
    assert f'id="said-{review}"' in found
    assert "Who is she?" in found
    assert "You said this was not right" in found
    assert reverse("my:not_right", args=[look_of(looked)]) not in found


def test_pressed_twice_it_is_said_once(looked):
    assert ask(looked) == ask(looked, words="Once more")
    new_request()
    assert [one.words for one in reviews.own_reviews(reader=looked.person)] == ["Who is she?"]


def test_without_a_wish_nothing_is_said_and_the_words_are_kept(looked):
    answer = press(looked, "my:not_right", look_of(looked), words="Long thought about")
    assert answer.status_code == 422
    assert "Long thought about" in answer.content.decode()
    assert "Choose what you want." in answer.content.decode()
    new_request()
    assert reviews.own_reviews(reader=looked.person) == []


def test_it_can_be_taken_back(looked):
    review = ask(looked)
    assert press(looked, "my:take_back_review", review).status_code == 302
    found = page(looked)
    assert "Who is she?" not in found
    assert reverse("my:not_right", args=[look_of(looked)]) in found


def test_the_answer_is_told_without_a_word_of_it_and_read_on_the_page(looked):
    officer = officer_of(looked)
    review = ask(looked)
    reply(looked, review, officer)
    for name in ("my:requests", "my:sharing"):
        told = page(looked, name)
        assert f"#said-{review}" in told
        assert "sorry" not in told
        assert "There is news on" not in told
    found = page(looked)
    assert all(words in found for words in ("It should not have happened", "We are sorry.", "cannot open it any more"))
    assert press(looked, "my:take_back_review", review).status_code == 422
    assert press(looked, "my:read_review", review).status_code == 302
    assert "We are sorry." in page(looked)
    assert f"#said-{review}" not in page(looked, "my:requests")


def test_the_officers_own_look_can_be_asked_about_too(looked):
    officer = officer_of(looked)
    review = ask(looked)
    new_request()
    reviews.open_review(reader=officer, review_id=review)
    found = page(looked)
    assert "You said that a look was not right. They answer you." in found
    assert len(re.findall(r"/my/sharing/looked/[0-9a-f-]{36}", found)) == 1


def test_nobody_else_finds_a_look_or_what_was_said(looked):
    look, review = look_of(looked), ask(looked)
    stranger = somebody("Tom")
    for name, one in (("my:not_right", look), ("my:take_back_review", review), ("my:read_review", review)):
        new_request()
        there = client_of(stranger).post(reverse(name, args=[one]), {"wish": "note"})
        new_request()
        absent = client_of(stranger).post(reverse(name, args=[uuid.uuid4()]), {"wish": "note"})
        assert there.status_code == absent.status_code == 404


def test_the_copy_holds_what_was_said(looked):
    ask(looked)
    new_request()
    copy = client_of(looked.person).post(reverse("my:copy_data")).json()
    assert [one["words"] for one in copy["said_not_right"]] == ["Who is she?"]
