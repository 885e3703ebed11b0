"""A request that is closed to a worker and one that nobody made are asked about in the same way, and answered so."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manypaths.config.testing import as_owner
from manypaths.lib.refusals import NotThere
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.rules import Status
from manypaths.referrals.tests.factories import ASKED_AT
from manypaths.referrals.tests.test_one_request_each import two_requests

pytestmark = pytest.mark.django_db


def statements(act) -> list[str]:
    """What is asked of the database until it is refused, without the values."""
    new_request()
    with CaptureQueriesContext(connection) as asked, pytest.raises(NotThere):
        act()
    return [re.sub(r"\d+", "", one["sql"].split("(")[0]) for one in asked]


def closed_request():
    stage, closed, _open = two_requests()
    new_request()
    commands.withdraw_request(referral_id=closed, reason="changed_mind", by=stage.person, at=ASKED_AT)
    return stage, closed


def test_a_look_asks_the_database_as_much_for_either():
    stage, closed = closed_request()
    here, nowhere = (
        statements(lambda one=one: queries.received_request(reader=stage.desk, referral_id=one))
        for one in (closed, uuid4())
    )
    assert here == nowhere
    assert any("open_records" in one for one in here)


def test_an_act_asks_the_database_as_much_for_either():
    stage, closed = closed_request()
    here, nowhere = (
        statements(
            lambda one=one: commands.accept_request(referral_id=one, seen=Status.REQUESTED, by=stage.coach, at=ASKED_AT)
        )
        for one in (closed, uuid4())
    )
    assert here == nowhere


def looks() -> int:
    """How many rows the log of looks has."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_access")
        return int(cursor.fetchone()[0])


def test_either_attempt_is_in_the_log():
    stage, closed = closed_request()
    for one in (closed, uuid4()):
        new_request()
        before = looks()
        with pytest.raises(NotThere):
            queries.received_request(reader=stage.desk, referral_id=one)
        assert looks() == before + 1
