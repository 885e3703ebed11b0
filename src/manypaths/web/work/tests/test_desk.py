"""The front desk finds the people of its house by named fields, and one tap away whether they came."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from manypaths.config.testing import as_owner
from manypaths.consent.queries import open_own
from manypaths.consent.rules import DataClass
from manypaths.network.models import Membership
from manypaths.network.tests.factories import day_there, membership, organisation, reader_for
from manypaths.people.models import Block
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.support.rules import ContactFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    """A house that keeps one record, with a contact in it; its front desk, and a privacy officer."""
    made = stage()
    referral = ask(made, words="I would like to talk.")
    new_request()
    record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    new_request()
    called = ContactFacts(now(), "call", "talked", "Wants a ride on Thursday.")
    commands.record_contact(record_id=record, facts=called, by=made.coach, at=now())
    with as_owner():
        officer = reader_for(membership(made.body, "privacy_officer", display_name="Hugo L."), made.place)
    return made, record, officer


def looks_of(made, purpose):
    new_request()
    open_own(reader=made.person, classes={DataClass.ACCESS_LOG})
    return [one for one in queries.who_looked(reader=made.person, zone="UTC", limit=50).lines if one.purpose == purpose]


def test_the_desk_sees_the_name_they_use_and_the_safe_way_and_nothing_else(kept):
    made, record, _officer = kept
    desk = client_of(made.desk)
    for address in ("/work/desk", f"/work/desk/{record}", "/work/api/desk", f"/work/api/desk/{record}"):
        page = text(desk.get(address))
        assert "Mari" in page, address
        assert "802-555-0142" in page or "(802) 555-0142" in page, address
        assert "Wants a ride" not in page, address
    assert set(desk.get(f"/work/api/desk/{record}").json()) == {"id", "name", "safe_contact", "opened_for"}


def test_attendance_is_one_tap_away_and_says_that_it_is_for_the_desk(kept):
    made, record, _officer = kept
    desk = client_of(made.desk)
    link = f"/work/people/{record}/attendance?for=desk"
    assert link in text(desk.get("/work/desk"))
    assert "You opened this for: the front desk." in text(desk.get(link))
    on = day_there().isoformat()
    wrote = desk.post(f"{link}", {"happened_on": on, "session": "class", "presence": "came"})
    assert wrote.status_code == 302


def test_the_person_sees_that_the_desk_looked_and_at_what(kept):
    made, _record, _officer = kept
    assert looks_of(made, "desk") == []
    client_of(made.desk).get("/work/desk")
    (look,) = looks_of(made, "desk")
    assert set(look.classes) == {"demographics", "safe_contact"}
    assert (look.basis, look.membership_id) == ("organisation", made.desk.membership_id)


@pytest.mark.parametrize("there", ["contacts", "consents", "looks", "treatment", "screens", "notes"])
def test_what_is_not_the_work_of_a_desk_is_said_openly_and_shows_nothing(kept, there):
    made, record, _officer = kept
    desk = client_of(made.desk)
    answer = desk.get(f"/work/people/{record}/{there}")
    assert answer.status_code == 403
    assert "Wants a ride" not in text(answer)
    assert desk.get(f"/work/people/{uuid.uuid4()}/{there}").status_code == 404
    assert client_of(made.coach).get(f"/work/people/{record}/contacts").status_code == 200


def test_a_blocked_desk_finds_and_opens_nobody_and_the_next_page_is_there_when_it_ends(kept):
    made, record, _officer = kept
    desk = client_of(made.desk)
    with as_owner():
        block = Block.objects.create(
            record_id=record, account_id=made.desk.account_id, since=now() - timedelta(hours=1)
        )
    assert "Nobody yet" in text(desk.get("/work/desk"))
    assert desk.get(f"/work/desk/{record}").status_code == 404
    with as_owner():
        Block.objects.filter(id=block.id).delete()
    assert "Mari" in text(desk.get("/work/desk"))


def test_another_house_and_other_roles_find_nobody_even_by_the_function_of_the_database(kept):
    made, record, officer = kept
    with as_owner():
        stranger = reader_for(membership(organisation("Harbor Row"), "frontdesk"), made.place)
        lead = reader_for(membership(made.body, "org_admin"), made.place)
    assert client_of(stranger).get(f"/work/desk/{record}").status_code == 404
    assert "Mari" not in text(client_of(stranger).get("/work/desk"))
    assert client_of(made.coach).get("/work/desk").status_code == 404
    found = "select record_id from people_of_house(%s, %s, 50, 0)"
    for reader, finds in ((made.desk, True), (officer, True), (made.coach, False), (lead, False), (stranger, False)):
        with connection.cursor() as cursor:
            cursor.execute(found, [reader.account_id, reader.membership_id])
            assert (record in {row[0] for row in cursor.fetchall()}) is finds
            cursor.execute(found, [reader.account_id, made.desk.membership_id])
            assert (cursor.fetchone() is not None) is (reader == made.desk)


def test_a_worker_who_does_two_things_says_for_which_one_they_look(kept):
    made, record, _officer = kept
    with as_owner():
        Membership.objects.filter(id=made.coach.membership_id).update(roles=["peer", "frontdesk"])
    both = client_of(made.coach)
    there = f"/work/people/{record}/attendance"
    assert "You opened this for: walking with someone." in text(both.get(there))
    assert "You opened this for: the front desk." in text(both.get(f"{there}?for=desk"))
    assert "You opened this for: walking with someone." in text(both.get(f"{there}?for=privacy"))
    assert {one.membership_id for one in looks_of(made, "desk")} == {made.coach.membership_id}
