"""Corrections and complaints, asked on the person's pages, answered at the desk, and read where the entry is read."""

import uuid
from datetime import timedelta
from uuid import UUID

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.rules import Reader
from manypaths.people.models import Block
from manypaths.support.models import Petition
from manypaths.support.rules import Kind
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.my.tests.test_kept import House, stranger_to_all
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import client_of
from manypaths.web.work.tests.test_pages import text
from manypaths.web.work.tests.test_privacy import officer_of

pytestmark = pytest.mark.usefixtures("committed_db")
ASKED = {"words": "I was not late.", "why": "The bus came at nine."}
AGREED = {"finding": "agreed", "amendment": "She came on time.", "words": "You are right."}
DENIED = {"finding": "denied", "ground": "accurate", "words": "The door log says the same."}


class Desk(House):
    """The same place, with a privacy officer."""

    def __init__(self) -> None:
        super().__init__()
        self.officer: Reader = officer_of(self.made)
        self.desk = client_of(self.officer)
        self.item = f"{self.there}/treatment/{self.entries[Kind.TREATMENT]}"

    def ask(self, address: str = "", **more: str) -> UUID:
        answer = self.person.post(address or f"{self.item}/correct", {**ASKED, **more})
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        with as_owner():
            found: UUID = Petition.objects.latest("asked_at").id
        return found

    def complain(self) -> UUID:
        self.person.post(f"{self.there}/asked/complain", {"words": "They talked at the desk."})
        with as_owner():
            found: UUID = Petition.objects.get(kind="complaint").id
        return found

    def answer(self, petition: UUID, said: dict[str, str] = AGREED) -> None:
        assert self.desk.post(f"/work/privacy/asked/{petition}", said).status_code == 302


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_asked_on_the_page_of_the_entry_it_waits_at_the_desk(desk):
    assert "Ask them to correct this" in desk.read(desk.item)
    form = desk.read(f"{desk.item}/correct")
    assert "Spoke about sleep." in form
    assert "They must not treat you worse for it." in form
    petition = desk.ask()
    page = desk.read(f"{desk.there}/asked")
    assert all(words in page for words in (*ASKED.values(), "Waits for an answer"))
    link = f'href="/work/privacy/asked/{petition}"'
    for address in ("/work/", "/work/messages", "/work/privacy"):
        found = text(desk.desk.get(address))
        assert link in found, address
        assert ASKED["words"] not in found
    assert "60 days left" in text(desk.desk.get("/work/privacy"))


def test_the_desk_reads_the_words_and_the_one_entry(desk):
    page = text(desk.desk.get(f"/work/privacy/asked/{desk.ask()}"))
    for words in (*ASKED.values(), "Spoke about sleep.", "Mari"):
        assert words in page, words
    assert "Talked about the bus." not in page
    looked = desk.read("/my/sharing/looked")
    assert "You asked them to correct something. They answer you." in looked


def test_agreed_to_it_is_read_by_the_worker_by_programs_and_in_the_persons_copy(desk):
    desk.answer(desk.ask())
    for browser, address in (
        (desk.clinician, f"/work/people/{desk.record}"),
        (desk.clinician, f"/work/people/{desk.record}/treatment"),
        (desk.person, desk.item),
        (desk.person, desk.there),
    ):
        page = text(browser.get(address))
        assert "She came on time." in page, address
        assert "Spoke about sleep." in page, address
    told = desk.clinician.get(f"/work/api/people/{desk.record}/entries/treatment").json()["entries"][0]["beside"]
    assert [(one["amended"], one["words"]) for one in told] == [(True, "She came on time.")]
    assert "She came on time." in desk.person.post("/my/copy/data").content.decode()
    assert "She came on time." not in text(desk.coach.get(f"/work/people/{desk.record}"))


def test_after_a_no_the_person_reads_their_rights_and_their_words_stand_there_for_good(desk):
    petition = desk.ask()
    desk.answer(petition, DENIED)
    page = desk.read(f"{desk.there}/asked")
    for words in ("It is right and complete as it is", "Put your own words beside it", "Office for Civil Rights"):
        assert words in page, words
    assert "A privacy desk wrote to you." in text(desk.person.get("/my/requests"))
    assert "There is an answer" in desk.read("/my/places")
    there = f"{desk.there}/asked/{petition}/differ"
    assert desk.person.post(there, {"words": " "}).status_code == 422
    assert desk.person.post(there, {"words": "I was there."}).status_code == 302
    assert desk.person.post(there, {"words": "Again."}).status_code == 422
    assert "I was there." in text(desk.clinician.get(f"/work/people/{desk.record}/treatment"))
    desk.person.post(f"{desk.there}/asked/read")
    assert "A privacy desk wrote to you." not in text(desk.person.get("/my/requests"))


