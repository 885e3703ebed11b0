"""A kept connection is trusted while nobody hung up on it, and asked again after a silence."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from manypaths.config.postgresql import base
from manypaths.config.testing import as_owner
from manypaths.vault.models import RecordKey
from manypaths.web.ui.transaction import OneTransaction


@pytest.fixture
def kept(committed_db: None) -> Iterator[base.DatabaseWrapper]:
    """A connection that was found good a moment ago."""
    connection.ensure_connection()
    assert connection.is_usable()
    yield connection  # type: ignore[misc]
    connection.close()


def hang_up_on(one: base.DatabaseWrapper) -> None:
    """End a connection from the server's side, as a restart would."""
    backend = one.connection.info.backend_pid
    with psycopg.connect(one.connection.info.dsn, password=one.connection.info.password, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", [backend])
    time.sleep(0.2)


@pytest.mark.parametrize(("silence", "questions"), [(30, 0), (0, 1)])
def test_it_is_asked_again_only_after_a_silence(
    kept: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch, silence: int, questions: int
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(base, "ASK_AFTER_SECONDS", silence)
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda one: asked.append(one) or True)
    assert kept.is_usable()
    assert len(asked) == questions


def test_a_connection_the_server_hung_up_on_is_not_usable(kept: base.DatabaseWrapper) -> None:
    hang_up_on(kept)
    assert not kept.is_usable()


def test_a_request_after_the_server_hung_up_gets_a_new_connection(kept: base.DatabaseWrapper) -> None:
    hang_up_on(kept)
    kept.close_if_unusable_or_obsolete()
    with kept.cursor() as cursor:
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)


def test_a_bent_connection_does_not_outlive_the_fault_it_makes(kept: base.DatabaseWrapper, rf: RequestFactory) -> None:
    """A setting that one request left in its connection: the next one fails by it, and no other."""

    def answers(statement: str) -> int:
        def view(_request: HttpRequest) -> HttpResponse:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            return HttpResponse()

        return OneTransaction(convert_exception_to_response(view))(rf.get("/")).status_code

    assert answers("select set_config('search_path', 'pg_temp', false)") == 200
    assert answers("select count(*) from network_organisation") == 500
    assert answers("select count(*) from network_organisation") == 200


@pytest.mark.django_db
def test_more_values_than_fit_into_one_statement_are_written_in_several() -> None:
    many, at = 14_000, datetime.now(UTC)
    with as_owner():
        RecordKey.objects.bulk_create(
            RecordKey(record_id=uuid4(), holder_id=uuid4(), ring_key="k1", wrapped=b"x", made_at=at)
            for _row in range(many)
        )
        assert RecordKey.objects.count() == many
