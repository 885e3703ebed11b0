"""What an account may know about itself. No account is looked up for anyone else."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count, Max, Q

from manypaths.accounts import factors, rules
from manypaths.accounts.models import DemoSignIn, Guess, NamedDesk, RecoveryCode, Session, User, WayBack
from manypaths.accounts.rules import Device, WayBackState

DATA = Path(__file__).resolve().parent / "data"
COMMON = Path(password_validation.__file__).resolve().with_name("common-passwords.txt.gz")
LANGUAGES_OF_WORDS = ("en", "es")


class Own(Protocol):
    """Whoever asks about their own account."""

    @property
    def account_id(self) -> UUID | None: ...


@lru_cache(maxsize=4)
def words(kind: str) -> tuple[str, ...]:
    """A shipped list of words: `name-words`, `passphrase-words-en`, `passphrase-words-es`."""
    return tuple((DATA / f"{kind}.txt").read_text(encoding="utf-8").split())


def passphrase_words(language: str) -> tuple[str, ...]:
    """The words from which a passphrase is offered in a language; English where we have none."""
    code = language.split("-", maxsplit=1)[0]
    return words(f"passphrase-words-{code if code in LANGUAGES_OF_WORDS else 'en'}")


@lru_cache(maxsize=1)
def common_passphrases() -> frozenset[str]:
    """The 20,000 most common passwords, as shipped with Django."""
    with gzip.open(COMMON, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


def fingerprint(label: str, *parts: str) -> str:
    """A keyed hash of a name, a place or a code, for one use."""
    return rules.keyed_hash(factors.derived_key("lookup"), label, *parts)


def account(*, account_id: UUID) -> User | None:
    """An account that can sign in, or None."""
    return User.objects.filter(id=account_id, is_active=True).first()


def account_named(*, name: str) -> User | None:
    """The account behind a sign-in name or a worker's e-mail address, or None."""
    return User.objects.filter(username=rules.name_as_typed(name), is_active=True).first()


def operators() -> list[User]:
    """Who runs the machine and can sign in, for the command that lists them."""
    return list(User.objects.filter(kind=User.Kind.OPERATOR, is_active=True).order_by("username"))


# Devices


@dataclass(frozen=True)
class OpenSession:
    """One place where an account is signed in."""

    handle: UUID
    device: str
    words: str
    started_at: datetime | None
    seen_at: datetime | None
    is_here: bool


def own_sessions(*, reader: Own, here: str, at: datetime) -> list[OpenSession]:
    """Where the reader is signed in now, this device first, then the latest seen."""
    rows = Session.objects.filter(account_id=reader.account_id, expire_date__gt=at, handle__isnull=False)
    found = [one for row in rows if (one := _open_session(row, here, at)) is not None]
    return sorted(found, key=lambda one: (not one.is_here, -(one.seen_at or at).timestamp()))


def _open_session(row: Session, here: str, at: datetime) -> OpenSession | None:
    data = SessionStore().decode(row.session_data)
    started, seen = _instant(data.get("started_at")), _instant(data.get("seen_at"))
    device = data.get("device", Device.SHARED.value)
    if row.handle is None or rules.has_ended(Device(device), started_at=started, seen_at=seen, at=at):
        return None
    return OpenSession(row.handle, device, data.get("words", ""), started, seen, str(row.handle) == here)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# Codes and ways back


def card_codes_left(*, reader: Own) -> int:
    """How many codes of the reader's card are not used yet."""
    return RecoveryCode.objects.filter(
        account_id=reader.account_id, kind=RecoveryCode.Kind.CARD, used_at__isnull=True
    ).count()


def gets_first_card(*, reader: Own, at: datetime) -> bool:
    """True in the first half hour of an account that never had a card. A code that was used still says it had one."""
    if reader.account_id is None:
        return False
    is_new = User.objects.filter(id=reader.account_id, date_joined__gt=at - rules.FIRST_CARD).exists()
    cards = RecoveryCode.objects.filter(account_id=reader.account_id, kind=RecoveryCode.Kind.CARD)
    return is_new and not cards.exists()


def has_trusted_code(*, reader: Own) -> bool:
    """Whether a trusted person holds a code for the reader."""
    return RecoveryCode.objects.filter(
        account_id=reader.account_id, kind=RecoveryCode.Kind.TRUSTED, used_at__isnull=True
    ).exists()


def desk_fingerprint(account_id: UUID | None, desk_id: UUID) -> str:
    """What is kept of the desk an account named."""
    return fingerprint("desk", str(account_id), str(desk_id))


