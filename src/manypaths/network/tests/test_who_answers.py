"""Who answers requests: only someone whose role opens them, and an organisation only where someone may say yes."""

import pytest

from manypaths.lib.refusals import Refused
from manypaths.network import commands as network
from manypaths.network import queries
from manypaths.network.rules import Reader
from manypaths.network.tests import factories as make

NOW = make.NOW
pytestmark = pytest.mark.django_db


def lead() -> Reader:
    return make.reader_for(make.membership(make.organisation(), "org_admin"))


def test_only_a_role_that_opens_requests_can_be_let_to_answer_them():
    by = lead()
    body = queries.organisation(organisation_id=by.organisation_id)
    officer, desk = make.membership(body, "privacy_officer"), make.membership(body, "frontdesk")
    with pytest.raises(Refused, match="cannot_open"):
        network.set_member_answers(membership_id=officer.id, answers=True, by=by, at=NOW)
    network.set_member_answers(membership_id=desk.id, answers=True, by=by, at=NOW)
    assert [queries.who_answers(organisation_ids=[body.id])[0].account_id] == [desk.account_id]


@pytest.mark.parametrize(
    ("roles", "takes"),
    [(["privacy_officer"], False), (["frontdesk"], False), (["frontdesk", "peer"], True), (["clinician"], True)],
)
def test_an_organisation_takes_requests_only_where_someone_may_say_yes(roles: list[str], takes: bool):
    place, body = make.community(), make.organisation()
    make.participation(place, body)
    make.membership(body, *roles, answers_requests=True)
    assert (queries.organisations_answering(community_id=place.id) == [body.id]) is takes
