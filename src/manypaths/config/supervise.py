"""Keeps the parts of an installation running and ends them together. No part outlives the one that started it."""

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from manypaths.config.steps import fail

PATIENCE = 15.0
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
TOLD_IN_A_SENTENCE = {"CommandError", "ImproperlyConfigured", "ClusterError", "OperationalError"}


class Lifeline:
    """A pipe that only the parent holds open: when the parent ends, however it ends, every child notices."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()

    def hold_in_child(self, then: Callable[[], None]) -> None:
        """In a child: wait for the parent's end in the background, then act."""
        os.close(self.writer)
        threading.Thread(target=self._wait, args=(then,), daemon=True).start()

    def _wait(self, then: Callable[[], None]) -> None:
        while os.read(self.reader, 1):
            continue
        then()


def end_myself() -> None:
    """Ask this process to stop; if it does not, stop it."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


def end_my_group() -> None:
    """The same for a part and all that it started."""
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def run_in_child(work: Callable[[], int | None]) -> int:
    """Do something in a fork of this process and give its exit code: what it opened or imported ends with it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        leave_with(work)
    while True:
        try:
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        except InterruptedError:
            continue
        except (KeyboardInterrupt, SystemExit):
            _ask_to_end(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
            raise


def leave_with(work: Callable[[], int | None]) -> None:
    """Run this in a child and never return."""
    code = 1
    try:
        code = work() or 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        code = 130
    except BaseException as fault:
        if type(fault).__name__ in TOLD_IN_A_SENTENCE:
            fail(str(fault).strip())
        else:
            traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@dataclass
class Part:
    """One thing that keeps running: the web server, the job worker, the indexer, the clock."""

    name: str
    work: Callable[[], int | None]
    pid: int = 0
    started: float = 0.0
    pause: float = 1.0
    due: float = 0.0


@dataclass
class Supervisor:
    """Forks the parts, starts again what ends, ends all of them when told."""

    parts: list[Part]
    say: Callable[[str], None]
    lifeline: Lifeline = field(default_factory=Lifeline)
    stopping: bool = False

    def run(self, until: Callable[[], int | None] = lambda: None) -> int:
        """Until we are told to stop, or until `until` gives an exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        gc.collect()
        gc.freeze()  # the memory of everything loaded so far stays shared between the parts
        code: int | None = None
        try:
            while not self.stopping and code is None:
                self._start_what_is_due()
                time.sleep(0.1)
                self._reap()
                code = until()
        finally:
            self.end_all()
        return code or 0

    def end_all(self) -> None:
        """Ask every part to end, wait, then insist."""
        self.stopping = True
        running = [part for part in self.parts if part.pid]
        for part in running:
            _tell_group(part.pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while any(part.pid for part in running) and time.monotonic() < until:
            self._reap()
            time.sleep(0.02)
        for part in running:
            if part.pid:
                _tell_group(part.pid, signal.SIGKILL)
                os.waitpid(part.pid, 0)

    def _told_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        for part in self.parts:
            if not part.pid and now >= part.due:
                part.started = now
                part.pid = self._fork(part)

    def _fork(self, part: Part) -> int:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)  # Ctrl-C reaches us only, and what a part starts ends with it
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self.lifeline.hold_in_child(end_my_group)
            leave_with(part.work)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # here too: whoever is first
        return pid

    def _reap(self) -> None:
        for part in self.parts:
            if part.pid and os.waitpid(part.pid, os.WNOHANG)[0]:
                _tell_group(part.pid, signal.SIGKILL)  # what it started and left
                part.pid = 0
                if not self.stopping:
                    self._plan_again(part)

    def _plan_again(self, part: Part) -> None:
        now = time.monotonic()
        part.pause = 1.0 if now - part.started > STEADY_AFTER else min(part.pause * 2, LONGEST_PAUSE)
        part.due = now + part.pause
        self.say(f"The {part.name} ended by itself and is started again in {part.pause:.0f} s.")


def _ask_to_end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def _tell_group(leader: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
