"""The six questions, and what becomes of the answers."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from manypaths.config import runner
from manypaths.config.questions import QUESTIONS, founding, have_a_community, needs_community
from manypaths.network import commands as network
from manypaths.network.queries import communities, forget_communities
from manypaths.network.rules import ANONYMOUS

ANSWERS = {
    "place": "05301",
    "name": "River Valley",
    "languages": "both",
    "coordinator": "Ana Ruiz, ana@example.org",
    "privacy_contact": "Ana Ruiz, 802-555-0100",
    "operator": "Lee",
}


def test_there_are_six_questions_and_each_answer_is_used() -> None:
    assert [question.key for question in QUESTIONS] == list(ANSWERS)
    assert founding(ANSWERS) == {
        "place": "05301",
        "name": "River Valley",
        "languages": "en,es",
        "coordinator_name": "Ana Ruiz",
        "coordinator_email": "ana@example.org",
        "privacy_contact": "Ana Ruiz, 802-555-0100",
        "operator": "Lee",
    }


@pytest.mark.parametrize("words", ["en, es", "EN and es", "en es", "Both", "en, es, en"])
def test_languages_can_be_said_in_several_ways(words: str) -> None:
    assert founding(ANSWERS | {"languages": words})["languages"] == "en,es"


@pytest.mark.parametrize(
    "words", ["Ana Ruiz <ana@example.org>", "ana@example.org Ana Ruiz", "Ana Ruiz ana@example.org"]
)
def test_a_name_and_an_address_are_told_apart(words: str) -> None:
    answers = founding(ANSWERS | {"coordinator": words})
    assert (answers["coordinator_name"], answers["coordinator_email"]) == ("Ana Ruiz", "ana@example.org")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Gives the typed lines to the questions, as somebody at a terminal would; Ctrl-C where they end."""

    def type_in(*lines: str) -> int:
        waiting = iter(lines)

        def typed(shown: str) -> str:
            print(shown)
            if (line := next(waiting, None)) is None:
                raise KeyboardInterrupt
            return line

        forget_communities()
        monkeypatch.setattr("builtins.input", typed)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        return have_a_community("http://127.0.0.1:8000/")

    return type_in


@pytest.mark.django_db
def test_six_answers_are_shown_once_and_make_a_community(terminal, capsys):
    assert terminal(*ANSWERS.values(), "") == 0
    said = capsys.readouterr().out
    assert "1  Place              Brattleboro, VT" in said
    assert "3  Languages          English, Spanish" in said
    assert "/invited/" in said
    assert not needs_community()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "wrong", "why"),
    [
        ("place", "Nowhere at all", "We do not know this place."),
        ("name", "x" * 121, "Use at most 120 letters."),
        ("languages", "French", "Choose English, Spanish or both"),
        ("coordinator", "ana@example.org", "Give the name of the coordinator, too."),
        ("coordinator", "Ana Ruiz", "Give an e-mail address"),
        ("operator", "x" * 201, "Use at most 200 letters."),
        ("operator", "", "This one needs an answer."),
    ],
)
def test_a_wrong_answer_is_asked_again_at_once_and_no_other(terminal, capsys, key, wrong, why):
    lines = [line for name, answer in ANSWERS.items() for line in ((wrong, answer) if name == key else (answer,))]
    assert terminal(*lines, "") == 0
    said = capsys.readouterr().out
    assert said.count(why) == 1
    assert said.count("Who runs this machine?") == (2 if key == "operator" else 1)


@pytest.mark.django_db
def test_an_answer_is_changed_by_its_number_before_anything_is_made(terminal, capsys):
    assert terminal(*ANSWERS.values(), "2", "Quiet Valley", "9", "4", "", "") == 0
    assert [one.name for one in communities()] == ["Quiet Valley"]
    said = capsys.readouterr().out
    assert "[Ana Ruiz, ana@example.org]" in said
    assert said.count("That is no number from 1 to 6.") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("given", [0, 3, 6])
def test_whoever_stops_at_the_questions_makes_nothing_and_is_told_so(terminal, given):
    code = terminal(*list(ANSWERS.values())[:given])
    assert needs_community()
    assert "No community was made" in runner._last_words(code)
    assert "Everything is saved" in runner._last_words(0)


@pytest.mark.django_db
def test_a_fresh_link_is_told_at_each_start_until_the_first_coordinator_comes_in(terminal, capsys, monkeypatch):
    def link() -> str:
        said = capsys.readouterr().out
        return said.split("/invited/")[1].split()[0] if "/invited/" in said else ""

    terminal(*ANSWERS.values(), "")
    first = link()
    assert terminal() == 0
    second = link()
    assert len(second) == len(first)
    assert second != first
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert have_a_community("") == 0
    assert link() == ""
    words = {"display_name": "Ana Ruiz", "passphrase": "quiet rivers run under stone", "language": "en"}
    network.accept_with_new_account(code=second, **words, by=ANONYMOUS, at=datetime.now(UTC))
    assert terminal() == 0
    assert link() == ""
