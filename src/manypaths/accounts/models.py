"""Who can sign in. Nothing here says what a person receives, or from whom."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class AccountManager(BaseUserManager["User"]):
    """Finds accounts by their sign-in name, whatever its letter case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One way in: a sign-in name and a passphrase, and for staff a second factor.

    A person's account has a generated sign-in name and no e-mail: an address would reveal that they are here.
    A worker who is also in recovery has two accounts, and nothing here joins them.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "a person's own account"
        STAFF = "staff", "an invited worker's account"

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
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_person_has_no_email", condition=Q(kind="staff") | Q(kind="person", email="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} account"
