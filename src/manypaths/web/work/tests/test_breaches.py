"""The register of what went wrong: written down at the desk, weighed, told; and read by the person it concerns."""

import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from manypaths.config.testing import as_owner, role_url
from manypaths.consent.models import Incident
from manypaths.consent.registering import RECORD
from manypaths.network.models import Membership
from manypaths.network.tests.factories import day_there, membership, reader_for
from manypaths.people.tests.factories import person
from manypaths.referrals.tests.test_petitioning import officer_at
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.my.tests.test_kept import stranger_to_all
from manypaths.web.ui.clock import now
from manypaths.web.work.breach_forms import AssessForm
from manypaths.web.work.tests.factories import client_of as work_client
from manypaths.web.work.tests.test_pages import text
from manypaths.web.work.tests.test_petitions import Desk
from manypaths.web.work.tests.test_privacy import said

pytestmark = pytest.mark.usefixtures("committed_db")
FACTORS = ("nature", "recipient", "acquired", "mitigated")
WEIGHED = {
    **{name: "high" for name in FACTORS}, **{f"{name}_words": "Seen by many." for name in FACTORS},
    "decision": "breach", "reason": "Nobody can say who saw it.",
}  # fmt: skip
LETTER = {
    "what": "A list lay open at the desk.", "done": "We moved the desk.", "you": "Tell us if somebody asks.",
    "ask": "Hugo, 802-555-0100",
}  # fmt: skip


class Register(Desk):
    """The same place and desk, with an incident form filled in."""

    def form(self, **changes: object) -> dict[str, object]:
        day = day_there() - timedelta(days=2)
        return {
            "what": "A list with names lay open.", "found_on": day.isoformat(), "happened_from": day.isoformat(),
            "whose": "some", "held": str(self.record), "classes": ["demographics", "attendance"],
            "receiver": "unknown", **changes,
        }  # fmt: skip

    def write(self) -> UUID:
        answer = self.desk.post("/work/privacy/breaches/new", self.form())
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        with as_owner():
            found: UUID = Incident.objects.latest("written_at").id
        return found

    def at(self, incident: UUID, act: str = "") -> str:
        return f"/work/privacy/breaches/{incident}{act}"


@pytest.fixture
def register() -> Register:
    return Register()


def test_it_is_written_down_weighed_and_told_and_the_person_reads_it(register):
    incident = register.write()
    page = text(register.desk.get(register.at(incident)))
    for words in ("A list with names lay open.", "Not weighed: it counts as a breach", "We do not know who", "Mari"):
        assert words in page, words
    assert "days left to tell them" in text(register.desk.get("/work/privacy/breaches"))
    assert register.desk.post(register.at(incident, "/weigh"), WEIGHED).status_code == 302
    assert "Nothing went wrong" not in text(register.desk.get(register.at(incident)))
    assert "Nobody told you of anything" in register.read("/my/sharing/wrong")
    assert register.desk.post(register.at(incident, "/tell"), LETTER).status_code == 302
    assert register.desk.post(register.at(incident, "/tell"), LETTER).status_code == 422
    assert "something went wrong there" in text(register.person.get("/my/requests"))
    page = register.read("/my/sharing/wrong")
    for words in (*LETTER.values(), register.made.body.name, "We do not know who", "when you came"):
        assert words.lower() in page.lower(), words
    for words in ("A list with names lay open.", "Nobody can say who saw it.", "Seen by many."):
        assert words not in page
    register.person.post("/my/sharing/wrong/read")
    assert "something went wrong there" not in text(register.person.get("/my/requests"))


def test_what_a_review_found_goes_into_the_register_with_one_press(register):
    review = said(register.made, by=person())
    register.desk.post(
        f"/work/privacy/{review}", {"finding": "should_not", "deed": "talked", "answer": "It was a mistake."}
    )
    address = f"/work/privacy/breaches/from/review/{review}"
    for page in (f"/work/privacy/{review}", "/work/privacy/breaches"):
        assert f'action="{address}"' in text(register.desk.get(page)), page
    first = register.desk.post(address)
    assert first.status_code == 302
    assert register.desk.post(address).headers["Location"] == first.headers["Location"]
    assert "A look that should not have happened." in text(register.desk.get(first.headers["Location"]))
    assert address not in text(register.desk.get("/work/privacy/breaches"))
    for source in ("review", "emergency", "dream"):
        assert register.desk.post(f"/work/privacy/breaches/from/{source}/{uuid.uuid4()}").status_code == 404


