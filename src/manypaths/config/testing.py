"""PostgreSQL for the tests: one throwaway server, one template migrated once, a clone for whoever needs to commit.

Tests run under row-level security. In a `db` test Django is signed in as the superuser with `role=app`, so that
`with as_owner():` can set up raw rows inside the same transaction. A `committed_db` test has a database of its own and
a real sign-in as `app`, with no way up: what the walls must stand against.
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from manypaths.config.cluster import SUPERUSER, Cluster
from manypaths.config.home import ROOT, ClusterError, FileLock, home, make_folder, make_home

MIGRATE_INPUTS = ("*/migrations/**/*.py", "*/guards.py", "**/*.sql", "**/data/**/*", "**/instruments/**/*.json")
MIGRATE = "import django; django.setup(); from manypaths.config.prepare import make_tables; make_tables()"
KEPT_TEMPLATES = 12
PLACEHOLDER = "not_yet"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass
class TestServer:
    """The server that all test runs of this tree share, and the databases of this process on it."""

    cluster: Cluster
    users: FileLock
    template: str = ""
    current: str = ""
    made: list[str] = field(default_factory=list)

    __test__ = False

    @property
    def files(self) -> Path:
        """The folder of this process for keys, index and uploads."""
        return self.cluster.base / f"files_{os.getpid()}"

    @property
    def own_places(self) -> dict[str, Path]:
        """What this process writes, by name in the settings: they are read before a worker knows its own folder."""
        return {
            "FACTS_DIR": self.files / "facts",
            "INDEX_DIR": self.files / "index",
            "KEY_FOLDER": self.files / "keys" / "holders",
            "AUDIT_KEY_FILE": self.files / "keys" / "audit_key",
            "AUDIT_ANCHOR_FILE": self.files / "audit-anchor.log",
            "ERASURES_FILE": self.files / "erasures.log",
            "STOPPED_FILE": self.files / "stopped.log",
            "KEPT_AWAY_FILE": self.files / "kept-away.log",
            "EMERGENCY_LOG_FILE": self.files / "emergency.log",
        }

    def start(self) -> None:
        """Join the running server, or start it; whoever leaves last stops it."""
        with self.cluster.locked("start.lock"):
            if self.cluster.pid() is None:
                self._forget_after_reboot()
                self.cluster.start()
            self.users.acquire(shared=True)
            self._drop_leftovers()
        self.template = self._ready_template()

    def leave(self) -> None:
        """Drop our databases; the last one out stops the server."""
        for name in list(self.made):
            self.drop(name)
        shutil.rmtree(self.files, ignore_errors=True)
        with self.cluster.locked("start.lock"):
            self.users.release()
            if self.users.acquire(wait=False):
                self.cluster.stop()
            self.users.release()

    def clone(self) -> str:
        """A fresh copy of the migrated template."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"t_{os.getpid()}_{worker}_{len(self.made)}_{secrets.token_hex(2)}"
        self.cluster.psql(f"create database {name} template {self.template} owner owner")
        self.cluster.psql(
            f"revoke all on database {name} from public; revoke temporary on database {name} from owner;"
            f"grant connect on database {name} to app, measures, sealer, owner"
        )
        self.made.append(name)
        return name

    def drop(self, name: str) -> None:
        """Drop one of our databases, whoever is still connected."""
        self.cluster.psql(f"drop database if exists {name} with (force)")
        self.made.remove(name)

    def url(self, role: str, database: str | None = None) -> str:
        """The address for a login role or `superuser` on the current test database."""
        return self.cluster.url(SUPERUSER if role == "superuser" else role, database or self.current)

    def _forget_after_reboot(self) -> None:
        """Without fsync a crash of the machine may leave torn data: such data is thrown away."""
        now = BOOT_ID.read_text() if BOOT_ID.exists() else ""
        note = self.cluster.base / "boot"
        before = note.read_text() if note.exists() else now
        if before != now and (self.cluster.data / "postmaster.pid").exists():
            (self.cluster.data / "PG_VERSION").unlink(missing_ok=True)
        note.write_text(now)

    def _drop_leftovers(self) -> None:
        names = self.cluster.psql("select datname from pg_database where datname like 't\\_%'").split()
        for name in names:
            pid = re.match(r"t_(\d+)_", name)
            if pid and not _runs(int(pid.group(1))):
                self.cluster.psql(f"drop database if exists {name} with (force)")
        for folder in self.cluster.base.glob("files_*"):
            if not _runs(int(folder.name.removeprefix("files_"))):
                shutil.rmtree(folder, ignore_errors=True)

    def _ready_template(self) -> str:
        name = f"tpl_{schema_fingerprint()}"
        with self.cluster.locked("template.lock"):
            if not self.cluster.psql(f"select 1 from pg_database where datname = '{name}'"):  # noqa: S608
                self._build_template(name)
            self.cluster.psql(f"comment on database {name} is '{int(time.time())}'")
            self._drop_old_templates()
        return name

    def _build_template(self, name: str) -> None:
        draft = f"{name}_draft"
        self.cluster.psql(f"drop database if exists {draft} with (force)")
        self.cluster.prepare_database(draft)
        environment = {**os.environ, "MANYPATHS_ROLE": "owner", "DATABASE_OWNER_URL": self.url("owner", draft)}
        environment["PYTHONPATH"] = str(ROOT / "src")
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-c", MIGRATE],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            said = [line for line in ran.stderr.splitlines() if line and not line.startswith(("  ", "Traceback"))]
            raise ClusterError("The migrations do not run on an empty database:\n" + "\n".join(said[-6:]))
        self.cluster.psql("vacuum analyze", draft)  # the planner knows which tables are empty: the same plans each run
        self.cluster.psql(f"alter database {draft} rename to {name}")

    def _drop_old_templates(self) -> None:
        rows = self.cluster.psql(
            "select datname from pg_database where datname ~ '^tpl_[0-9a-f]+$' order by"
            " coalesce(shobj_description(oid, 'pg_database')::bigint, 0) desc"
        ).split()
        for name in rows[KEPT_TEMPLATES:]:
            self.cluster.psql(f"drop database if exists {name}")