def test_beside_a_contact_and_for_something_missing_too(desk):
    desk.answer(desk.ask(f"{desk.there}/contacts/{desk.contact}/correct"))
    missing = {**AGREED, "amendment": "There was a call on Monday."}
    desk.answer(desk.ask(f"{desk.there}/asked/missing", kind="contacts"), missing)
    for address in (f"/work/people/{desk.record}", f"/work/people/{desk.record}/contacts"):
        page = text(desk.coach.get(address))
        assert "She came on time." in page, address
        assert "There was a call on Monday." in page, address
    told = desk.coach.get(f"/work/api/people/{desk.record}/contacts").json()
    assert [one["words"] for one in told["added"]] == ["There was a call on Monday."]
    assert [one["words"] for one in told["contacts"][0]["beside"]] == ["She came on time."]
    assert "There was a call on Monday." in desk.read(f"{desk.there}/contacts")


def test_a_complaint_says_where_else_and_is_answered(desk):
    form = desk.read(f"{desk.there}/asked/complain")
    assert "Office for Civil Rights" in form
    assert "42 CFR 2.4" in form
    petition = desk.complain()
    page = text(desk.desk.get(f"/work/privacy/asked/{petition}"))
    assert "They talked at the desk." in page
    assert "Take 30 days more" not in page
    assert "Spoke about sleep." not in page
    desk.answer(petition, {"finding": "right", "words": "We moved the desk."})
    assert "We moved the desk." in desk.read(f"{desk.there}/asked")


def test_more_time_is_taken_once_with_its_reason(desk):
    petition = desk.ask()
    address = f"/work/privacy/asked/{petition}/time"
    assert desk.desk.post(address, {"reason": ""}).status_code == 422
    assert desk.desk.post(address, {"reason": "The file is away."}).status_code == 302
    assert desk.desk.post(address, {"reason": "Again."}).status_code == 422
    assert "The file is away." in desk.read(f"{desk.there}/asked")
    assert "90 days left" in text(desk.desk.get("/work/privacy"))


def test_what_is_late_stands_out(desk):
    petition = desk.ask()
    with as_owner():
        Petition.objects.filter(id=petition).update(
            asked_at=now() - timedelta(days=63), due_at=now() - timedelta(days=3)
        )
    assert "3 days late" in text(desk.desk.get("/work/privacy"))
    assert "3 days late" in text(desk.desk.get("/work/"))
    assert "Not answered in time" in desk.read(f"{desk.there}/asked")


def test_taken_back_it_is_gone_from_the_desk(desk):
    petition = desk.ask()
    assert desk.person.post(f"{desk.there}/asked/{petition}/back").status_code == 302
    assert desk.desk.get(f"/work/privacy/asked/{petition}").status_code == 404
    assert f"asked/{petition}" not in text(desk.desk.get("/work/privacy"))
    assert ASKED["words"] not in desk.read(f"{desk.there}/asked")


def test_an_answer_that_misses_something_keeps_its_words(desk):
    petition = desk.ask()
    for said in ({**AGREED, "amendment": ""}, {**DENIED, "ground": ""}, {"words": "You are right."}):
        answer = desk.desk.post(f"/work/privacy/asked/{petition}", said)
        assert answer.status_code == 422
        assert said["words"] in text(answer)


def test_nobody_else_finds_anything(desk):
    petition = desk.ask()
    made_up = uuid.uuid4()
    for browser in (desk.coach, desk.clinician, desk.person, person_client(stranger_to_all())):
        for one in (petition, made_up):
            assert browser.get(f"/work/privacy/asked/{one}").status_code == 404
            assert browser.post(f"/work/privacy/asked/{one}", AGREED).status_code == 404
    stranger = person_client(stranger_to_all())
    for address in ("asked", "asked/missing", "asked/complain"):
        assert stranger.get(f"{desk.there}/{address}").status_code == 404
    assert stranger.get(f"{desk.item}/correct").status_code == 404
    assert stranger.post(f"{desk.item}/correct", ASKED).status_code == 404
    for act in ("back", "differ"):
        assert stranger.post(f"{desk.there}/asked/{petition}/{act}", {"words": "x"}).status_code == 404
    assert desk.person.post(f"{desk.there}/asked/{made_up}/back").status_code == 404
    assert desk.person.post(f"{desk.item}/correct", {**ASKED, "record_id": str(made_up)}).status_code == 422


def test_where_the_place_is_blocked_the_person_is_told_whom_to_ask_and_the_desk_finds_nothing(desk):
    petition = desk.ask()
    with as_owner():
        for record in (desk.record, desk.made.person.record_id):
            Block.objects.create(record_id=record, organisation=desk.made.body, since=now() - timedelta(days=1))
    assert desk.desk.get(f"/work/privacy/asked/{petition}").status_code == 404
    page = desk.read(f"{desk.there}/asked")
    assert "Noted" in page
    assert "You can ask instead" in page
