"""When a session ends, what a passphrase must be, how names and codes are made, how guessing is slowed. Pure."""

import hashlib
import hmac
import math
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.crypto import salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from manypaths.lib.refusals import Reason

KEPT_LETTERS = 40


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


def stored_key(session_key: str) -> str:
    """What the table of sessions keeps of a session's key: whoever reads the table cannot ride a session."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:KEPT_LETTERS]


def session_hash(password: str) -> str:
    """What a session carries of the passphrase's hash: a change of passphrase ends every session at its next request.

    The same value as Django's `AbstractBaseUser.get_session_auth_hash`, made without loading the account.
    """
    key_salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
    return salted_hmac(key_salt, password, algorithm="sha256").hexdigest()


# Passphrases. Source: NIST SP 800-63B-4: 15 characters where it stands alone, at least 64 allowed, no rules about
# kinds of characters, paste allowed, a list of common ones refused. Four words are enough as well.

SHORTEST, LONGEST, ENOUGH_WORDS, SHORTEST_OF_WORDS, FEWEST_LETTERS = 15, 128, 4, 12, 5
OFFERED_WORDS = 4


def as_typed(passphrase: str) -> str:
    """One spelling of what was typed: the same letters in one encoding, spaces at the ends off, runs of them one."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def reasons_not_to_use(passphrase: str, *, common: frozenset[str], names: Sequence[str] = ()) -> Iterator[Reason]:
    """Why a passphrase cannot be used. `names` are words an acquaintance would try first."""
    text = as_typed(passphrase)
    tight = text.casefold().replace(" ", "")
    if not _is_long_enough(text):
        yield Reason("too_short", _("Use 15 letters or more, or 4 words."), "passphrase")
    elif len(text) > LONGEST:
        yield Reason("too_long", _("Use at most 128 letters."), "passphrase")
    elif len(set(tight)) < FEWEST_LETTERS or _is_made_of(tight, common):
        yield Reason("too_common", _("Many people use this one. Choose words that are less common."), "passphrase")
    elif any(_is_mostly(tight, name) for name in names):
        yield Reason("is_name", _("Someone who knows you could guess this. Leave your name out of it."), "passphrase")


def _is_long_enough(text: str) -> bool:
    words = [word for word in text.split() if len(word) > 1]
    return len(text) >= SHORTEST or (len(words) >= ENOUGH_WORDS and len(text) >= SHORTEST_OF_WORDS)


