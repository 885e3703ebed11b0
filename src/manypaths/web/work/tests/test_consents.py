"""What a place reads of the consents given to it, and who looked: as much as each role opens, and of no other place."""

import uuid
from dataclasses import replace

import pytest
from django.db import connection, transaction

from manypaths.config.testing import as_owner
from manypaths.consent.models import Grant
from manypaths.consent.queries import WallsDisagree, open_own, open_records
from manypaths.consent.rules import DataClass, Purpose
from manypaths.network.tests.factories import membership, organisation, participation, reader_for
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import asked_of
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.django_db
NAMED = {"status", "recipient", "information", "expires"}


@pytest.fixture
def given():
    """Mari asked two places; the coach of the first said yes. Beside the coach: a supervisor and an officer."""
    made = stage()
    with as_owner():
        elsewhere = organisation("Harbor Row")
        participation(made.place, elsewhere)
        membership(elsewhere, "peer", answers_requests=True)
        over = membership(made.body, "supervisor", display_name="Sol")
        made.coach_member.supervisor_id = over.id
        made.coach_member.save(update_fields=["supervisor_id"])
        officer = reader_for(membership(made.body, "privacy_officer", display_name="Hugo L."), made.place)
    referral = ask(made)
    new_request()
    ask(replace(made, asked=asked_of(elsewhere, made.place, "A room")))
    new_request()
    record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    new_request()
    return made, referral, record, reader_for(over, made.place), officer


def of(reader, record, part="consents"):
    return client_of(reader).get(f"/work/api/people/{record}/{part}")


def test_a_coach_and_a_supervisor_read_named_fields_of_the_consent_to_their_place(given):
    made, _referral, record, over, _officer = given
    for reader, purpose in ((made.coach, "care"), (over, "supervision")):
        found = of(reader, record).json()
        (one,) = found["consents"]
        assert set(one) == NAMED
        assert (one["status"], one["recipient"], found["opened_for"]) == ("holds", made.body.name, purpose)
        page = text(client_of(reader).get(f"/work/people/{record}/consents"))
        assert "Holds" in page
        assert "The words they agreed to" not in page


def test_a_privacy_officer_reads_the_whole_with_the_words(given):
    made, referral, record, _over, officer = given
    found = of(officer, record).json()["consents"]
    assert [one["request_id"] for one in found] == [str(referral)]
    assert set(found[0]) > NAMED
    page = text(client_of(officer).get(f"/work/people/{record}/consents"))
    assert "The words they agreed to" in page
    assert made.body.name in page
    assert "{organisation}" not in page


def test_what_was_agreed_to_with_another_place_is_nowhere_here(given):
    made, _referral, record, over, officer = given
    for reader in (made.coach, over, officer):
        assert "Harbor Row" not in text(of(reader, record))
        assert "Harbor Row" not in text(client_of(reader).get(f"/work/people/{record}/consents"))
    assert "Harbor Row" not in text(client_of(officer).get("/work/privacy/consents"))
    new_request()
    open_own(reader=made.person, classes={DataClass.CONSENT_RECORD})
    assert Grant.objects.filter(record_id=made.person.record_id).count() == 2


def test_a_stop_is_there_at_the_next_look_and_the_row_stays(given):
    made, referral, record, _over, officer = given
    assert of(made.coach, record).json()["consents"][0]["status"] == "holds"
    assert "Mari" in text(client_of(officer).get("/work/privacy/consents"))
    new_request()
    commands.stop_sharing(referral_id=referral, by=made.person, at=now())
    assert of(made.coach, record).json()["consents"][0]["status"] == "ended"
    assert of(officer, record).json()["consents"][0]["ending"] == "stopped"
    desk = client_of(officer)
    assert "Mari" not in text(desk.get("/work/privacy/consents"))
    assert "Mari" in text(desk.get("/work/privacy/consents?show=ended"))
    assert desk.get("/work/api/privacy/consents?show=ended").json()["total"] == 1


def test_the_page_of_a_person_says_which_consent_holds(given):
    made, referral, record, over, _officer = given
    for reader, page in ((made.coach, f"/work/people/{record}"), (over, f"/work/team/{record}")):
        assert "until" in text(client_of(reader).get(page)).split('id="agreed-h"')[1].split("</section>")[0]
    new_request()
    commands.stop_sharing(referral_id=referral, by=made.person, at=now())
    assert "No consent holds now" in text(client_of(made.coach).get(f"/work/people/{record}"))


def test_a_volunteer_reads_nothing_of_consents_and_asks_for_nothing(given):
    made, _referral, record, _over, _officer = given
    with as_owner():
        made.coach_member.roles = ["volunteer"]
        made.coach_member.save(update_fields=["roles"])
    volunteer = reader_for(made.coach_member, made.place)
    page = client_of(volunteer).get(f"/work/people/{record}")
    assert page.status_code == 200
    assert "agreed-h" not in text(page)
    assert client_of(volunteer).get(f"/work/people/{record}/consents").status_code == 403


def test_nobody_moves_a_day_in_a_consent(given):
    made, _referral, record, _over, officer = given
    form = {"given_at": "2020-01-01", "starts_at": "2020-01-01"}
    for reader, status in ((officer, 422), (made.coach, 422), (made.desk, 403)):
        client = client_of(reader)
        assert client.post(f"/work/people/{record}/consents", form).status_code == status
        assert client.post(f"/work/api/people/{record}/consents", form).status_code == status
    assert "no day in it can be moved" in text(client_of(officer).post(f"/work/people/{record}/consents", form))
    new_request()
    open_own(reader=made.person, classes={DataClass.CONSENT_RECORD})
    assert all(one.given_at.year > 2020 for one in Grant.objects.filter(record_id=made.person.record_id))


