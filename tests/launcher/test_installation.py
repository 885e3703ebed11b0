"""A whole installation: started, found busy, killed in every way, and started again. Real processes throughout."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from manypaths.config.home import ROOT
from manypaths.config.installation import Installation
from manypaths.config.processes import is_server

pytestmark = pytest.mark.xdist_group("installation")
OURS = ("DATABASE_", "MANYPATHS_", "DJANGO_", "PYTEST_")
PATIENCE = 180


@dataclass
class Started:
    """One `./manypaths demo`, in a process group of its own."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    def read_until(self, pattern: str) -> str:
        """The first word of the output that fits, waiting for it."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found.group(0)
        raise AssertionError("".join(self.lines))

    def address(self) -> str:
        return self.read_until(r"http://127\.0\.0\.1:\d+/")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to the keeper alone and give its exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        assert self.process.stdout
        if not self.process.stdout.closed:
            self.lines += self.process.stdout.readlines()
            self.process.stdout.close()
        return self.process.wait(PATIENCE)

    @property
    def said(self) -> str:
        return "".join(self.lines)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an installation that all tests of this module start and stop."""
    folder = tmp_path_factory.mktemp("installation of tests")
    yield folder
    left = processes_of(folder)
    shutil.rmtree(installation(folder).folder.parent)
    assert left == []


def start(place: Path, *arguments: str) -> Started:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"MANYPATHS_VAR": str(place), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    environment["MANYPATHS_DEMO_PEOPLE"] = "60"
    command = [sys.executable, "-m", "manypaths.config", *arguments]
    return Started(
        subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            cwd="/",
            preexec_fn=_as_from_a_terminal,  # noqa: PLW1509  # the child becomes another program at once
        )
    )


def _as_from_a_terminal() -> None:
    """Whoever runs the tests may outlive their terminal (nohup); what is started here may not."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextlib.contextmanager
def running_demo(place: Path) -> Iterator[tuple[Started, str]]:
    demo = start(place, "demo")
    try:
        yield demo, demo.address()
    finally:
        demo.end()


def installation(place: Path) -> Installation:
    before = os.environ.get("MANYPATHS_VAR")
    os.environ["MANYPATHS_VAR"] = str(place)
    try:
        return Installation("demo")
    finally:
        os.environ["MANYPATHS_VAR"] = before or ""


def processes_of(place: Path) -> list[int]:
    """Every process that works in a folder of this installation."""
    top = str(installation(place).folder)
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if os.readlink(entry).startswith(top):
                found.append(int(entry.parent.name))
    return found


def wait_until_gone(place: Path) -> None:
    until = time.monotonic() + 60
    while processes_of(place) and time.monotonic() < until:
        time.sleep(0.1)
    assert processes_of(place) == []


def answer(address: str) -> int:
    """The status of the front page, waiting until something answers."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as page:
                return int(page.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_a_started_installation_answers_and_a_second_start_says_where(place: Path) -> None:
    with running_demo(place) as (_, address):
        assert answer(address) in {200, 404}
        second = start(place, "demo")
        assert second.wait() == 1
        assert second.said.startswith(f"It is already running: {address} (process ")
        assert second.said.count("\n") == 1
    wait_until_gone(place)


def test_a_busy_port_is_named_and_the_next_one_taken(place: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        demo = start(place, "demo", "--port", str(busy))
        address = demo.address()
        assert f"Port {busy} is in use by another program" in demo.said
        assert f":{busy}/" not in address
        assert answer(address) in {200, 404}
        assert demo.end() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "the terminal is closed"])
def test_the_end_of_a_terminal_stops_everything(place: Path, number: int) -> None:
    demo = start(place, "demo")
    demo.address()
    os.killpg(demo.process.pid, number)
    assert demo.wait() == 0
    assert "Stopped. Everything is saved." in demo.said
    assert "Traceback" not in demo.said
    wait_until_gone(place)


def test_everything_ends_when_the_keeper_is_killed(place: Path) -> None:
    demo = start(place, "demo")
    answer(demo.address())
    demo.end(signal.SIGKILL)
    wait_until_gone(place)


def test_after_a_kill_of_the_whole_group_the_next_start_repairs(place: Path) -> None:
    demo = start(place, "demo")
    answer(demo.address())
    kept = installation(place).cluster
    kept.psql("create table if not exists kept (n int); insert into kept values (1)", "manypaths_demo")
    server = kept.pid()
    assert server
    os.killpg(demo.process.pid, signal.SIGKILL)
    demo.wait()
    assert is_server(server, kept.data)
    with running_demo(place) as (again, address):
        assert f"Stopping the database of an earlier start that ended badly (process {server})" in again.said
        assert answer(address) in {200, 404}
        assert int(kept.psql("select count(*) from kept", "manypaths_demo")) == 1


def test_a_kill_while_it_starts_is_repaired_too(place: Path) -> None:
    for wait in (0.1, 0.4, 0.9):
        demo = start(place, "demo")
        time.sleep(wait)
        os.killpg(demo.process.pid, signal.SIGKILL)
        demo.wait()
    with running_demo(place) as (_, address):
        assert answer(address) in {200, 404}


def test_a_part_that_is_killed_starts_again(place: Path) -> None:
    with running_demo(place) as (_, address):
        answer(address)
        before = set(processes_of(place))
        for pid in before - {installation(place).cluster.pid()}:
            if parent_of(parent_of(pid)) in before and pid not in servers(place):
                os.kill(pid, signal.SIGKILL)
        assert answer(address) in {200, 404}


def test_a_database_that_falls_is_started_again_under_the_running_site(place: Path) -> None:
    with running_demo(place) as (_, address):
        assert answer(address) in {200, 404}
        cluster = installation(place).cluster
        fallen = cluster.pid()
        assert fallen
        os.kill(fallen, signal.SIGKILL)
        until = time.monotonic() + 60
        while cluster.pid() in {None, fallen} and time.monotonic() < until:
            time.sleep(0.05)
        until = time.monotonic() + 60
        while (status := answer(address)) == 503 and time.monotonic() < until:
            time.sleep(0.1)
        assert status in {200, 404}


def test_the_web_processes_are_not_root_and_do_not_know_the_owners_password(place: Path) -> None:
    with running_demo(place) as (demo, address):
        answer(address)
        secret = installation(place).cluster.passwords()["owner"]
        below = [pid for pid in processes_of(place) if pid != demo.process.pid]
        assert below
        for pid in below:
            assert Path(f"/proc/{pid}").stat().st_uid != 0
            with contextlib.suppress(PermissionError):
                assert secret.encode() not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_second_start_makes_nothing_again(place: Path) -> None:
    with running_demo(place) as (demo, _):
        assert "Making" not in demo.said
        assert "Gathering" not in demo.said
        assert "Building" not in demo.said


def test_the_check_of_the_demo_ends_by_itself(place: Path) -> None:
    check = start(place, "demo", "--check")
    code = check.wait()
    assert "check: the front page answers" in check.said
    assert code == (0 if "bytes" in check.said else 1)
    wait_until_gone(place)


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def servers(place: Path) -> set[int]:
    data = str(installation(place).cluster.data)
    return {pid for pid in processes_of(place) if folder_of(pid) == data}


def folder_of(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def test_an_empty_community_off_a_terminal_is_told_what_to_do(place: Path) -> None:
    site = start(place, "serve", "--check")
    assert site.wait() == 1
    assert "This database holds no community yet." in site.said
