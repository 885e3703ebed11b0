"""The pages of entries: who finds which kind, adding, correcting, striking, and what absence looks like."""

import uuid
from datetime import timedelta

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.models import Membership
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.people.models import Assignment
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.support.models import Attendance, CounsellingNote, Treatment
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage

pytestmark = pytest.mark.usefixtures("committed_db")

DAY = (now() - timedelta(days=2)).date().isoformat()
SAID = {
    "treatment": {"happened_on": DAY, "service": "individual", "words": "Spoke about sleep."},
    "screens": {
        "happened_on": DAY, "panel": "urine_5", "ordered_by": "court", "result": "found", "found": ["opioids"],
        "words": "Prescribed.",
    },
    "attendance": {"happened_on": DAY, "session": "group", "presence": "came"},
    "notes": {"happened_on": DAY, "words": "Said in confidence."},
}  # fmt: skip
READ = {"treatment": "Spoke about sleep.", "screens": "Opioids", "attendance": "Came", "notes": "Said in confidence."}


class House:
    """A record that a clinician took up, and everyone else who might knock."""

    def __init__(self) -> None:
        self.made = stage()
        self.record = referrals.accept_request(
            referral_id=ask(self.made), seen=Status.REQUESTED, by=self.made.colleague, at=now()
        )
        with as_owner():
            body = self.made.body
            lead = membership(body, "supervisor")
            Membership.objects.filter(id=self.made.colleague_member.id).update(supervisor=lead)
            other = organisation("Other house")
            participation(self.made.place, other)
            workers = {
                "second": membership(body, "clinician"),
                "peer": membership(body, "peer"),
                "lead": lead,
                "privacy": membership(body, "privacy_officer"),
                "admin": membership(body, "org_admin"),
                "unassigned": membership(body, "clinician"),
                "stranger": membership(other, "clinician"),
            }
            for name in ("second", "peer"):
                Assignment.objects.create(record_id=self.record, membership=workers[name], since=now())
        self.readers = {name: reader_for(worker, self.made.place) for name, worker in workers.items()}
        self.readers |= {"clinician": self.made.colleague, "desk": self.made.desk}

    def page(self, kind, *rest):
        return "/".join([f"/work/people/{self.record}", kind, *map(str, rest)])

    def client(self, who):
        return person_client(self.made.person) if who == "person" else client_of(self.readers[who])

    def write(self, kind, who="clinician", **changes):
        answer = self.client(who).post(self.page(kind), {**SAID[kind], **changes})
        assert answer.status_code == 302, text(answer)
        return self.only(kind)

    def only(self, kind):
        return self.client("clinician").get(f"/work/api/people/{self.record}/entries/{kind}").json()["entries"][0]


@pytest.fixture
def house():
    return House()


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("kind", SAID)
def test_a_clinician_writes_each_kind_and_reads_it_on_its_page_and_on_the_record(house, kind):
    client = house.client("clinician")
    empty = client.get(house.page(kind))
    assert empty.status_code == 200
    house.write(kind)
    page = text(client.get(house.page(kind)))
    assert READ[kind] in page
    record = text(client.get(f"/work/people/{house.record}"))
    assert (READ[kind] in record) == (kind != "notes")  # kept apart: the record page has their address only
    assert house.page(kind) in record


ANSWERS = {
    "clinician": (200, 200, 200, 200),
    "second": (200, 200, 200, 200),
    "peer": (403, 403, 200, 403),
    "lead": (403, 403, 200, 404),
    "desk": (403, 403, 200, 403),
    "privacy": (403, 403, 403, 403),
    "admin": (404, 404, 404, 404),
    "unassigned": (404, 404, 404, 404),
    "stranger": (404, 404, 404, 404),
    "person": (404, 404, 404, 404),
}


@pytest.mark.parametrize("who", ANSWERS)
def test_a_kind_is_closed_with_403_to_who_may_know_and_absent_to_everyone_else(house, who):
    entries = {kind: house.write(kind)["id"] for kind in SAID}
    client = house.client(who)
    for kind, expected in zip(SAID, ANSWERS[who], strict=True):
        hidden = expected != 200 or (who == "second" and kind == "notes")
        answers = [client.get(house.page(kind)), client.get(f"/work/api/people/{house.record}/entries/{kind}")]
        assert [answer.status_code for answer in answers] == [expected] * 2, kind
        assert not (hidden and any(READ[kind] in text(answer) for answer in answers))
        single = client.get(house.page(kind, entries[kind]))
        assert single.status_code == (404 if hidden and expected == 200 else expected), kind


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("who", ["admin", "unassigned", "stranger"])
def test_absence_is_the_same_byte_for_byte(house, who, kind):
    entry = house.write(kind)["id"]
    client, nobody, nothing = house.client(who), uuid.uuid4(), uuid.uuid4()
    real, unreal = house.page(kind, entry), f"/work/people/{nobody}/{kind}/{nothing}"
    one, two = client.get(real), client.get(unreal)
    assert one.status_code == two.status_code == 404
    assert one.content.replace(real.encode(), b"") == two.content.replace(unreal.encode(), b"")
    assert dict(one.headers) == dict(two.headers)


