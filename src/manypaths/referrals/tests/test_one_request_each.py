"""A consent is for one request: with one of two requests shared, nothing of the other is there, by either wall."""

import pytest
from django.db import connection

from manypaths.lib.refusals import NotThere
from manypaths.network.rules import Reader
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.models import Move, Packet, Referral
from manypaths.referrals.tests.factories import ASKED_AT, Scene, asked_of, scene, sent

pytestmark = pytest.mark.django_db


def two_requests() -> tuple[Scene, object, object]:
    """One person asked the same organisation for two things."""
    stage = scene()
    first = sent(stage)
    stage.asked = asked_of(stage.body, stage.place, "Rides")
    second = sent(stage)
    return stage, first, second


def seen_with_no_filter(reader: Reader, keys: queries.Keys) -> set[object]:
    """Whose rows the database gives when the application forgets every condition."""
    new_request()
    queries.open_request(reader=reader, keys=keys)
    found = {row.id for row in Referral.objects.all()}
    assert found == {row.referral_id for row in Move.objects.all()} == {row.referral_id for row in Packet.objects.all()}
    return found


def test_stopping_one_closes_it_while_the_other_stays_open():
    stage, first, second = two_requests()
    new_request()
    commands.withdraw_request(referral_id=first, reason="changed_mind", by=stage.person, at=ASKED_AT)
    new_request()
    with pytest.raises(NotThere):
        queries.received_request(reader=stage.desk, referral_id=first)
    new_request()
    assert queries.received_request(reader=stage.desk, referral_id=second).packet.name == "Mari"
    new_request()
    assert [line.id for line in queries.inbox(reader=stage.coach).lines] == [second]


def test_the_database_alone_shows_the_opened_request_and_no_other():
    stage, first, second = two_requests()
    for one in (first, second):
        new_request()
        keys = queries.keys_of(reader=stage.desk, referral_id=one)
        assert seen_with_no_filter(stage.desk, keys) == {one}


def test_a_list_shows_all_that_it_named():
    stage, first, second = two_requests()
    new_request()
    assert {line.id for line in queries.inbox(reader=stage.coach).lines} == {first, second}


def test_the_person_reads_all_of_their_own():
    stage, first, second = two_requests()
    new_request()
    assert {line.id for line in queries.own_requests(reader=stage.person)} == {first, second}


def test_a_line_for_the_person_is_left_for_the_opened_request_only():
    stage, first, second = two_requests()
    new_request()
    queries.open_request(reader=stage.desk, keys=queries.keys_of(reader=stage.desk, referral_id=second))
    with connection.cursor() as cursor:
        for one in (first, second):
            cursor.execute("select tell_requester(gen_random_uuid(), %s, 'request_accepted', now())", [one])
        cursor.execute("set local role owner")
        cursor.execute("select subject_id from notices_personnotice where template = 'request_accepted'")
        assert cursor.fetchall() == [(second,)]
        cursor.execute("set local role app")
