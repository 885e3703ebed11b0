"""The page from which a list is taken out, and its twin for programs: proof, second person, file; nobody else."""

from datetime import timedelta

import pytest

from manypaths.audit.models import Act
from manypaths.config.testing import as_owner
from manypaths.consent.queries import open_own
from manypaths.consent.rules import DataClass
from manypaths.network.tests.factories import membership, organisation, reader_for
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.support import exports
from manypaths.support.models import Export
from manypaths.support.rules import ContactFacts
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """A coach who walks with somebody called like a formula, their supervisor, and a privacy officer."""
    made = stage()
    with as_owner():
        over = membership(made.body, "supervisor", display_name="Sol")
        made.coach_member.supervisor_id = over.id
        made.coach_member.save(update_fields=["supervisor_id"])
        officer = reader_for(membership(made.body, "privacy_officer", display_name="Hugo L."), made.place)
    referral = ask(made, name="=Mari")
    new_request()
    record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    new_request()
    called = ContactFacts(now(), "call", "talked", "Wants a ride on Thursday.")
    commands.record_contact(record_id=record, facts=called, by=made.coach, at=now())
    return made, record, reader_for(over, made.place), officer


def asked(reader):
    client = client_of(reader)
    assert client.post("/work/exports", {"why": "planning"}).status_code == 302
    (line,) = exports.exports_for(reader=reader)
    return client, line


def streamed(answer):
    return b"".join(answer.streaming_content).decode()


def test_a_supervisor_asks_and_gets_a_file_with_who_when_and_what_for_and_no_free_text(team):
    _made, record, over, _officer = team
    client, line = asked(over)
    page = text(client.get("/work/exports"))
    assert "Get the file" in page
    answer = client.post(f"/work/exports/{line.id}/file")
    assert answer.headers["Content-Type"].startswith("text/csv")
    file = streamed(answer)
    assert "Taken out by Sol" in file.splitlines()[0]
    assert "To plan who walks with whom" in file.splitlines()[0]
    assert f'"{record}","\'=Mari"' in file
    assert "Wants a ride" not in file
    assert "802" not in file


def test_the_person_sees_the_look_of_whoever_took_the_list_out(team):
    made, _record, over, _officer = team
    client, line = asked(over)
    streamed(client.post(f"/work/exports/{line.id}/file"))
    new_request()
    open_own(reader=made.person, classes={DataClass.ACCESS_LOG})
    looks = queries.who_looked(reader=made.person, zone="UTC", limit=50).lines
    (look,) = [one for one in looks if one.membership_id == over.membership_id]
    assert look.purpose == "supervision"
    assert "recovery_plan" in look.classes


def test_a_long_list_waits_for_another_and_the_refusal_is_written_down(team):
    _made, _record, over, officer = team
    client, line = asked(over)
    with as_owner():
        Export.objects.filter(id=line.id).update(people=51)
    refused = client.post(f"/work/exports/{line.id}/file")
    assert refused.status_code == 403
    assert "Somebody else must say yes first." in text(refused)
    assert client.post(f"/work/api/exports/{line.id}/file").status_code == 403
    with as_owner():
        assert Act.objects.filter(what="web.refused", subject_id=line.id).count() == 2
    desk = client_of(officer)
    page = text(desk.get("/work/exports"))
    assert "51 people" in page
    assert "Mari" not in page
    assert desk.post(f"/work/exports/{line.id}/yes").status_code == 302
    assert "Hugo L. said yes" in text(client.get("/work/exports"))
    assert "Agreed to by: Hugo L." in streamed(client.post(f"/work/exports/{line.id}/file"))


def test_an_old_proof_leads_to_a_new_one_and_tells_a_program(team, monkeypatch):
    _made, _record, over, _officer = team
    client, line = asked(over)
    later = now() + timedelta(minutes=6)
    monkeypatch.setattr("manypaths.web.work.exports.now", lambda: later)
    for there, form in (("", {"why": "planning"}), (f"/{line.id}/file", {}), (f"/{line.id}/yes", {})):
        answer = client.post(f"/work/exports{there}", form)
        assert answer.status_code == 302
        assert "Location" in answer.headers
        assert "/work/" not in answer.headers["Location"]
    assert client.post("/work/api/exports", {"why": "planning"}).json() == {"reasons": ["prove_again"]}
    assert client.post("/work/api/exports", {"why": "planning"}).status_code == 403
    assert len(exports.exports_for(reader=over)) == 1


def test_a_program_asks_and_fetches_the_same(team):
    _made, record, over, _officer = team
    client = client_of(over)
    made = client.post("/work/api/exports", {"why": "audit"})
    assert (made.status_code, made.json()["ready"], made.json()["people"]) == (201, True, 1)
    assert str(record) in streamed(client.post(f"/work/api/exports/{made.json()['id']}/file"))
    assert client.post("/work/api/exports", {"why": "curious"}).status_code == 422


def test_a_reason_is_chosen_and_nothing_is_made_without_one(team):
    _made, _record, over, _officer = team
    answer = client_of(over).post("/work/exports", {})
    assert answer.status_code == 422
    assert "Choose what it is for." in text(answer)
    assert exports.exports_for(reader=over) == []


def test_others_find_no_such_page_and_no_such_list(team):
    made, _record, over, _officer = team
    _client, line = asked(over)
    with as_owner():
        stranger = reader_for(membership(organisation("Harbor Row"), "supervisor"), made.place)
    for reader in (made.coach, made.desk):
        assert client_of(reader).get("/work/exports").status_code == 404
        assert client_of(reader).post(f"/work/exports/{line.id}/file").status_code == 404
    assert client_of(stranger).get("/work/exports").status_code == 200
    assert client_of(stranger).post(f"/work/exports/{line.id}/file").status_code == 404
    assert client_of(stranger).post(f"/work/exports/{line.id}/yes").status_code == 404
