"""A look that was not right: asked once, answered by somebody who did not look, closed by the person."""

import dataclasses
import itertools
from datetime import timedelta

import pytest

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent import queries, reviewing, reviews
from manypaths.consent.rules import DataClass, Purpose
from manypaths.consent.rules.reviews import DEEDS, FINDINGS, WISHES, OfficerFacts, State, may_answer, word
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.models import Block, Record
from manypaths.people.tests.factories import new_request, person
from manypaths.referrals import queries as referrals
from manypaths.referrals.tests.factories import Scene, accepted, scene, sent

pytestmark = pytest.mark.django_db
ZONE = "America/New_York"
ANSWER = {"finding": "was_work", "deed": "nothing", "answer": "Dee read it to answer you."}


@pytest.fixture
def looked() -> tuple[Scene, referrals.Looks]:
    """A worker read what went along with a request; the place has a privacy officer."""
    stage = scene()
    request = sent(stage)
    new_request()
    referrals.received_request(reader=stage.coach, referral_id=request)
    return stage, the_look(stage)


def the_look(stage: Scene) -> referrals.Looks:
    new_request()
    return referrals.who_looked(reader=stage.person, zone=ZONE).lines[0]


def officer_of(stage: Scene, **fields):
    with as_owner():
        return reader_for(membership(stage.body, "privacy_officer", display_name="Hugo L.", **fields), stage.place)


def ask(stage: Scene, look: referrals.Looks, **changes):
    new_request()
    values = {
        "look": look.look, "organisation_id": look.organisation_id, "membership_id": look.membership_id, "zone": ZONE,
        "wish": "explain", "words": "I do not know her.", "by": stage.person, "at": NOW,
    }  # fmt: skip
    return reviewing.ask_for_review(**{**values, **changes})


def answer(review, by, **changes):
    new_request()
    reviewing.answer_review(review_id=review, **{**ANSWER, "by": by, "at": NOW, **changes})


def opened(review, by) -> reviews.OpenedReview:
    new_request()
    return reviews.open_review(reader=by, review_id=review)


def own(stage: Scene) -> list[reviews.ReviewView]:
    new_request()
    return reviews.own_reviews(reader=stage.person)


def test_who_did_not_look_reads_what_was_looked_at_and_the_persons_words(looked):
    stage, look = looked
    officer = officer_of(stage)
    found = opened(ask(stage, look), officer)
    assert (found.review.words, found.review.wish, found.review.state) == ("I do not know her.", "explain", State.OPEN)
    assert found.review.membership_id == stage.coach_member.id
    assert (found.review.purpose, found.review.basis, found.review.times) == ("referral", "granted", look.times)
    assert [one.classes for one in found.looks] == [("referral_task",)] * look.times
    assert found.review.due_at == NOW + timedelta(days=14)


def test_what_the_page_said_of_the_look_is_not_believed(looked):
    stage, look = looked
    with as_owner():
        elsewhere = organisation("Harbor Row")
    review = ask(stage, look, membership_id=stage.desk_member.id, organisation_id=elsewhere.id)
    assert own(stage)[0].organisation_id == stage.body.id
    assert own(stage)[0].membership_id == stage.coach_member.id
    assert own(stage)[0].id == review


def test_the_officers_look_is_in_the_persons_list_like_any_other(looked):
    stage, look = looked
    officer = officer_of(stage)
    opened(ask(stage, look), officer)
    newest = the_look(stage)
    assert (newest.membership_id, newest.purpose, newest.basis) == (officer.membership_id, "privacy", "review")


def test_asking_twice_is_asking_once(looked):
    stage, look = looked
    officer_of(stage)
    assert ask(stage, look) == ask(stage, look, words="Again.")
    assert [one.words for one in own(stage)] == ["I do not know her."]
    assert StaffNotice.objects.filter(template="review_asked", way="here").count() == 1


def test_the_look_keeps_its_key_while_the_day_goes_on(looked):
    stage, look = looked
    review = ask(stage, look)
    new_request()
    request = referrals.own_requests(reader=stage.person)[0].id
    new_request()
    referrals.received_request(reader=stage.coach, referral_id=request)
    later = the_look(stage)
    assert later.times > look.times
    assert later.look == look.look
    assert ask(stage, later) == review


def test_the_answer_waits_for_the_person_and_tells_nothing_before(looked):
    stage, look = looked
    review = ask(stage, look)
    answer(review, officer := officer_of(stage))
    found = own(stage)[0]
    assert (found.state, found.finding, found.deed) == (State.ANSWERED, "was_work", "nothing")
    assert (found.answer, found.answered_by) == ("Dee read it to answer you.", officer.membership_id)
    with as_owner():
        assert PersonNotice.objects.filter(template="review_answered", subject_id=review).count() == 1


def test_an_answer_is_given_once(looked):
    stage, look = looked
    review, officer = ask(stage, look), officer_of(stage)
    answer(review, officer)
    with pytest.raises(Refused, match="answered_already"):
        answer(review, officer, finding="should_not")
    assert own(stage)[0].finding == "was_work"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"finding": "x"}, "no_finding"), ({"deed": ""}, "no_deed"), ({"answer": " "}, "no_answer")],
)
def test_an_answer_that_misses_something_is_refused(looked, changes, code):
    stage, look = looked
    review, officer = ask(stage, look), officer_of(stage)
    with pytest.raises(Refused, match=code):
        answer(review, officer, **changes)
    assert own(stage)[0].is_open