def test_two_officers_who_press_in_the_same_moment_come_to_one_incident(register):
    review = said(register.made, by=person())
    register.desk.post(
        f"/work/privacy/{review}", {"finding": "should_not", "deed": "talked", "answer": "It was a mistake."}
    )
    second, mine = officer_at(register.made, "Ida P."), uuid.uuid4()
    asked = [
        second.account_id,
        second.membership_id,
        mine,
        [],
        False,
        "review",
        review,
        now(),
        now().date(),
        None,
        [],
        "",
    ]
    with ThreadPoolExecutor(1) as other, psycopg.connect(role_url("app")) as raw:
        raw.execute(RECORD, [*asked, b"x" * 40, "house.s1", b"x"])
        press = other.submit(pressed, register, review)
        waits_for_a_lock(press)
        raw.commit()
        assert press.result(30) == (302, f"/work/privacy/breaches/{mine}")
    with as_owner():
        assert Incident.objects.count() == 1


def pressed(register: Register, review: object) -> tuple[int, str]:
    """Press in another thread, on a connection of its own."""
    try:
        answer = register.desk.post(f"/work/privacy/breaches/from/review/{review}")
        return answer.status_code, answer.headers.get("Location", "")
    finally:
        connection.close()


def waits_for_a_lock(press: Future[tuple[int, str]]) -> None:
    """Until the other one waits for what is not committed yet."""
    sql = "select count(*) from pg_locks where not granted"
    with psycopg.connect(role_url("owner"), autocommit=True) as raw:
        while not press.done() and raw.execute(sql).fetchone() == (0,):
            time.sleep(0.02)


def two_of_them(register: Register) -> tuple[Client, UUID]:
    """A second officer, and an incident for which the first one wrote a letter."""
    second, incident = officer_at(register.made, "Ida P."), register.write()
    answer = register.desk.post(register.at(incident, "/tell"), LETTER, follow=True)
    assert "Nobody is told until someone else" in text(answer)
    return work_client(second), incident


def test_a_letter_waits_for_a_second_officer_and_both_see_the_days(register):
    second, incident = two_of_them(register)
    mine, theirs = (text(one.get(register.at(incident))) for one in (register.desk, second))
    assert "Waits until someone else agrees" in mine
    assert "I agree. Tell them" not in mine
    for page in (mine, theirs):
        assert "What they will read" in page
        assert "As soon as you can, at the latest" in page
    assert "A letter waits for a second yes" in text(second.get("/work/privacy/breaches"))
    assert register.at(incident) in second.get("/work/messages").content.decode()
    assert "1 waits" in text(second.get("/work/privacy"))
    assert "Nothing waits" not in text(second.get("/work/privacy"))
    assert "Nobody told you of anything" in register.read("/my/sharing/wrong")
    assert register.desk.post(register.at(incident, "/agree"), {"seen": seen_on(theirs)}).status_code == 422
    assert second.post(register.at(incident, "/agree"), {"seen": "yesterday"}).status_code == 422
    assert second.post(register.at(incident, "/agree"), {"seen": seen_on(theirs)}).status_code == 302
    page = text(second.get(register.at(incident)))
    assert "Agreed by Ida P." in page
    assert "Use only an address they call safe." in page
    assert "alone" not in page
    assert "Nobody told you of anything" not in register.read("/my/sharing/wrong")


def test_a_letter_that_was_written_anew_is_read_again_before_anybody_agrees(register):
    second, incident = two_of_them(register)
    seen = seen_on(text(second.get(register.at(incident))))
    unseen = register.desk.post(register.at(incident, "/tell"), {**LETTER, "what": "Another list."})
    assert "Someone wrote a letter meanwhile. Read it first." in text(unseen)
    assert "Another list." in text(unseen)
    anew = {**LETTER, "what": "Another list.", "seen": seen_on(text(unseen))}
    register.desk.post(register.at(incident, "/tell"), anew)
    refused = second.post(register.at(incident, "/agree"), {"seen": seen})
    assert refused.status_code == 422
    assert "The letter has changed since you read it" in text(refused)
    assert "Another list." in text(refused)


