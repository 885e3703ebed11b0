"""What waits for whom, who cannot read it, and what an e-mail does when there is no mail server."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction

from manypaths.consent import queries as consent
from manypaths.consent.rules import DataClass
from manypaths.network.rules import Hat, Reader
from manypaths.network.tests.factories import account
from manypaths.notices import commands, queries
from manypaths.notices.models import PersonNotice, StaffNotice
from manypaths.notices.rules import State, Template
from manypaths.people.tests.factories import new_request, person

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def tell(user, cause="c1", address=""):
    commands.tell_worker(
        account_id=user.id, address=address, language="en", template=Template.REQUEST_ARRIVED,
        subject_id=uuid.uuid4(), cause=cause, at=AT,
    )  # fmt: skip


def as_worker(user) -> Reader:
    return Reader(account_id=user.id, hat=Hat.MEMBER)


def test_a_worker_reads_their_own_notices_and_nobody_elses():
    mine, other = account(), account()
    tell(mine)
    tell(other)
    assert len(queries.waiting(reader=as_worker(mine))) == 1


def test_told_twice_for_one_cause_is_told_once():
    user = account()
    tell(user, address=user.email)
    tell(user, address=user.email)
    assert StaffNotice.objects.filter(account_id=user.id).count() == 2
    assert len(queries.waiting(reader=as_worker(user))) == 1


def test_a_read_notice_is_no_longer_new():
    user = account()
    tell(user)
    commands.mark_read(reader=as_worker(user), at=AT)
    assert [one.is_new for one in queries.waiting(reader=as_worker(user))] == [False]


def test_an_email_stays_here_when_no_mail_server_is_set(settings):
    settings.EMAIL_HOST = ""
    tell(account(), address="worker@example.org")
    (waiting,) = queries.to_send()
    assert commands.send_email(notice_id=waiting, at=AT) == State.KEPT
    assert mail.outbox == []
    assert queries.to_send() == []


def test_an_email_says_that_a_message_waits_and_nothing_else(settings):
    settings.EMAIL_HOST = "mail.example.org"
    tell(account(), address="worker@example.org")
    (waiting,) = queries.to_send()
    assert commands.send_email(notice_id=waiting, at=AT) == State.DELIVERED
    assert [(one.subject, one.body) for one in mail.outbox] == [
        ("You have a message", "You have a message. Sign in to read it.")
    ]
    assert commands.send_email(notice_id=waiting, at=AT) is None


def test_an_outage_of_two_days_loses_no_email(settings, monkeypatch):
    settings.EMAIL_HOST = "mail.example.org"
    tell(account(), address="worker@example.org")
    with monkeypatch.context() as outage:
        outage.setattr("django.core.mail.EmailMessage.send", _broken)
        tries = sweep(AT, minutes=2 * 24 * 60)
    assert tries[:6] == [0, 1, 3, 7, 15, 30]
    assert mail.outbox == []
    back = AT + timedelta(days=2)
    assert sweep(back, minutes=16)
    assert [one.to for one in mail.outbox] == [["worker@example.org"]]


def test_an_email_that_rests_is_left_alone(settings, monkeypatch):
    settings.EMAIL_HOST = "mail.example.org"
    monkeypatch.setattr("django.core.mail.EmailMessage.send", _broken)
    tell(account(), address="worker@example.org")
    (waiting,) = queries.to_send()
    assert commands.send_email(notice_id=waiting, at=AT) == State.WAITING
    assert commands.send_email(notice_id=waiting, at=AT) is None
    assert commands.send_email(notice_id=waiting, at=AT + timedelta(minutes=1)) == State.WAITING


def test_an_email_that_failed_for_three_days_is_given_up_and_the_notice_waits_inside(settings, monkeypatch):
    settings.EMAIL_HOST = "mail.example.org"
    monkeypatch.setattr("django.core.mail.EmailMessage.send", _broken)
    user = account()
    tell(user, address="worker@example.org")
    (waiting,) = queries.to_send()
    assert commands.send_email(notice_id=waiting, at=AT + timedelta(days=3)) == State.FAILED
    assert queries.to_send() == []
    assert len(queries.waiting(reader=as_worker(user))) == 1


def sweep(start, *, minutes):
    """What the sweep of each minute sends: the minutes at which something was tried."""
    tried = []
    for minute in range(minutes):
        at = start + timedelta(minutes=minute)
        tried += [minute for notice in queries.to_send(at=at) if commands.send_email(notice_id=notice, at=at)]
    return tried


def _broken(self, fail_silently=False):
    raise ConnectionRefusedError("no mail server answers")


def test_a_person_reads_what_was_left_for_them():
    reader = person()
    consent.open_own(reader=reader, classes={DataClass.PRESENCE})
    for _ in range(2):
        commands.tell_person(
            record_id=reader.record_id, template=Template.REQUEST_NEWS, subject_id=uuid.uuid4(), cause="c", at=AT
        )
    assert [one.template for one in queries.waiting(reader=reader)] == [Template.REQUEST_NEWS]


def test_nobody_leaves_a_line_for_a_record_they_did_not_open():
    mine, other = person(), person()
    consent.open_own(reader=mine, classes={DataClass.PRESENCE})
    with pytest.raises(ProgrammingError, match="not opened"), transaction.atomic():
        commands.tell_person(
            record_id=other.record_id, template=Template.REQUEST_NEWS, subject_id=uuid.uuid4(), cause="c", at=AT
        )


def test_a_persons_notices_cannot_be_read_unopened():
    reader = person()
    consent.open_own(reader=reader, classes={DataClass.PRESENCE})
    commands.tell_person(
        record_id=reader.record_id, template=Template.REQUEST_NEWS, subject_id=uuid.uuid4(), cause="c", at=AT
    )
    new_request()
    with pytest.raises(ProgrammingError, match="nobody opened presence"), transaction.atomic():
        list(PersonNotice.objects.all())
