"""Consents on paper on the pages: written down, checked by somebody else, read and answered by the person."""

import json
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import formats

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent.models import PaperConsent, Share
from manypaths.consent.rules import paper_consents as rules
from manypaths.network.tests.factories import day_there, membership, organisation, participation, reader_for
from manypaths.support.models import Petition
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import client_of
from manypaths.web.work.tests.test_emergency import kept
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")
__all__ = ["kept"]


@pytest.fixture
def house(kept):
    """Two officers of the place that keeps a page of Mari, and a clinic outside with somebody who answers requests."""
    made, record = kept
    with as_owner():
        clinic = organisation("Northside Clinic", kind="clinic")
        participation(made.place, clinic)
        outside = reader_for(membership(clinic, "clinician", answers_requests=True), made.place)
        first, second = (
            reader_for(membership(made.body, "privacy_officer", display_name=name), made.place)
            for name in ("Hugo L.", "Ines M.")
        )
    return made, record, clinic, outside, first, second


def paper(clinic, **changes):
    """The form of a paper, whole."""
    today = day_there()
    return {
        "kind": "named", "recipient": f"place.{clinic.id}", "parts": ["sud_treatment_record"], "purpose": "TREAT",
        "until": f"{today + timedelta(days=30)}", "name": "Maria K.", "signer": "person", "capacity": "",
        "signer_name": "", "signed_on": f"{today - timedelta(days=2)}", "witness": "Ben", "place": "Blue folder 12",
        "language": "en", "read": list(rules.OF_ALL), **changes,
    }  # fmt: skip


def written(house, by=None, **changes):
    made, record, clinic, _outside, _first, _second = house
    answer = client_of(by or made.colleague).post(f"/work/people/{record}/consents/paper", paper(clinic, **changes))
    assert answer.status_code == 302, text(answer)
    with as_owner():
        return PaperConsent.objects.latest("written_at").id


def unproved(reader):
    """A browser in which the last proof is ten minutes old."""
    browser = client_of(reader)
    session = browser.session
    session["factor_at"] = (now() - timedelta(minutes=10)).isoformat()
    session.save()
    return browser


def test_who_walks_with_them_writes_it_down_and_it_opens_nothing(house):
    made, record, _clinic, outside, _first, _second = house
    written(house)
    page = text(client_of(made.colleague).get(f"/work/people/{record}/consents"))
    assert "Held. It opens nothing until someone checks it." in page
    assert "Northside Clinic" in page
    assert "Blue folder 12" not in page
    assert "Mari" not in text(client_of(outside).get("/work/shared"))
    mine = text(person_client(made.person).get("/my/sharing/signed"))
    assert "It opens nothing yet." in mine
    assert "Blue folder 12" in mine
    last = formats.date_format(day_there() + timedelta(days=30), "F j, Y")
    assert f"Until the end of {last}" in mine


def test_a_second_officer_checks_it_and_it_opens_what_it_names(house):
    made, record, _clinic, outside, first, second = house
    one = written(house, first)
    address = f"/work/people/{record}/consents/paper/{one}"
    whole = {"found": list(rules.OF_ALL), "finding": "complete"}
    assert "Someone else has to check it." in text(client_of(first).get(address))
    assert client_of(first).post(address, whole).status_code == 404
    assert "Take the paper in your hand" in text(client_of(second).get(address))
    assert client_of(second).post(address, whole).status_code == 302
    with as_owner():
        share = Share.objects.get(on_paper=True)
    page = text(client_of(outside).get(f"/work/shared/{share.id}"))
    assert "Methadone 60 mg" in page
    assert "Maria K." in page
    assert "Kept apart" not in page
    mine = person_client(made.person)
    assert "Someone else there checked the paper. It holds now." in text(mine.get("/my/sharing/signed"))
    assert "The exact words stand on the paper." in text(mine.get(f"/my/sharing/shown/{share.id}"))
    assert mine.post(f"/my/sharing/signed/{record}/{one}/stop").status_code == 302
    assert client_of(outside).get(f"/work/shared/{share.id}").status_code == 404
    assert "It opens nothing any more." in text(mine.get("/my/sharing/signed"))


def test_what_is_missing_is_said_and_stays_in_the_register(house):
    made, record, _clinic, _outside, _first, second = house
    one = written(house)
    address, officer = f"/work/people/{record}/consents/paper/{one}", client_of(second)
    lacking = [one for one in rules.OF_ALL if one != "revocation"]
    wrong = officer.post(address, {"found": lacking, "finding": "complete"})
    assert wrong.status_code == 422
    assert "Something is missing. It cannot open anything." in text(wrong)
    assert officer.post(address, {"found": lacking, "finding": "deficient"}).status_code == 302
    assert "That they can take it back, and how" in text(officer.get(address))
    register = text(officer.get("/work/privacy/consents/paper"))
    assert "Checked: something is missing. It opens nothing." in register
    assert "Maria K." not in register
    mine = text(person_client(made.person).get("/my/sharing/signed"))
    assert "That you can take it back, and how" in mine
    with as_owner():
        assert not Share.objects.filter(on_paper=True).exists()


