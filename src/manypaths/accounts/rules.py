"""When a session ends, and what ties it to the passphrase. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.crypto import salted_hmac


class Device(StrEnum):
    """What kind of device a session runs on. A person chooses; staff sessions are always of their own kind."""

    OWN = "own"
    SHARED = "shared"
    STAFF = "staff"


# Idle time and whole length. Sources: NIST SP 800-63B AAL2 for staff, this project's choice for persons.
LIMITS: dict[Device, tuple[timedelta, timedelta]] = {
    Device.OWN: (timedelta(days=30), timedelta(days=30)),
    Device.SHARED: (timedelta(minutes=5), timedelta(hours=12)),
    Device.STAFF: (timedelta(minutes=15), timedelta(hours=12)),
}


def has_ended(device: Device, *, started_at: datetime | None, seen_at: datetime | None, at: datetime) -> bool:
    """True when a session has been idle or open for too long. A session that does not say when it began has ended."""
    if started_at is None or seen_at is None:
        return True
    idle, whole = LIMITS[device]
    return at - seen_at > idle or at - started_at > whole


def session_hash(password: str) -> str:
    """What a session carries of the passphrase's hash: a change of passphrase ends every session at its next request.

    The same value as Django's `AbstractBaseUser.get_session_auth_hash`, made without loading the account.
    """
    key_salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
    return salted_hmac(key_salt, password, algorithm="sha256").hexdigest()
