"""What places keep of a person, read by the person, with what they say beside it; and read by the worker there."""

import uuid

import pytest
from django.db import transaction

from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.network.tests.factories import day_there
from manypaths.people.models import Assignment, Record
from manypaths.plans import commands as plans
from manypaths.plans.rules import SafetyWords
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.support import commands as support
from manypaths.support.models import Contact
from manypaths.support.rules import AttendanceFacts, ContactFacts, Kind, NoteFacts, ScreenFacts, TreatmentFacts
from manypaths.web.my.tests.factories import client_of, somebody
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from manypaths.web.work.tests.factories import client_of as worker_client

pytestmark = pytest.mark.usefixtures("committed_db")
SAY = {"stance": "differently", "words": "It was the train."}


class House:
    """A place that keeps a page of a person: a coach's contact, a clinician's entries."""

    def __init__(self) -> None:
        self.made = stage()
        self.record = referrals.accept_request(
            referral_id=ask(self.made), seen=Status.REQUESTED, by=self.made.coach, at=now()
        )
        facts = ContactFacts(now(), "call", "talked", "Talked about the bus.")
        self.contact = referrals.record_contact(record_id=self.record, facts=facts, by=self.made.coach, at=now())
        with as_owner():
            Assignment.objects.create(record_id=self.record, membership=self.made.colleague_member, since=now())
        on = day_there()
        self.entries = {
            kind: support.write_entry(record_id=self.record, facts=facts, by=self.made.colleague, at=now())
            for kind, facts in {
                Kind.TREATMENT: TreatmentFacts(on, "individual", "Spoke about sleep."),
                Kind.SCREEN: ScreenFacts(on, "urine_5", "found", ("opioids",), words="Prescribed."),
                Kind.ATTENDANCE: AttendanceFacts(on, "group", "came"),
                Kind.NOTE: NoteFacts(on, "Said in confidence."),
            }.items()
        }
        self.person = client_of(self.made.person)
        self.coach, self.clinician = worker_client(self.made.coach), worker_client(self.made.colleague)

    @property
    def there(self) -> str:
        return f"/my/places/{self.record}"

    def read(self, address: str = "", browser=None) -> str:
        answer = (browser or self.person).get(address or self.there)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode().split("<main")[1]


def stranger_to_all():
    with transaction.atomic():
        return somebody()


@pytest.fixture
def house() -> House:
    return House()


def test_the_person_finds_each_place_and_reads_all_it_keeps_but_notes_of_counselling(house):
    assert house.made.body.name in house.read("/my/places")
    page = house.read()
    for words in ("Talked about the bus.", "Dee R.", "Spoke about sleep.", "Sam K.", "Prescribed.", "Came"):
        assert words in page
    assert "Said in confidence." not in page
    assert "sets these apart" in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [("contacts", "the bus"), ("treatment", "sleep"), ("screens", "Prescribed"), ("attendance", "Came")],
)
def test_each_kind_has_a_page(house, kind, words):
    assert words in house.read(f"{house.there}/{kind}")


def test_nobody_elses_place_is_there(house):
    stranger = client_of(stranger_to_all())
    for address in (house.there, f"{house.there}/contacts", f"{house.there}/contacts/{house.contact}"):
        assert stranger.get(address).status_code == 404
        assert stranger.get(address.replace(str(house.record), str(uuid.uuid4()))).status_code == 404
    assert stranger.get("/my/places").content.decode().count('<li class="stack-s">') == 0
    assert stranger.post(f"{house.there}/contacts/{house.contact}/say", SAY).status_code == 404
    assert worker_client(house.made.coach).get(house.there).status_code == 404


@pytest.mark.parametrize("kind", ["notes", "nothing"])
def test_no_other_kind_is_there(house, kind):
    item = house.entries[Kind.NOTE]
    assert house.person.get(f"{house.there}/{kind}").status_code == 404
    assert house.person.get(f"{house.there}/{kind}/{item}").status_code == 404
    assert house.person.get(f"{house.there}/treatment/{item}").status_code == 404


def test_what_the_person_says_stands_beside_it_here_and_there(house):
    item = f"{house.there}/contacts/{house.contact}"
    answer = house.person.post(f"{item}/say", SAY, follow=True)
    assert "It was the train." in answer.content.decode()
    work = f"/work/people/{house.record}"
    assert "They see this differently" in house.read(work, house.coach)
    told = house.coach.get(f"/work/api/people/{house.record}/history").json()["contacts"][0]["said_beside"]
    assert (told["stance"], told["words"]) == ("differently", "It was the train.")
    house.person.post(f"{item}/back", follow=True)
    assert "It was the train." not in house.read(work, house.coach)
    assert "It was the train." not in house.read(item)
    assert house.person.post(f"{item}/back").status_code == 404


def test_beside_care_it_is_read_by_who_reads_the_care(house):
    entry = house.entries[Kind.TREATMENT]
    house.person.post(f"{house.there}/treatment/{entry}/say", SAY)
    for address in ("", "/treatment", f"/treatment/{entry}"):
        assert "It was the train." in house.read(f"/work/people/{house.record}{address}", house.clinician)
    assert "It was the train." not in house.read(f"/work/people/{house.record}", house.coach)
    rows = house.clinician.get(f"/work/api/people/{house.record}/entries/treatment").json()["entries"]
    assert rows[0]["said_beside"]["words"] == "It was the train."


