"""An e-mail that waits is decided again when it runs: queued before a revocation or a block, it does not leave."""

from datetime import timedelta

import pytest
from django.core import mail

from manypaths.audit.models import Access
from manypaths.config.testing import as_owner
from manypaths.consent.models import Grant
from manypaths.network.models import Membership
from manypaths.network.tests.factories import NOW
from manypaths.nightly import tasks
from manypaths.notices.models import StaffNotice
from manypaths.notices.rules import SendingFacts, State, may_leave
from manypaths.people.models import Assignment, Block
from manypaths.people.tests.factories import new_request
from manypaths.referrals import commands, queries
from manypaths.referrals.tests.factories import Scene, accepted, scene, sent
from manypaths.referrals.tests.test_shown import checked_in, show
from manypaths.support import messages, messaging, showing
from manypaths.support.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_HOST = "mail.example.org"


def waiting(template: str, account=None) -> StaffNotice:
    rows = StaffNotice.objects.filter(template=template, way="email", state=State.WAITING)
    found = rows.filter(account_id=account) if account else rows
    row = found.first()
    assert row is not None
    return row


def run(notice: StaffNotice) -> str:
    """The real job, with the opaque id that it carries."""
    new_request()
    tasks.send_email(notice_id=str(notice.id))
    notice.refresh_from_db()
    return notice.state


def asked() -> tuple[Scene, StaffNotice]:
    stage = scene()
    sent(stage)
    return stage, waiting("request_arrived", stage.coach.account_id)


def refused_rows(stage: Scene) -> list[tuple]:
    with as_owner():
        rows = Access.objects.filter(hat="system", denied__contains=[stage.person.record_id])
        return list(rows.values_list("account_id", "opened", "classes", "purpose"))


def test_a_request_that_holds_is_told():
    stage, notice = asked()
    assert run(notice) == State.DELIVERED
    assert [one.to for one in mail.outbox] == [[notice.address]]
    assert refused_rows(stage) == []


def test_queued_and_then_stopped_it_is_dropped_and_the_log_says_so_without_a_word():
    stage, notice = asked()
    (request,) = (one.id for one in queries.own_requests(reader=stage.person))
    new_request()
    commands.stop_sharing(referral_id=request, by=stage.person, at=NOW)
    assert run(notice) == State.DROPPED
    assert mail.outbox == []
    assert refused_rows(stage) == [(None, [], ["referral_task"], "notice")]
    assert run(notice) == State.DROPPED
    assert len(refused_rows(stage)) == 1
    new_request()
    assert queries.who_looked(reader=stage.person, zone="UTC").lines == []


@pytest.mark.parametrize("by_place", [True, False])
def test_a_block_holds_back_every_word_about_the_person(by_place: bool):
    stage, notice = asked()
    with as_owner():
        who = {"organisation": stage.body} if by_place else {"account_id": stage.coach.account_id}
        Block.objects.create(record_id=stage.person.record_id, since=NOW, **who)
    assert run(notice) == State.DROPPED
    assert mail.outbox == []


def test_who_works_there_no_more_is_told_nothing():
    _stage, notice = asked()
    with as_owner():
        Membership.objects.filter(account_id=notice.account_id).update(ended_at=NOW)
    assert run(notice) == State.DROPPED


def test_an_expired_consent_tells_nobody():
    stage, notice = asked()
    with as_owner():
        Grant.objects.filter(record_id=stage.person.record_id).update(
            starts_at=NOW - timedelta(days=91), until=NOW - timedelta(days=1)
        )
    assert run(notice) == State.DROPPED


def written() -> tuple[Scene, object, StaffNotice]:
    stage, _request, record = accepted()
    new_request()
    commands.write_to_worker(membership_id=stage.coach_member.id, words="Hello.", by=stage.person, at=NOW)
    return stage, record, waiting("message_arrived")


def test_a_message_that_waits_is_told():
    _stage, _record, notice = written()
    assert run(notice) == State.DELIVERED


def test_a_message_that_was_taken_back_or_read_is_not_told():
    stage, _record, notice = written()
    with as_owner():
        message = Message.objects.get().id
    new_request()
    messaging.take_back(message_id=message, by=stage.person, at=NOW)
    assert run(notice) == State.DROPPED
    stage, record, notice = written()
    new_request()
    messaging.read_as_worker(org_record_id=record, by=stage.coach, at=NOW)
    assert run(notice) == State.DROPPED


def test_a_message_to_who_does_not_walk_along_any_more_is_not_told():
    stage, record, notice = written()
    with as_owner():
        Assignment.objects.filter(record_id=record).update(until=NOW)
    assert run(notice) == State.DROPPED
    new_request()
    assert [one.is_heard for one in messages.own_threads(reader=stage.person)] == [False]


def test_what_is_shown_is_told_until_it_is_stopped():
    stage, _request, _record = accepted()
    one = show(stage, checked_in(stage))
    notice = waiting("something_shown")
    assert run(notice) == State.DELIVERED
    StaffNotice.objects.filter(id=notice.id).update(state=State.WAITING)
    new_request()
    showing.stop_showing(shown_id=one, by=stage.person, at=NOW)
    assert run(notice) == State.DROPPED


def test_a_word_that_sharing_stopped_still_comes():
    stage = scene()
    request = sent(stage)
    new_request()
    commands.stop_sharing(referral_id=request, by=stage.person, at=NOW)
    told = StaffNotice.objects.filter(way="email").exclude(template="request_arrived").first()
    assert told is not None
    assert run(told) == State.DELIVERED


def test_an_unknown_notice_is_no_fault():
    assert not may_leave(SendingFacts(None, None, None))
    tasks.send_email(notice_id="7d0c0c5e-8a34-4d39-9a6f-5f2e6f0a1b2c")
    assert mail.outbox == []
