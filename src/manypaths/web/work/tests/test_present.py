"""Somebody stands at a desk: the code on their page opens named fields there, until closing, and nowhere else."""

import re
from datetime import timedelta

import pytest

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import greeting
from manypaths.consent.models import DeskOpening
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.referrals import commands
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.support import commands as support
from manypaths.support.rules import AttendanceFacts, ContactFacts, NoteFacts, TreatmentFacts
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")
CODE = re.compile(r'<p class="code">([a-z0-9]{4}-[a-z0-9]{4})</p>')
NAMED = ("Mari", "802-555-0142", "Came", "Sam K.")
APART = ("Methadone 60 mg", "Kept apart", "Wants a ride on Thursday", "Talked", "recovery_plan")


@pytest.fixture
def kept() -> tuple[Scene, str]:
    """A place keeps a page of Mari, with something of each kind in it."""
    made = stage()
    by = made.colleague
    record = commands.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=by, at=now())
    today = day_there()
    for facts in (TreatmentFacts(today, "individual", "Methadone 60 mg"), NoteFacts(today, "Kept apart"),
                  AttendanceFacts(today, "group", "came")):  # fmt: skip
        support.write_entry(record_id=record, facts=facts, by=by, at=now())
    called = ContactFacts(now(), "call", "talked", "Wants a ride on Thursday")
    commands.record_contact(record_id=record, facts=called, by=by, at=now())
    return made, str(record)


def worker(made: Scene, role: str, *, elsewhere: bool = False) -> Reader:
    with as_owner():
        house = organisation("Harbor Row") if elsewhere else made.body
        if elsewhere:
            participation(made.place, house)
        return reader_for(membership(house, role, display_name="Jo D."), made.place)


def code_of(made: Scene, record: str) -> str:
    page = person_client(made.person).post(f"/my/sharing/desk/{record}/code").content.decode()
    (code,) = CODE.findall(page)
    return code


def tapped(made: Scene, record: str) -> str:
    assert person_client(made.person).post(f"/my/sharing/desk/{record}/open").status_code == 302
    with as_owner():
        return f"/work/desk/open/{DeskOpening.objects.get(ended_at__isnull=True).id}"


@pytest.mark.parametrize("role", ["peer", "frontdesk", "supervisor", "clinician"])
def test_a_code_opens_named_fields_at_the_desk_to_whoever_works_there(kept, role):
    made, record = kept
    browser = client_of(worker(made, role))
    typed = code_of(made, record).upper().replace("-", " ")
    answer = browser.post("/work/desk/open", {"code": typed})
    assert answer.status_code == 302
    page = text(browser.get(answer["Location"]))
    for shown in NAMED:
        assert shown in page
    for closed in APART:
        assert closed not in page
    colleague = client_of(worker(made, "volunteer"))
    listed = text(colleague.get("/work/desk/open"))
    assert "Mari" in listed
    theirs = text(colleague.get(answer["Location"]))
    assert "Mari" in theirs
    assert "Sam K." not in theirs
    api = browser.get("/work/api/desk/open/" + answer["Location"].rpartition("/")[2]).json()
    assert (api["name"], api["attendance"][0]["presence"], api["contacts"][0]["worker"]) == ("Mari", "came", "Sam K.")
    assert set(api["contacts"][0]) == {"happened_on", "way", "worker"}


def test_the_look_stands_in_the_list_of_the_person_with_its_ground(kept):
    made, record = kept
    browser = client_of(worker(made, "peer"))
    browser.get(tapped(made, record))
    looked = person_client(made.person).get("/my/sharing/looked").content.decode()
    assert "You stood at the desk and opened it to them." in looked
    assert "Jo D." in looked
    with as_owner():
        (row,) = Access.objects.filter(opened__contains=[record], purpose="desk")
        assert row.bases[0].startswith("desk:")


