"""`./manypaths check`: looks over an installation and says, a line each, what is well and what to mend."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from manypaths.config.home import ClusterError
from manypaths.config.installation import Installation
from manypaths.config.runner import give_up_root
from manypaths.config.steps import fail, say
from manypaths.config.supervise import run_in_child

OLDEST_SERVER = 160_000
ONLY_HTTPS = frozenset({"security.W004", "security.W008", "security.W012", "security.W016"})
LEAST_FREE = 2 * 1024**3
STRONG = "rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` says what to do when it is not well."""

    well: bool
    what: str
    mend: str = ""


def look_over(installation: Installation) -> int:
    """Print every finding; 0 when all is well."""
    try:
        with installation.database_for_one_command():
            environment = installation.environment()
            return run_in_child(lambda: _look(installation, environment))
    except ClusterError as error:
        fail(str(error))
        return 1


def _look(installation: Installation, environment: dict[str, str]) -> int:
    os.environ.update(environment)
    give_up_root(installation.account, installation.files)
    import django

    django.setup()
    found = list(_findings(installation))
    for one in found:
        say(f"  {'ok  ' if one.well else 'MEND'}  {one.what}{'' if one.well else ': ' + one.mend}")
    return 0 if all(one.well for one in found) else 1


def _findings(installation: Installation) -> Iterator[Finding]:
    yield _free_space(installation)
    for look in (_version, _role, _temporary, _checksums, _guarded, _sealed, _migrated, _settings):
        yield from look(_ask)


def _ask(sql: str) -> list[tuple[object, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


Ask = Callable[[str], list[tuple[object, ...]]]


def _free_space(installation: Installation) -> Finding:
    free = shutil.disk_usage(installation.folder).free
    return Finding(free > LEAST_FREE, f"{free / 1024**3:.0f} GB are free", "make at least 2 GB of room")


def _version(ask: Ask) -> Iterator[Finding]:
    number = int(str(ask("show server_version_num")[0][0]))
    yield Finding(number >= OLDEST_SERVER, f"PostgreSQL is {number // 10000}", "use PostgreSQL 16 or newer")


def _role(ask: Ask) -> Iterator[Finding]:
    name, strong = ask(f"select rolname, {STRONG} from pg_roles where rolname = session_user")[0]  # noqa: S608
    owned = int(str(ask("select count(*) from pg_class where relowner = session_user::regrole")[0][0]))
    yield Finding(not strong, f"pages sign in to the database as {name}", "take its extra rights from it")
    yield Finding(owned == 0, "that role owns no table", "give DATABASE_URL the role app, not the owner")


def _temporary(ask: Ask) -> Iterator[Finding]:
    may = ask("select has_database_privilege(session_user, current_database(), 'TEMP, CREATE')")[0][0]
    yield Finding(not may, "that role can make nothing", "revoke temporary and create on the database from it")


def _checksums(ask: Ask) -> Iterator[Finding]:
    on = ask("show data_checksums")[0][0] == "on"
    yield Finding(on, "damage on the disk is noticed", "switch data checksums on with pg_checksums")


def _guarded(ask: Ask) -> Iterator[Finding]:
    rows = ask(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'record_id'"
        " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not a.attisdropped"
        " and not (c.relrowsecurity and c.relforcerowsecurity)"
        " and has_table_privilege('app', c.oid, 'SELECT')"
    )
    names = ", ".join(str(row[0]) for row in rows)
    yield Finding(not rows, "every table with a person in it is behind the wall", f"not guarded: {names}")


def _sealed(_: Ask) -> Iterator[Finding]:
    """Whether somebody can seal the log. What is sealed is looked over by `check audit`."""
    from django.conf import settings

    mend = "set DATABASE_SEALER_URL to the address of the database for the role sealer"
    yield Finding(bool(settings.SEALER_URL), "the log of looks and acts can be sealed", mend)


def _migrated(_: Ask) -> Iterator[Finding]:
    from django.conf import settings

    from manypaths.config.prepare import waiting_migrations

    command = "demo" if settings.DEMO else "serve"
    yield Finding(waiting_migrations() == 0, "the tables are up to date", f"start ./manypaths {command} once")


def _settings(_: Ask) -> Iterator[Finding]:
    """What Django looks over before a release. What only https gives is not missed where only this machine comes in."""
    from django.conf import settings
    from django.core import checks

    left_out = ONLY_HTTPS if settings.LOOPBACK_HTTP else frozenset()
    found = [
        one
        for one in checks.run_checks(include_deployment_checks=True)
        if one.level >= checks.WARNING and not one.is_silenced() and one.id not in left_out
    ]
    yield Finding(not found, "the settings fit", " ".join(f"{one.msg} ({one.id})" for one in found))
