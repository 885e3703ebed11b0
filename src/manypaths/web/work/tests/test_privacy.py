"""The privacy officer's desk: what waits, one review, its answer; and nothing of it for anyone else."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent import reviewing, reviews
from manypaths.consent.models import Review
from manypaths.consent.rules.reviews import State
from manypaths.network.models import Membership
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.models import Block
from manypaths.people.tests.factories import person
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")
ZONE = "America/New_York"
ANSWER = {"finding": "was_work", "deed": "nothing", "answer": "Dee read it to answer you."}


def officer_of(made: Scene, **fields: object) -> Reader:
    with as_owner():
        return reader_for(membership(made.body, "privacy_officer", display_name="Hugo L.", **fields), made.place)


def said(made: Scene, words: str = "Who is she?", by: Reader | None = None) -> uuid.UUID:
    """A person sends a request, a coach reads it, and the person says that it was not right."""
    here = replace(made, person=by or made.person)
    referral = ask(here)
    with transaction.atomic():
        queries.received_request(reader=made.coach, referral_id=referral)
    look = looks_of(here)[0]
    return reviewing.ask_for_review(
        look=look.look, organisation_id=made.body.id, membership_id=made.coach_member.id, zone=ZONE, wish="explain",
        words=words, by=here.person, at=now(),
    )  # fmt: skip


def looks_of(made: Scene) -> list[queries.Looks]:
    with transaction.atomic():
        return queries.who_looked(reader=made.person, zone=ZONE).lines


def own_reviews(made: Scene) -> list[reviews.ReviewView]:
    with transaction.atomic():
        return reviews.own_reviews(reader=made.person)


def test_the_officer_is_told_and_finds_it_on_three_pages():
    made = stage()
    officer = officer_of(made)
    link = f'href="/work/privacy/{said(made)}"'
    desk = client_of(officer)
    for address in ("/work/", "/work/messages", "/work/privacy"):
        page = text(desk.get(address))
        assert link in page, address
        assert "Who is she?" not in page
    assert "14 days left" in text(desk.get("/work/privacy"))


def test_one_review_says_who_looked_when_why_on_what_ground_and_what_the_person_says():
    made = stage()
    officer = officer_of(made)
    page = text(client_of(officer).get(f"/work/privacy/{said(made)}"))
    for words in ("Who is she?", "Dee R.", "Their request", "To answer a request", "They agreed to share it"):
        assert words in page, words
    assert "no name is shown" in page
    assert "Mari" not in page.split("<main")[1]


def test_the_name_is_there_where_the_place_keeps_a_page_of_the_person():
    made = stage()
    officer = officer_of(made)
    referral = ask(made)
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    look = looks_of(made)[0]
    review = reviewing.ask_for_review(
        look=look.look, organisation_id=made.body.id, membership_id=made.coach_member.id, zone=ZONE, wish="note",
        words="", by=made.person, at=now(),
    )  # fmt: skip
    page = text(client_of(officer).get(f"/work/privacy/{review}"))
    assert "Mari" in page.split("<main")[1]
    grounds = [(one.purpose, one.basis) for one in looks_of(made)]
    assert ("privacy", "review") in grounds
    assert ("privacy", "organisation") in grounds


def test_an_answer_reaches_the_person_and_leaves_the_waiting_list():
    made = stage()
    officer = officer_of(made)
    review = said(made)
    desk = client_of(officer)
    answer = desk.post(f"/work/privacy/{review}", ANSWER)
    assert answer.status_code == 302
    assert "Your answer is sent." in text(desk.get(answer.headers["Location"]))
    page = text(desk.get("/work/privacy"))
    assert "Nothing waits" in page
    assert "It was part of the work" in page
    assert own_reviews(made)[0].answer == ANSWER["answer"]


def test_a_second_answer_is_refused_and_the_first_stands():
    made = stage()
    officer = officer_of(made)
    review = said(made)
    desk = client_of(officer)
    desk.post(f"/work/privacy/{review}", ANSWER)
    again = desk.post(f"/work/privacy/{review}", {**ANSWER, "finding": "should_not"})
    assert again.status_code == 422
    assert "This has an answer already" in text(again)
    assert own_reviews(made)[0].finding == "was_work"


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost():
    made = stage()
    officer = officer_of(made)
    review = said(made)
    answer = client_of(officer).post(f"/work/privacy/{review}", {"answer": "She read it to answer."})
    assert answer.status_code == 422
    assert "Choose what you found." in text(answer)
    assert "She read it to answer." in text(answer)
    assert own_reviews(made)[0].state is State.OPEN


def test_what_should_not_have_happened_points_to_what_must_be_weighed():
    made = stage()
    officer = officer_of(made)
    review = said(made)
    client_of(officer).post(f"/work/privacy/{review}", {**ANSWER, "finding": "should_not"})
    assert "whether it is a breach" in text(client_of(officer).get(f"/work/privacy/{review}"))


def test_for_everyone_else_there_is_no_desk_and_no_review():
    made = stage()
    officer_of(made)
    review = said(made)
    with as_owner():
        lead = reader_for(membership(made.body, "org_admin", "supervisor"), made.place)
        elsewhere = reader_for(membership(organisation("Harbor Row"), "privacy_officer"), made.place)
    for reader in (made.coach, made.desk, lead):
        assert client_of(reader).get("/work/privacy").status_code == 404
    for reader in (made.coach, lead, elsewhere):
        for one in (review, uuid.uuid4()):
            assert client_of(reader).get(f"/work/privacy/{one}").status_code == 404
            assert client_of(reader).post(f"/work/privacy/{one}", ANSWER).status_code == 404
    assert "Nothing waits" in text(client_of(elsewhere).get("/work/privacy"))
    with as_owner():
        kept = Access.objects.filter(organisation_id=elsewhere.organisation_id, purpose="privacy")
        assert kept.filter(denied=[made.person.record_id]).count() == 2, (
            "a look at the page, and the answer that was refused"
        )
    there, absent = (client_of(elsewhere).get(f"/work/privacy/{one}") for one in (review, uuid.uuid4()))
    assert _bare(there) == _bare(absent)


def _bare(answer) -> str:
    """A page without what is made anew for each form."""
    return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", text(answer))


def test_the_officer_who_looked_does_not_find_it_and_another_one_does():
    made = stage()
    with as_owner():
        Membership.objects.filter(id=made.coach_member.id).update(roles=["peer", "privacy_officer"])
    review = said(made)
    judged = replace(made.coach, roles=frozenset({"peer", "privacy_officer"}))
    assert "Nothing waits" in text(client_of(judged).get("/work/privacy"))
    assert client_of(judged).get(f"/work/privacy/{review}").status_code == 404
    assert client_of(officer_of(made)).get(f"/work/privacy/{review}").status_code == 200


def test_what_was_taken_back_or_blocked_is_gone_from_the_desk():
    made = stage()
    officer = officer_of(made)
    review, other = said(made), person()
    blocked = said(made, by=other)
    reviewing.withdraw_review(review_id=review, by=made.person, at=now())
    with as_owner():
        Block.objects.create(record_id=other.record_id, organisation_id=made.body.id, since=now())
    assert "Nothing waits" in text(client_of(officer).get("/work/privacy"))
    for one in (review, blocked):
        assert client_of(officer).get(f"/work/privacy/{one}").status_code == 404


def test_the_nearest_day_stands_first_and_a_late_one_says_so():
    made = stage()
    officer = officer_of(made)
    early, late = said(made), said(made, by=person())
    with as_owner():
        Review.objects.filter(id=late).update(asked_at=now() - timedelta(days=16), due_at=now() - timedelta(days=2))
    page = text(client_of(officer).get("/work/privacy"))
    assert page.index(str(late)) < page.index(str(early))
    assert "2 days late" in page


def test_answered_ones_are_paged():
    made = stage()
    officer = officer_of(made)
    review = said(made)
    with as_owner():
        row = Review.objects.get(id=review)
        for number in range(31):
            at = now() - timedelta(days=30 + number)
            row.pk, row.look = uuid.uuid4(), uuid.uuid4()
            row.state, row.finding, row.deed, row.answer = "answered", "was_work", "nothing", bytes(row.words)
            row.answered_at, row.answered_by_id = at, officer.membership_id
            row.save(force_insert=True)
    first, second = (text(client_of(officer).get(f"/work/privacy?page={number}")) for number in (1, 2))
    assert first.count("It was part of the work") == 30
    assert second.count("It was part of the work") == 1
