"""What a person shows outside, on their own pages: which record, to whom, and whether it opens anything now."""

import json
import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse

from manypaths.config.testing import as_owner
from manypaths.consent.models import Share, Text
from manypaths.lib.dates import local_date
from manypaths.network.models import Organisation
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.people.models import Record
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.factories import client_of
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage
from manypaths.web.work.tests.factories import client_of as work_client

pytestmark = pytest.mark.usefixtures("committed_db")
CHOOSE = "/my/sharing/show/named"


class House:
    """A place that keeps a page of a person, and a clinic outside."""

    def __init__(self) -> None:
        self.made = stage()
        self.record = self.take_up()
        with as_owner():
            self.clinic = organisation("Northside Clinic", kind="clinic")
            participation(self.made.place, self.clinic)
        self.person = client_of(self.made.person)

    def take_up(self):
        self.sent = ask(self.made)
        return referrals.accept_request(referral_id=self.sent, seen=Status.REQUESTED, by=self.made.coach, at=now())

    def choice(self, to: Organisation | None = None) -> dict[str, object]:
        until = (now() + timedelta(days=20)).date().isoformat()
        whom = (to or self.clinic).id
        return {"held": self.record, "recipient": whom, "parts": ["attendance"], "purpose": "TREAT", "until": until}

    def sign(self, kind: str = "named", **changes: object) -> str:
        """Sign, and come to the page of what was signed."""
        choice = self.choice() | changes
        page = self.person.post(f"/my/sharing/show/{kind}", choice).content.decode()
        words = {
            name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("words_version", "words_language")
        }
        answer = self.person.post(f"/my/sharing/show/{kind}", {**choice, **words, "sign": "1", "name": "Mari"})
        assert answer.status_code == 302, answer.content.decode()
        return str(answer.headers["Location"])

    def read(self, address: str = "/my/sharing") -> str:
        return self.person.get(address).content.decode().split("<main")[1]


@pytest.fixture
def house() -> House:
    return House()


def test_a_place_that_keeps_two_pages_of_somebody_says_since_when(house):
    assert "Lantern House, since" not in house.read(CHOOSE)
    with as_owner():
        Record.objects.filter(id=house.record).update(opened_at=now() - timedelta(days=40))
    referrals.complete_request(
        referral_id=house.sent, seen=Status.ACCEPTED, outcome="informed", by=house.made.coach, at=now()
    )
    house.take_up()
    assert house.read(CHOOSE).count("Lantern House, since") == 2


def test_the_place_that_keeps_it_cannot_be_chosen_and_what_was_chosen_is_still_there(house):
    page = house.person.post(CHOOSE, house.choice(house.made.body))
    words = page.content.decode()
    assert "They keep it themselves. Choose another one." in words
    assert house.choice()["until"] in words
    assert states() == []
    assert "They keep it themselves" not in house.person.post(CHOOSE, house.choice()).content.decode()


def test_the_table_says_what_somebody_outside_can_see(house):
    assert "Northside Clinic" not in house.read()
    house.sign()
    table = house.read().split("<tbody")[1].split("</tbody>")[0]
    assert "Northside Clinic" in table
    assert "What you chose of Lantern House, until" in table
    assert "All but notes of counseling" in table


def test_what_is_blocked_or_kept_from_them_is_not_said_to_be_open(house):
    there = house.sign()
    assert "They can read a part of what Lantern House keeps of you." in house.read(there)
    house.person.post(f"{there}/keep")
    assert "You keep it from them. They open nothing of it." in house.read(there)
    house.person.post(f"{there}/keep", {"let": "yes"})
    assert "They can read a part of what Lantern House keeps of you." in house.read(there)
    house.person.post(f"/my/about/safety/place/{house.clinic.id}")
    page = house.read(there)
    assert "You have blocked them. They open nothing of it." in page
    assert "They can read a part" not in page
    assert "What you chose of Lantern House" not in house.read()


def test_keep_pressed_on_an_older_page_opens_nothing(house):
    there = house.sign()
    for _twice in range(2):
        house.person.post(f"{there}/keep")
        assert "You keep it from them. They open nothing of it." in house.read(there)


