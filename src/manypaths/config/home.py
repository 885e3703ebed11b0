"""Where an installation keeps its things, and as whom it runs. Standard library only.

A plain user: everything in `var/` beside the program. As root: a folder of ours below /var/lib/manypaths, used as the
system user `manypaths`. The mode of a folder that we did not make is never changed.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[3]
SYSTEM_FOLDER = Path("/var/lib/manypaths")
ACCOUNT = "manypaths"
SOCKET_PATH_LIMIT = 107


class ClusterError(Exception):
    """The database cannot run; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user that the database and the web processes run as when we were started as root."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    """Whether PostgreSQL would refuse this user."""
    return os.geteuid() == 0


def project() -> Path:
    """The folder that was cloned, also when the program itself runs from a copy of it."""
    return Path(os.environ.get("MANYPATHS_PROJECT", ROOT)).resolve()


def home() -> Path:
    """The folder for everything that this installation keeps. As root: one of ours, named after the project's path."""
    chosen = os.environ.get("MANYPATHS_VAR")
    place = Path(chosen).absolute() if chosen else project() / "var"
    if is_root():
        return SYSTEM_FOLDER / hashlib.sha256(bytes(place)).hexdigest()[:12]
    return place


def readable_by_all(folder: Path | str) -> bool:
    """Whether any user can read this tree or file: every folder above lets pass, and the files are open to read."""
    path = Path(folder).resolve()
    above = path.parents if path.is_file() else [path, *path.parents]
    sample = [path] if path.is_file() else [one for one in path.iterdir() if one.is_file()][:1]
    if path == ROOT:
        sample = [Path(__file__)]
    return all(one.stat().st_mode & 0o001 for one in above) and all(one.stat().st_mode & 0o004 for one in sample)


def find_account() -> Account | None:
    """The user to drop to: none for a plain user; as root the system user `manypaths`, made when absent."""
    if not is_root():
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        _make_account()
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_account() -> None:
    tool = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    advice = f"As root Manypaths needs a system user named {ACCOUNT}: make one, or start Manypaths as a plain user."
    if tool is None:
        raise ClusterError(advice)
    made = subprocess.run(  # noqa: S603
        [tool, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", ACCOUNT],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode not in (0, 9):  # 9: somebody else made it meanwhile
        raise ClusterError(f"{advice} (useradd said: {made.stderr.strip()})")


def run_as(account: Account | None) -> dict[str, Any]:
    """Arguments for `subprocess` that run a program as the account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def make_folder(path: Path, mode: int, account: Account | None = None) -> Path:
    """Make one folder of ours. The mode of a folder that was there already is left alone."""
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        return path
    path.chmod(mode)
    if account:
        os.chown(path, account.uid, account.gid)
    return path


def make_home(folder: Path) -> Path:
    """Make the folder of this installation and those above it that are missing."""
    for parent in reversed([folder, *folder.parents]):
        make_folder(parent, 0o755)
    return folder


def open_to_readers(folder: Path) -> None:
    """Let every user read a tree that we made, whatever the umask was."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            path.chmod(mode | 0o055 if path.is_dir() or mode & 0o100 else mode | 0o044)


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    path.unlink(missing_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        if account:
            os.fchown(out.fileno(), account.uid, account.gid)
    fresh.rename(path)


def socket_folder(base: Path, account: Account | None) -> Path:
    """A private folder whose path is short enough for a socket."""
    near = base / "s"
    if len(bytes(near)) + len("/.s.PGSQL.5432.lock") <= SOCKET_PATH_LIMIT:
        return make_folder(near, 0o700, account)
    above = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108
    if not os.access(above, os.W_OK):
        above = Path("/tmp")  # noqa: S108
    owner = account.uid if account else os.geteuid()
    key = hashlib.sha256(bytes(base)).hexdigest()[:10]
    folder = make_folder(above / f"mp-{owner}-{key}", 0o700, account)
    if folder.is_symlink() or folder.stat().st_uid != owner or folder.stat().st_mode & 0o077:
        raise ClusterError(f"The folder {folder} is not private to this user: remove it and start again.")
    return folder


class FileLock:
    """A lock on a file between processes; the kernel frees it when its holder ends, even by kill -9."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, or say that somebody else has it."""
        if self._file is None:
            self._file = self.path.open("a+", encoding="utf-8")
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def note(self, text: str) -> None:
        """Write into the held lock who holds it."""
        if self._file:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()

    def read(self) -> str:
        """What the holder wrote."""
        return self.path.read_text(encoding="utf-8").strip() if self.path.exists() else ""

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> "FileLock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
