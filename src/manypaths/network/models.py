"""Communities, the organisations that take part in them, and the people who work there."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Community(models.Model):
    """One recovery-oriented system of care: a place with its network. It owns no organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=120)
    state = models.CharField(max_length=2)
    county_fips = ArrayField(models.CharField(max_length=5), default=list)
    zone = models.CharField(max_length=64)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    answer_days = models.PositiveSmallIntegerField(default=2)
    privacy_contact = models.CharField(max_length=200)
    operator = models.CharField(max_length=200)
    help_phone = models.CharField(max_length=40, blank=True, default="")
    help_hours = models.CharField(max_length=120, blank=True, default="")
    leave_to = models.URLField(max_length=300, default="https://www.weather.gov/")
    is_demo = models.BooleanField(default=False)
    founded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A body that offers support. Being listed here is not taking part in a community."""

    class Posture(models.TextChoices):
        YES = "yes", "a 42 CFR Part 2 programme"
        NO = "no", "not a Part 2 programme"
        UNSET = "unset", "not decided, counts as a programme"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=300)
    sort_name = models.CharField(max_length=300, db_index=True)
    kind = models.CharField(max_length=40, blank=True, default="")
    description = models.TextField(blank=True, default="")
    website = models.URLField(max_length=500, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    part2_posture = models.CharField(max_length=5, choices=Posture.choices, default=Posture.UNSET)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    source = models.CharField(max_length=40, blank=True, default="")
    source_key = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="network_organisation_source_key", fields=["source", "source_key"], condition=~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """The exact words an organisation agrees to before it takes part, by language and version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="network_agreement_once", fields=["key", "version", "language"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version} ({self.language})"


class Participation(models.Model):
    """An organisation taking part in a community: invited, agreed, and free to leave."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    community = models.ForeignKey(Community, on_delete=models.PROTECT)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    invited_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.PROTECT)
    answers_requests = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="network_participation_open_once",
                fields=["community", "organisation"],
                condition=Q(left_at__isnull=True),
            ),
            models.CheckConstraint(
                name="network_participation_agreed_together",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True, agreement__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False, agreement__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.community}"


class Membership(models.Model):
    """One account working for one organisation, with the roles it has there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    display_name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True, default="")
    roles = ArrayField(models.CharField(max_length=24), default=list)
    supervisor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    answers_requests = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="network_membership_open_once",
                fields=["account", "organisation"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class Invitation(models.Model):
    """A one-time way for a worker to join an organisation. Only a hash of its code is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    community = models.ForeignKey(Community, null=True, blank=True, on_delete=models.PROTECT)
    code_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    display_name = models.CharField(max_length=80)
    roles = ArrayField(models.CharField(max_length=24), default=list)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    invited_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation to {self.organisation}"


class RoleClass(models.Model):
    """What one role may open, by class of data and by tie to the record. Loaded from `roles.json`; never edited."""

    role = models.CharField(max_length=24)
    data_class = models.CharField(max_length=32)
    tie = models.CharField(max_length=16)
    named_fields = models.BooleanField(default=False)
    version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="network_roleclass_once", fields=["role", "data_class", "tie"]),
        ]

    def __str__(self) -> str:
        return f"{self.role} may open {self.data_class} by {self.tie}"


class PostureReview(models.Model):
    """One time somebody looked at whether an organisation is a programme under 42 CFR Part 2. Never edited.

    The newest decides: the database copies its word to the organisation, and nothing else changes that word.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    version = models.CharField(max_length=20)
    answers = models.JSONField()
    found = models.CharField(max_length=5, choices=Organisation.Posture.choices)
    decided = models.CharField(max_length=5, choices=Organisation.Posture.choices)
    reviewer = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="network_posture_by_body", fields=["organisation", "-at"])]
        constraints = [
            models.CheckConstraint(
                name="network_posture_never_laxer", condition=Q(decided="yes") | Q(decided=models.F("found"))
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.at:%Y-%m-%d}"
