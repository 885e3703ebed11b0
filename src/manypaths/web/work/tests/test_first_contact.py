"""The clock from asking to the first contact, as the page's own words for "when" stop it."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import transaction

from manypaths.config.testing import as_owner
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands
from manypaths.referrals.models import Referral
from manypaths.referrals.rules import Status
from manypaths.web.ui.clock import now
from manypaths.web.work.tests.factories import ask, client_of, stage

pytestmark = pytest.mark.usefixtures("committed_db")
ASKED = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)  # a Tuesday, 3 pm in Vermont


def accepted(asked_at: datetime) -> tuple[object, str]:
    """A request that was answered with yes a moment ago, as if it had been asked then; and its page."""
    made = stage()
    referral = ask(made)
    with transaction.atomic():
        new_request()
        record = commands.accept_request(referral_id=referral, seen=Status.REQUESTED, by=made.coach, at=now())
    with as_owner():
        Referral.objects.update(requested_at=asked_at, due_at=asked_at + timedelta(days=2))
    return made, f"/work/people/{record}"


def writes(made, there: str, when: str, at: datetime, deed: str = "talked") -> datetime | None:
    with patch("manypaths.web.work.people.now", lambda: at):
        answer = client_of(made.coach).post(there, {"way": "call", "when": when, "deed": deed, "note": ""})
    assert answer.status_code == 302
    with as_owner():
        return Referral.objects.get().first_contact_at


@pytest.mark.parametrize(
    ("when", "after", "stopped"),
    [
        ("now", timedelta(minutes=20), ASKED + timedelta(minutes=20)),
        ("today", timedelta(minutes=20), ASKED),
        ("today", timedelta(hours=4), ASKED + timedelta(hours=2)),
        ("yesterday", timedelta(days=1), ASKED),
        ("yesterday", timedelta(days=2), datetime(2026, 11, 18, 17, 0, tzinfo=UTC)),
    ],
)
def test_a_contact_on_the_day_of_asking_or_later_stops_the_clock(when, after, stopped):
    made, there = accepted(ASKED)
    assert writes(made, there, when, ASKED + after) == stopped


def test_a_contact_on_a_day_before_the_asking_stops_nothing():
    made, there = accepted(ASKED)
    assert writes(made, there, "yesterday", ASKED + timedelta(hours=1)) is None


def test_a_try_stops_nothing_and_the_first_contact_stays_the_first():
    made, there = accepted(ASKED)
    assert writes(made, there, "now", ASKED + timedelta(hours=1), deed="tried") is None
    first = writes(made, there, "now", ASKED + timedelta(hours=2))
    assert first == ASKED + timedelta(hours=2)
    assert writes(made, there, "now", ASKED + timedelta(hours=3)) == first


def test_a_request_that_is_closed_gets_no_first_contact_afterwards():
    made, there = accepted(ASKED)
    with as_owner():
        referral = Referral.objects.get().id
    with transaction.atomic():
        new_request()
        commands.complete_request(referral_id=referral, seen=Status.ACCEPTED, outcome="given", by=made.coach, at=now())
    assert writes(made, there, "now", ASKED + timedelta(days=21)) is None
