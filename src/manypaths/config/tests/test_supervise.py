"""Parts that are watched: started again when they end, and ended with all that they started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from manypaths.config.home import ROOT

PROGRAM = """
import subprocess, sys, time
from manypaths.config.supervise import Part, Supervisor
from pathlib import Path

def long_work():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    with open(sys.argv[1], "a") as notes:
        notes.write(f"{child.pid}\\n")
    time.sleep(300)

sys.exit(Supervisor([Part("long work", long_work, pause=0.1)], say=lambda text: print(text, flush=True)).run())
"""


def supervised(notes: Path) -> "subprocess.Popen[str]":
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"))
    command = [sys.executable, "-c", PROGRAM, str(notes)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)


def started(notes: Path, count: int) -> list[int]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        lines = notes.read_text().split() if notes.exists() else []
        if len(lines) >= count:
            return [int(line) for line in lines]
        time.sleep(0.05)
    raise AssertionError("the part did not start")


def wait_gone(pid: int) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_what_a_part_started_ends_with_everything(tmp_path: Path) -> None:
    process = supervised(tmp_path / "notes")
    (grandchild,) = started(tmp_path / "notes", 1)
    process.terminate()
    process.communicate()
    assert process.returncode == 0
    assert wait_gone(grandchild)


def test_what_a_part_started_ends_when_the_one_above_is_killed(tmp_path: Path) -> None:
    process = supervised(tmp_path / "notes")
    (grandchild,) = started(tmp_path / "notes", 1)
    process.kill()
    process.communicate()
    assert wait_gone(grandchild)


def test_a_part_that_is_killed_starts_again_and_leaves_nothing(tmp_path: Path) -> None:
    process = supervised(tmp_path / "notes")
    (first,) = started(tmp_path / "notes", 1)
    os.kill(parent(first), signal.SIGKILL)
    assert len(started(tmp_path / "notes", 2)) == 2
    assert wait_gone(first)
    process.terminate()
    said, _ = process.communicate()
    assert "The long work ended by itself and is started again" in said
