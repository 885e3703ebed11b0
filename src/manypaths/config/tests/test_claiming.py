"""Only one start runs an installation; one that was killed stands in nobody's way."""

import subprocess
import sys
import textwrap
from contextlib import contextmanager

import pytest

from manypaths.config import installation
from manypaths.config.home import ROOT, ClusterError
from manypaths.config.installation import Installation

# Holds the lock, says so, and leaves a child behind that holds it a while longer: as a killed group does for a moment.
HOLDER = """
    import os, sys, time
    from pathlib import Path
    from manypaths.config.home import FileLock

    lock = FileLock(Path(sys.argv[1]))
    lock.acquire()
    lock.note(f"http://127.0.0.1:8000/ (process {os.getpid()})")
    if os.fork() == 0:
        time.sleep(float(sys.argv[2]))
        os._exit(0)
    print("held", flush=True)
    sys.stdin.read() if sys.argv[3] == "stays" else os._exit(0)
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.setattr(installation, "home", lambda: tmp_path)
    made = Installation("demo", account=None)
    yield made
    made.running.release()


@contextmanager
def hold(mine, seconds, then):
    words = [sys.executable, "-c", textwrap.dedent(HOLDER), str(mine.running.path), str(seconds), then]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT / "src") as holder:
        assert holder.stdout.readline() == b"held\n"
        yield holder


def test_what_a_killed_start_left_behind_is_waited_for(mine):
    with hold(mine, 0.5, "ends") as holder:
        holder.wait()
        mine.claim()


def test_a_start_that_runs_is_not_disturbed(mine):
    with hold(mine, 0, "stays") as holder:
        with pytest.raises(ClusterError, match=rf"already running: http://127.0.0.1:8000/ \(process {holder.pid}\)"):
            mine.claim()
        holder.communicate()
        mine.claim()


def test_the_dead_are_not_waited_for_without_end(mine, monkeypatch):
    monkeypatch.setattr(installation, "FALLING", 0.1)
    with hold(mine, 3, "ends") as holder:
        holder.wait()
        with pytest.raises(ClusterError):
            mine.claim()
