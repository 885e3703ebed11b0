"""A throwaway place to check in: a database server, its tables, a web server. The installation is not touched."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from manypaths.config.cluster import Cluster
from manypaths.config.home import Account, ClusterError, FileLock, find_account, home, make_folder, make_home
from manypaths.config.runner import give_up_root
from manypaths.config.steps import step
from manypaths.config.supervise import run_in_child

DATABASE = "manypaths_check"
SERVE = """
import manypaths.config.wsgi
from manypaths.config.webserver import serve_while_stdin_is_open
from manypaths.config.access_matrix.newcomer import add_address
add_address()
serve_while_stdin_is_open({port})
"""
STARTING = 60.0
ENDING = 30.0
NOT_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MEASURES_URL", "MANYPATHS_HOSTS", "MANYPATHS_INDEX_DIR",
            "MANYPATHS_FACTS_DIR", "MANYPATHS_KEYRING", "MANYPATHS_KEY_FOLDER", "MANYPATHS_KEY_COMMAND",
            "MANYPATHS_SECRET_KEY_FILE")  # fmt: skip


@dataclass
class Throwaway:
    """One folder with everything in it, under a lock that is held for as long as it is used."""

    folder: Path
    account: Account | None
    cluster: Cluster

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def environment(self) -> dict[str, str]:
        """What the settings read."""
        return {
            "DJANGO_SETTINGS_MODULE": "manypaths.config.settings",
            "MANYPATHS_VAR": str(self.files),
            "MANYPATHS_ROLE": "app",
            "MANYPATHS_DEMO": "0",
            "MANYPATHS_TESTING": "1",
            "MANYPATHS_LOOPBACK_HTTP": "1",
            "DATABASE_URL": self.cluster.url("app", DATABASE),
            "DATABASE_SEALER_URL": self.cluster.url("sealer", DATABASE),
            "DATABASE_MEASURES_URL": self.cluster.url("measures", DATABASE),
            "HOME": str(self.files),
        }


def in_a_throwaway_place(work: Callable[[str], int]) -> int:
    """Make the place, do the work in a child that is not root, and take everything away, however it ends."""
    with _ends_like_ctrl_c(), _place() as place:
        owner = place.cluster.url("owner", DATABASE)
        return run_in_child(lambda: _below(place, owner, work))


@contextlib.contextmanager
def _ends_like_ctrl_c() -> Iterator[None]:
    """Whoever ends us from outside still finds nothing left behind."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _place() -> Iterator[Throwaway]:
    account, above = find_account(), make_folder(make_home(home()) / "check", 0o755)
    _sweep(above)
    folder = make_folder(above / str(os.getpid()), 0o755)
    lock = FileLock(folder / "used")
    lock.acquire()
    cluster = Cluster(folder / "cluster", durable=False, account=account, copies=home())
    place = Throwaway(folder, account, cluster)
    try:
        make_folder(make_folder(place.files, 0o700, account) / "static", 0o755, account)
        with step("Starting a database for the check"):
            cluster.start()
            cluster.prepare_database(DATABASE)
        yield place
    finally:
        _take_away(folder, cluster)
        lock.release()


def _sweep(above: Path) -> None:
    """Take away what a killed check left."""
    for folder in above.iterdir():
        lock = FileLock(folder / "used")
        if folder.is_dir() and lock.acquire(wait=False):
            _take_away(folder, Cluster(folder / "cluster", durable=False, copies=home()))
            lock.release()


def _take_away(folder: Path, cluster: Cluster) -> None:
    cluster.stop(patience=5)
    shutil.rmtree(cluster.sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _below(place: Throwaway, owner: str, work: Callable[[str], int]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # nothing here needs tidying up: whoever waits for us does that
    for name in NOT_OURS:
        os.environ.pop(name, None)
    os.environ.update(place.environment())
    give_up_root(place.account, place.files)
    import django

    django.setup()
    from manypaths.config.database import connect_django_to
    from manypaths.config.prepare import make_tables

    with step("Making the tables"):
        make_tables(owner)
    connect_django_to(os.environ["DATABASE_URL"])
    return work(owner)


@contextlib.contextmanager
def web_server(log: IO[bytes], serve: str = SERVE, **more: str) -> Iterator[str]:
    """The real web server on a free port, in a process of its own that ends with us. Gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one), **more}
    environment.pop("DATABASE_SEALER_URL", None)  # no web server knows how to sign in as the one who seals
    command = [sys.executable, "-c", serve.format(port=port)]
    with subprocess.Popen(  # noqa: S603  # our own program and words
        command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
    ) as server:
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(ENDING)


def _wait_until_it_answers(site: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            urllib.request.urlopen(f"{site}/static/none", timeout=5).close()  # noqa: S310  our own server
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            pass
        if server.poll() is not None or time.monotonic() > until:
            raise ClusterError("The web server of the check did not start.")
        time.sleep(0.05)
