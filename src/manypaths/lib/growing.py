"""A file that only grows: what is written to it is on the disk, and one at a time writes."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def growing(path: Path) -> Iterator[Callable[[str], None]]:
    """The way to add lines to a file that nobody else adds to meanwhile. A line that was cut off before stays one.

    Afterwards: what was added is on the disk, also when the power goes. Only the owner of the file can read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)

    def add(lines: str) -> None:
        if lines:
            mend = "\n" if _ends_in_the_middle(descriptor) else ""
            os.write(descriptor, (mend + lines).encode())
            os.fsync(descriptor)

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield add
    finally:
        os.close(descriptor)


def _ends_in_the_middle(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
