"""What somebody else commits between the two readings of the gate is no fault of the one who asks."""

from typing import Any

import pytest

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import queries
from manypaths.web.my.tests.factories import client_of, somebody

pytestmark = pytest.mark.django_db


class AtOdds:
    """The two readings disagree for the first times they are asked."""

    def __init__(self, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.asked, self.decide = times, 0, queries._decide
        monkeypatch.setattr(queries, "_decide", self)

    def __call__(self, *said: Any) -> Any:
        self.asked += 1
        self.left -= 1
        return ({}, frozenset(), frozenset()) if self.left >= 0 else self.decide(*said)


@pytest.fixture
def browser():
    found = client_of(somebody("Zqmaria"))
    found.raise_request_exception = False
    return found


def looks() -> int:
    with as_owner():
        return Access.objects.count()


def test_a_disagreement_that_passes_is_not_seen_and_leaves_one_look(browser, monkeypatch, caplog):
    before = looks()
    answer = browser.get("/my/")
    once = looks() - before
    AtOdds(1, monkeypatch)
    again = browser.get("/my/")
    assert (answer.status_code, again.status_code) == (200, 200)
    assert b"Zqmaria" in again.content
    assert looks() - before == 2 * once > 0
    assert "the walls disagreed" in caplog.text


def test_a_disagreement_that_stays_is_a_fault_that_serves_and_keeps_nothing(browser, monkeypatch):
    before = looks()
    odds = AtOdds(1000, monkeypatch)
    answer = browser.get("/my/")
    assert answer.status_code == 500
    assert b"Zqmaria" not in answer.content
    assert (odds.asked, looks()) == (2, before)


def test_what_was_sent_is_done_once(browser, monkeypatch):
    AtOdds(1, monkeypatch)
    form = {"name": "Zqlena", "pronouns": "", "language": "en"}
    assert browser.post("/my/about", form).status_code in (302, 303)
    assert b"Zqlena" in browser.get("/my/").content


def test_a_header_cannot_say_that_it_was_asked_before(browser, monkeypatch):
    AtOdds(1, monkeypatch)
    assert browser.get("/my/", headers={"manypaths.asked_again": "1"}).status_code == 200
