"""One installation on this machine: its folder, its database and the variables its programs read.

The demo and the real community share nothing: two folders, two servers, two keys. Standard library only.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from manypaths.config.cluster import Cluster
from manypaths.config.home import Account, ClusterError, FileLock, find_account, home, make_folder, make_home, project
from manypaths.config.processes import lives
from manypaths.config.steps import step

FALLING = 30.0  # seconds that the parts of a killed installation have to end


@dataclass
class Installation:
    """`kind` is "demo" or "site"."""

    kind: str
    account: Account | None = field(default_factory=find_account)

    def __post_init__(self) -> None:
        note = make_home(home()) / "belongs-to"
        if not note.exists():
            note.write_text(f"{os.environ.get('MANYPATHS_VAR') or project()}\n", encoding="utf-8")
        self.folder = make_folder(home() / self.kind, 0o755 if self.account else 0o700)
        self.files = make_folder(self.folder / "files", 0o700, self.account)
        self.running = FileLock(self.folder / "running")
        self.database = "manypaths_demo" if self.kind == "demo" else "manypaths"
        self._cluster: Cluster | None = None

    @property
    def own_server(self) -> bool:
        """Whether the database is ours to start: always for the demo, else unless DATABASE_URL names another."""
        return self.kind == "demo" or not os.environ.get("DATABASE_URL")

    @property
    def cluster(self) -> Cluster:
        """The embedded server of this installation."""
        if self._cluster is None:
            self._cluster = Cluster(self.folder / "cluster", account=self.account, copies=home())
        return self._cluster

    def url(self, role: str) -> str:
        """The address of the database for a role; empty when the operator has named none."""
        if self.own_server:
            return self.cluster.url(role, self.database)
        return os.environ.get("DATABASE_URL" if role == "app" else f"DATABASE_{role.upper()}_URL", "")

    def environment(self, *, as_owner_too: bool = False) -> dict[str, str]:
        """What the settings read. Only what prepares the tables may learn the owner's password."""
        loopback = self.kind == "demo" or os.environ.get("MANYPATHS_LOOPBACK_HTTP") == "1"
        return {
            "DJANGO_SETTINGS_MODULE": "manypaths.config.settings",
            "MANYPATHS_VAR": str(self.files),
            "MANYPATHS_ROLE": "app",
            "MANYPATHS_DEMO": "1" if self.kind == "demo" else "0",
            "MANYPATHS_LOOPBACK_HTTP": "1" if loopback else "0",
            "DATABASE_URL": self.url("app"),
            "DATABASE_MEASURES_URL": self.url("measures"),
            "DATABASE_SEALER_URL": self.url("sealer"),
            "HOME": str(self.files),
        } | ({"DATABASE_OWNER_URL": self.url("owner")} if as_owner_too else {})

    def claim(self) -> None:
        """Be the only one that runs this installation, or say where it runs already."""
        if not (self.running.acquire(wait=False) or self._let_go_by_the_dead()):
            where = self.running.read() or "somewhere"
            raise ClusterError(f"It is already running: {where}. Stop it there with Ctrl-C, or use that one.")
        self.running.note(f"process {os.getpid()}")

    def _let_go_by_the_dead(self) -> bool:
        """Whether the one who ran it has ended, and the last of their processes lets go within a moment."""
        keeper = re.search(r"process (\d+)", self.running.read())
        until = time.monotonic() + FALLING
        while keeper and not lives(int(keeper[1])) and time.monotonic() < until:
            if self.running.acquire(wait=False):
                return True
            time.sleep(0.05)
        return False

    def start_database(self) -> None:
        """Start our server when it is ours, with the database and its roles in place."""
        if self.own_server:
            with step("Starting the database"):
                self.cluster.start(lambda text: print(f"  {text}", flush=True))
                self.cluster.prepare_database(self.database)

    def stop_database(self) -> None:
        """Stop our server."""
        if self.own_server and self._cluster is not None:
            self._cluster.stop()

    @contextmanager
    def database_for_one_command(self) -> Iterator[None]:
        """Use the running server, or start one for as long as this takes."""
        if self.own_server and not self.running.acquire(wait=False):
            yield
            return
        try:
            self.start_database()
            yield
        finally:
            self.stop_database()
            self.running.release()

    def note_address(self, address: str, keeper: int) -> None:
        """For a second start: where this one answers."""
        self.running.note(f"{address} (process {keeper})")


def log_file(installation: Installation) -> Path:
    """Where the web server and the workers write what went wrong."""
    return installation.files / "manypaths.log"
