"""Looks that ask for a reason on the privacy desk: listed, opened, answered, and read by nobody else."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent.models import LookFlag
from manypaths.network.rules import Reader
from manypaths.network.tests.factories import membership, reader_for
from manypaths.referrals import commands
from manypaths.referrals.commands import night
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import Scene
from manypaths.web.my.tests.factories import client_of as person_client
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage
from manypaths.web.work.tests.test_pages import text

pytestmark = pytest.mark.usefixtures("committed_db")


def flagged(made: Scene) -> UUID:
    """The front desk looked at one person yesterday, and nothing was written down."""
    record = commands.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=made.coach, at=now())
    with as_owner():
        Access.objects.create(
            at=now() - timedelta(days=1), xid=1, nonce=uuid4(), account_id=made.desk.account_id, hat="member",
            membership_id=made.desk.membership_id, organisation_id=made.body.id, opened=[record],
            bases=["organisation/named"], subjects=[None], denied=[], classes=["demographics"], purpose="desk",
        )  # fmt: skip
    assert night.flag_looks(since=now() - timedelta(days=3), at=now()) == 1
    with as_owner():
        return LookFlag.objects.get().id


def written_down(page: str) -> list[str]:
    """Whose page is carried on to the register of incidents."""
    return re.findall(r'href="/work/privacy/breaches/new\?of=([0-9a-f-]{36})"', page)


def officer_of(made: Scene) -> Reader:
    with as_owner():
        return reader_for(membership(made.body, "privacy_officer", display_name="Hugo L."), made.place)


def test_from_the_desk_to_the_reason_and_to_the_person():
    made = stage()
    officer = officer_of(made)
    flag = flagged(made)
    browser = client_of(officer)
    desk = text(browser.get("/work/privacy"))
    assert "1 look asks for a reason" in desk
    assert "Lou" in desk
    assert "Mari" not in desk
    assert f"/work/privacy/looks/{flag}" in text(browser.get("/work/messages"))
    page = text(browser.get(f"/work/privacy/looks/{flag}"))
    for shown in ("Mari", "Lou", "They do not walk with this person", "The name they use"):
        assert shown in page
    empty = browser.post(f"/work/privacy/looks/{flag}", {"answer": "work", "reason": ""})
    assert empty.status_code == 422
    assert "Write the reason, in your words." in text(empty)
    there = f"/work/privacy/looks/{flag}"
    assert browser.post(there, {"answer": "review", "reason": "Lou is asked."}).status_code == 302
    assert "Lou is asked." in text(browser.get(there))
    assert browser.post(there, {"answer": "wrong", "reason": "There was none."}).status_code == 302
    page = text(browser.get(there))
    assert "The person was told." in page
    (record,) = written_down(page)
    assert record in text(browser.get(f"/work/privacy/breaches/new?of={record}"))
    assert "Looks that have a reason" in text(browser.get("/work/privacy"))
    told = "A place found that a look at you was not right."
    mine = person_client(made.person)
    assert told in mine.get("/my/requests").content.decode()
    assert told in mine.get("/my/sharing/looked").content.decode()
    mine.post("/my/sharing/looked/read")
    assert told not in mine.get("/my/requests").content.decode()


def test_nobody_else_finds_it():
    made = stage()
    officer_of(made)
    flag = flagged(made)
    for reader in (made.coach, made.desk, made.colleague):
        assert client_of(reader).get(f"/work/privacy/looks/{flag}").status_code == 404
    assert client_of(officer_of(made)).get(f"/work/privacy/looks/{uuid4()}").status_code == 404
