"""When a worker goes, the people they walked with go into other hands, and nobody learns a name by it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass, Purpose
from manypaths.lib.refusals import NotThere, Refused
from manypaths.network.models import Membership
from manypaths.network.tests.factories import NOW, membership, organisation, reader_for
from manypaths.notices.models import PersonNotice
from manypaths.people import commands as people
from manypaths.people import queries as people_queries
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.tests.factories import ASKED_AT, accepted

LATER = ASKED_AT + timedelta(hours=3)
pytestmark = pytest.mark.django_db


def lead_of(stage, body=None):
    with as_owner():
        lead = membership(body or stage.body, "org_admin", display_name="Kim")
    return replace(reader_for(lead, stage.place), factor_at=LATER)


def hand_over(stage, to=None, **more):
    new_request()
    given = {"from_membership": stage.coach_member.id, "to_membership": (to or stage.colleague_member).id, "at": LATER}
    return commands.hand_over_people(**{**given, "by": more.pop("by", None) or lead_of(stage), **more})


def is_beside(reader, record) -> bool:
    new_request()
    classes = {DataClass.DEMOGRAPHICS}
    return bool(consent.open_records(reader=reader, records=[record], classes=classes, purpose=Purpose.CARE).ids)


def load_of(reader):
    new_request()
    return [line.record_id for line in people_queries.caseload(reader=reader).lines]


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


def test_the_people_of_one_worker_are_with_another_and_no_longer_with_the_first():
    stage, referral, record = accepted()
    assert hand_over(stage) == 1
    assert (load_of(stage.coach), load_of(stage.colleague)) == ([], [record])
    assert (is_beside(stage.coach, record), is_beside(stage.colleague, record)) == (False, True)
    new_request()
    assert queries.received_request(reader=stage.colleague, referral_id=referral).own_record == record


def test_the_person_reads_that_someone_else_walks_with_them():
    stage, referral, _record = accepted()
    hand_over(stage)
    with as_owner():
        told = PersonNotice.objects.get(template="walks_anew")
    assert (told.record_id, told.subject_id) == (stage.person.record_id, referral)


def test_the_lead_opens_nothing_and_each_person_is_written_down():
    stage, _referral, record = accepted()
    lead = lead_of(stage)
    hand_over(stage, by=lead)
    with as_owner():
        assert not Access.objects.filter(account_id=lead.account_id).exists()
        act = Act.objects.get(what="referrals.handed_over")
    assert (act.record_id, act.subject_id) == (record, stage.colleague_member.id)


def test_people_of_a_worker_who_has_left_are_counted_and_can_still_be_handed_over():
    stage, _referral, record = accepted()
    lead = lead_of(stage)
    with as_owner():
        Membership.objects.filter(id=stage.coach_member.id).update(ended_at=NOW)
    assert people_queries.walked_with(reader=lead) == {stage.coach_member.id: 1}
    assert hand_over(stage, by=lead) == 1
    assert load_of(stage.colleague) == [record]
    assert people_queries.walked_with(reader=lead) == {stage.colleague_member.id: 1}


def test_a_person_who_must_be_safe_from_a_worker_is_not_handed_to_them():
    stage, _referral, record = accepted()
    new_request()
    consent.open_own(reader=stage.person, classes={DataClass.SAFE_CONTACT})
    people.block(membership_id=stage.colleague_member.id, by=stage.person, at=LATER)
    with pytest.raises(Refused) as refused:
        hand_over(stage)
    assert codes(refused) == ["nobody_to_hand_over"]
    assert load_of(stage.coach) == [record]


def test_only_a_coach_or_a_clinician_of_this_organisation_takes_over():
    stage, _referral, record = accepted()
    for taker, code in ((stage.desk_member, "cannot_walk"), (stage.coach_member, "same_worker")):
        with pytest.raises(Refused) as refused:
            hand_over(stage, taker)
        assert codes(refused) == [code]
    with as_owner():
        stranger = membership(organisation(), "peer")
    with pytest.raises(NotThere):
        hand_over(stage, stranger)
    assert load_of(stage.coach) == [record]


def test_handing_over_needs_a_lead_and_a_fresh_proof():
    stage, _referral, record = accepted()
    lead = lead_of(stage)
    for by in (replace(lead, factor_at=LATER - timedelta(minutes=6)), replace(stage.coach, factor_at=LATER)):
        with pytest.raises(Refused):
            hand_over(stage, by=by)
    assert load_of(stage.coach) == [record]


@pytest.mark.parametrize("who", ["coach", "stranger"])
def test_the_database_moves_nobody_for_who_does_not_lead_there(who):
    stage, _referral, record = accepted()
    with as_owner():
        other = organisation()
    by = stage.coach if who == "coach" else lead_of(stage, other)
    new_request()
    giver, taker = stage.coach_member.id, stage.colleague_member.id
    with connection.cursor() as cursor:
        cursor.execute("select hand_over(%s, %s, %s, %s)", [by.account_id, by.membership_id, giver, taker])
        assert cursor.fetchall() == []
    assert load_of(stage.coach) == [record]
