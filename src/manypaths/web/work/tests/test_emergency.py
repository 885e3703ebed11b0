"""An emergency on the pages of a worker: four fields first, an hour, a review; for others a reason, or nothing."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import rescuing
from manypaths.consent.models import Emergency
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.people.tests.factories import person
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands as support
from manypaths.support.rules import NoteFacts, TreatmentFacts
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import refused_to, text

pytestmark = pytest.mark.usefixtures("committed_db")
FIELDS = {
    "nature": "Overdose, not awake", "recipient": "Dr. Ito", "affiliation": "County Hospital", "discloser": "Ana P.",
    "cannot_agree": "on",
}  # fmt: skip


@pytest.fixture
def kept() -> tuple[Scene, str]:
    """A place keeps a page of Mari, with an entry of treatment and a note of counselling."""
    made = stage()
    clinician = made.colleague
    record = commands.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=clinician, at=now())
    for facts in (TreatmentFacts(day_there(), "individual", "Methadone 60 mg"), NoteFacts(day_there(), "Kept apart")):
        support.write_entry(record_id=record, facts=facts, by=clinician, at=now())
    return made, str(record)


def worker(made: Scene, role: str = "medic", *, inside: bool = False) -> Reader:
    with as_owner():
        house = made.body if inside else organisation("County Hospital")
        if not inside:
            participation(made.place, house)
        return reader_for(membership(house, role, display_name="Ana P."), made.place)


def card_of(made: Scene) -> str:
    return rescuing.make_card(by=replace(made.person, factor_at=now()), at=now())


def opened(browser, key: str):
    answer = browser.post("/work/emergency", {**FIELDS, "key": key})
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def test_from_the_code_to_what_is_needed(kept):
    made, record = kept
    browser = client_of(worker(made))
    page = text(browser.get("/work/emergency"))
    assert 'value="County Hospital"' in page
    there = text(browser.get(opened(browser, card_of(made).upper())))
    for shown in ("Mari", "802-555-0142", "Methadone 60 mg", "Lantern House", "60 minutes left"):
        assert shown in there
    assert "Kept apart" not in there
    assert record not in text(browser.get("/work/emergency"))


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(kept):
    made, _record = kept
    browser, code = client_of(worker(made)), card_of(made)
    for name in FIELDS:
        answer = browser.post("/work/emergency", {**FIELDS, "key": code, name: ""})
        page = text(answer)
        assert answer.status_code == 422
        assert re.search(rf'aria-describedby="[^"]*\bid_{name}_error"', page)
        assert f'value="{code}"' in page
        assert page.count('class="field bad"') == 1
    with as_owner():
        assert not Emergency.objects.exists()


def test_a_wrong_code_and_one_of_somebody_without_a_page_are_answered_alike(kept):
    made, _record = kept
    browser = client_of(worker(made))
    alone = rescuing.make_card(by=replace(person(), factor_at=now()), at=now())
    pages = []
    for code in ("abcd-efgh-jkmn", alone):
        answer = browser.post("/work/emergency", {**FIELDS, "key": code})
        pages.append((answer.status_code, text(answer).replace(code, "")))
    first, second = ((status, _without_tokens(page)) for status, page in pages)
    assert first == second
    assert first[0] == 422


def _without_tokens(page: str) -> str:
    return re.sub(r'(name="(?:csrfmiddlewaretoken|once)" value=")[^"]*', r"\1", page)


def test_notes_and_other_kinds_are_not_there_and_no_look_is_written_for_them(kept):
    made, record = kept
    medic = worker(made)
    browser = client_of(medic)
    there = opened(browser, card_of(made))
    with as_owner():
        before = Access.objects.count()
    for kind in ("notes", "attendance", "anything"):
        assert browser.get(f"{there}/{record}/{kind}").status_code == 404
        assert browser.get(f"/work/people/{record}/{kind}").status_code == 404
    with as_owner():
        assert Access.objects.count() == before
    assert browser.get(f"{there}/{record}/treatment").status_code == 200
    assert browser.get(f"{there}/{made.person.record_id}/treatment").status_code == 404


def test_after_the_hour_the_page_is_not_there_in_the_same_session(kept):
    made, record = kept
    browser = client_of(worker(made))
    there = opened(browser, card_of(made))
    with as_owner():
        Emergency.objects.update(opened_at=now() - timedelta(minutes=61), due_at=now())
    for page in (there, f"{there}/{record}/treatment"):
        assert browser.get(page).status_code == 404


def test_a_clinician_is_told_that_it_is_not_for_routine_visits(kept):
    made, record = kept
    clinician = worker(made, "clinician", inside=True)
    browser = client_of(clinician)
    for path in ("/work/emergency", f"/work/people/{record}/emergency"):
        for answer in (browser.get(path), browser.post(path, {**FIELDS, "key": record})):
            assert answer.status_code == 403
            assert "not for a routine visit" in text(answer)
    assert [str(one) for one in refused_to(clinician)] == [record]


@pytest.mark.parametrize("role", ["peer", "supervisor", "frontdesk", "org_admin", "privacy_officer", "volunteer"])
def test_everybody_else_is_shown_the_steps_for_a_crisis_and_no_page(kept, role):
    made, record = kept
    browser = client_of(worker(made, role, inside=True))
    for path in ("/work/emergency", f"/work/people/{record}/emergency"):
        answer = browser.post(path, {**FIELDS, "key": record})
        assert answer.status_code == 404
        assert "Call 911. Stay with them." in text(answer)
        assert "Mari" not in text(answer)


def test_a_person_finds_no_such_page(kept):
    made, _record = kept
    assert person_client(made.person).get("/work/emergency").status_code == 404


def test_a_proof_of_a_moment_ago_is_asked_for_and_what_was_typed_stays(kept):
    made, record = kept
    medic = worker(made, inside=True)
    browser = client_of(medic)
    session = browser.session
    session["factor_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    answer = browser.get(f"/work/people/{record}/emergency")
    assert (answer.status_code, answer["Location"]) == (302, "/second")
    answer = browser.post("/work/emergency", {**FIELDS, "key": record})
    assert answer.status_code == 403
    assert "Overdose, not awake" in text(answer)
    with as_owner():
        assert not Emergency.objects.exists()


def test_the_desk_of_the_place_that_keeps_the_page_reviews_it(kept):
    made, _record = kept
    opened(client_of(worker(made)), card_of(made))
    officer = client_of(worker(made, "privacy_officer", inside=True))
    with as_owner():
        one = Emergency.objects.get().id
    for page in ("/work/", "/work/privacy"):
        assert str(one) in text(officer.get(page))
    page = text(officer.get(f"/work/privacy/emergencies/{one}"))
    for shown in ("Overdose, not awake", "Dr. Ito", "County Hospital", "Mari"):
        assert shown in page
    assert officer.post(f"/work/privacy/emergencies/{one}", {"finding": "was_work"}).status_code == 422
    review = {"finding": "should_not", "deed": "talked", "answer": "It was no emergency. We are sorry."}
    assert officer.post(f"/work/privacy/emergencies/{one}", review).status_code == 302
    assert "It should not have happened" in text(officer.get("/work/privacy"))
    assert officer.post(f"/work/privacy/emergencies/{one}", review).status_code == 422
    mine = text(person_client(made.person).get("/my/sharing/emergency"))
    assert "It was no emergency. We are sorry." in mine
    for other in (worker(made, "privacy_officer"), worker(made, inside=True), made.coach):
        assert client_of(other).get(f"/work/privacy/emergencies/{one}").status_code == 404


def test_who_walks_with_somebody_sees_the_number_of_their_page(kept):
    made, record = kept
    page = text(client_of(made.colleague).get(f"/work/people/{record}"))
    assert "The number of this page" in page
    assert f">{record}<" in page