def test_keeping_it_from_them_needs_no_proof_and_letting_them_again_does(house):
    there = house.sign()
    phone = client_of(house.made.person, proved=False)
    phone.post(f"{there}/keep")
    assert "You keep it from them." in house.read(there)
    answer = phone.post(f"{there}/keep", {"let": "yes"})
    assert answer.headers["Location"] == reverse("entry:prove_again")
    assert phone.session["after_proof"] == there
    assert "You keep it from them." in house.read(there)


def test_until_somebody_typed_the_code_nobody_sees_it(house):
    there = house.sign("ally", recipient="", purpose="FAMRQT")
    page = house.read(there)
    assert "Nobody has typed your code yet." in page
    assert "They can read a part" not in page


def states() -> list[str]:
    with as_owner():
        return list(Share.objects.values_list("state", flat=True))


def words_on(page: str) -> dict[str, str]:
    """Version and language of the words that a page shows, as its form sends them."""
    names = ("words_version", "words_language")
    return {name: page.split(f'name="{name}" value="')[1].partition('"')[0] for name in names}


class Officer(House):
    """The same, with an officer of a probation office who can be named."""

    def __init__(self) -> None:
        super().__init__()
        with as_owner():
            office = organisation("Second Circuit Probation", kind="probation")
            participation(self.made.place, office)
            self.officer = membership(office, "monitor", display_name="Officer Paul T.")

    def waiting(self) -> str:
        """The address of what waits."""
        with as_owner():
            return f"/my/sharing/shown/{Share.objects.get().id}"

    def ask(self, alone: str) -> HttpResponse:
        choice = self.choice() | {"recipient": self.officer.id}
        page = self.person.post("/my/sharing/show/cj_referral", choice).content.decode()
        assert "Are you alone right now?" in page
        said = {**choice, **words_on(page), "sign": "yes", "name": "Mari", "alone": alone, "firm": "on"}
        return self.person.post("/my/sharing/show/cj_referral", said)


def test_with_an_officer_beside_them_it_waits_and_is_answered_later_and_alone():
    house = Officer()
    answer = house.ask("no")
    assert answer.headers["Location"] == "/my/sharing"
    beside = house.read()
    assert "Noted. You find it under Sharing." in beside
    assert "alone" not in beside
    there = house.waiting()
    waits = house.read(there)
    assert "You can say no at any time." in waits
    assert "You were asked not to stop it before." in waits
    assert "agreed" not in waits
    assert "by this yes" not in waits
    assert states() == ["draft"]
    signed = {"sign": "yes", "name": "Mari", "alone": "yes", **words_on(house.read(f"{there}/answer"))}
    early = house.person.post(f"{there}/answer", signed)
    assert early.status_code == 422
    assert "one hour after you were asked" in early.content.decode()
    with as_owner():
        Share.objects.update(written_at=now() - timedelta(hours=2), kept_at=now() - timedelta(hours=2))
    watched = house.person.post(f"{there}/answer", {"sign": "yes", "name": "", "alone": "no"})
    assert watched.headers["Location"] == "/my/sharing"
    assert states() == ["draft"]
    house.person.post(f"{there}/answer", signed)
    assert states() == ["given"]
    assert house.person.get(f"{there}/answer").status_code == 404


def test_who_says_nothing_about_being_alone_signs_nothing():
    house = Officer()
    assert house.ask("").status_code == 422
    assert states() == []
    assert house.ask("yes").status_code == 302
    assert states() == ["given"]


def test_no_is_said_to_what_waits_at_once():
    house = Officer()
    house.ask("no")
    there = house.waiting()
    house.person.post(f"{there}/answer", {"no": "no"})
    assert states() == ["refused"]
    page = house.read(there)
    assert "You said no. Nobody is told." in page
    assert "agreed" not in page


def test_what_waits_past_its_last_day_is_chosen_anew():
    house = Officer()
    house.ask("no")
    with as_owner():
        Share.objects.update(starts_at=now() - timedelta(days=9), until=now() - timedelta(days=1), firm_until=None)
    page = house.read(house.waiting())
    assert "Its last day has come. Choose again, with a later day." in page
    assert "Read it and answer" not in page


def test_going_back_and_saying_that_one_is_alone_leaves_it_waiting_and_says_the_same():
    house = Officer()
    house.ask("no")
    again = house.ask("yes")
    assert again.headers["Location"] == "/my/sharing"
    assert "Noted. You find it under Sharing." in house.read()
    assert states() == ["draft", "draft"]