def test_a_wish_is_one_of_those_offered(looked):
    stage, look = looked
    with pytest.raises(Refused, match="no_wish"):
        ask(stage, look, wish="revenge")
    assert own(stage) == []


def test_what_is_taken_back_is_open_to_nobody_and_can_be_said_again(looked):
    stage, look = looked
    review, officer = ask(stage, look), officer_of(stage)
    for _twice in (1, 2):
        new_request()
        reviewing.withdraw_review(review_id=review, by=stage.person, at=NOW)
    assert own(stage) == []
    assert waiting_for(officer) == []
    with pytest.raises(NotThere):
        opened(review, officer)
    again = ask(stage, look)
    assert again != review
    assert waiting_for(officer) == [again]


def test_an_answer_cannot_be_taken_back_unread_but_closed_when_read(looked):
    stage, look = looked
    review = ask(stage, look)
    new_request()
    with pytest.raises(NotThere):
        reviewing.close_review(review_id=review, by=stage.person, at=NOW)
    answer(review, officer_of(stage))
    new_request()
    with pytest.raises(Refused, match="answered_already"):
        reviewing.withdraw_review(review_id=review, by=stage.person, at=NOW)
    for _twice in (1, 2):
        new_request()
        reviewing.close_review(review_id=review, by=stage.person, at=NOW)
    assert (own(stage)[0].state, own(stage)[0].answer) == (State.CLOSED, "Dee read it to answer you.")


def waiting_for(reader) -> list:
    return [one.id for one in reviews.reviews_to_answer(reader=reader, waiting=True).lines]


def test_nobody_but_a_privacy_officer_of_that_place_finds_it(looked):
    stage, look = looked
    review, officer = ask(stage, look), officer_of(stage)
    with as_owner():
        elsewhere = reader_for(membership(organisation("Harbor Row"), "privacy_officer"), stage.place)
        lead = reader_for(membership(stage.body, "org_admin", "supervisor"), stage.place)
        ended = reader_for(membership(stage.body, "privacy_officer", ended_at=NOW), stage.place)
    claimed = dataclasses.replace(stage.coach, roles=frozenset({"privacy_officer"}))
    for reader in (elsewhere, lead, ended, stage.coach, claimed, person()):
        assert waiting_for(reader) == []
        with pytest.raises(NotThere):
            opened(review, reader)
        with pytest.raises(NotThere):
            answer(review, reader)
    assert waiting_for(officer) == [review]
    assert opened(review, officer).review.id == review


def test_the_one_who_looked_never_answers_even_as_the_officer(looked):
    stage, look = looked
    with as_owner():
        Membership.objects.filter(id=stage.coach_member.id).update(roles=["peer", "privacy_officer"])
    review = ask(stage, look)
    judge = dataclasses.replace(stage.coach, roles=frozenset({"peer", "privacy_officer"}))
    assert waiting_for(judge) == []
    with pytest.raises(NotThere):
        answer(review, judge)
    assert not StaffNotice.objects.filter(account_id=judge.account_id, template="review_asked").exists()
    assert waiting_for(officer_of(stage)) == [review]


def test_a_safety_block_closes_it_to_the_place(looked):
    stage, look = looked
    review, officer = ask(stage, look), officer_of(stage)
    with as_owner():
        Block.objects.create(record_id=stage.person.record_id, organisation_id=stage.body.id, since=NOW)
    assert waiting_for(officer) == []
    with pytest.raises(NotThere):
        opened(review, officer)


def test_a_look_at_the_places_own_page_can_be_asked_about_too():
    stage, _request, record = accepted()
    people_look(stage, record)
    look = the_look(stage)
    review = ask(stage, look)
    found = opened(review, officer_of(stage))
    assert (found.review.basis, found.held) == ("assigned", record)
    assert len(found.looks) == look.times


def people_look(stage: Scene, record) -> None:
    new_request()
    queries.open_record(reader=stage.coach, record=record, classes={DataClass.DEMOGRAPHICS}, purpose=Purpose.CARE)


def test_nothing_of_the_words_is_in_the_log(looked):
    stage, look = looked
    review = ask(stage, look)
    answer(review, officer_of(stage))
    with as_owner():
        acts = list(Act.objects.filter(subject_id=review).order_by("at").values_list("what", flat=True))
        text = str(list(Act.objects.values())) + str(list(Access.objects.values()))
    assert acts == ["consent.review_asked", "consent.review_answered"]
    assert "know her" not in text
    assert "to answer you" not in text


def test_one_way_of_facts_opens_and_no_other():
    """Every combination of what is known, unknown included: only the one that is right throughout opens."""
    kinds = (True, False, None)
    open_ones = [facts for facts in itertools.product(kinds, repeat=6) if may_answer(OfficerFacts(*facts))]
    assert open_ones == [(True, True, False, False, False, False)]


@pytest.mark.parametrize("table", [WISHES, FINDINGS, DEEDS])
def test_every_code_has_words_in_both_languages(table):
    for code in table:
        assert word(table, code, "en") != word(table, code, "es-US") != ""


def test_erasing_is_no_way_in(looked):
    stage, look = looked
    review, officer = ask(stage, look), officer_of(stage)
    with as_owner():
        Record.objects.filter(id=stage.person.record_id).update(erased_at=NOW)
    assert waiting_for(officer) == []
    with pytest.raises(NotThere):
        opened(review, officer)
