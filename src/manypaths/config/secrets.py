"""Secrets live in files that only this program can read; they are made at first start."""

import os
import secrets
from pathlib import Path


def read_secret(name: str, var: Path) -> str:
    """The secret in `var/keys/<name>`, made when it is not there yet.

    MANYPATHS_<NAME>_FILE names another file.
    """
    path = Path(os.environ.get(f"MANYPATHS_{name.upper()}_FILE", var / "keys" / name))
    if not path.exists():
        _write_new(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
