"""Leaving a community: asked again first, and nobody is left waiting."""

from datetime import timedelta

import pytest

from manypaths.config.testing import as_owner
from manypaths.network.models import Participation
from manypaths.referrals.models import Referral
from manypaths.referrals.tests.factories import scene, sent
from manypaths.web.entry.tests.people import set_up_app, worker
from manypaths.web.ui.clock import now

pytestmark = pytest.mark.django_db


def test_leaving_needs_a_fresh_proof_and_closes_what_waits():
    stage = scene()
    referral = sent(stage)
    lead = worker("org_admin", body=stage.body, email="lead@example.org")
    set_up_app(lead)
    session = lead.session
    session["factor_at"] = (now() - timedelta(minutes=6)).isoformat()
    session.save()
    leaving = {"community": str(stage.place.id)}
    assert lead.post("/taking-part/leave", leaving)["Location"] == "/second"
    with as_owner():
        assert Participation.objects.get().left_at is None
    session = lead.session
    session["factor_at"] = now().isoformat()
    session.save()
    assert "Nothing has changed yet." in lead.get("/taking-part").content.decode()
    assert lead.post("/taking-part/leave", leaving)["Location"] == "/taking-part"
    assert "You take part in no community now" in lead.get("/taking-part").content.decode()
    with as_owner():
        row = Referral.objects.get(id=referral)
        assert (row.status, row.reason) == ("cancelled", "left_community")


def test_who_does_not_lead_cannot_leave():
    stage = scene()
    coach = worker("peer", body=stage.body, email="coach@example.org")
    set_up_app(coach)
    assert coach.post("/taking-part/leave", {"community": str(stage.place.id)}).status_code == 404
    with as_owner():
        assert Participation.objects.get().left_at is None
