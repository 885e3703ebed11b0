"""E-mails leave once: by their own job, or by the sweep that finds what was left."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from manypaths.config.prepare import QUEUE_RIGHTS
from manypaths.config.testing import as_owner
from manypaths.network.tests.factories import membership, organisation
from manypaths.nightly import tasks
from manypaths.notices import commands, queries
from manypaths.notices.models import StaffNotice
from manypaths.notices.rules import State, Template


@pytest.fixture
def queue() -> Iterator[InMemoryConnector]:
    """A queue in memory in place of the one in the database."""
    waiting = InMemoryConnector()
    with app.replace_connector(waiting):
        yield waiting


def written() -> None:
    """One e-mail that waits, to a worker, about something that no consent closes."""
    user = membership(organisation(), "privacy_officer").account
    commands.tell_worker(
        account_id=user.id, address=user.email, language="en", template=Template.EMERGENCY_TO_REVIEW,
        subject_id=uuid4(), cause="c", at=datetime.now(UTC),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_job_carries_one_opaque_id_and_sends_once():
    written()
    (notice,) = queries.to_send()
    tasks.send_email(notice_id=str(notice))
    tasks.send_email(notice_id=str(notice))
    assert StaffNotice.objects.get(id=notice).state == State.KEPT
    assert StaffNotice.objects.get(id=notice).attempts == 1


def test_the_sweep_asks_the_real_queue_and_a_second_sweep_harms_nothing(committed_db):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(QUEUE_RIGHTS)
    written()
    with transaction.atomic():
        tasks.sweep_outbox(timestamp=0)
        tasks.sweep_outbox(timestamp=60)
    with connection.cursor() as cursor:
        cursor.execute("select task_name, status from procrastinate_jobs")
        assert cursor.fetchall() == [("send_email", "todo")]


@pytest.mark.django_db
def test_the_sweep_queues_what_was_left_and_never_twice(queue):
    written()
    tasks.sweep_outbox(timestamp=0)
    tasks.sweep_outbox(timestamp=60)
    jobs = [job for job in queue.jobs.values() if job["task_name"] == "send_email"]
    assert [list(job["args"]) for job in jobs] == [["notice_id"]]