def own_desk(*, reader: Own, desks: Sequence[UUID]) -> UUID | None:
    """Which of these desks the reader named, or None. The table itself does not tell."""
    kept = NamedDesk.objects.filter(account_id=reader.account_id).values_list("desk_hash", flat=True).first()
    return next((desk for desk in desks if desk_fingerprint(reader.account_id, desk) == kept), None)


@dataclass(frozen=True)
class ComingBack:
    """A way back into the reader's account that somebody asked for, and that the reader can stop."""

    id: UUID
    asked_at: datetime
    ready_at: datetime | None


def own_ways_back(*, reader: Own, at: datetime) -> list[ComingBack]:
    """Ways back into the reader's own account that are waiting or ready."""
    rows = WayBack.objects.filter(
        account_id=reader.account_id, used_at__isnull=True, stopped_at__isnull=True, ready_at__isnull=False
    ).order_by("-asked_at")
    alive = (WayBackState.WAITING, WayBackState.READY)
    return [ComingBack(row.id, row.asked_at, row.ready_at) for row in rows if state_of(row, at) in alive]


def state_of(row: WayBack, at: datetime) -> WayBackState:
    """Where a way back stands at one instant."""
    is_over = row.stopped_at is not None or row.used_at is not None
    return rules.way_back_state(asked_at=row.asked_at, ready_at=row.ready_at, is_over=is_over, at=at)


# Guesses


def recent_failures(*, name_hash: str, place_hash: str, at: datetime) -> rules.Failures:
    """How often it failed lately: here for this name, here for any, everywhere for this name."""
    lately = Q(place_hash=place_hash, at__gt=at - rules.WINDOW)
    this_name_here = lately & Q(name_hash=name_hash)
    counts = Guess.objects.filter(lately | Q(name_hash=name_hash, at__gt=at - rules.DAY)).aggregate(
        here_for_name=Count("id", filter=this_name_here),
        here_for_all=Count("id", filter=lately),
        here_this_minute=Count("id", filter=Q(place_hash=place_hash, at__gt=at - rules.MINUTE)),
        everywhere_for_name=Count("id", filter=Q(name_hash=name_hash)),
        last_at=Max("at", filter=this_name_here),
    )
    return rules.Failures(**counts)


# Second factors


@dataclass(frozen=True)
class Factor:
    """One second factor of the reader's own account."""

    id: int
    kind: str
    name: str
    added_at: datetime


def own_factors(*, reader: Own) -> list[Factor]:
    """The reader's second factors, the oldest first. Codes for emergencies are not among them."""
    rows = Authenticator.objects.filter(
        user_id=reader.account_id, type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    ).order_by("created_at")
    return [Factor(row.pk, row.type, row.data.get("name", ""), row.created_at) for row in rows]


def staff_codes_left(*, reader: Own) -> int:
    """How many emergency codes a worker has left."""
    row = Authenticator.objects.filter(user_id=reader.account_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else 0


# The demonstration


@dataclass(frozen=True)
class DemoLine:
    """One sign-in that a demonstration shows."""

    role: str
    name: str
    place: str
    sign_in_name: str
    passphrase: str
    code: str
    changes_in: timedelta


def demo_sign_ins() -> list[DemoLine]:
    """The sign-ins a demonstration shows to everybody, with the code of this half minute. Empty anywhere else."""
    if not settings.DEMO:
        return []
    rows = list(DemoSignIn.objects.select_related("account").order_by("position", "role"))
    secrets = dict(
        Authenticator.objects.filter(
            type=Authenticator.Type.TOTP, user_id__in=[row.account_id for row in rows]
        ).values_list("user_id", "data")
    )
    return [_demo_line(row, secrets.get(row.account_id)) for row in rows]


def _demo_line(row: DemoSignIn, data: dict[str, str] | None) -> DemoLine:
    step = factors.step_now()
    code = factors.code_at(decrypt(data["secret"]), step) if data else ""
    left = timedelta(seconds=factors.seconds_left())
    return DemoLine(row.role, row.name, row.place, row.account.username, row.passphrase, code, left)


def demo_code(*, reader: Own) -> str:
    """The code of this half minute, where the reader is an account of the demonstration. Empty anywhere else."""
    if not settings.DEMO or not DemoSignIn.objects.filter(account_id=reader.account_id).exists():
        return ""
    row = Authenticator.objects.filter(user_id=reader.account_id, type=Authenticator.Type.TOTP).first()
    return factors.code_at(decrypt(row.data["secret"]), factors.step_now()) if row else ""
