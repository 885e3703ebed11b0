"""A look that was refused stays in the log, whatever the request did afterwards: once, and under its reader's name."""

import uuid
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseServerError
from django.test import RequestFactory

from manypaths.config.testing import role_url
from manypaths.lib.refusals import NotThere
from manypaths.network.tests.factories import membership, reader_for
from manypaths.support import commands as support
from manypaths.support import queries as support_queries
from manypaths.support.rules import ContactFacts
from manypaths.web.ui.clock import now
from manypaths.web.ui.transaction import OneTransaction
from manypaths.web.work.tests.factories import client_of, stage

CALLED = {"when": "now", "way": "call", "deed": "talked", "note": ""}
DENIED = "select account_id from audit_access where %s = any(denied) and not %s = any(opened) order by seq"


def refusals_of(record: uuid.UUID) -> list[uuid.UUID]:
    with psycopg.connect(role_url("superuser")) as raw:
        return [row[0] for row in raw.execute(DENIED, [record, record]).fetchall()]


@pytest.fixture
def outsider(committed_db: str) -> Any:
    """A coach of the same organisation who walks with nobody, and the id of a record that is not theirs."""
    return reader_for(membership(stage().body, "peer"))


def test_reading_what_is_closed_leaves_one_line(outsider):
    record = uuid.uuid4()
    assert client_of(outsider).get(f"/work/people/{record}").status_code == 404
    assert refusals_of(record) == [outsider.account_id]


def test_a_form_that_was_refused_leaves_its_line_though_the_command_stepped_back(outsider):
    record = uuid.uuid4()
    answer = client_of(outsider).post(f"/work/people/{record}", CALLED)
    assert answer.status_code in {302, 404}
    assert refusals_of(record) == [outsider.account_id]


def request_that(view: Any) -> int:
    return OneTransaction(view)(RequestFactory().get("/")).status_code


def test_a_command_that_was_refused_and_caught_leaves_exactly_one_line(outsider):
    record = uuid.uuid4()

    def view(_request: Any) -> Any:
        with pytest.raises(NotThere):
            support.record_contact(
                record_id=record, facts=ContactFacts(now(), "call", "talked", ""), by=outsider, at=now()
            )
        return HttpResponse("caught")

    assert request_that(view) == 200
    assert refusals_of(record) == [outsider.account_id]


def test_a_fault_after_a_refusal_leaves_the_line(outsider):
    record = uuid.uuid4()

    def view(_request: Any) -> Any:
        with pytest.raises(NotThere):
            support_queries.contacts(reader=outsider, record_id=record)
        with connection.cursor() as cursor:
            cursor.execute("set local search_path to pg_temp")
        return HttpResponseServerError("it broke")

    assert request_that(view) == 500
    assert refusals_of(record) == [outsider.account_id]