def test_a_letter_about_what_turned_out_to_be_no_breach_says_that_it_is_not_sent(register):
    second, incident = two_of_them(register)
    low = {**WEIGHED, "decision": "low", **{name: "low" for name in FACTORS}}
    assert register.desk.post(register.at(incident, "/weigh"), low).status_code == 302
    page = text(second.get(register.at(incident)))
    assert "No breach was decided: this letter is not sent" in page
    for words in ("Waits until", "A letter waits for a second yes", "I agree. Tell them"):
        assert words not in page


def test_the_only_officer_tells_alone_and_it_says_so(register):
    incident = register.write()
    register.desk.post(register.at(incident, "/tell"), LETTER)
    assert "One officer wrote and told this alone" in text(register.desk.get(register.at(incident)))
    assert "by one officer alone" in text(register.desk.get("/work/privacy/breaches"))


def test_the_navigation_marks_where_one_is(register):
    incident = register.write()
    for address in ("/work/privacy/breaches", "/work/privacy/breaches/new", register.at(incident)):
        assert 'href="/work/privacy" aria-current="page"' in text(register.desk.get(address)), address


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].partition('"')[0]


def test_what_is_missing_is_said_beside_its_field_and_keeps_its_words(register):
    for changes, reason in (
        ({"what": ""}, "Write a few words."),
        ({"held": "12"}, "Write the whole numbers"),
        ({"held": ""}, "Write the numbers of their pages"),
        ({"held": str(uuid.uuid4())}, "keeps no page with one of these numbers"),
        ({"happened_from": ""}, "Write the day on which it happened."),
    ):
        answer = register.desk.post("/work/privacy/breaches/new", register.form(**changes))
        assert answer.status_code == 422, changes
        assert reason in text(answer), changes
    incident = register.write()
    low = {**WEIGHED, "decision": "low"}
    for act, form in (("/weigh", {**WEIGHED, "reason": ""}), ("/weigh", low), ("/tell", {**LETTER, "you": ""})):
        assert register.desk.post(register.at(incident, act), form).status_code == 422, act
    with as_owner():
        assert Incident.objects.count() == 1


def test_a_low_risk_is_not_told_and_a_later_weighing_stands_above(register):
    incident = register.write()
    register.desk.post(register.at(incident, "/weigh"), WEIGHED)
    low = {**WEIGHED, "nature": "low", "decision": "low", "reason": "It was a practice list."}
    register.desk.post(register.at(incident, "/weigh"), low)
    page = text(register.desk.get(register.at(incident)))
    assert page.index("It was a practice list.") < page.index("Nobody can say who saw it.")
    assert "Tell the people concerned" not in page
    assert register.desk.post(register.at(incident, "/tell"), LETTER).status_code == 422
    assert "Nobody told you of anything" in register.read("/my/sharing/wrong")


def test_the_clocks_stand_out_when_they_are_over(register):
    incident = register.write()
    with as_owner():
        Incident.objects.filter(id=incident).update(found_at=now() - timedelta(days=63), people=501)
    assert "3 days late" in text(register.desk.get("/work/privacy/breaches"))
    page = text(register.desk.get(register.at(incident)))
    assert "The media of your state" in page
    assert "With the people, at the latest" in page
    noted = {"step": "secretary", "done_on": day_there().isoformat()}
    assert register.desk.post(register.at(incident, "/step"), noted).status_code == 302
    assert register.desk.post(register.at(incident, "/step"), noted).status_code == 422
    assert "The Secretary of Health and Human Services was told" in text(register.desk.get(register.at(incident)))


def test_letters_by_mail_stand_open_until_they_are_noted(register):
    incident = register.write()
    mailed = {"step": "mail", "done_on": day_there().isoformat()}
    early = register.desk.post(register.at(incident, "/step"), mailed)
    assert early.status_code == 422
    assert "Tell the people concerned first" in text(early)
    register.desk.post(register.at(incident, "/tell"), LETTER)
    assert "Not noted yet" in text(register.desk.get(register.at(incident)))
    assert register.desk.post(register.at(incident, "/step"), mailed).status_code == 302
    page = text(register.desk.get(register.at(incident)))
    assert "The letters were mailed" in page
    assert "Not noted yet" not in page


