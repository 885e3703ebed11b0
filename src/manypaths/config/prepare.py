"""What must stand before the doors open: tables, the page parts that browsers keep, the demo, the first community."""

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command, get_commands
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


QUESTIONS = (
    ("place", "Which place is this for? A ZIP code, or a town and its state, for example Brattleboro, VT"),
    ("name", "What does the community of support call itself?"),
    ("languages", "Which languages should its pages have? en, es, or both"),
    ("coordinator", "Who coordinates first and invites the others? A name and an e-mail address"),
    ("privacy_contact", "Who answers questions about privacy? A name and how to reach them"),
    ("operator", "Who runs this machine? A name and how to reach them"),
)


def needs_community() -> bool:
    """Whether no community has been founded in this database."""
    from manypaths.network.queries import communities

    return not communities()


def ask_for_community(address: str) -> int:
    """Ask the six questions until the rules take the answers; on no terminal, say what to do."""
    if not sys.stdin.isatty():
        fail("This database holds no community yet. Run ./manypaths serve on a terminal once; it asks six questions.")
        return 1
    say("\nThis database is new. Six questions, and your community can be reached.\n")
    answers: dict[str, str] = {}
    while True:
        answers = {key: _ask(question, answers.get(key, "")) for key, question in QUESTIONS}
        try:
            say()
            run_if_there("found_community", **founding(answers), address=_public_address(address))
        except CommandError as refused:
            say(f"\n{refused}\nThe answers once more; Enter keeps what stands in brackets.\n")
            continue
        return 0


def founding(answers: dict[str, str]) -> dict[str, str]:
    """The six answers as the command takes them."""
    name, email = [], ""
    for word in answers["coordinator"].replace(",", " ").replace("<", " ").replace(">", " ").split():
        if "@" in word:
            email = word
        else:
            name.append(word)
    languages = answers["languages"].lower().replace("both", "en es").replace(",", " ").replace(" and ", " ").split()
    rest = {key: answers[key] for key in ("place", "name", "privacy_contact", "operator")}
    coordinator = {"coordinator_name": " ".join(name), "coordinator_email": email}
    return rest | coordinator | {"languages": ",".join(languages)}


def _public_address(address: str) -> str:
    named = os.environ.get("MANYPATHS_HOSTS", "").split(",")[0]
    return f"https://{named}" if named else address.rstrip("/")


def _ask(question: str, before: str) -> str:
    while True:
        answer = input(f"{question}{f' [{before}]' if before else ''}\n> ").strip() or before
        if answer:
            return answer
        say("This one needs an answer. Take your time: no page can change it later.")