def test_every_other_code_is_answered_alike_and_opens_nothing(kept):
    made, record = kept
    browser = client_of(worker(made, "frontdesk"))
    elsewhere = client_of(worker(made, "frontdesk", elsewhere=True))
    old, used = code_of(made, record), code_of(made, record)
    answers = [elsewhere.post("/work/desk/open", {"code": used}), browser.post("/work/desk/open", {"code": old})]
    assert browser.post("/work/desk/open", {"code": used}).status_code == 302
    answers += [browser.post("/work/desk/open", {"code": one}) for one in (used, "abcd-efgh", "x")]
    late = code_of(made, record)
    with as_owner():
        ago = timedelta(minutes=11)
        row = DeskOpening.objects.get(code_hash=greeting.hash_of_code(late))
        DeskOpening.objects.filter(id=row.id).update(
            made_at=row.made_at - ago, code_until=row.code_until - ago, until=row.until - ago
        )
    answers.append(browser.post("/work/desk/open", {"code": late}))
    for answer in answers:
        assert answer.status_code == 422
        assert "This code opens nothing here. Ask them for a new one." in text(answer)


@pytest.mark.parametrize("role", ["privacy_officer", "org_admin", "coordinator", "medic", "monitor"])
def test_it_is_not_there_for_whoever_does_not_work_at_a_desk(kept, role):
    made, record = kept
    browser, there = client_of(worker(made, role)), tapped(made, record)
    for address in ("/work/desk/open", there, there.replace("/work/desk", "/work/api/desk")):
        assert browser.get(address).status_code == 404
    assert browser.post("/work/desk/open", {"code": "abcd-efgh"}).status_code == 404


def test_it_ends_when_the_person_closes_it_when_the_place_closes_and_behind_a_block(kept):
    made, record = kept
    browser, mine = client_of(worker(made, "peer")), person_client(made.person)
    there = tapped(made, record)
    assert browser.get(there).status_code == 200
    page = mine.get("/my/sharing/desk").content.decode()
    assert "Open until" in page
    (close,) = re.findall(r'action="(/my/sharing/desk/[^"]+/close)"', page)
    assert mine.post(close).status_code == 302
    assert browser.get(there).status_code == 404
    assert mine.post(close).status_code == 302
    again = tapped(made, record)
    assert browser.get(there).status_code == 404
    assert browser.get(again).status_code == 200
    with as_owner():
        row = DeskOpening.objects.get(ended_at__isnull=True)
        assert row.until <= row.made_at + timedelta(hours=12)
        ago = row.until - now() + timedelta(seconds=1)
        DeskOpening.objects.filter(id=row.id).update(
            made_at=row.made_at - ago, opened_at=row.opened_at - ago, until=row.until - ago
        )
    assert browser.get(again).status_code == 404
    last = tapped(made, record)
    waiting = client_of(worker(made, "frontdesk"))
    assert waiting.get(last).status_code == 200
    assert mine.post(f"/my/about/safety/place/{made.body.id}").status_code == 302
    assert waiting.get(last).status_code == 404
    assert "Mari" not in text(waiting.get("/work/desk/open"))
    assert mine.post(f"/my/sharing/desk/{record}/open").status_code == 404
    assert mine.post(f"/my/sharing/desk/{record}/code").status_code == 404


def test_nobody_opens_the_page_of_somebody_else(kept):
    made, record = kept
    other = stage()
    for address in ("open", "code"):
        assert person_client(other.person).post(f"/my/sharing/desk/{record}/{address}").status_code == 404
    there = tapped(made, record).rpartition("/")[2]
    assert person_client(other.person).post(f"/my/sharing/desk/{there}/close").status_code == 404
    with as_owner():
        assert DeskOpening.objects.filter(ended_at__isnull=True).count() == 1


def test_many_wrong_codes_make_only_that_account_wait(kept):
    made, record = kept
    first, second = client_of(worker(made, "frontdesk")), client_of(worker(made, "frontdesk"))
    for _number in range(10):
        first.post("/work/desk/open", {"code": "abcd-efgh"})
    code = code_of(made, record)
    page = first.post("/work/desk/open", {"code": code})
    assert page.status_code == 422
    assert "Too many wrong codes from your account." in text(page)
    assert second.post("/work/desk/open", {"code": code}).status_code == 302


def test_a_code_is_shown_once_and_can_be_taken_back(kept):
    made, record = kept
    mine = person_client(made.person)
    code = code_of(made, record)
    page = mine.get("/my/sharing/desk").content.decode()
    assert code not in page
    assert "Your code can be typed there until" in page
    (back,) = re.findall(r'action="(/my/sharing/desk/[^"]+/close)"', page)
    mine.post(back)
    answer = client_of(worker(made, "frontdesk")).post("/work/desk/open", {"code": code})
    assert answer.status_code == 422
    with as_owner():
        assert not DeskOpening.objects.filter(code_hash__contains=code).exists()