def test_who_did_not_sign_says_so_and_the_desk_is_asked(house):
    made, record, _clinic, outside, _first, second = house
    one = written(house)
    assert client_of(second).post(
        f"/work/people/{record}/consents/paper/{one}", {"found": list(rules.OF_ALL), "finding": "complete"}
    ).status_code == 302  # fmt: skip
    with as_owner():
        share = Share.objects.get(on_paper=True)
    assert client_of(outside).get(f"/work/shared/{share.id}").status_code == 200
    mine = person_client(made.person)
    address = f"/my/sharing/signed/{record}/{one}/deny"
    assert "It stops at once, for good." in text(mine.get(address))
    assert mine.post(address, {"words": "I was not there that day."}).status_code == 302
    assert client_of(outside).get(f"/work/shared/{share.id}").status_code == 404
    assert "I was not there that day." in text(mine.get(f"/my/places/{record}/asked"))
    register = text(client_of(second).get("/work/privacy/consents/paper"))
    assert "They say that they did not sign it" in register
    with as_owner():
        petition = Petition.objects.get()
        third = reader_for(membership(made.body, "privacy_officer", display_name="Ola N."), made.place)
    desk = f"/work/privacy/asked/{petition.id}"
    assert client_of(second).get(desk).status_code == 404
    page = client_of(third).get(desk)
    assert "They say that they did not sign a consent on paper." in text(page)
    assert f"/work/people/{record}/consents/paper/{one}" in page.content.decode()
    assert client_of(third).post(desk, {"finding": "right", "words": "It is not your hand."}).status_code == 302
    answered = text(mine.get(f"/my/places/{record}/asked"))
    assert "I did not sign it: a consent on paper" in answered
    assert "Ola N." in answered


def test_without_a_proof_nothing_is_written_down_or_opened_and_nothing_that_was_typed_is_lost(house):
    made, record, clinic, _outside, _first, second = house
    address = f"/work/people/{record}/consents/paper"
    looked = Access.objects.filter(opened__contains=[record])
    with as_owner():
        before = looked.count()
    for one in (record, uuid.uuid4()):
        answer = unproved(made.colleague).post(f"/work/people/{one}/consents/paper", paper(clinic))
        assert answer.status_code == 403, text(answer)
        assert "Nothing was written down yet." in text(answer)
        assert "You opened this for" not in text(answer)
        assert "Blue folder 12" in answer.content.decode()
    with as_owner():
        assert looked.count() == before
        assert not PaperConsent.objects.exists()
    one = written(house)
    answer = unproved(second).post(f"{address}/{one}", {"found": list(rules.OF_ALL), "finding": "complete"})
    assert answer.status_code == 403
    with as_owner():
        assert PaperConsent.objects.get().state == "held"


def test_what_a_kind_cannot_name_is_refused_and_nothing_is_lost(house):
    made, record, clinic, _outside, _first, _second = house
    answer = client_of(made.colleague).post(
        f"/work/people/{record}/consents/paper", paper(clinic, kind="cj_referral", purpose="CJ_MONITORING")
    )
    assert answer.status_code == 422
    assert "A consent of this kind cannot name them." in text(answer)
    assert "Blue folder 12" in answer.content.decode()
    with as_owner():
        assert not PaperConsent.objects.exists()


def test_without_a_proof_of_a_moment_ago_nothing_is_written_down(house):
    made, record, clinic, _outside, _first, _second = house
    browser = unproved(made.colleague)
    answer = browser.post(f"/work/people/{record}/consents/paper", paper(clinic))
    assert answer.status_code in (302, 403, 422)
    if answer.status_code == 302:
        assert "consents" not in urlsplit(answer["Location"]).path
    with as_owner():
        assert not PaperConsent.objects.exists()


def test_nobody_else_finds_the_pages(house):
    made, record, clinic, outside, _first, _second = house
    one = written(house)
    with as_owner():
        desk = reader_for(membership(made.body, "frontdesk"), made.place)
        lead = reader_for(membership(made.body, "supervisor"), made.place)
        elsewhere = reader_for(membership(clinic, "privacy_officer"), made.place)
    for reader in (desk, lead, outside, elsewhere):
        browser = client_of(reader)
        assert browser.get(f"/work/people/{record}/consents/paper").status_code in (403, 404)
        assert browser.post(f"/work/people/{record}/consents/paper", paper(clinic)).status_code in (403, 404)
        assert browser.get(f"/work/people/{record}/consents/paper/{one}").status_code in (403, 404)
    assert client_of(made.colleague).get(f"/work/people/{record}/consents/paper/{one}").status_code == 404
    with as_owner():
        assert PaperConsent.objects.count() == 1


def test_a_copy_of_everything_tells_of_a_paper_to_read_and_to_take_along(house):
    made, record, _clinic, _outside, _first, second = house
    one = written(house)
    lacking = {"found": [one for one in rules.OF_ALL if one != "revocation"], "finding": "deficient"}
    assert client_of(second).post(f"/work/people/{record}/consents/paper/{one}", lacking).status_code == 302
    mine = person_client(made.person)
    page = text(mine.post("/my/copy/page"))
    assert "Papers you signed" in page
    assert "Blue folder 12" in page
    assert "What was missing: That you can take it back, and how." in page
    (told,) = json.loads(mine.post("/my/copy/data").content)["signed_on_paper"]
    assert told["view"]["words"] == {"name": "Maria K.", "signer_name": "", "witness": "Ben", "place": "Blue folder 12"}
    assert told["view"]["paper"]["read"] == sorted(rules.OF_ALL)
    assert told["state"] == "deficient"
