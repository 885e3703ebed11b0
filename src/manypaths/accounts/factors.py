"""Second factors, on django-allauth: its secrets are sealed here, and an authenticator's code is accepted once."""

import base64
import time
from functools import lru_cache
from uuid import UUID

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from manypaths.vault.keyring import keyring

STEPS_BACK = 1


def derived_key(use: str) -> bytes:
    """A key of this installation for one use, from the first master key: it must stay the same for all time."""
    ring = keyring()
    first = ring.keys[min(ring.keys)]
    return HKDF(SHA256(), 32, salt=None, info=f"manypaths/accounts/{use}".encode()).derive(first)


@lru_cache(maxsize=1)
def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("factors")))


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth brings no types
    """Keeps the secrets of authenticators and staff codes sealed. Named by `MFA_ADAPTER`."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Nothing is mailed from here."""

    def _get_site_name(self) -> str:
        """What an authenticator or a passkey shows: words that tell nothing."""
        return str(_("My page"))

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())


def step_now() -> int:
    """The running 30-second step of authenticator codes."""
    return int(time.time()) // int(app_settings.TOTP_PERIOD)


def code_at(secret: str, step: int) -> str:
    """The code an authenticator shows in a step (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, step)))


def matching_step(secret: str, code: str) -> int | None:
    """The step whose code this is: the running one or the one before, or None."""
    now = step_now()
    steps = [
        step for step in range(now, now - STEPS_BACK - 1, -1) if constant_time_compare(code_at(secret, step), code)
    ]
    return steps[0] if steps else None


def accept_totp(account_id: UUID, code: str) -> bool:
    """True when the code is right and was not used before. A code that was accepted never counts again."""
    found = Authenticator.objects.select_for_update().filter(user_id=account_id, type=Authenticator.Type.TOTP).first()
    if found is None:
        return False
    step = matching_step(decrypt(found.data["secret"]), code)
    if step is None or step <= found.data.get("last_step", 0):
        return False
    found.data["last_step"] = step
    found.save(update_fields=["data"])
    return True


def seconds_left() -> int:
    """Seconds until authenticators show another code."""
    period = int(app_settings.TOTP_PERIOD)
    return period - int(time.time()) % period


def new_secret() -> str:
    """A fresh secret for an authenticator."""
    return str(generate_totp_secret())


def app_address(account: AbstractBaseUser, secret: str) -> str:
    """What an authenticator reads from the picture. It names no place and no service."""
    return str(SealingAdapter().build_totp_url(account, secret))
