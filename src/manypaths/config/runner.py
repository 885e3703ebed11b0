"""Runs an installation: a keeper that owns the database server, and below it one process that loads Django once.

The keeper may be root; everything below it is not. It loads nothing but the standard library, so what it could be made
to do is little. The process below gives root up before it reads anything, prepares, forks the parts and watches them.
"""

import contextlib
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from manypaths.config.home import Account, ClusterError
from manypaths.config.installation import Installation, log_file
from manypaths.config.ports import address_of, bind_port, told_busy
from manypaths.config.steps import fail, say, step
from manypaths.config.supervise import Lifeline, Supervisor, end_myself, leave_with, run_in_child

CHECK_SECONDS = 60
RESTARTS_OF_ALL = 5
NOTHING_FOUNDED = 76


@dataclass
class Choices:
    """What was asked for on the command line."""

    web: bool = True
    check: bool = False
    host: str = "127.0.0.1"
    port: int | None = None
    listener: socket.socket | None = None
    address: str = ""

    def take_port(self) -> None:
        """Bind the port before anything else, so that the address is known and nobody else takes it."""
        if not self.web:
            return
        self.listener, busy = bind_port(self.host, self.port)
        taken = self.listener.getsockname()[1]
        self.address = address_of(self.host, taken)
        if busy:
            say(f"  {told_busy(busy)} in use by another program: taking {taken}.")


def _ways_to_stop() -> list[signal.Signals]:
    """What stops us in good order. A terminal that is closed does, unless whoever started us said to outlive it."""
    outlive = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT, *([] if outlive else [signal.SIGHUP])]


def keep_running(installation: Installation, choices: Choices) -> int:
    """Own the database and the process below until told to stop; repair what an earlier start left."""
    installation.claim()
    told: list[int] = []
    for number in _ways_to_stop():
        signal.signal(number, lambda which, _: told.append(which))
    try:
        choices.take_port()
        installation.start_database()
        code = _keep_site(installation, choices, told) if not told else 0
    except ClusterError:
        if not told:  # else it was the wish to stop that broke a step off
            raise
        code = 0
    finally:
        with step("Stopping the database", quiet_below=0.5):
            installation.stop_database()
        installation.running.note("")
        installation.running.release()
    if told or code == NOTHING_FOUNDED:
        say(_last_words(code))
    return 0 if told else code


def _last_words(code: int) -> str:
    if code == NOTHING_FOUNDED:
        return "Stopped. No community was made, and your answers are not kept: the next start asks again."
    return "Stopped. Everything is saved."


def _keep_site(installation: Installation, choices: Choices, told: list[int]) -> int:
    environment = installation.environment(as_owner_too=True)
    code = _wait_for(
        _fork_below(installation, environment, lambda: _prepare(installation, choices)), installation, told
    )
    if code == NOTHING_FOUNDED:
        return code
    environment = installation.environment()
    for _ in range(RESTARTS_OF_ALL if code == 0 else 0):
        if told:
            return 0
        pid = _fork_below(installation, environment, lambda: run_site(installation, choices))
        code = _wait_for(pid, installation, told)
        if code >= 0 or told:
            return max(code, 0)
        fail("The program was ended from outside and starts again.")
    return 0 if told else abs(code)


def _fork_below(installation: Installation, environment: dict[str, str], work: Callable[[], int]) -> int:
    """Start a process that is not root, and that ends when we end."""
    lifeline, keeper = Lifeline(), os.getpid()
    database = installation.cluster.pid() if installation.own_server else None
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        for number in _ways_to_stop():
            signal.signal(number, signal.default_int_handler)
        lifeline.hold_in_child(end_myself)
        os.environ.pop("DATABASE_OWNER_URL", None)
        os.environ.update(environment)
        give_up_root(installation.account, installation.files)
        leave_with(lambda: _work_then_orphans(work, keeper, database))
    os.close(lifeline.reader)
    _kept.append(lifeline)  # open for as long as we live
    return pid


_kept: list[Lifeline] = []


def _wait_for(pid: int, installation: Installation, told: list[int]) -> int:
    """Wait for the process below, mend the database when it falls, pass the wish to stop on once."""
    passed_on = False
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if told and not passed_on:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            passed_on = True
        if installation.own_server and not passed_on and not installation.cluster.alive():
            fail("The database stopped by itself and is started again; what was acknowledged is kept.")
            installation.cluster.start()
        time.sleep(0.1)


