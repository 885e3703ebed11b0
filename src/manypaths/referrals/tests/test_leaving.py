"""An organisation that left a community reads nothing that waits there, says yes to nobody, and nobody waits for it."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.consent.models import Grant
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Participation
from manypaths.network.tests.factories import NOW, membership, reader_for
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries, rules
from manypaths.referrals.models import Move, Referral
from manypaths.referrals.rules import MoveFacts, Party, Status
from manypaths.referrals.tests.factories import ASKED_AT, scene, sent

LATER = ASKED_AT + timedelta(hours=3)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return scene()


def lead_of(stage):
    with as_owner():
        lead = membership(stage.body, "org_admin", display_name="Kim")
    return replace(reader_for(lead, stage.place), factor_at=LATER)


def leave(stage, **more):
    new_request()
    return commands.leave_community(**{"community_id": stage.place.id, "by": lead_of(stage), "at": LATER, **more})


def row(referral):
    with as_owner():
        return Referral.objects.get(id=referral)


def test_leaving_needs_a_proof_of_at_most_five_minutes(stage):
    with pytest.raises(Refused) as refused:
        leave(stage, by=replace(lead_of(stage), factor_at=LATER - timedelta(minutes=6)))
    assert [reason.code for reason in refused.value.reasons] == ["prove_again"]
    with as_owner():
        assert Participation.objects.get().left_at is None


def test_leaving_closes_what_waits_ends_its_consent_and_tells_the_person(stage):
    referral = sent(stage)
    assert leave(stage) == 1
    closed = row(referral)
    assert (closed.status, closed.reason, closed.answered_at) == ("cancelled", "left_community", None)
    with as_owner():
        grant = Grant.objects.get(subject_id=referral)
        assert (grant.ended_at is not None, grant.ending) == (True, "request_closed")
        assert PersonNotice.objects.filter(template="request_news", subject_id=referral).count() == 1
        move = Move.objects.get(referral_id=referral, became="cancelled")
        assert (move.party, move.reason) == ("target", "left_community")
        assert Act.objects.filter(what="referrals.cancelled", subject_id=referral).count() == 1


def test_the_person_reads_why_in_both_languages():
    assert rules.word_to_person(rules.REASONS, "left_community", "en") == "They no longer take part here"
    assert rules.word_to_person(rules.REASONS, "left_community", "es") == "Ya no participan aquí"


def test_nobody_is_offered_this_reason_as_a_choice():
    for to, party in itertools.product(Status, Party):
        assert "left_community" not in dict(rules.reasons_for(to, party, "en"))


def test_who_left_finds_no_waiting_request_and_can_say_yes_to_none(stage):
    referral = sent(stage)
    with as_owner():
        Participation.objects.update(left_at=NOW)  # as if it were sent in the very moment of leaving
    new_request()
    assert queries.inbox(reader=stage.coach).lines == []
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.coach, referral_id=referral)
    new_request()
    with pytest.raises(NotThere):
        commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=LATER)
    assert row(referral).status == "requested"


def test_while_it_takes_part_it_reads_and_says_yes(stage):
    referral = sent(stage)
    new_request()
    assert len(queries.inbox(reader=stage.coach).lines) == 1
    new_request()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=LATER)
    assert row(referral).status == "accepted"


def test_the_rule_says_no_to_a_yes_of_who_left():
    facts = MoveFacts(Status.REQUESTED, Status.REQUESTED, Status.ACCEPTED, Party.TARGET, takes_part=False)
    assert [reason.code for reason in rules.reasons_not_to_move(facts)] == ["has_left"]
    assert list(rules.reasons_not_to_move(replace(facts, takes_part=True))) == []
    later = MoveFacts(Status.ACCEPTED, Status.ACCEPTED, Status.IN_PROGRESS, Party.TARGET, takes_part=False)
    assert list(rules.reasons_not_to_move(later)) == []


def test_work_that_was_taken_up_before_goes_on_until_it_is_closed(stage):
    referral = sent(stage)
    new_request()
    commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=stage.coach, at=LATER)
    assert leave(stage) == 0
    new_request()
    assert [line.id for line in queries.inbox(reader=stage.coach).lines] == [referral]
    new_request()
    commands.start_work(referral_id=referral, seen=Status.ACCEPTED, by=stage.coach, at=LATER)
    assert row(referral).status == "in_progress"


def test_what_waits_elsewhere_is_left_alone(stage):
    other = scene()
    kept = sent(other)
    assert leave(stage) == 0
    assert row(kept).status == "requested"


def test_the_night_closes_what_was_sent_in_the_moment_of_leaving_and_calls_nobody(stage):
    referral = sent(stage)
    with as_owner():
        Participation.objects.update(left_at=NOW)
        Referral.objects.update(due_at=ASKED_AT)
    new_request()
    assert commands.remind_overdue(at=LATER) == 0
    assert row(referral).reason == "left_community"
    with as_owner():
        assert not StaffNotice.objects.filter(template="request_waits_long").exists()


def test_the_application_cannot_make_the_night_come_earlier(stage):
    referral = sent(stage)
    with as_owner():
        Referral.objects.update(due_at=NOW + timedelta(days=3650))
    with connection.cursor() as cursor:
        cursor.execute("select * from sweep_requests(transaction_timestamp() + interval '20 years')")
        assert cursor.fetchall() == []
    assert (row(referral).status, row(referral).reminded_at) == ("requested", None)
