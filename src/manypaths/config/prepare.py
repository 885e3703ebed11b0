"""What must stand before the doors open: tables, the page parts that browsers keep, the demo, the first community."""

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from manypaths.config.database import connect_django_to
from manypaths.config.steps import CountLines, say, step

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
    """Build the made-up community, once. An interrupted build is started again on an empty database."""
    say("  Building the made-up community (once)")
    run_if_there("build_demo")


QUESTIONS = (
    ("place", "Which place is this for, as people there call it (town, county and state)?"),
    ("name", "What is the community of support called?"),
    ("languages", "Which languages do people read there (en, es or both)?"),
    ("coordinator", "E-mail address of the first coordinator, who invites the others?"),
    ("privacy_contact", "Who answers questions about privacy (a name and how to reach them)?"),
    ("operator", "Who runs this machine (a name and how to reach them)?"),
)


def needs_community() -> bool:
    """Whether no community has been founded in this database."""
    from manypaths.network.queries import communities

    return not communities()


def ask_for_community() -> int:
    """Ask the six questions and found the community with the answers; on no terminal, say what to do."""
    if not sys.stdin.isatty():
        say("This database holds no community yet. Run ./manypaths serve on a terminal once; it asks six questions.")
        return 1
    say("This database is new. Six questions, then your community can be reached.\n")
    answers = {key: _ask(question) for key, question in QUESTIONS}
    answers["languages"] = " ".join(answers["languages"].replace(",", " ").replace("both", "en es").split())
    run_if_there("found_community", **answers)
    return 0


def _ask(question: str) -> str:
    while True:
        answer = input(f"{question}\n> ").strip()
        if answer:
            return answer
        say("This one needs an answer. It can be changed later.")
