"""As root: a copy of the program that the unprivileged user can read, when the project lies where only root can.

The web processes give root up and still load pages and modules later, so everything they read must be readable to
them. The mode of a folder that we did not make is never changed: what is closed is copied. Standard library only.
"""

import hashlib
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from manypaths.config.home import ROOT, home, is_root, open_to_readers, readable_by_all

LEAVE_OUT = shutil.ignore_patterns("__pycache__", "site-packages", "test", "tests", "idlelib", "turtledemo", "config-*")


def carry_on_from_a_readable_copy() -> None:
    """Start this very command again from the copy; does nothing for a plain user or an open folder."""
    if not is_root() or os.environ.get("MANYPATHS_PROJECT"):
        return
    environment = dict(os.environ, MANYPATHS_PROJECT=str(ROOT), PYTHONPATH=str(ROOT / "src"))
    if not readable_by_all(ROOT):
        environment["PYTHONPATH"] = str(_copy(ROOT / "src", "app", shutil.ignore_patterns("__pycache__")))
    library = Path(sysconfig.get_path("stdlib"))
    if not readable_by_all(library):
        environment["PYTHONHOME"] = str(_copy_library(library))
    if environment.keys() - os.environ.keys() > {"MANYPATHS_PROJECT"} or environment["PYTHONPATH"] != str(ROOT / "src"):
        os.execve(sys.executable, [sys.executable, "-m", "manypaths.config", *sys.argv[1:]], environment)  # noqa: S606


def _copy(source: Path, name: str, leave_out: object) -> Path:
    """The copy of a tree, made anew when anything in it changed."""
    target = home() / f"{name}-{_fingerprint(source)}"
    if not target.exists():
        for old in home().glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        fresh = home() / f"{name}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(source, fresh, ignore=leave_out)  # type: ignore[arg-type]
        open_to_readers(fresh)
        fresh.rename(target)
    return target


def _copy_library(library: Path) -> Path:
    """Python's standard library, as a home of its own (PYTHONHOME/lib/python3.x)."""
    prefix = home() / f"python-{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    if not prefix.exists():
        fresh = home() / f"python.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(library, fresh / "lib" / library.name, ignore=LEAVE_OUT, symlinks=False)
        open_to_readers(fresh)
        fresh.rename(prefix)
    return prefix


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            facts = path.stat()
            digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:12]
