"""The ring of master keys: a file outside the database, readable by this program alone, made at first start."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FIRST_KEY = "k1"


@dataclass(frozen=True)
class Keyring:
    """Master keys by name. Records of the first versions are wrapped under them until their keys are replaced."""

    current: str
    keys: dict[str, bytes]


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The ring of this installation.

    Afterwards: the file exists. Losing it loses every sealed word; it belongs in a backup of its own.
    """
    path = Path(settings.KEYRING_FILE)
    if not path.exists():
        _make(path)
    found = json.loads(path.read_text(encoding="utf-8"))
    return Keyring(found["current"], {name: base64.b64decode(key) for name, key in found["keys"].items()})


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = {"current": FIRST_KEY, "keys": {FIRST_KEY: base64.b64encode(secrets.token_bytes(32)).decode()}}
    half = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(ring, out)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(half, path)
    except FileExistsError:
        pass
    finally:
        half.unlink()