def give_up_root(account: Account | None, folder: Path) -> None:
    """Become the unprivileged user, for good, in a folder it can read."""
    if account is not None:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        os.environ["USER"] = os.environ["LOGNAME"] = account.name
    os.umask(0o077)
    os.chdir(folder)


def _work_then_orphans(work: Callable[[], int], keeper: int, database: int | None) -> int:
    """Do the work; when the keeper was killed meanwhile, stop the database in its place."""
    try:
        return work()
    except KeyboardInterrupt:
        return 0
    finally:
        if os.getppid() != keeper and database:
            with contextlib.suppress(ProcessLookupError):
                os.kill(database, signal.SIGINT)


def _prepare(installation: Installation, choices: Choices) -> int:
    """The steps before the doors open, in a process of their own: its memory and the owner's password go with it."""
    import django

    django.setup()
    from manypaths.config import prepare

    if code := _bring_tables_up_to_date() or _erase_again_and_index():
        return code
    prepare.collect_static()
    if installation.kind == "demo":
        _build_demo_once(installation)
        return 0
    from manypaths.config import questions

    return questions.have_a_community(choices.address) if choices.web else 0


def run_site(installation: Installation, choices: Choices) -> int:
    """Load Django once, fork the parts, tell where to look, and watch."""
    from manypaths.config import parts

    with step("Loading the program"):
        application = parts.load_everything()
    chosen = parts.background_parts(log_file(installation))
    if choices.listener:
        chosen.insert(0, parts.web_part(application, choices.listener, log_file(installation)))
        installation.note_address(choices.address, keeper=os.getppid())
        run_in_child(lambda: parts.tell(installation, choices.address))
    else:
        say("\n  The waiting work is being done, with no web pages. Ctrl-C stops it.\n")
    parts.close_connections()
    supervisor = Supervisor(chosen, say=fail)
    return supervisor.run(_check(choices.address) if choices.check else lambda: None)


def _build_demo_once(installation: Installation) -> None:
    from manypaths.config import prepare

    note = installation.files / "demo-is-built"
    if not note.exists():
        prepare.build_demo()
        note.write_text("", encoding="utf-8")


def _check(address: str) -> "CheckFrontPage":
    return CheckFrontPage(address, time.monotonic() + CHECK_SECONDS)


@dataclass
class CheckFrontPage:
    """Asks for the front page until it answers: 0 when it does, 1 with what it said when it does not."""

    address: str
    until: float

    def __call__(self) -> int | None:
        try:
            with urllib.request.urlopen(self.address, timeout=10) as answer:  # noqa: S310
                say(f"check: the front page answers with {len(answer.read())} bytes.")
                return 0
        except urllib.error.HTTPError as answer:
            fail(f"check: the front page answers with an error: {answer.code} {answer.reason}.")
            return 1
        except OSError as error:
            if time.monotonic() < self.until:
                return None
            fail(f"check: the front page does not answer ({error}).")
            return 1


def _bring_tables_up_to_date() -> int:
    from manypaths.config import prepare

    owner_url = os.environ.get("DATABASE_OWNER_URL", "")
    state = run_in_child(prepare.state_of_tables)
    if state != prepare.WAITING:
        return state
    if not owner_url:
        fail("The tables are not up to date: set DATABASE_OWNER_URL (the role owner) and start again.")
        return 1
    with step("Making the tables"):
        return run_in_child(lambda: prepare.make_tables(owner_url))


def _erase_again_and_index() -> int:
    """A database that was put back from a copy holds again what was erased: not when the doors open."""
    from manypaths.config import prepare

    owner_url = os.environ.get("DATABASE_OWNER_URL", "")
    if not owner_url:
        return 0
    return run_in_child(lambda: prepare.erase_again(owner_url)) or run_in_child(lambda: prepare.index_people(owner_url))


def run_command(installation: Installation, command: str, *arguments: str) -> int:
    """Run one management command with the database of this installation, running already or started for it."""
    with installation.database_for_one_command():
        return run_in_child(lambda: _command(installation, command, *arguments))


def _command(installation: Installation, command: str, *arguments: str) -> int:
    os.environ.update(installation.environment(as_owner_too=True))
    here = Path.cwd()
    give_up_root(installation.account, installation.files)
    import django
    from django.core.management import CommandError, execute_from_command_line

    django.setup()
    if code := _bring_tables_up_to_date():
        return code
    del os.environ["DATABASE_OWNER_URL"]
    if installation.account is None:
        os.chdir(here)
    try:
        execute_from_command_line(["manypaths", command, *arguments])
    except CommandError as error:  # with --traceback: our own sentence, without the name of its class
        fail(str(error))
        return int(error.returncode)
    return 0
