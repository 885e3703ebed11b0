"""Legal papers on the pages: what opens nothing says why and what to do next; an order opens one person's scope."""

from datetime import timedelta

import pytest

from manypaths.audit.models import Access, Act
from manypaths.config.testing import as_owner
from manypaths.consent.models import LegalPaper
from manypaths.network.tests.factories import day_there, membership, organisation, reader_for
from manypaths.notices.models import PersonNotice
from manypaths.referrals.commands import filing
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import client_of
from manypaths.web.work.tests.test_emergency import kept
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")
__all__ = ["kept"]


def officer(made, role="privacy_officer", house=None):
    with as_owner():
        return reader_for(membership(house or made.body, role, display_name="Hugo L."), made.place)


def order(record, **changes):
    """The form of an order, complete."""
    today = day_there()
    return {
        "kind": "order", "held": record, "section": "2.64", "mandate": "subpoena", "court": "Superior Court",
        "case_number": "22-CR-1", "ordered_on": f"{today - timedelta(days=2)}", "classes": ["sud_treatment_record"],
        "until": f"{today + timedelta(days=30)}", "silent_until": "", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["subpoena", "warrant", "letter"])
def test_what_is_no_order_opens_nothing_and_says_what_to_do_next(kept, kind):
    made, record = kept
    hugo = officer(made)
    answer = client_of(hugo).post("/work/papers", {"kind": kind, "held": record})
    assert answer.status_code == 403
    page = text(answer)
    assert "This opens nothing" in page
    assert "What to do next" in page
    assert "Methadone" not in page
    assert "Mari" not in page
    with as_owner():
        paper = LegalPaper.objects.get()
        assert Act.objects.filter(what="consent.paper_recorded", subject_id=paper.id).count() == 1
        assert not Access.objects.filter(purpose="legal").exclude(opened=[]).exists()
    assert client_of(hugo).get(f"/work/papers/{paper.id}/people/{record}").status_code == 403
    assert "Methadone" not in text(client_of(hugo).get(f"/work/papers/{paper.id}/people/{record}"))
    mine = text(person_client(made.person).get("/my/sharing/papers"))
    assert "It opened nothing here." in mine


def test_a_paper_about_nobody_here_is_an_act_and_tells_nothing(kept):
    made, _record = kept
    answer = client_of(officer(made)).post("/work/papers", {"kind": "subpoena", "held": ""})
    assert answer.status_code == 403
    with as_owner():
        assert not LegalPaper.objects.exists()
        assert Act.objects.filter(what="consent.paper_recorded").count() == 1


def test_an_order_opens_what_it_names_and_nothing_else(kept):
    made, record = kept
    hugo = client_of(officer(made))
    there = hugo.post("/work/papers", order(record))
    assert there.status_code == 302, text(there)
    page = text(hugo.get(there["Location"]))
    assert "Methadone 60 mg" in page
    for closed in ("Mari", "802-555-0142", "Kept apart"):
        assert closed not in page
    looked = text(person_client(made.person).get("/my/sharing/looked"))
    assert "An order of a court names it." in looked
    mine = text(person_client(made.person).get("/my/sharing/papers"))
    for shown in ("Superior Court", "22-CR-1", "Lantern House"):
        assert shown in mine


def test_a_second_person_who_is_not_named_stays_closed_with_the_reason(kept):
    made, record = kept
    hugo = client_of(officer(made))
    paper = hugo.post("/work/papers", order(record))["Location"].split("/")[3]
    with as_owner():
        denied = Access.objects.filter(purpose="legal").count()
    for other in (made.person.record_id, paper):
        answer = hugo.get(f"/work/papers/{paper}/people/{other}")
        assert answer.status_code == 403
        assert "No order written down here names this person now." in text(answer)
    with as_owner():
        assert Access.objects.filter(purpose="legal").count() == denied + 2


@pytest.mark.parametrize("left_out", ["court", "case_number", "section", "mandate", "ordered_on", "classes", "until"])
def test_an_order_that_misses_something_is_not_written_down(kept, left_out):
    made, record = kept
    answer = client_of(officer(made)).post("/work/papers", order(record, **{left_out: ""}))
    assert answer.status_code == 422
    assert "22-CR-1" in text(answer) or left_out == "case_number"
    with as_owner():
        assert not LegalPaper.objects.exists()


def test_an_order_is_for_a_record_of_the_place_that_writes_it_down(kept):
    made, record = kept
    with as_owner():
        other = organisation("Harbor Row")
    answer = client_of(officer(made, house=other)).post("/work/papers", order(record))
    assert answer.status_code == 422
    assert "Your organization keeps no page with this number." in text(answer)


@pytest.mark.parametrize("role", ["org_admin", "clinician", "peer", "supervisor", "frontdesk", "medic"])
def test_nobody_else_finds_the_desk_or_an_order(kept, role):
    made, record = kept
    there = client_of(officer(made)).post("/work/papers", order(record))["Location"]
    other = client_of(officer(made, role))
    for answer in (other.get("/work/papers"), other.post("/work/papers", order(record)), other.get(there)):
        assert answer.status_code == 404
    elsewhere = client_of(officer(made, house=organisation_of("Harbor Row")))
    assert elsewhere.get(there).status_code == 403


def organisation_of(name):
    with as_owner():
        return organisation(name)


def test_an_order_over_is_closed_in_the_same_session(kept):
    made, record = kept
    hugo = client_of(officer(made))
    there = hugo.post("/work/papers", order(record))["Location"]
    assert hugo.get(there).status_code == 200
    with as_owner():
        LegalPaper.objects.update(recorded_at=now() - timedelta(days=40), until=now() - timedelta(seconds=1))
    assert hugo.get(there).status_code == 403


def test_a_proof_of_a_moment_ago_is_asked_for(kept):
    made, record = kept
    hugo = client_of(officer(made))
    there = hugo.post("/work/papers", order(record))["Location"]
    session = hugo.session
    session["factor_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    for answer in (hugo.get("/work/papers"), hugo.get(there)):
        assert (answer.status_code, answer["Location"]) == (302, "/second")
    answer = hugo.post("/work/papers", order(record, court="Another court"))
    assert answer.status_code == 403
    assert "Another court" in text(answer)
    with as_owner():
        assert LegalPaper.objects.count() == 1


def test_where_the_order_forbids_it_nothing_is_told_until_the_day_and_all_of_it_then(kept):
    made, record = kept
    hugo, browser = client_of(officer(made)), person_client(made.person)
    silent = order(record, silent_until=f"{day_there() + timedelta(days=20)}")
    there = hugo.post("/work/papers", silent)["Location"]
    assert hugo.get(there).status_code == 200
    filing.tell_of_papers()
    assert "No paper came" in text(browser.get("/my/sharing/papers"))
    assert "An order of a court names it." not in text(browser.get("/my/sharing/looked"))
    assert notices_of(made) == 0
    with as_owner():
        LegalPaper.objects.update(silent_until=now() - timedelta(seconds=1))
    assert (filing.tell_of_papers(), filing.tell_of_papers()) == (1, 0)
    assert "Superior Court" in text(browser.get("/my/sharing/papers"))
    assert "An order of a court names it." in text(browser.get("/my/sharing/looked"))
    assert notices_of(made) == 1
    assert "A legal paper about you came." in text(browser.get("/my/requests"))
    assert browser.post("/my/sharing/papers/read").status_code == 302
    assert "I have read it" not in text(browser.get("/my/sharing/papers"))


def notices_of(made) -> int:
    with as_owner():
        return PersonNotice.objects.filter(record_id=made.person.record_id, template="paper_came").count()
