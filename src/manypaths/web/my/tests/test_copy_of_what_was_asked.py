"""The copy of everything holds what the person asked of places, what went wrong, and what they opened to whom."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from manypaths.consent import registering
from manypaths.consent.rules import DataClass
from manypaths.referrals import commands as referrals
from manypaths.referrals.tests.test_breaches import LETTER, WEIGHED, WHAT
from manypaths.referrals.tests.test_petitioning import officer_at
from manypaths.support import petitioning
from manypaths.support.rules.petitions import Asking, PetitionAnswer
from manypaths.web.my.tests.test_shown import House
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.usefixtures("committed_db")
NO = PetitionAnswer("denied", ground="accurate", words="The door log says the same.")
MISSING = Asking("correction", DataClass.TREATMENT.value, "I came by bus.", "It was the train.")


@pytest.fixture
def house() -> House:
    return House()


def answered(house: House) -> None:
    """One correction with a no, to which the person says something, and a complaint that waits."""
    person, record = house.made.person, house.record
    asked = referrals.ask_for_correction(record_id=record, asking=MISSING, by=person, at=now())
    petitioning.answer_petition(petition_id=asked, answer=NO, by=officer_at(house.made), at=now())
    referrals.disagree_with_no(record_id=record, petition_id=asked, words="I have the ticket.", by=person, at=now())
    referrals.complain(record_id=record, words="They shouted my name.", by=person, at=now())


def told_of_a_breach(house: House) -> None:
    officer, at = officer_at(house.made, "Ida M."), now()
    day = at.date() - timedelta(days=3)
    what = replace(WHAT, found_at=at - timedelta(hours=1), happened_from=day, held=(house.record,))
    incident = registering.record_incident(incident=what, by=officer, at=at)
    registering.assess_incident(incident_id=incident, assessment=WEIGHED, by=officer, at=at)
    registering.tell_of_breach(incident_id=incident, letter=LETTER, by=officer, at=at)


def copies(house: House) -> tuple[str, dict[str, list[dict[str, object]]]]:
    page, data = (house.person.post(reverse(name)) for name in ("my:copy_page", "my:copy_data"))
    return page.content.decode(), json.loads(data.content)


def test_what_was_asked_of_a_place_and_its_answers_are_in_both_copies(house):
    answered(house)
    page, data = copies(house)
    for words in (MISSING.words, MISSING.why, NO.words, "I have the ticket.", "They shouted my name.", "A complaint"):
        assert words in page
    complaint, correction = sorted(data["kept"][0]["asked"], key=lambda one: one["kind"])
    assert (complaint["words"], complaint["state"]) == ("They shouted my name.", "open")
    assert [correction[one] for one in ("words", "why", "finding", "ground", "answer", "disagreement")] == [
        MISSING.words, MISSING.why, "denied", "accurate", NO.words, "I have the ticket.",
    ]  # fmt: skip


def test_what_went_wrong_is_in_both_copies(house):
    told_of_a_breach(house)
    page, data = copies(house)
    for words in (LETTER.what, LETTER.done, LETTER.you, LETTER.ask):
        assert words in page
    (one,) = data["went_wrong"]
    assert (one["place"], one["line"]["letter"]["what"]) == (house.made.body.name, LETTER.what)


def test_what_is_shown_outside_is_in_both_copies(house):
    house.sign()
    page, data = copies(house)
    assert "Northside Clinic" in page
    (one,) = data["shown_outside"]
    assert (one["who"], one["view"]["classes"], one["view"]["state"]) == ("Northside Clinic", ["attendance"], "given")


def test_what_was_opened_to_a_desk_and_a_code_that_nobody_typed_are_in_both_copies(house):
    for name in ("my:open_at_desk", "my:desk_code"):
        assert house.person.post(reverse(name, args=[house.record])).status_code in {200, 302}
    page, data = copies(house)
    assert "Nobody typed it." in page
    assert "Open from" in page
    code, tap = data["at_desks"]
    assert (code["by_code"], code["opened_at"], tap["by_code"], tap["place"]) == (
        True,
        None,
        False,
        house.made.body.name,
    )
    assert tap["ended_at"] == tap["closed_at"]
    assert "code_hash" not in code


def test_a_copy_of_somebody_to_whom_nothing_of_it_happened_says_nothing_of_it(house):
    page, data = copies(house)
    assert (data["kept"][0]["asked"], data["went_wrong"], data["shown_outside"], data["at_desks"]) == ([], [], [], [])
    for heading in ("When something went wrong", "What you show outside", "At the desk", "What you asked this place"):
        assert heading not in page
