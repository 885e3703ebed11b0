"""A database and a web server of a benchmark's own, as in production: durable, with real sign-ins and both walls."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from manypaths.config.cluster import Cluster
from manypaths.config.home import home
from manypaths.config.webserver import workers as default_workers

if TYPE_CHECKING:
    from manypaths.accounts.models import User

ROOT = Path(__file__).resolve().parents[1]
MAKE_TABLES = "import django; django.setup(); from manypaths.config.prepare import make_tables; make_tables()"


class Stage:
    """One database on an own cluster, migrated, and the environment that programs on it need."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cluster = Cluster(home() / f"bench-{name}")
        self.files = self.cluster.base / "files"
        self.server: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> "Stage":
        self.cluster.start()
        self.cluster.psql("drop database if exists bench with (force)")
        self.cluster.prepare_database("bench")
        self.files.mkdir(exist_ok=True)
        (self.files / "static").mkdir(exist_ok=True)
        self._run(["-c", MAKE_TABLES], role="owner")
        self._run(["-m", "django", "collectstatic", "--noinput", "--verbosity", "0"], role="app")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_server()
        self.cluster.stop()

    def url(self, role: str) -> str:
        """The address of the database for one role."""
        return self.cluster.url(role, "bench")

    def environment(self, role: str = "app") -> dict[str, str]:
        """What a program on this database needs to be told."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "manypaths.config.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "MANYPATHS_LOOPBACK_HTTP": "1",
            "MANYPATHS_VAR": str(self.files),
            "MANYPATHS_ROLE": role,
            "DATABASE_URL": self.url("app"),
            "DATABASE_OWNER_URL": self.url("owner"),
            "DATABASE_MEASURES_URL": self.url("measures"),
        }

    def enter_django(self, role: str = "app") -> None:
        """Load Django in this process, on this database."""
        os.environ.update(self.environment(role))
        import django

        django.setup()

    def start_server(self, application: str = "manypaths.config.wsgi", workers: int | None = None) -> str:
        """Start gunicorn on a free loopback port and wait until it answers. Gives the address."""
        self.port = self.port or _free_port()
        command = [
            "-m",
            "gunicorn",
            "--preload",
            "-w",
            str(workers or default_workers()),
            "-b",
            f"127.0.0.1:{self.port}",
        ]
        self.server = subprocess.Popen(
            [sys.executable, *command, "--no-control-socket", "--log-level", "critical", application],
            env=self.environment(),
            start_new_session=True,
        )
        until = time.monotonic() + 60
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the web server did not start")
            time.sleep(0.02)
        return f"http://127.0.0.1:{self.port}"

    def stop_server(self) -> None:
        """Stop the web server in good order."""
        if self.server:
            self.server.terminate()
            self.server.wait(30)
            self.server = None

    def kill_server(self) -> None:
        """Kill the whole process group at once, as a power switch for the program would."""
        if self.server:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sw.js", timeout=2).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True

    def _run(self, arguments: list[str], role: str) -> None:
        subprocess.run([sys.executable, "-W", "ignore", *arguments], env=self.environment(role), check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def session_cookie(account: "User", *, device: str, membership: str | None = None) -> str:
    """A session as signing in would have made it, and its cookie."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    now = datetime.now(UTC).isoformat()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update(
        {
            SESSION_KEY: str(account.id),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: account.get_session_auth_hash(),
            "device": device,
            "started_at": now,
            "seen_at": now,
            "factor_at": now,
        }
    )
    if membership:
        session["membership"] = membership
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextlib.contextmanager
def timed() -> Iterator[list[float]]:
    """Seconds between entering and leaving, in a list of one."""
    found: list[float] = []
    begin = time.perf_counter()
    yield found
    found.append(time.perf_counter() - begin)
