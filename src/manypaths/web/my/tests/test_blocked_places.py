"""A place that the person has blocked: it is neither offered nor asked, because it could read nothing."""

import re
from datetime import timedelta

import pytest

from manypaths.config.testing import as_owner
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import Status
from manypaths.web.my.tests.test_asking import Stage, offered, text
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_others_are_other_places_and_none_that_the_person_blocked(stage):
    referral = stage.send()
    with as_owner():
        same_house = offered(stage.body, "A friendly room")
        Referral.objects.update(due_at=now() - timedelta(hours=1))
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert stage.similar.name in page
    assert same_house.name not in page, "they are late already"
    assert stage.client.post(f"/my/about/safety/place/{stage.other.id}").status_code == 302
    page = text(stage.client.get(f"/my/requests/{referral}"))
    assert stage.similar.name not in page
    assert "No other place like it answers here now." in page


def test_a_place_that_the_person_blocked_cannot_be_asked_before_the_block_ends(stage):
    stage.write()
    assert stage.client.post(f"/my/about/safety/place/{stage.body.id}").status_code == 302
    page = text(stage.client.get(stage.ask))
    assert "You have blocked Lantern House." in page
    assert f'action="{stage.ask}/begin"' not in page
    for address in (f"{stage.ask}/begin", f"{stage.ask}/agree"):
        assert stage.client.post(address).headers["Location"] == stage.ask
    with as_owner():
        assert Referral.objects.get().status == Status.DRAFT, "nobody could read it"
    block = re.search(r"/my/about/safety/[0-9a-f-]+/end", text(stage.client.get("/my/about/safety")))[0]
    stage.client.post(block)
    assert stage.send()
