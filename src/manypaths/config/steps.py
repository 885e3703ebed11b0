"""What a start tells the one who waits: one line a step, with the seconds it took. Standard library only."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str = "") -> None:
    """One line, at once."""
    print(text, flush=True)


def fail(text: str) -> None:
    """One sentence about what went wrong."""
    print(text, file=sys.stderr, flush=True)


def show(text: str) -> None:
    """A line that the next one writes over; on a terminal only."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {text}", end="", flush=True)


@contextmanager
def step(text: str, quiet_below: float = 0.0) -> Iterator[None]:
    """Say what is being done, and how long it took; a step that takes no time need not be told."""
    started = time.monotonic()
    show(f"{text} …")
    try:
        yield
    except BaseException:
        show("")
        raise
    took = time.monotonic() - started
    show("")
    if took >= quiet_below:
        say(f"  {text}: {took:.1f} s")


class CountLines:
    """Takes what Django prints while it migrates and shows how far it is."""

    def __init__(self, text: str, total: int) -> None:
        self.text, self.total, self.done = text, total, 0

    def write(self, words: str) -> None:
        """Count the steps that are done."""
        self.done += words.count("OK")
        show(f"{self.text} … {min(self.done, self.total)} of {self.total}")

    def flush(self) -> None:
        """Nothing is kept back."""

    def isatty(self) -> bool:
        """Colours would only be counted."""
        return False
