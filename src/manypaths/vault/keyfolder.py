"""The keys of holders: one file a key in a folder outside the database, or each file locked by a command of one's own.

A file holds one word and one secret: `plain` and the secret itself, or `command` and what the command made of it. The
command is asked `wrap NAME` or `unwrap NAME`, gets bytes and gives bytes; a plain secret never lies on the disk then.
What was read is kept in memory for five minutes: a command that stops answering closes what it opened within these.
"""

import base64
import os
import secrets
import shlex
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from manypaths.vault import rules

KEPT_SECONDS = 300.0
COMMAND_SECONDS = 10.0
MOST_BYTES = 65_536
MOST_DERIVED = 4096
PLAIN, COMMAND = "plain", "command"
FOR_OTHERS = ("DATABASE_", "MANYPATHS_")


class KeyUnavailable(Exception):
    """A key cannot be used now; the text is one sentence that says which and what to do. It names no person."""


@dataclass
class _Known:
    """One secret in memory, and what was derived from it; both go together."""

    secret: bytes
    until: float
    derived: dict[UUID, AESGCM] = field(default_factory=dict)


_known: dict[str, _Known] = {}


def wrapping_key(name: str, holder_id: UUID) -> AESGCM:
    """The wrapping key of a holder under the key of this name.

    Refuses: KeyUnavailable when the key is lost, can be read by others, or its command does not give it out.
    """
    known = _load(name)
    key = known.derived.get(holder_id)
    if key is None:
        if len(known.derived) >= MOST_DERIVED:
            known.derived.clear()
        key = known.derived[holder_id] = rules.wrapping_key(known.secret, holder_id)
    return key


def secret_of(name: str) -> bytes:
    """The secret of this name itself.

    Refuses: as `wrapping_key`.
    """
    return _load(name).secret


def make(name: str) -> None:
    """Make a key. One that is there already stays as it is.

    Refuses: KeyUnavailable when its command refuses it.
    Afterwards: it is on the disk. Losing it loses what it wraps: it belongs in a backup apart from the database.
    """
    path = _path(name)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(rules.KEY_BYTES)
    form, held = (COMMAND, _ask("wrap", name, secret)) if settings.KEY_COMMAND else (PLAIN, secret)
    _write(path, f"{form} {base64.b64encode(held).decode()}\n")


def is_there(name: str) -> bool:
    """Whether the file of this key exists; for a ring of the first versions there is none here."""
    return _path(name).exists()


def destroy(name: str) -> None:
    """Take the file of a key away, for good, and forget it here. Repeats safely."""
    _path(name).unlink(missing_ok=True)
    _known.pop(name, None)


def forget_all() -> None:
    """Forget every secret of this process; the next use reads it again."""
    _known.clear()


def _load(name: str) -> _Known:
    known = _known.get(name)
    if known is None or known.until < time.monotonic():
        _known.pop(name, None)
        known = _known[name] = _Known(_read(name), time.monotonic() + KEPT_SECONDS)
    return known


def _read(name: str) -> bytes:
    path = _path(name)
    try:
        with path.open(encoding="ascii") as file:
            _refuse_what_others_have(path, os.fstat(file.fileno()))
            form, _, text = file.read(MOST_BYTES).strip().partition(" ")
        held = base64.b64decode(text, validate=True)
    except FileNotFoundError:
        raise KeyUnavailable(f"The key {name} is lost: put its file back into {path.parent} from its copy.") from None
    except (OSError, ValueError) as fault:
        raise KeyUnavailable(f"The key {name} cannot be read ({type(fault).__name__}): look at {path}.") from None
    if form not in (PLAIN, COMMAND):
        raise KeyUnavailable(f"The file {path} holds no key: put it back from its copy.")
    secret = _ask("unwrap", name, held) if form == COMMAND else held
    if len(secret) != rules.KEY_BYTES:
        raise KeyUnavailable(f"What was given for the key {name} is not a key of {rules.KEY_BYTES} bytes.")
    return secret


def _refuse_what_others_have(path: Path, found: os.stat_result) -> None:
    """A secret that somebody else can read, or has put there, locks nothing: they could open what it wraps."""
    if found.st_mode & 0o077:
        raise KeyUnavailable(f"Others can read the key file {path}: chmod 600 it, and think about a new key.")
    if found.st_uid not in {0, os.geteuid(), path.parent.stat().st_uid}:
        raise KeyUnavailable(f"The key file {path} is somebody else's: look who put it there, and put back the copy.")


def _path(name: str) -> Path:
    """Where a key lies. A name comes from the database: what is no name of a key is no file here."""
    if not rules.is_of_a_holder(name):
        raise KeyUnavailable("A row names a key that cannot be: nothing is opened with it.")
    return Path(settings.KEY_FOLDER) / name


def _ask(way: str, name: str, given: bytes) -> bytes:
    """What the operator's command makes of these bytes. It never learns how to reach the database."""
    if not settings.KEY_COMMAND:
        raise KeyUnavailable(f"The key {name} was locked by a command: set MANYPATHS_KEY_COMMAND to it again.")
    around = {one: value for one, value in os.environ.items() if not one.startswith(FOR_OTHERS)}
    words = [*shlex.split(settings.KEY_COMMAND), way, name]
    try:
        done = subprocess.run(  # noqa: S603  the operator's own words
            words, input=given, capture_output=True, timeout=COMMAND_SECONDS, env=around, check=False
        )
    except subprocess.TimeoutExpired:
        raise KeyUnavailable(f"The key command did not {way} {name} within {COMMAND_SECONDS:.0f} seconds.") from None
    except OSError as fault:
        raise KeyUnavailable(f"The key command cannot be started ({fault.strerror}).") from None
    if done.returncode or not 0 < len(done.stdout) <= MOST_BYTES:
        raise KeyUnavailable(f"The key command did not {way} {name}: it ended with {done.returncode}.")
    return done.stdout


def _write(path: Path, text: str) -> None:
    half = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(half, path)
    except FileExistsError:
        pass  # somebody else made it in the same moment: theirs holds
    finally:
        half.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