def prepare_environment() -> TestServer:
    """Set what the settings read, before Django is loaded; nothing is started yet."""
    base = Path(os.environ.setdefault("MANYPATHS_TEST_BASE", str(home() / "test")))  # one for all workers of a run
    make_home(base.parent)
    server = TestServer(Cluster(base, durable=False), FileLock(base / "users.lock"))
    make_folder(make_folder(server.files, 0o700) / "static", 0o700)
    variables = {
        "DJANGO_SETTINGS_MODULE": "manypaths.config.settings",
        "MANYPATHS_TESTING": "1",
        "MANYPATHS_LOOPBACK_HTTP": "1",
        "MANYPATHS_VAR": str(make_folder(server.files, 0o700)),
        # Workers inherit these before their own folder is known: one secret and one ring for all of a run.
        "MANYPATHS_SECRET_KEY_FILE": str(base / "secret_key"),
        "MANYPATHS_KEYRING": str(base / "keyring.json"),
        "MANYPATHS_ROLE": "app",
        "DATABASE_URL": app_session_url(server, PLACEHOLDER),
        "DATABASE_OWNER_URL": server.url("owner", PLACEHOLDER),
        "DATABASE_MEASURES_URL": server.url("measures", PLACEHOLDER),
    }
    make_folder(server.files / "static", 0o755)  # the static file server warns without it
    os.environ.update(variables)
    return server


def app_session_url(server: TestServer, database: str) -> str:
    """The superuser's session that acts as `app`: row-level security holds, and `as_owner` can step up."""
    return server.url("superuser", database) + "&options=-c%20role%3Dapp"


def schema_fingerprint() -> str:
    """A name for what the migrations would make: all of them, what they read, the settings, the locked packages."""
    source = ROOT / "src" / "manypaths"
    files = {path for pattern in MIGRATE_INPUTS for path in source.glob(pattern) if path.is_file()}
    files |= {
        source / "config" / name for name in ("settings.py", "cluster.py", "roles.py", "prepare.py", "testing.py")
    }
    files.add(ROOT / "locks" / "app.txt")
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        if path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# Inside a test


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """Set up raw rows as the owner of the tables, where the walls do not stand; then be `app` again.

    In a `db` test this is a role of the same transaction; in a `committed_db` test it is a sign-in of its own.
    """
    from django.db import connection

    if connection.settings_dict["USER"] == SUPERUSER:
        with connection.cursor() as cursor:
            cursor.execute("set local role owner" if connection.in_atomic_block else "set role owner")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("set local role app" if connection.in_atomic_block else "set role app")
        return
    from manypaths.config.database import connect_django_to

    before = dict(connection.settings_dict)
    connect_django_to(_other_login(before, "owner"))
    try:
        yield
    finally:
        connect_django_to(_other_login(before, str(before["USER"])))


def _other_login(settings_dict: dict[str, object], role: str) -> str:
    assert SERVER is not None
    return SERVER.url(role, str(settings_dict["NAME"]))


def role_url(role: str) -> str:
    """An address of the current test database for a login role or `superuser`, for a raw connection."""
    assert SERVER is not None
    return SERVER.url(role)


@dataclass
class LiveSite:
    """The real web server on the current test database: separate processes, signed in to the database as `app`."""

    database: str
    database_url: str
    url: str = ""
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it on a free port and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        serve = f"from manypaths.config.webserver import serve_while_stdin_is_open as s; s({port})"
        environment = {**os.environ, "DATABASE_URL": self.database_url, "PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", serve], env=environment, stdin=subprocess.PIPE
        )
        until = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise ClusterError("The web server for this test did not start; its words stand above.")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it."""
        if self.process and self.process.stdin:
            self.process.stdin.close()
            self.process.wait(30)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/static/none", timeout=5).close()  # noqa: S310
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True


SERVER: TestServer | None = None
