"""Whether a place is a programme under Part 2: what follows from five answers, who may say so, and what it changes."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from manypaths.config.testing import as_owner
from manypaths.lib.refusals import Refused
from manypaths.network import commands, queries
from manypaths.network.models import Organisation, PostureReview
from manypaths.network.rules.posture import QUESTIONS, Posture, Review, found
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.people.models import Record
from manypaths.people.tests.factories import record_held_by

CLINIC = {"assisted": "yes", "serves": "yes", "says_so": "yes", "general": "no", "unit": "no"}
PEERS = {"assisted": "yes", "serves": "no", "says_so": "no", "general": "no", "unit": "no"}
WHY = "Counsel read our web site and our license with us."


@pytest.mark.parametrize(
    ("changed", "posture"),
    [
        ({}, "yes"),
        ({"assisted": "no"}, "no"),
        ({"serves": "no"}, "no"),
        ({"says_so": "no"}, "no"),
        ({"assisted": "unsure"}, "unset"),
        ({"says_so": "unsure"}, "unset"),
        ({"says_so": "unsure", "serves": "no"}, "no"),
        ({"general": "yes"}, "no"),
        ({"general": "yes", "unit": "yes"}, "yes"),
        ({"general": "yes", "unit": "yes", "says_so": "no"}, "yes"),
        ({"general": "yes", "unit": "unsure"}, "unset"),
        ({"general": "unsure"}, "unset"),
        ({"general": "unsure", "unit": "yes"}, "yes"),
        ({"general": "unsure", "says_so": "no"}, "no"),
    ],
)
def test_what_follows_from_the_answers(changed, posture):
    assert found({**CLINIC, **changed}) == posture


def test_a_peer_organisation_that_refers_nobody_to_treatment_is_no_programme():
    assert found(PEERS) is Posture.NO


def test_every_question_is_asked_in_both_languages():
    assert len(QUESTIONS) == 5
    assert all(one[language][part] for one in QUESTIONS for language in ("en", "es") for part in ("ask", "help"))


@pytest.fixture
def lead(db):
    return replace(reader_for(membership(organisation(), "org_admin")), factor_at=NOW)


def posture_of(reader):
    return Organisation.objects.get(id=reader.organisation_id).part2_posture


def test_a_lead_answers_and_the_place_stands_so_from_now_on(lead):
    assert posture_of(lead) == "unset"
    assert commands.review_posture(review=Review(CLINIC, "Ana Ruiz", WHY), by=lead, at=NOW) is Posture.YES
    assert (posture_of(lead), queries.own_posture(reader=lead)) == ("yes", Posture.YES)
    (kept,) = queries.posture_reviews(reader=lead)
    assert (kept.reviewer, kept.reason, kept.answers, kept.found) == ("Ana Ruiz", WHY, CLINIC, "yes")


def test_a_place_may_ask_to_be_treated_as_a_programme_anyway(lead):
    commands.review_posture(review=Review(PEERS, "Ana Ruiz", WHY, stricter=True), by=lead, at=NOW)
    (kept,) = queries.posture_reviews(reader=lead)
    assert (posture_of(lead), kept.found, kept.decided) == ("yes", "no", "yes")


def test_the_newest_review_holds_and_the_earlier_one_stays(lead):
    for answers in (CLINIC, PEERS):
        commands.review_posture(review=Review(answers, "Ana Ruiz", WHY), by=lead, at=NOW)
    assert posture_of(lead) == "no"
    assert len(queries.posture_reviews(reader=lead)) == 2


def test_a_record_keeps_the_law_under_which_it_was_made(db):
    house = organisation()
    lead = replace(reader_for(membership(house, "org_admin")), factor_at=NOW)
    coach = membership(house, "peer")
    before = record_held_by(coach)
    commands.review_posture(review=Review(PEERS, "Ana Ruiz", WHY), by=lead, at=NOW)
    after = record_held_by(coach)
    with as_owner():
        laws = {record: Record.objects.get(id=record).origin_law for record in (before, after)}
    assert (laws[before], laws[after]) == ("unset", "neither")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"answers": {**CLINIC, "unit": "maybe"}}, "no_answer"),
        ({"answers": {}}, "no_answer"),
        ({"reviewer": " "}, "no_reviewer"),
        ({"reviewer": "x" * 121}, "no_reviewer"),
        ({"reason": "it is so"}, "no_reason"),
        ({"reason": "x" * 501}, "reason_too_long"),
    ],
)
def test_a_review_that_says_too_little_is_refused(lead, change, code):
    review = replace(Review(CLINIC, "Ana Ruiz", WHY), **change)
    with pytest.raises(Refused) as refused:
        commands.review_posture(review=review, by=lead, at=NOW)
    assert code in [reason.code for reason in refused.value.reasons]
    assert posture_of(lead) == "unset"


@pytest.mark.parametrize("role", ["peer", "frontdesk", "supervisor", "coordinator"])
def test_nobody_but_a_lead_or_a_privacy_officer_says_so(db, role):
    house = organisation()
    reader = replace(reader_for(membership(house, role)), factor_at=NOW)
    with pytest.raises(Refused):
        commands.review_posture(review=Review(CLINIC, "Ana Ruiz", WHY), by=reader, at=NOW)
    officer = replace(reader_for(membership(house, "privacy_officer")), factor_at=NOW)
    assert commands.review_posture(review=Review(CLINIC, "Ana Ruiz", WHY), by=officer, at=NOW) is Posture.YES


def test_a_proof_older_than_five_minutes_does_not_do(lead):
    with pytest.raises(Refused) as refused:
        commands.review_posture(review=Review(CLINIC, "Ana Ruiz", WHY), by=lead, at=NOW + timedelta(minutes=6))
    assert [reason.code for reason in refused.value.reasons] == ["prove_again"]


INSERT = """
insert into network_posturereview (id, organisation_id, version, answers, found, decided, reviewer, reason,
                                   membership_id, at)
values (%s, %s, 'x', %s, %s, %s, 'x', 'x', %s, now())
"""


def refused_by_database(sql, values):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return True


def test_the_application_cannot_say_it_past_a_review(lead):
    commands.review_posture(review=Review(CLINIC, "Ana Ruiz", WHY), by=lead, at=NOW)
    house = [lead.organisation_id]
    assert refused_by_database("update network_organisation set part2_posture = 'no' where id = %s", house)
    assert refused_by_database("update network_posturereview set decided = 'no' where organisation_id = %s", house)
    assert refused_by_database("delete from network_posturereview where organisation_id = %s", house)
    assert posture_of(lead) == "yes"


def test_a_review_by_somebody_else_is_refused_by_the_database(lead):
    stranger, coach = membership(organisation("Harbor Row"), "org_admin"), membership(own_house(lead), "peer")
    for who in (stranger, coach):
        values = [uuid.uuid4(), lead.organisation_id, json.dumps(PEERS), "no", "no", who.id]
        assert refused_by_database(INSERT, values)
    laxer = [uuid.uuid4(), lead.organisation_id, json.dumps(CLINIC), "yes", "no", lead.membership_id]
    assert refused_by_database(INSERT, laxer)
    assert PostureReview.objects.count() == 0


def own_house(reader):
    return Organisation.objects.get(id=reader.organisation_id)
