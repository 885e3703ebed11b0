"""Who can sign in. Nothing here says what a person receives, or from whom."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q


class AccountManager(BaseUserManager["User"]):
    """Finds accounts by their sign-in name, whatever its letter case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One way in: a sign-in name and a passphrase, and for staff a second factor.

    A person's account has a generated sign-in name and no e-mail: an address would reveal that they are here.
    A worker who is also in recovery has two accounts, and nothing here joins them. Who runs the machine has one that is
    made on the machine alone, with a second factor like a worker's.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "a person's own account"
        STAFF = "staff", "an invited worker's account"
        OPERATOR = "operator", "the account of who runs the machine"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_person_has_no_email", condition=~Q(kind="person") | Q(email="")),
        ]

    @property
    def is_person(self) -> bool:
        """True for a person's own account, false for a worker's."""
        return self.kind == self.Kind.PERSON

    def __str__(self) -> str:
        return f"{self.kind} account"


class Session(AbstractBaseSession):
    """One open session. The key is kept as a hash; `handle` is how a page names the session."""

    account_id = models.UUIDField(null=True, db_index=True)
    handle = models.UUIDField(null=True, db_index=True)

    def __str__(self) -> str:
        return "a session"


class RecoveryCode(models.Model):
    """A code of the printed card, or the one a trusted person keeps. Only a keyed hash of it is here."""

    class Kind(models.TextChoices):
        CARD = "card", "one of the codes on the card"
        TRUSTED = "trusted", "the code that a trusted person keeps"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(User, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"a {self.kind} code"


class NamedDesk(models.Model):
    """The desk that may vouch for an account. Which desk it is cannot be read from here: only checked, with the key."""

    account = models.OneToOneField(User, primary_key=True, on_delete=models.PROTECT)
    desk_hash = models.CharField(max_length=64)
    named_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a named desk"


class WayBack(models.Model):
    """Someone asks to get into an account without passphrase or card. Rows for unknown names look the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    spoken_hash = models.CharField(max_length=64, db_index=True)
    return_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return "a way back"


class Guess(models.Model):
    """One failed try or new account, without name or address: keyed hashes of them, kept for two days."""

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=12)
    name_hash = models.CharField(max_length=64)
    place_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(name="accounts_guess_by_name", fields=["name_hash", "at"]),
            models.Index(name="accounts_guess_by_place", fields=["place_hash", "at"]),
        ]

    def __str__(self) -> str:
        return "a failed try"


class DemoSignIn(models.Model):
    """A sign-in that a demonstration shows to everybody. There are none outside a demonstration."""

    account = models.OneToOneField(User, primary_key=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=300, blank=True, default="")
    passphrase = models.CharField(max_length=128)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"demonstration: {self.role}"
