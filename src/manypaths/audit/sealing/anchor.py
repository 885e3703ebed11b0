"""The anchor: a file outside the database that only grows, one line a minute, each written through to the disk.

It shows what a database cannot show of itself: that it was longer, or another, at a time that is over.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from manypaths.audit.rules.chain import NOTHING, Line, NotALine, read_line, text_of_line

LONGEST_LINE = 512


def add_line(path: Path, key: bytes, line: Line) -> None:
    """Write one more line, chained to the last one.

    Afterwards: it is on the disk, also when the power goes.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        end = _end_of(descriptor)
        mend = b"" if not end or end.endswith(b"\n") else b"\n"
        os.write(descriptor, mend + text_of_line(key, replace(line, previous=_last_mac(end))).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _write_through(path.parent)


def last_line(path: Path) -> Line | None:
    """The newest line that can be read."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        end = _end_of(file.fileno())
    for text in reversed(end.decode("utf-8", "replace").splitlines()):
        try:
            return read_line(text)[0]
        except NotALine:
            continue
    return None


def lines_of(path: Path, size: int) -> Iterator[str]:
    """The lines within the first `size` bytes: those that stood there when somebody looked."""
    if not path.exists():
        return
    with path.open("rb") as file:
        while size > 0 and (text := file.readline(LONGEST_LINE)):
            size -= len(text)
            yield text.decode("utf-8", "replace")


def size_of(path: Path) -> int:
    """How long the file is now; 0 when it is not there."""
    return path.stat().st_size if path.exists() else 0


def _end_of(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, 2 * LONGEST_LINE, max(0, size - 2 * LONGEST_LINE))


def _last_mac(end: bytes) -> bytes:
    for text in reversed(end.decode("utf-8", "replace").splitlines()):
        try:
            return read_line(text)[1]
        except NotALine:
            continue
    return NOTHING


def _write_through(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