def test_an_officer_reads_who_looked_with_reason_and_ground_and_their_own_look_is_the_next_line(given):
    made, _referral, record, _over, officer = given
    client_of(made.coach).get(f"/work/people/{record}")
    first = of(officer, record, "looks").json()["looks"]
    assert {(one["worker"], one["purpose"], one["basis"]) for one in first} >= {(made.coach.name, "care", "assigned")}
    again = of(officer, record, "looks").json()["looks"]
    assert "Hugo L." in {one["worker"] for one in again}
    page = text(client_of(officer).get(f"/work/people/{record}/looks"))
    assert made.coach.name in page
    assert "The worker is assigned to them." in page
    assert "You opened this for: a question of privacy." in page


def test_looks_of_the_person_and_of_other_places_are_not_told_to_this_one(given):
    made, _referral, record, _over, officer = given
    new_request()
    queries.open_held(reader=made.person, classes={DataClass.CONTACT_LOG})
    before = of(officer, record, "looks").json()["looks"]
    assert before
    assert all(one["worker"] for one in before)
    assert all(one["basis"] != "held" for one in before)


@pytest.mark.parametrize("part", ["consents", "looks"])
def test_whoever_may_not_know_finds_nothing_and_whoever_may_is_told_that_it_is_not_their_work(given, part):
    made, _referral, record, _over, officer = given
    with as_owner():
        stranger = reader_for(membership(organisation("Elsewhere"), "privacy_officer"), made.place)
        lead = reader_for(membership(made.body, "org_admin"), made.place)
    assert of(officer, record, part).status_code == 200
    assert of(stranger, record, part).status_code == 404
    assert of(lead, record, part).status_code == 404
    assert of(made.colleague, record, part).status_code == 404
    assert of(made.desk, record, part).status_code == 403
    assert of(made.coach, record, "looks").status_code == 403
    assert of(officer, uuid.uuid4(), part).status_code == 404


def test_the_person_sees_each_of_these_looks(given):
    made, _referral, record, _over, officer = given
    desk = client_of(officer)
    beside = [f"/work/people/{record}/{part}" for part in ("consents", "looks")]
    for address in ("/work/privacy/consents", f"/work/privacy/people/{record}", *beside):
        assert desk.get(address).status_code == 200
    new_request()
    open_own(reader=made.person, classes={DataClass.ACCESS_LOG})
    lines = queries.who_looked(reader=made.person, zone="UTC", limit=50).lines
    (look,) = [one for one in lines if one.membership_id == officer.membership_id]
    assert (look.purpose, look.basis) == ("privacy", "organisation")
    assert set(look.classes) == {"demographics", "consent_record", "access_log"}


def test_a_record_as_an_officer_knows_it_is_a_name_and_a_number(given):
    made, _referral, record, _over, officer = given
    desk = client_of(officer)
    page = text(desk.get(f"/work/privacy/people/{record}"))
    assert "Mari" in page
    assert str(record) in page
    assert "802" not in page.split("<main")[1]
    assert desk.get(f"/work/api/privacy/people/{record}").json() == {
        "id": str(record), "name": "Mari", "opened_for": "privacy"
    }  # fmt: skip
    assert client_of(made.coach).get(f"/work/privacy/people/{record}").status_code == 404


# The wall by itself, as an attacker with SQL meets it.


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_the_database_gives_no_consent_of_a_record_that_nobody_opened(given):
    made, _referral, record, _over, officer = given
    new_request()
    open_records(reader=officer, records=[record], classes={DataClass.CONSENT_RECORD}, purpose=Purpose.PRIVACY)
    assert len(rows("select grant_id from consents_of_held(%s)", [record, made.person.record_id])) == 1
    assert rows("select grant_id from consents_of_held(%s)", [made.person.record_id]) == []
    new_request()
    with pytest.raises(Exception, match="nobody opened consent_record"), transaction.atomic():
        rows("select * from consents_of_held(%s)", [record])


def test_the_database_gives_named_fields_alone_where_more_was_opened_beside_them(given):
    made, _referral, record, _over, _officer = given
    new_request()
    classes = {DataClass.CONSENT_RECORD, DataClass.DEMOGRAPHICS}
    opened = open_records(reader=made.coach, records=[record], classes=classes, purpose=Purpose.CARE)
    (row,) = rows("select * from consents_of_held(%s)", [record])
    assert row[6:] == (None,) * 12
    assert queries.consents_of_opened(records=[record], opened=opened)[0].terms is None


def test_what_the_database_and_the_rules_see_differently_is_not_served(given):
    _made, _referral, record, _over, officer = given
    new_request()
    opened = open_records(reader=officer, records=[record], classes={DataClass.CONSENT_RECORD}, purpose=Purpose.PRIVACY)
    narrower = replace(opened, bases={unit: f"{basis}/named" for unit, basis in opened.bases.items()})
    with pytest.raises(WallsDisagree):
        queries.consents_of_opened(records=[record], opened=narrower)


def test_the_database_tells_looks_and_registers_to_officers_alone(given):
    made, _referral, record, _over, officer = given
    found = "select record_id from register_of_consents(%s, %s, true, 50, 0)"
    for reader, finds in ((officer, True), (made.coach, False), (made.desk, False)):
        assert bool(rows(found, reader.account_id, reader.membership_id)) is finds
    assert rows(found, made.coach.account_id, officer.membership_id) == []
    new_request()
    open_records(reader=officer, records=[record], classes={DataClass.ACCESS_LOG}, purpose=Purpose.PRIVACY)
    assert rows("select * from looks_at_held(%s, 'UTC', 9, 0)", record)
    assert rows("select * from looks_at_held(%s, 'UTC', 9, 0)", made.person.record_id) == []
