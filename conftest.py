"""Every test runs on a real PostgreSQL, under row-level security, as the role that serves requests."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "src"))

from manypaths.config import testing
from manypaths.config.cluster import ClusterError

testing.SERVER = testing.prepare_environment()

import django
from django.conf import settings

if not settings.configured:
    django.setup()


@pytest.fixture(scope="session")
def test_server() -> Iterator[testing.TestServer]:
    """The running test server with its migrated template."""
    server = testing.SERVER
    assert server is not None
    try:
        server.start()
    except ClusterError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.leave()


@pytest.fixture(scope="session")
def django_db_setup(test_server: testing.TestServer, django_db_blocker: object) -> Iterator[None]:
    """One clone for this worker; each `db` test is rolled back in it."""
    from django.db import connections

    test_server.current = test_server.clone()
    testing.point_django_at(testing.app_session_url(test_server, test_server.current))
    yield
    connections.close_all()


@pytest.fixture
def transactional_db(committed_db: str) -> str:
    """The same as `committed_db`: Django's way, to empty all tables, is not used."""
    return committed_db


@pytest.fixture
def committed_db(
    test_server: testing.TestServer, django_db_setup: None, django_db_blocker: object
) -> Iterator[str]:
    """A database of its own, with a real sign-in as `app`: commits are commits. Gives the name, drops it after."""
    from django.db import connections

    before = test_server.current
    name = test_server.clone()
    test_server.current = name
    testing.point_django_at(test_server.url("app"))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield name
        finally:
            connections.close_all()
    test_server.drop(name)
    test_server.current = before
    testing.point_django_at(testing.app_session_url(test_server, before))


@pytest.fixture
def role_url() -> Callable[[str], str]:
    """Gives the address of the current test database for a role."""
    return testing.role_url
