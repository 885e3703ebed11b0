"""As root: a copy of the program that the unprivileged user can read, when the project lies where only root can.

The web processes give root up and still load pages and modules later, so everything they read must be readable to
them. The mode of a folder that we did not make is never changed: what is closed is copied. Standard library only.
"""

import hashlib
import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from manypaths.config.home import ROOT, home, is_root, open_to_readers, readable_by_all

LEAVE_OUT = shutil.ignore_patterns("__pycache__", "site-packages", "test", "tests", "idlelib", "turtledemo", "config-*")


def carry_on_from_a_readable_copy() -> None:
    """Start this very command again from the copy; does nothing for a plain user or an open folder."""
    if not is_root() or os.environ.get("MANYPATHS_PROJECT"):
        return
    project_is_open, python_is_open = readable_by_all(ROOT), readable_by_all(Path(sysconfig.get_path("stdlib")))
    if project_is_open and python_is_open:
        return
    source = ROOT / "src" if project_is_open else _copy(ROOT / "src", "app", shutil.ignore_patterns("__pycache__"))
    environment = dict(os.environ, MANYPATHS_PROJECT=str(ROOT), PYTHONPATH=str(source))
    python = sys.executable
    if not python_is_open:
        prefix = _copy_python()
        python = str(prefix / "bin" / "python")
        environment |= {"PYTHONHOME": str(prefix), "LD_LIBRARY_PATH": str(prefix / "lib")}
        environment["PYTHONPATH"] += os.pathsep + sysconfig.get_path("purelib")
    os.execve(python, [python, "-m", "manypaths.config", *sys.argv[1:]], environment)  # noqa: S606


def _copy(source: Path, name: str, leave_out: Callable[[Any, list[str]], Iterable[str]]) -> Path:
    """The copy of a tree, made anew when anything in it changed."""
    target = home() / f"{name}-{_fingerprint(source)}"
    if not target.exists():
        for old in home().glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        fresh = home() / f"{name}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(source, fresh, ignore=leave_out)
        open_to_readers(fresh)
        fresh.rename(target)
    return target


def _copy_python() -> Path:
    """Python itself with its standard library, as a home of its own that programs started later can run too."""
    prefix = home() / f"python-{platform.python_version()}"
    if not prefix.exists():
        library = Path(sysconfig.get_path("stdlib"))
        fresh = home() / f"python.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(library, fresh / "lib" / library.name, ignore=LEAVE_OUT, symlinks=False)
        (fresh / "bin").mkdir()
        shutil.copy(Path(sys.executable).resolve(), fresh / "bin" / "python")
        for shared in Path(str(sysconfig.get_config_var("LIBDIR"))).glob("libpython*.so*"):
            shutil.copy(shared, fresh / "lib")
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