def _is_made_of(tight: str, common: frozenset[str]) -> bool:
    """True for one common password, two of them in a row, or one said over and over."""
    halves = any(tight[:cut] in common and tight[cut:] in common for cut in range(3, len(tight) - 2))
    repeated = any(
        tight[:size] * (len(tight) // size) + tight[: len(tight) % size] == tight and tight[:size] in common
        for size in range(3, len(tight) // 2 + 1)
    )
    runs = "abcdefghijklmnopqrstuvwxyz" * 2, "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm"
    return tight in common or halves or repeated or any(tight in run for run in runs)


def _is_mostly(tight: str, name: str) -> bool:
    plain = name.casefold().replace(" ", "").replace("-", "")
    return len(plain) > 2 and plain in tight and len(tight) - len(plain) * tight.count(plain) < SHORTEST // 2


def offered_passphrase(words: Sequence[str], pick: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Four words picked by chance. 1,400 words give 42 bits, behind a slow hash and a limit on guesses."""
    return " ".join(pick(words) for _one in range(OFFERED_WORDS))


# Sign-in names and codes

FIRST_NUMBER, NUMBERS = 1000, 9000
CODE_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
CODE_LENGTH, CARD_CODES = 10, 8
FIRST_CARD = timedelta(minutes=30)
SPOKEN_LENGTH = 6
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def new_sign_in_name(words: Sequence[str], pick: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Two words that are spelled alike in English and Spanish, and a number: `coral-piano-4821`."""
    first = pick(words)
    second = pick([word for word in words if word != first])
    return f"{first}-{second}-{FIRST_NUMBER + secrets.randbelow(NUMBERS)}"


def name_as_typed(name: str) -> str:
    """A sign-in name or an e-mail address however it was typed: spaces for dashes, capitals, accents."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain if "@" in plain else "-".join(plain.replace("-", " ").split())


def new_code() -> str:
    """A code of 10 letters and digits without look-alikes, 49 bits: `k7qm3-xtp9d`."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _one in range(CODE_LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def new_spoken_code() -> str:
    """Six digits that one person reads out to another. They live for minutes."""
    return "".join(secrets.choice("0123456789") for _one in range(SPOKEN_LENGTH))


def code_as_typed(code: str) -> str:
    """A code however it was typed: spaces, dashes and capitals do not matter."""
    return "".join(char for char in code.casefold() if char.isalnum())


def keyed_hash(secret: bytes, label: str, *parts: str) -> str:
    """What a table keeps of a name or code: useless to whoever has the table but not the key."""
    text = "\x1f".join([label, *parts])
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


# Guessing is slow and locks nobody out. A passphrase that failed many times is answered slower, never closed: someone
# at home who keeps typing wrong words can make its owner wait a minute, not keep them out. A card's code is too long to
# guess, so it is limited by place alone. What is short (six digits) is closed for a while where it failed. A device the
# person called their own is counted by itself. Why: docs/adr/0008.

WINDOW, DAY, MINUTE = timedelta(minutes=15), timedelta(days=1), timedelta(minutes=1)
TRIES, TRIES_UNDER_ATTACK, TRIES_OF_PLACE, ATTACK = 8, 3, 60, 100
FIRST_WAIT, LONGEST_WAIT, TRIES_PER_WAIT = timedelta(seconds=15), timedelta(seconds=60), 4
CODES_OF_PLACE = 600
SAID_IN_STEPS_OF = 5


@dataclass(frozen=True)
class Failures:
    """Failed tries that count for the next one: in the last 15 minutes from here for this name (and when the last was)
    and for any name; in the last minute from here for any name; in the last day from everywhere for this name."""

    here_for_name: int = 0
    here_for_all: int = 0
    here_this_minute: int = 0
    everywhere_for_name: int = 0
    last_at: datetime | None = None


def may_try(failed: Failures) -> bool:
    """Whether one more try of something short is allowed."""
    return failed.here_for_name < _tries_at_once(failed) and failed.here_for_all < TRIES_OF_PLACE


def _tries_at_once(failed: Failures) -> int:
    return TRIES_UNDER_ATTACK if failed.everywhere_for_name >= ATTACK else TRIES


def still_to_wait(failed: Failures, *, known_device: bool, at: datetime) -> timedelta:
    """How long until a passphrase is looked at again: not at all for the first tries, then 15 seconds after the last
    failed one, longer with each four more, never more than a minute."""
    if not known_device and failed.here_this_minute >= TRIES_OF_PLACE:
        return LONGEST_WAIT
    over = failed.here_for_name - (TRIES if known_device else _tries_at_once(failed))
    if over < 0 or failed.last_at is None:
        return timedelta(0)
    doubled = 1 << min(over // TRIES_PER_WAIT, 8)
    wait = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    return max(failed.last_at + wait - at, timedelta(0))


def reasons_not_to_try(failed: Failures) -> Iterator[Reason]:
    """Why nobody may try something short again here now: the same words whether or not the name exists."""
    if not may_try(failed):
        message = _("That was tried many times. Wait 15 minutes, then try again. Nothing is locked.")
        yield Reason("too_many_tries", message)


def reasons_to_slow_down(failed: Failures, *, known_device: bool, at: datetime) -> Iterator[Reason]:
    """Why a passphrase is not looked at yet: the same words whether or not the name exists."""
    left = still_to_wait(failed, known_device=known_device, at=at).total_seconds()
    if left > 0:
        seconds = math.ceil(left / SAID_IN_STEPS_OF) * SAID_IN_STEPS_OF
        message = _("That was tried many times. Wait {seconds} seconds, then try again. Nothing is locked.")
        yield Reason("wait_a_little", format_lazy(message, seconds=seconds))


def reasons_not_to_try_code(failed: Failures) -> Iterator[Reason]:
    """Why no card's code may be tried here now. Only a machine comes so far."""
    if failed.here_for_all >= CODES_OF_PLACE:
        message = _("Very many codes were tried from this place. Wait 15 minutes, or try from another place.")
        yield Reason("too_many_codes", message)


def reasons_not_to_begin(begun_here: int) -> Iterator[Reason]:
    """Why no account may begin here now. The limit is enough for a room full of people, too slow for a machine."""
    if begun_here >= TRIES_OF_PLACE:
        yield Reason("too_many_here", _("Many pages were started from this place. Wait 15 minutes, then try again."))


def reasons_not_to_add_operator(address: str, *, address_taken: bool) -> Iterator[Reason]:
    """Why nobody becomes an operator under this address."""
    if not ADDRESS.fullmatch(address):
        yield Reason("no_email", _("Give an e-mail address, like name@example.org."), "email")
    elif address_taken:
        message = _("There is an account with this address. Use another one: who works here has two.")
        yield Reason("address_taken", message, "email")


def reasons_not_to_make_staff(*, address_taken: bool) -> Iterator[Reason]:
    """Why a worker's account cannot be made."""
    if address_taken:
        message = _("There is an account with this address already. Sign in first, then open the link again.")
        yield Reason("address_taken", message, "passphrase")


def reasons_not_to_add_app(*, code_fits: bool) -> Iterator[Reason]:
    """Why an app that shows codes cannot be added."""
    if not code_fits:
        yield Reason("wrong_code", _("This code does not fit. Wait for the next one and type it here."), "code")


def reasons_not_to_remove_factor(*, factors: int) -> Iterator[Reason]:
    """Why a worker cannot take a second factor away: work needs one."""
    if factors == 1:
        yield Reason("last_factor", _("This is your only one. Add another before you take it away."))


# A way back with the help of a desk or a trusted person: slow on purpose, seen by the person, and stoppable.

SPOKEN_FOR = timedelta(minutes=30)
WAITING = timedelta(hours=24)
READY_FOR = timedelta(days=7)


class WayBackState(StrEnum):
    """Where a way back stands."""

    ASKED = "asked"
    WAITING = "waiting"
    READY = "ready"
    OVER = "over"


def way_back_state(*, asked_at: datetime, ready_at: datetime | None, is_over: bool, at: datetime) -> WayBackState:
    """The state of a way back at one instant. `is_over` is true once it was used or stopped."""
    if is_over:
        return WayBackState.OVER
    if ready_at is None:
        return WayBackState.ASKED if at < asked_at + SPOKEN_FOR else WayBackState.OVER
    if at < ready_at:
        return WayBackState.WAITING
    return WayBackState.READY if at < ready_at + READY_FOR else WayBackState.OVER


def reasons_to_wait(state: WayBackState) -> Iterator[Reason]:
    """Why a way back cannot be used yet."""
    if state is WayBackState.WAITING:
        yield Reason("still_waiting", _("It is not time yet. Come back when 24 hours are over."), "code")


# What a session shows of the device it runs on, so that its owner knows it again.

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


def device_words(user_agent: str) -> str:
    """Browser and kind of device, no more: "Chrome, Android"."""
    found = (next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS))
    return ", ".join(word for word in found if word)
