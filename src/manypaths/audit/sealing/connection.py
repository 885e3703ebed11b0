"""The sign-in of the one who seals, and the key."""

import base64
import os
import secrets
from pathlib import Path

import psycopg
from django.conf import settings

from manypaths.audit.rules.chain import NOTHING

Row = tuple[object, ...]
Connection = psycopg.Connection[tuple[object, ...]]
# No function of the database's own stands before the server's: what is read is what the tables hold.
OPTIONS = "-c search_path=pg_catalog,public -c row_security=off -c timezone=UTC -c datestyle=ISO"


class NotSetUp(Exception):
    """The log cannot be sealed or checked; the text is one sentence that says what to do."""


def connect(url: str | None = None) -> Connection:
    """Sign in as `sealer`.

    Refuses: NotSetUp when the installation names no address for that role.
    """
    address = url or settings.SEALER_URL
    if not address:
        raise NotSetUp("DATABASE_SEALER_URL is not set: give it the address of the database for the role sealer.")
    return psycopg.connect(address, options=OPTIONS, connect_timeout=20)


def seal_key(place: Path, *, make: bool = False) -> bytes:
    """The key of the seal; made when nothing was ever sealed.

    Refuses: NotSetUp when it should be there and is not. Who loses it can no longer check what was sealed with it; who
    has it can forge.
    """
    if not place.exists():
        if not make:
            raise NotSetUp(f"The key of the sealed log is not at {place}: put it there again from its copy.")
        _make(place)
    key = base64.b64decode(place.read_text(encoding="ascii"))
    if len(key) != len(NOTHING):
        raise NotSetUp(f"{place} does not hold a key of {len(NOTHING)} bytes: put the right file there again.")
    return key


def _make(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = place.with_name(f"{place.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(base64.b64encode(secrets.token_bytes(len(NOTHING))))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(half, place)
    except FileExistsError:
        pass  # somebody else made it in the same moment
    finally:
        half.unlink()
