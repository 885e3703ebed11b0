"""Which processes are ours: a number alone may have passed to another program. Standard library only."""

import os
from pathlib import Path


def processes_in(data: Path) -> list[int]:
    """Every server process whose working folder is this data (Linux only)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(entry) == str(data):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def lives(pid: int) -> bool:
    """Whether a process with this number is there and has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return not Path("/proc/self").exists()
    return state[:1] != ["Z"]


def is_server(pid: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL server on this data (and not another program with a reused number)."""
    if not lives(pid):
        return False
    line = Path(f"/proc/{pid}/cmdline")
    try:
        words = line.read_bytes().split(b"\0")
    except OSError:
        return not Path("/proc/self").exists()
    return bytes(data) in words
