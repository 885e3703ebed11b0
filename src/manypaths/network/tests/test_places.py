"""What sort of place an organisation is: a court has officers and a lead, and nobody asks it for support."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from manypaths.config.testing import as_owner
from manypaths.lib.refusals import Refused
from manypaths.network import commands, queries
from manypaths.network.models import Participation
from manypaths.network.rules import Reader, places
from manypaths.network.tests.factories import agreement, community, membership, organisation, reader_for

pytestmark = pytest.mark.django_db
AT = datetime.now(UTC)


def lead_of(kind: str) -> Reader:
    with as_owner():
        return replace(reader_for(membership(organisation("A place", kind=kind), "org_admin")), factor_at=AT)


def said(lead: Reader) -> bool:
    return Participation.objects.get(organisation_id=lead.organisation_id).answers_requests


def invite(by: Reader, *roles: str) -> str:
    return commands.invite_worker(email="new@example.org", display_name="Paul T.", roles=roles, by=by, at=AT)


@pytest.mark.parametrize("kind", sorted(places.WATCHING))
def test_a_place_that_watches_has_officers_and_a_lead_and_no_other_work(kind):
    lead = lead_of(kind)
    assert invite(lead, "monitor")
    assert invite(lead, "org_admin")
    for role in ("peer", "clinician", "frontdesk", "supervisor", "privacy_officer", "coordinator"):
        with pytest.raises(Refused) as refused:
            invite(lead, role)
        assert "only_officers" in [one.code for one in refused.value.reasons]


@pytest.mark.parametrize("kind", sorted(set(places.PLACES) - places.WATCHING))
def test_any_other_place_has_no_officers(kind):
    lead = lead_of(kind)
    assert invite(lead, "peer")
    with pytest.raises(Refused) as refused:
        invite(lead, "monitor", "peer")
    assert [one.code for one in refused.value.reasons] == ["no_officers"]


def test_nobody_is_made_something_else_there_later():
    lead = lead_of("probation")
    with as_owner():
        officer = membership(queries.own_membership(reader=lead).organisation, "monitor")
    commands.change_roles(membership_id=officer.id, roles=["monitor", "org_admin"], by=lead, at=AT)
    with pytest.raises(Refused):
        commands.change_roles(membership_id=officer.id, roles=["monitor", "peer"], by=lead, at=AT)


@pytest.mark.parametrize(("kind", "answers"), [("probation", False), ("clinic", True), ("", True)])
def test_a_place_that_watches_is_asked_for_no_support_whatever_it_says(kind, answers):
    lead = lead_of(kind)
    with as_owner():
        here = community()
        Participation.objects.create(community=here, organisation_id=lead.organisation_id, invited_at=AT)
        words = agreement()
    commands.agree_to_participate(community_id=here.id, agreement_id=words.id, answers_requests=True, by=lead, at=AT)
    assert said(lead) is answers
    commands.set_organisation_answers(community_id=here.id, answers=True, by=lead, at=AT)
    assert said(lead) is answers
    assert queries.watches(lead) is not answers
