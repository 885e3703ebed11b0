"""The roles of the database: what each may do, and above all what it may not."""

from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import pytest
from django.db import connection

from manypaths.config.roles import ROLES_SQL
from manypaths.config.testing import LiveSite, TestServer, as_owner, role_url


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_database_test_acts_as_the_role_that_serves_requests() -> None:
    assert current_user() == "app"
    with as_owner():
        assert current_user() == "owner"
    assert current_user() == "app"


def test_a_committed_test_signs_in_as_app_with_no_way_up(committed_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select session_user, current_database()")
        assert cursor.fetchone() == ("app", committed_db)
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("set role owner")


def test_the_owner_can_set_up_a_committed_test(committed_db: str) -> None:
    with as_owner():
        assert current_user() == "owner"
    assert current_user() == "app"


FORBIDDEN_TO_APP = [
    "create table mine (a int)",
    "create temporary table mine (a int)",
    "create schema mine",
    "create role mine",
    "create database mine",
    "set role gate",
    "set session_replication_role = replica",
    "set row_security = off; select 1; alter table django_migrations disable row level security",
    "copy django_migrations to program 'cat'",
    "select pg_read_file('/etc/passwd')",
]


@pytest.mark.parametrize("statement", FORBIDDEN_TO_APP)
def test_app_may_not(statement: str, committed_db: str, role_url: Callable[[str], str]) -> None:
    with psycopg.connect(role_url("app"), autocommit=True) as app:
        with pytest.raises(psycopg.errors.Error, match=r"permission|must be"):
            app.execute(statement)


def test_app_has_limits_on_time_and_locks(committed_db: str, role_url: Callable[[str], str]) -> None:
    with psycopg.connect(role_url("app")) as app:
        limits = [app.execute(f"show {name}").fetchone() for name in ("statement_timeout", "lock_timeout")]
    assert limits == [("30s",), ("5s",)]


def test_no_role_of_ours_passes_row_level_security(committed_db: str, role_url: Callable[[str], str]) -> None:
    with psycopg.connect(role_url("superuser")) as su:
        rows = su.execute(
            "select rolname from pg_roles where (rolbypassrls or rolsuper or rolcreaterole or rolcreatedb)"
            " and rolname in ('app', 'owner', 'gate', 'measures', 'backup')"
        ).fetchall()
    assert rows == []


def test_measures_reads_no_table(committed_db: str, role_url: Callable[[str], str]) -> None:
    with psycopg.connect(role_url("measures")) as night, pytest.raises(psycopg.errors.InsufficientPrivilege):
        night.execute("select * from django_migrations")


def test_the_live_site_answers_on_the_database_of_the_test(live_site: LiveSite) -> None:
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{live_site.url}/static/nothing.css")


def test_what_a_role_left_in_its_own_defaults_is_gone_after_a_start(committed_db: str, test_server: TestServer) -> None:
    """Any role may change its own defaults, for one database too; they would bend every sign-in after it."""
    with psycopg.connect(role_url("app"), autocommit=True) as app:
        app.execute("alter role app set application_name = 'left here'")
        app.execute(f"alter role app in database {committed_db} set application_name = 'left here too'")
    with psycopg.connect(role_url("app"), autocommit=True) as app:
        assert app.info.parameter_status("application_name") == "left here too"
    test_server.cluster.psql(ROLES_SQL)
    with psycopg.connect(role_url("app"), autocommit=True) as app:
        found = app.execute("select current_setting('application_name'), current_setting('lock_timeout')").fetchone()
    assert found == ("", "5s")
