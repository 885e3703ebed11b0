"""What was told to a person waits until it was read where it stands; the first page says only that there is news."""

import uuid

import pytest

from manypaths.config.testing import as_owner
from manypaths.notices.models import PersonNotice
from manypaths.notices.rules import Template
from manypaths.referrals import commands as referrals
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.factories import client_of
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, stage

pytestmark = pytest.mark.usefixtures("committed_db")


def test_what_is_read_on_a_page_of_its_own_still_waits_after_the_news_of_requests_was_seen():
    made = stage()
    referrals.accept_request(referral_id=ask(made), seen=Status.REQUESTED, by=made.coach, at=now())
    browser = client_of(made.person)

    def page(address: str) -> str:
        return browser.get(address).content.decode().split("<main")[1]

    with as_owner():
        for template in (Template.BREACH_TOLD, Template.PAPER_CAME):
            PersonNotice.objects.create(
                id=uuid.uuid4(), record_id=made.person.record_id, template=template, subject_id=uuid.uuid4(),
                written_at=now(),
            )  # fmt: skip
    assert "There is news on 1 request" in page("/my/requests")
    browser.post("/my/requests/seen")
    requests = page("/my/requests")
    assert "There is news on" not in requests
    assert "something went wrong there" in requests
    assert "A legal paper about you came." in requests
    home = page("/my/")
    assert "There is news for you." in home
    assert "legal" not in home
    with as_owner():
        PersonNotice.objects.update(read_at=now())
    assert "There is news for you." not in page("/my/")