def test_nobody_else_finds_the_register(register):
    incident = register.write()
    for browser in (register.coach, register.clinician, register.person, person_client(stranger_to_all())):
        for address in ("/work/privacy/breaches", "/work/privacy/breaches/new", register.at(incident)):
            assert browser.get(address).status_code == 404, address
        for act, form in (("/weigh", WEIGHED), ("/tell", LETTER), ("/step", {})):
            assert browser.post(register.at(incident, act), form).status_code == 404, act
    assert register.desk.get(register.at(uuid.uuid4())).status_code == 404
    assert register.coach.get("/my/sharing/wrong").status_code == 404
    register.desk.post(register.at(incident, "/tell"), LETTER)
    assert LETTER["what"] not in text(person_client(stranger_to_all()).get("/my/sharing/wrong"))


def test_the_person_sees_that_the_desk_looked_at_their_name(register):
    incident = register.write()
    register.desk.get(register.at(incident))
    assert "Hugo L." in register.read("/my/sharing/looked")


def second_desk(register: Register):
    with as_owner():
        return work_client(
            reader_for(membership(register.made.body, "privacy_officer", display_name="Ruth N."), register.made.place)
        )


def test_an_officer_whom_somebody_keeps_away_writes_nothing_of_them_and_nothing_to_them(register):
    incident, ruth = register.write(), second_desk(register)
    register.person.post(f"/my/about/safety/worker/{register.officer.membership_id}")
    answer = register.desk.post("/work/privacy/breaches/new", register.form())
    assert answer.status_code == 422
    assert "keeps no page with one of these numbers" in text(answer)
    assert register.desk.get(register.at(incident)).status_code == 404
    assert register.desk.post(register.at(incident, "/tell"), LETTER).status_code == 404
    assert str(incident) not in text(register.desk.get("/work/privacy/breaches"))
    assert ruth.post(register.at(incident, "/tell"), LETTER).status_code == 302
    assert LETTER["what"] in register.read("/my/sharing/wrong")


def test_whose_look_it_was_does_not_weigh_it_where_somebody_else_can(register):
    review = said(register.made, by=person())
    wrong = {"finding": "should_not", "deed": "talked", "answer": "It was a mistake."}
    register.desk.post(f"/work/privacy/{review}", wrong)
    with as_owner():
        Membership.objects.filter(id=register.made.coach_member.id).update(roles=["peer", "privacy_officer"])
        looker = work_client(reader_for(Membership.objects.get(id=register.made.coach_member.id), register.made.place))
    address = f"/work/privacy/breaches/from/review/{review}"
    assert str(review) not in text(looker.get("/work/privacy/breaches"))
    assert looker.post(address).status_code == 404
    there = str(register.desk.post(address).headers["Location"])
    assert looker.get(there).status_code == 404
    assert looker.post(f"{there}/weigh", WEIGHED).status_code == 404
    assert there not in text(looker.get("/work/privacy/breaches"))
    assert register.desk.get(there).status_code == 200
    with as_owner():
        Membership.objects.filter(id=register.officer.membership_id).update(ended_at=now())
    assert looker.get(there).status_code == 200


@pytest.mark.parametrize("source", ["x", ""])
def test_a_made_up_source_opens_no_incident_of_anybody(register, source):
    by = register.officer
    asked = [by.account_id, by.membership_id, uuid.uuid4(), [register.record], source, uuid.uuid4()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select record_incident(%s, %s, %s, %s::uuid[], false, %s, %s, now(), current_date, null, "
            "array['attendance'], 'unknown', %s, 'k', 'k')",
            [*asked, b"x" * 40],
        )
        assert cursor.fetchone()[0] is None
    with as_owner():
        assert not Incident.objects.exists()


def test_each_thing_that_is_missing_is_named_by_what_it_is_about():
    form = AssessForm({})
    missing = [message for found in form.errors.values() for message in found]
    assert len(missing) == len(set(missing)) == 2 * len(FACTORS) + 2
    assert "Who got it: choose what it speaks for." in missing
    assert "Who got it: write a few words." in missing
