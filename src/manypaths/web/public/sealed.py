"""A search at an address that tells nothing: sealed, short-lived, kept nowhere.

AES-256-GCM under a key derived from the installation's secret for each hour (HKDF, RFC 5869). An address opens in its
own hour and in the two after it, and is written nowhere by us. Later this site opens it for nobody; only somebody with
both the old address and the installation's secret could.
"""

import base64
import json
import os
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

HOUR = 3600
HOURS_OPEN = 3
NONCE = 12
LONGEST = 4000


class GoneError(Exception):
    """The address is too old, or was never one of ours."""


def seal(values: dict[str, Any], at: datetime) -> str:
    """The address of a search."""
    nonce = os.urandom(NONCE)
    body = json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()
    sealed = nonce + _key(_hour(at)).encrypt(nonce, body, None)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(token: str, at: datetime) -> dict[str, Any]:
    """What was searched.

    Refuses: GoneError for an address that is too old or not ours.
    """
    if len(token) > LONGEST:
        raise GoneError
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError as error:
        raise GoneError from error
    for back in range(HOURS_OPEN):
        try:
            found = json.loads(_key(_hour(at) - back).decrypt(raw[:NONCE], raw[NONCE:], None))
        except (InvalidTag, ValueError):
            continue
        return dict(found)
    raise GoneError


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // HOUR


def _key(hour: int) -> AESGCM:
    secret = settings.SECRET_KEY.encode()
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"manypaths/find/{hour}".encode()).derive(secret))