def test_struck_it_keeps_what_was_said(house):
    entry = house.entries[Kind.TREATMENT]
    house.person.post(f"{house.there}/treatment/{entry}/say", SAY)
    support.strike_entry(
        record_id=house.record, kind=Kind.TREATMENT, entry_id=entry, reason="twice", by=house.made.colleague, at=now()
    )
    page = house.read(f"{house.there}/treatment/{entry}")
    assert "Struck out" in page
    assert "It was the train." in page


def test_the_persons_words_never_overwrite_the_workers(house):
    item = f"{house.there}/contacts/{house.contact}"
    answer = house.person.post(item, {"note": "We never spoke."})
    assert answer.status_code == 403
    assert "Only who wrote it can change it" in answer.content.decode()
    with as_owner():
        assert Contact.objects.count() == 1
        assert Act.objects.filter(what="web.refused", subject_id=house.record).exists()
    assert "Talked about the bus." in house.read(item)
    assert house.person.post(f"{house.there}/contacts/{uuid.uuid4()}", {"note": "x"}).status_code == 404


def test_what_cannot_be_said_keeps_its_words(house):
    item = f"{house.there}/contacts/{house.contact}"
    answer = house.person.post(f"{item}/say", {"stance": "", "words": "It was the train."})
    assert answer.status_code == 422
    assert "It was the train." in answer.content.decode()
    assert house.person.post(f"{item}/say", {**SAY, "record_id": str(uuid.uuid4())}).status_code == 422
    assert house.person.post(f"{item}/say", {**SAY, "words": "x" * 2001}).status_code == 422


def test_the_page_says_which_law_and_who_keeps_it(house):
    assert "We do not know yet if 42 CFR Part 2" in house.read()
    for law, words in (
        ("part2", "is a treatment program"),
        ("neither", "No federal health privacy law"),
        ("hipaa", "HIPAA"),
    ):
        with as_owner():
            Record.objects.filter(id=house.record).update(origin_law=law)
        assert words in house.read()
    assert f"{house.made.body.name} keeps this page" in house.read()


def test_reading_it_adds_no_look_to_the_persons_list(house):
    before = house.read("/my/sharing/looked")
    house.read()
    house.read(f"{house.there}/contacts/{house.contact}")
    assert house.read("/my/sharing/looked").count("<li") == before.count("<li")


def test_without_a_place_the_page_says_so():
    stage()
    page = client_of(stranger_to_all()).get("/my/places").content.decode()
    assert "No place keeps a page of you" in page


def test_the_person_reads_the_plans_that_are_kept_with_them_and_says_how_they_see_them(house):
    plans.write_held_words(record_id=house.record, text="A quiet home.", by=house.made.coach, at=now())
    plans.add_held_goal(record_id=house.record, title="Sleep", area="health", by=house.made.coach, at=now())
    bad_day = SafetyWords("I stop sleeping.", "A walk.", "Ana")
    plans.write_safety_plan(record_id=house.record, words=bad_day, by=house.made.colleague, at=now())
    for which, words in (("plan", ("A quiet home.", "Sleep")), ("safety", ("I stop sleeping.", "988"))):
        page = house.read(f"{house.there}/{which}")
        assert all(one in page for one in words)
        assert "It was the train." in house.person.post(f"{house.there}/{which}/say", SAY, follow=True).content.decode()
        assert "It was the train." in house.read(f"/work/people/{house.record}/{which}", house.clinician)
        assert "It was the train." not in house.person.post(f"{house.there}/{which}/back", follow=True).content.decode()
        assert "It was the train." not in house.read(f"/work/people/{house.record}/{which}", house.clinician)
        assert house.person.post(f"{house.there}/{which}/say", {**SAY, "words": ""}).status_code == 422
        stranger = client_of(stranger_to_all())
        assert stranger.get(f"{house.there}/{which}").status_code == 404
        assert stranger.post(f"{house.there}/{which}/say", SAY).status_code == 404
        assert house.person.post(f"{house.there}/{which}/back").status_code == 404


def test_the_copy_holds_what_places_keep_and_what_was_said_beside_it(house):
    plans.add_held_goal(record_id=house.record, title="Sleep", area="health", by=house.made.coach, at=now())
    bad_day = SafetyWords("I stop sleeping.", "A walk.", "Ana")
    plans.write_safety_plan(record_id=house.record, words=bad_day, by=house.made.colleague, at=now())
    house.person.post(f"{house.there}/contacts/{house.contact}/say", SAY)
    house.person.post(f"{house.there}/contacts/{house.contact}/back")
    page = house.person.post("/my/copy/page").content.decode()
    written = ("Talked about the bus.", "Spoke about sleep.", "Prescribed.", "Sleep", "I stop sleeping.", SAY["words"])
    for words in (house.made.body.name, *written):
        assert words in page
    assert "Taken back" in page
    (kept,) = house.person.post("/my/copy/data").json()["kept"]
    assert (kept["place"], kept["law"]) == (house.made.body.name, "unset")
    assert kept["contacts"][0]["note"] == "Talked about the bus."
    assert (kept["treatment"][0]["service"], kept["treatment"][0]["worker"]) == ("individual", "Sam K.")
    assert kept["screens"][0]["found"] == ["opioids"]
    assert kept["attendance"][0]["presence"] == "came"
    assert kept["plan"]["goals"][0]["title"] == "Sleep"
    assert kept["safety_plan"]["words"]["signs"] == "I stop sleeping."
    assert kept["said_beside"][0]["words"] == SAY["words"]
    assert "Said in confidence." not in page
