"""Every test runs on a real PostgreSQL, under row-level security, as the role that serves requests."""
# ruff: noqa: E402  the environment is set before Django is loaded

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

# The same examples in each run, so that a red run is about the change. HYPOTHESIS_PROFILE=wander looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("wander", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

pytest.register_assert_rewrite("tests.journeys.browser")  # a page that does not stand says what axe found on it

sys.path.insert(0, str(Path(__file__).parent / "src"))

from manypaths.config import testing
from manypaths.config.home import ClusterError
from manypaths.config.messages import compile_all

compile_all()
testing.SERVER = testing.prepare_environment()

import django
from django.conf import settings
from django.utils import translation

from manypaths.config.database import connect_django_to

if not settings.configured:
    django.setup()
for name, place in testing.SERVER.own_places.items():
    setattr(settings, name, place)


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A request leaves its language behind in this thread; each test begins in the language of the settings."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_communities() -> None:
    """A server remembers its communities for a while; each test begins without those of the last one."""
    from manypaths.network.queries import forget_communities

    forget_communities()


@pytest.fixture(autouse=True)
def own_ways(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever page a test opens, it opens no class of a record that its address does not declare."""
    from manypaths.config.watching import watched

    with watched(monkeypatch) as undeclared:
        yield
    assert not undeclared, f"not declared in web/ui/ways_out.json: {', '.join(sorted(undeclared))}"


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
    connect_django_to(testing.app_session_url(test_server, test_server.current))
    yield
    connections.close_all()


def _own_database(server: testing.TestServer, request: pytest.FixtureRequest, blocker: object) -> Iterator[str]:
    from django.db import connections

    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        pytest.fail("A test that commits has a database of its own: use committed_db without django_db.", pytrace=False)
    before, name = server.current, server.clone()
    server.current = name
    connect_django_to(server.url("app"))
    with blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield name
        finally:
            connections.close_all()
    server.drop(name)
    server.current = before
    connect_django_to(testing.app_session_url(server, before))


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, test_server: testing.TestServer, django_db_setup: None, django_db_blocker: object
) -> Iterator[str]:
    """A database of its own, with a real sign-in as `app`: commits are commits. Gives the name, drops it after."""
    yield from _own_database(test_server, request, django_db_blocker)


@pytest.fixture(scope="class")
def committed_class_db(
    request: pytest.FixtureRequest, test_server: testing.TestServer, django_db_setup: None, django_db_blocker: object
) -> Iterator[str]:
    """The same, one for all tests of a class."""
    yield from _own_database(test_server, request, django_db_blocker)


@pytest.fixture
def transactional_db(committed_db: str) -> str:
    """The same as `committed_db`: Django's way, to empty all tables, is not used."""
    return committed_db


@pytest.fixture
def live_site(committed_db: str) -> Iterator[testing.LiveSite]:
    """The real web server on a database of its own; the test itself is on the same database."""
    site = testing.LiveSite(committed_db, testing.role_url("app"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture
def role_url() -> Callable[[str], str]:
    """Gives the address of the current test database for a role."""
    return testing.role_url