def test_the_note_of_another_looks_like_none(house):
    note = house.write("notes")["id"]
    client = house.client("second")
    real, unreal = house.page("notes", note), house.page("notes", uuid.uuid4())
    one, two = client.get(real), client.get(unreal)
    assert one.status_code == two.status_code == 404
    assert one.content.replace(real.encode(), b"") == two.content.replace(unreal.encode(), b"")
    assert "You have no note here." in text(client.get(house.page("notes")))
    for answer in (client.post(real, SAID["notes"]), client.post(f"{real}/strike", {"strike": "twice"})):
        assert answer.status_code == 404
    with as_owner():
        assert CounsellingNote.objects.get().struck_at is None


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("treatment", {"service": ""}, "Choose the service."),
        ("treatment", {"happened_on": "2099-01-01"}, "Choose a day that has come."),
        ("screens", {"found": []}, "Choose what was found."),
        ("screens", {"panel": "breath"}, "Choose only what this test looks for."),
        ("attendance", {"happened_on": "yesterday"}, "Write the day as year-month-day."),
        ("notes", {"words": " "}, "Write the note."),
        ("notes", {"membership": "me"}, "Go back, look at the page again"),
        ("treatment", {"record_id": "another"}, "Go back, look at the page again"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(house, kind, change, said):
    answer = house.client("clinician").post(house.page(kind), {**SAID[kind], **change})
    assert answer.status_code == 422
    assert said in text(answer)
    if "words" in SAID[kind] and "words" not in change:
        assert SAID[kind]["words"] in text(answer)
    assert house.client("clinician").get(f"/work/api/people/{house.record}/entries/{kind}").json()["entries"] == []


def test_a_form_pressed_twice_writes_once(house):
    client, once = house.client("clinician"), str(uuid.uuid4())
    answers = [client.post(house.page("attendance"), {**SAID["attendance"], "once": once}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with as_owner():
        assert Attendance.objects.count() == 1


def test_a_correction_says_what_it_replaces_and_the_earlier_words_stay(house):
    first = house.write("treatment")["id"]
    client = house.client("clinician")
    answer = client.post(house.page("treatment", first), {**SAID["treatment"], "words": "Spoke about work."})
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert "Spoke about sleep." in page and "Spoke about work." in page
    assert "Corrected later" in page and "A correction" in page
    again = client.post(house.page("treatment", first), SAID["treatment"])
    assert again.status_code == 422
    assert "This entry was corrected already." in text(again)


def test_a_struck_entry_stays_readable_and_says_why(house):
    entry = house.write("treatment")["id"]
    client = house.client("clinician")
    assert "Choose why it is wrong." in text(client.post(house.page("treatment", entry, "strike"), {}))
    assert client.post(house.page("treatment", entry, "strike"), {"strike": "wrong_record"}).status_code == 302
    page = text(client.get(house.page("treatment")))
    assert "Struck" in page and "It belongs to someone else" in page and "Spoke about sleep." in page
    assert "Correct it" not in text(client.get(house.page("treatment", entry)))
    with as_owner():
        assert Treatment.objects.get().struck_by_id == house.made.colleague_member.id


def test_the_desk_marks_who_came_and_the_lead_only_reads(house):
    house.write("attendance", "desk")
    lead = house.client("lead")
    assert "Write it down" not in text(lead.get(house.page("attendance")))
    assert lead.post(house.page("attendance"), SAID["attendance"]).status_code == 404
    with as_owner():
        assert Attendance.objects.get().membership_id == house.made.desk_member.id


def test_a_peer_sees_attendance_on_the_record_and_no_word_of_the_other_kinds(house):
    for kind in SAID:
        house.write(kind)
    page = text(house.client("peer").get(f"/work/people/{house.record}"))
    assert "Attendance" in page
    for hidden in (
        "Treatment",
        "Drug screens",
        "counseling notes",
        *(READ[kind] for kind in SAID if kind != "attendance"),
    ):
        assert hidden not in page


def test_it_closes_with_the_assignment(house):
    note = house.write("notes")["id"]
    with as_owner():
        Assignment.objects.update(until=now())
    client = house.client("clinician")
    assert [client.get(house.page("notes", *rest)).status_code for rest in ((), (note,))] == [404, 404]


def test_the_person_reads_who_looked_at_which_kind(house):
    house.write("screens")
    page = text(house.client("person").get("/my/sharing/looked"))
    assert "your test results" in page


def test_an_unknown_kind_is_not_there(house):
    assert house.client("clinician").get(house.page("secrets")).status_code == 404
