"""The six questions, and what becomes of the answers."""

import pytest

from manypaths.config.prepare import QUESTIONS, founding

ANSWERS = {
    "place": "05301",
    "name": "River Valley",
    "languages": "both",
    "coordinator": "Ana Ruiz, ana@example.org",
    "privacy_contact": "Ana Ruiz, 802-555-0100",
    "operator": "Lee",
}


def test_there_are_six_questions_and_each_answer_is_used() -> None:
    assert [key for key, _ in QUESTIONS] == list(ANSWERS)
    assert founding(ANSWERS) == {
        "place": "05301",
        "name": "River Valley",
        "languages": "en,es",
        "coordinator_name": "Ana Ruiz",
        "coordinator_email": "ana@example.org",
        "privacy_contact": "Ana Ruiz, 802-555-0100",
        "operator": "Lee",
    }


@pytest.mark.parametrize("words", ["en, es", "EN and es", "en es", "Both"])
def test_languages_can_be_said_in_several_ways(words: str) -> None:
    assert founding(ANSWERS | {"languages": words})["languages"] == "en,es"


@pytest.mark.parametrize(
    "words", ["Ana Ruiz <ana@example.org>", "ana@example.org Ana Ruiz", "Ana Ruiz ana@example.org"]
)
def test_a_name_and_an_address_are_told_apart(words: str) -> None:
    answers = founding(ANSWERS | {"coordinator": words})
    assert (answers["coordinator_name"], answers["coordinator_email"]) == ("Ana Ruiz", "ana@example.org")