def test_words_that_changed_since_it_was_asked_are_shown_before_they_are_agreed_to():
    house = Officer()
    house.ask("no")
    there = f"{house.waiting()}/answer"
    signed = {"sign": "yes", "name": "Mari", "alone": "yes", **words_on(house.read(there))}
    with as_owner():
        Share.objects.update(written_at=now() - timedelta(hours=2), kept_at=now() - timedelta(hours=2))
        old = Text.objects.get(key="share-court", version=signed["words_version"], language="en")
        Text.objects.create(
            key=old.key, version="9999-01", language="en", title=old.title,
            body=f"Something new\nIt says more.\n\n{old.body}", source=old.source, licence=old.licence,
        )  # fmt: skip
    refused = house.person.post(there, signed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "These words have changed since you were asked" in page
    assert "It says more." in page
    assert states() == ["draft"]
    house.person.post(there, signed | words_on(page))
    assert states() == ["given"]


class Suit(House):
    """A court that takes part, and a person who has a case there."""

    NAMED = "Mi caso <custody> {until}"

    def __init__(self) -> None:
        super().__init__()
        with as_owner():
            self.court = organisation("Family Court", kind="court")
            participation(self.made.place, self.court)
            self.officer = reader_for(membership(self.court, "monitor"), self.made.place)

    def ask(self, alone: str, **changes: object) -> HttpResponse:
        choice = self.choice(self.court) | {"case": self.NAMED} | changes
        page = self.person.post("/my/sharing/show/proceedings", choice).content.decode()
        if "words_version" not in page:
            return self.person.post("/my/sharing/show/proceedings", choice)
        said = {**choice, **words_on(page), "sign": "yes", "name": "Mari", "alone": alone}
        return self.person.post("/my/sharing/show/proceedings", said)


def test_the_words_of_a_yes_for_a_case_say_first_that_it_may_be_used_in_court():
    house = Suit()
    choice = house.choice(house.court) | {"case": house.NAMED}
    page = house.person.post("/my/sharing/show/proceedings", choice).content.decode().split("<main")[1]
    first = page.split("<dd>")[1].split("</dd>")[0]
    assert "What you show here may be used in a court case, for you or against you." in first
    assert "To stop does not take back what was already used." in first
    assert "Only this one: Mi caso &lt;custody&gt; {until}." in page
    assert "Are you alone right now?" in page


def test_a_court_reads_what_was_signed_for_one_case_with_the_case_and_the_notice():
    house = Suit()
    there = str(house.ask("yes").headers["Location"])
    assert "Mi caso &lt;custody&gt; {until}" in house.read(there)
    with as_owner():
        share = Share.objects.get()
    page = work_client(house.officer).get(f"/work/shared/{share.id}").content.decode()
    assert "Mi caso &lt;custody&gt; {until}. Not for another case." in page
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page
    told = work_client(house.officer).get(f"/work/api/shared/{share.id}").json()
    assert (told["case"], told["purpose"]) == (house.NAMED, "HLEGAL")
    house.person.post(f"{there}/stop")
    assert work_client(house.officer).get(f"/work/shared/{share.id}").status_code == 404


def test_one_page_signed_twice_is_one_yes_and_one_stop_closes_it():
    house = Suit()
    choice = house.choice(house.court) | {"case": house.NAMED}
    address = "/my/sharing/show/proceedings"
    page = house.person.post(address, choice).content.decode()
    press = page.split('name="press" value="')[1].partition('"')[0]
    said = {**choice, **words_on(page), "press": press, "sign": "yes", "name": "Mari", "alone": "yes"}
    there = [str(house.person.post(address, said).headers["Location"]) for _press in range(2)]
    assert there[0] == there[1]
    assert states() == ["given"]
    with as_owner():
        share = Share.objects.get()
    officer = work_client(house.officer)
    assert officer.get(f"/work/shared/{share.id}").status_code == 200
    house.person.post(f"{there[0]}/stop")
    assert house.person.post(address, said).status_code == 404
    assert officer.get(f"/work/shared/{share.id}").status_code == 404
    assert states() == ["given"]


@pytest.mark.parametrize("press", ["", "not one"])
def test_a_page_without_a_mark_of_its_own_can_be_signed_too(press):
    house = Suit()
    assert house.ask("yes", press=press).status_code == 302
    assert states() == ["given"]


def test_who_has_two_cases_and_a_yes_for_care_tells_them_apart_in_the_list():
    house = Suit()
    house.sign()
    for case in ("Custody <2026>", "The fine"):
        assert house.ask("yes", case=case).status_code == 302
    listed = house.read().split('id="shown-h"')[1]
    assert listed.count("To use in a court case: ") == 2
    for words in (": Custody &lt;2026&gt;. Until", ": The fine. Until", "When you came. To give you care. Until"):
        assert words in listed, words


def test_a_case_is_named_before_anything_is_signed():
    house = Suit()
    assert "Write which case it is for." in house.ask("yes", case=" ").content.decode()
    assert states() == []
    assert house.ask("yes").status_code == 302
    assert states() == ["given"]


def test_a_yes_for_a_case_waits_too_where_somebody_stands_beside_the_person():
    house = Suit()
    house.ask("no")
    assert states() == ["draft"]
    with as_owner():
        there = f"/my/sharing/shown/{Share.objects.get().id}"
        Share.objects.update(written_at=now() - timedelta(hours=2), kept_at=now() - timedelta(hours=2))
    page = house.read(f"{there}/answer")
    assert "Only this one: Mi caso &lt;custody&gt; {until}." in page
    house.person.post(f"{there}/answer", {"sign": "yes", "name": "Mari", "alone": "yes", **words_on(page)})
    assert states() == ["given"]


def test_officers_police_and_the_place_itself_are_not_offered_for_a_case():
    house = Suit()
    with as_owner():
        for kind in ("probation", "police", "immigration", "child_welfare", "employer", "landlord"):
            participation(house.made.place, organisation(f"Office of {kind}", kind=kind))
    page = house.read("/my/sharing/show/proceedings")
    assert "Office of" not in page
    assert "Family Court" in page
    assert "Northside Clinic" in page
    assert "Family Court" not in house.read(CHOOSE)


def test_the_case_is_in_both_copies_of_everything():
    house = Suit()
    house.ask("yes")
    page, data = (house.person.post(reverse(name)).content.decode() for name in ("my:copy_page", "my:copy_data"))
    assert [one["view"]["case"] for one in json.loads(data)["shown_outside"]] == [house.NAMED]
    assert "Mi caso &lt;custody&gt; {until}" in page


def test_less_is_opened_on_the_page_and_the_list_shows_one_line_with_its_history(house):
    there = house.sign(parts=["attendance", "sud_treatment_record"])
    page = house.read(f"{there}/less")
    assert page.count('type="checkbox"') == 2
    assert " checked" not in page
    assert "Are you alone" not in page
    until = house.choice()["until"]
    same = house.person.post(f"{there}/less", {"parts": ["attendance", "sud_treatment_record"], "until": until})
    assert same.status_code == 422
    assert "Only less can be chosen here." in same.content.decode()
    later = (now() + timedelta(days=40)).date().isoformat()
    longer = house.person.post(f"{there}/less", {"parts": ["attendance"], "until": later})
    assert longer.status_code == 422
    assert "A longer time needs a new yes." in longer.content.decode()
    after = sign_less(house, there, parts=["attendance"], until=until)
    assert after != there
    page = house.read(after)
    assert "What it was before" in page
    assert there in page
    earlier = house.read(there)
    assert "You agreed to less on" in earlier
    assert after in earlier
    listed = house.read()
    assert listed.count(f'href="{after}"') == 1
    assert there not in listed
    assert "Less since" in listed
    assert house.person.get(f"{there}/less").status_code == 302


def test_words_for_other_parts_than_those_that_are_left_are_not_signed(house):
    there = house.sign(parts=["attendance", "sud_treatment_record"])
    chosen = {"parts": ["attendance"], "until": house.choice()["until"], "sign": "yes", "name": "Mari"}
    answer = house.person.post(f"{there}/less", {**chosen, "words_version": "2020-01", "words_language": "en"})
    assert answer.status_code == 422
    assert "These words have changed" in answer.content.decode()
    assert states() == ["given"]


def test_what_waits_is_made_smaller_at_once_beside_whoever_stands_there():
    house = Officer()
    house.ask("no")
    there = house.waiting()
    sooner = (now() + timedelta(days=10)).date().isoformat()
    answer = house.person.post(f"{there}/less", {"parts": ["attendance"], "until": sooner})
    assert answer.headers["Location"] == there
    assert "Taken out. The rest still waits for your answer." in house.read(there)
    assert states() == ["draft"]
    with as_owner():
        row = Share.objects.get()
    assert row.until.date().isoformat() in (sooner, (now() + timedelta(days=11)).date().isoformat())
    assert row.firm_until == row.until


def test_one_that_holds_until_its_day_is_not_offered_to_be_made_less():
    house = Officer()
    house.ask("yes")
    there = house.waiting()
    assert "Open less" not in house.read(there)
    sooner = (now() + timedelta(days=10)).date().isoformat()
    answer = house.person.post(f"{there}/less", {"parts": ["attendance"], "until": sooner})
    assert answer.status_code == 422
    assert "You agreed that this one holds until its day." in answer.content.decode()


def test_after_less_the_page_still_says_how_often_the_earlier_one_was_opened(house):
    there = house.sign(parts=["attendance", "sud_treatment_record"])
    with as_owner():
        reader = reader_for(membership(house.clinic, "clinician", answers_requests=True), house.made.place)
    share = there.rsplit("/", 1)[1]
    assert work_client(reader).get(f"/work/shared/{share}").status_code == 200
    assert "They opened it 1 time, last on" in house.read(there)
    after = house.read(sign_less(house, there, parts=["attendance"], until=house.choice()["until"]))
    assert "Nobody has opened it since you let them see less." in after
    assert "By your earlier yes they opened it 1 time." in after
    assert "What they could see" in house.read(there)


def sign_less(house: House, there: str, **chosen: object) -> str:
    """Choose what is left, sign it, and come to its page."""
    page = house.person.post(f"{there}/less", chosen).content.decode()
    words = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("words_version", "words_language")
    }
    answer = house.person.post(f"{there}/less", {**chosen, **words, "sign": "yes", "name": "Mari"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_choosing_again_loses_nothing_of_what_was_chosen(house):
    choice = house.choice() | {"parts": ["attendance", "drug_screen_result"]}
    first = house.person.post(CHOOSE, {**choice, "again": "yes"}).content.decode().split("<main")[1]
    there = house.sign(parts=["attendance", "drug_screen_result"])
    until = (now() + timedelta(days=9)).date().isoformat()
    less = house.person.post(f"{there}/less", {"parts": ["attendance"], "until": until, "again": "yes"})
    second = less.content.decode().split("<main")[1]
    for page, day in ((first, choice["until"]), (second, until)):
        assert f'value="{day}"' in page
        assert re.search(r'value="attendance"[^>]* checked', page)
        assert "_error" not in page
    assert re.search(r'value="drug_screen_result"[^>]* checked', first)
    assert not re.search(r'value="drug_screen_result"[^>]* checked', second)


def test_the_words_for_less_speak_of_less(house):
    there = house.sign(parts=["attendance", "drug_screen_result"])
    chosen = {"parts": ["attendance"], "until": house.choice()["until"]}
    page = house.person.post(f"{there}/less", chosen).content.decode()
    assert "Less for Northside Clinic" in page
    assert "your earlier yes goes on as it is" in page
    assert "You can say no." not in page
    assert "your earlier yes goes on as it is" in house.read(sign_less(house, there, **chosen)), "and they are kept"


def test_where_nothing_less_is_left_it_is_not_offered(house):
    there = house.sign(parts=["attendance"])
    assert "Open less" in house.read(there)
    today = local_date(now(), "America/New_York").isoformat()
    least = sign_less(house, there, until=today)
    assert "They can read a part" in house.read(least)
    assert "Open less" not in house.read(least)


def test_less_of_what_is_kept_from_them_is_not_said_to_be_open(house):
    there = house.sign(parts=["attendance", "drug_screen_result"])
    house.person.post(f"{there}/keep")
    after = house.read(sign_less(house, there, parts=["attendance"], until=house.choice()["until"]))
    assert "They open nothing of it at this time." in after
    assert "They can open only what is left" not in after
