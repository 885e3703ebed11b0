"""What must stand before the doors open: tables, the page parts that browsers keep, the demo."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from manypaths.config.database import connect_django_to
from manypaths.config.steps import CountLines, fail, say, step

WAITING = 75
QUEUE_RIGHTS = """
do $$
declare one regprocedure;
begin
    for one in select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = 'public' and p.proname like 'procrastinate\\_%'
    loop
        execute format('grant execute on function %s to app', one);
    end loop;
end $$
"""


def waiting_migrations() -> int:
    """How many migrations the database has not seen yet."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def state_of_tables() -> int:
    """0 when the tables are up to date, WAITING when not; a database that does not answer is said in a sentence."""
    try:
        return WAITING if waiting_migrations() else 0
    except OperationalError as fault:
        where = connection.settings_dict
        reason = str(fault).strip().splitlines()[0]
        fail(f"The database {where['NAME']!r} at {where['HOST'] or 'this machine'} does not answer: {reason}")
        return 1


def make_tables(owner_url: str = "") -> None:
    """Bring the tables up to date as `owner`; without an address the connection is the owner's already."""
    if owner_url:
        connect_django_to(owner_url)
    counter = CountLines("Making the tables", waiting_migrations())
    call_command("migrate", interactive=False, verbosity=1, stdout=cast(TextIO, counter))
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_RIGHTS)
    connection.close()


def erase_again(owner_url: str) -> None:
    """Erase as `owner` what the list of erasures names and the database still holds, and keep the list whole. Then stop
    what persons stopped and this database still has open, and keep away whom they keep away."""
    from manypaths.consent.kept_away import keep_away_again
    from manypaths.people.commands import erase_again, keep_erasures
    from manypaths.referrals.commands.night import stop_again

    connect_django_to(owner_url)
    if Path(settings.ERASURES_FILE).exists():
        if count := erase_again():
            say(f"  The database was put back from a copy: {count} records that were erased are erased once more.")
        keep_erasures()
    if Path(settings.STOPPED_FILE).exists() and (count := stop_again()):
        say(f"  The database was put back from a copy: {count} things that people stopped are stopped once more.")
    if Path(settings.KEPT_AWAY_FILE).exists() and (count := keep_away_again()):
        say(f"  The database was put back from a copy: {count} times somebody is kept away once more.")
    connection.close()


def index_people(owner_url: str) -> None:
    """Let a desk find people whose records are older than the index. A lost key is said, and stops nothing."""
    from manypaths.people.finding import index_what_is_not
    from manypaths.vault.keyfolder import KeyUnavailable

    connect_django_to(owner_url)
    try:
        if count := index_what_is_not():
            say(f"  {count} records can be found at the desk of their house now.")
    except KeyUnavailable as fault:
        fail(str(fault))
    connection.close()


def collect_static() -> None:
    """Gather the parts of pages under long-lived names; skipped when nothing changed."""
    note = Path(settings.STATIC_ROOT) / ".fingerprint"
    wanted = _static_fingerprint()
    if note.exists() and note.read_text(encoding="utf-8") == wanted:
        return
    with step("Gathering styles, fonts and pictures"):
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(wanted, encoding="utf-8")


def _static_fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda pair: str(pair[0])):
            path = Path(cast(Any, storage).path(name))
            digest.update(f"{name}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\0".encode())
    return digest.hexdigest()


def run_if_there(command: str, *arguments: str, **options: object) -> bool:
    """Run a room's or door's management command; false when this version has none of that name."""
    if command not in get_commands():
        return False
    call_command(command, *arguments, **options)
    connection.close()
    return True


def build_demo() -> None:
    """Build the made-up community, once; MANYPATHS_DEMO_PEOPLE makes a smaller or larger one."""
    people = os.environ.get("MANYPATHS_DEMO_PEOPLE")
    say("  Building the made-up community (once)")
    run_if_there("build_demo", **({"people": int(people)} if people else {}))
