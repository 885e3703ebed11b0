"""Services, where and when they are, whether they have room, and how sure we are. Nobody's person data is here."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from manypaths.network.models import Community, Membership, Organisation


def _codes() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=32), default=list, blank=True)


class Term(models.Model):
    """One word of a shared vocabulary, in one language. Rows are loaded from `data/`, never edited."""

    kind = models.CharField(max_length=24)
    code = models.CharField(max_length=32)
    language = models.CharField(max_length=8)
    label = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    version = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(name="directory_term_once", fields=["kind", "code", "language"])]

    def __str__(self) -> str:
        return self.label


class Location(models.Model):
    """A place, or the part of it that may be shown. A home's address is never shown: its town is."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", "the whole address"
        TOWN = "town", "the town only"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    address_1 = models.CharField(max_length=200, blank=True, default="")
    address_2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=2, blank=True, default="")
    postal_code = models.CharField(max_length=10, blank=True, default="")
    county_fips = models.CharField(max_length=5, blank=True, default="")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    is_exact = models.BooleanField(default=False)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="directory_location_on_earth",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city}, {self.state}"


class Service(models.Model):
    """One support that an organisation offers: a programme, a home, a meeting, a line to call.

    The current room, check and source stand here beside their histories, so that a list needs one statement.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        CLOSED = "closed", "closed"

    class Medication(models.TextChoices):
        YES = "yes", "people who take medication are welcome"
        CONDITIONAL = "conditional", "some medications"
        NO = "no", "not for people who take medication"
        UNKNOWN = "unknown", "not said"

    class Room(models.TextChoices):
        OPEN = "open", "has room"
        WAITLIST = "waitlist", "full, with a wait"
        FULL = "full", "full"
        UNKNOWN = "unknown", "not said"

    class Venue(models.TextChoices):
        IN_PERSON = "in_person", "in person"
        ONLINE = "online", "online or by phone"
        BOTH = "both", "in person and online"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=32)
    description = models.TextField(blank=True, default="")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    venue = models.CharField(max_length=12, choices=Venue.choices, default=Venue.IN_PERSON)
    needs = _codes()
    pathways = _codes()
    costs = _codes()
    languages = _codes()
    audiences = _codes()
    features = _codes()
    source_codes = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    medication = models.CharField(max_length=12, choices=Medication.choices, default=Medication.UNKNOWN)
    phone = models.CharField(max_length=40, blank=True, default="")
    phone_extension = models.CharField(max_length=12, blank=True, default="")
    intake_phone = models.CharField(max_length=40, blank=True, default="")
    website = models.URLField(max_length=500, blank=True, default="")
    how_to_start = models.TextField(blank=True, default="")
    first_visit = models.TextField(blank=True, default="")
    cost_note = models.CharField(max_length=300, blank=True, default="")
    zone = models.CharField(max_length=64)
    hours_note = models.CharField(max_length=300, blank=True, default="")
    room = models.CharField(max_length=10, choices=Room.choices, default=Room.UNKNOWN)
    room_places = models.PositiveSmallIntegerField(null=True, blank=True)
    room_wait_days = models.PositiveSmallIntegerField(null=True, blank=True)
    room_as_of = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="directory_service_by_org", fields=["organisation", "status"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="directory_service_closed_together",
                condition=Q(status="active", closed_at__isnull=True) | Q(status="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Hours(models.Model):
    """One span of a week, in the service's own time zone: when it is open, or when a meeting meets.

    Minutes from midnight; a span that crosses midnight ends after 1440.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("weekday", "opens")
        indexes = [models.Index(name="directory_hours_by_service", fields=["service"])]
        constraints = [
            models.CheckConstraint(
                name="directory_hours_in_a_week",
                condition=Q(weekday__lte=6, opens__lt=1440, closes__lte=2880, closes__gt=models.F("opens")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class RoomReport(models.Model):
    """Someone said how much room a service has. Rows are only added; the newest stands on the service."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    room = models.CharField(max_length=10, choices=Service.Room.choices)
    places = models.PositiveSmallIntegerField(null=True, blank=True)
    wait_days = models.PositiveSmallIntegerField(null=True, blank=True)
    membership = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="directory_room_by_service", fields=["service", "at"])]

    def __str__(self) -> str:
        return self.room


class Verification(models.Model):
    """Someone checked that a listing is right, or tried to. An import or a save is not a check."""

    class Outcome(models.TextChoices):
        RIGHT = "right", "all of it is right"
        CHANGED = "changed", "it was changed"
        NOT_REACHED = "not_reached", "nobody was reached"

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    by_name = models.CharField(max_length=200)
    membership = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="directory_check_by_service", fields=["service", "at"])]

    def __str__(self) -> str:
        return self.outcome


class SourceRow(models.Model):
    """Where an imported listing comes from. `overrides` names fields that someone here corrected: they stay."""

    service = models.OneToOneField(Service, primary_key=True, on_delete=models.CASCADE)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    row_hash = models.CharField(max_length=64)
    overrides = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="directory_sourcerow_once", fields=["source", "key"])]

    def __str__(self) -> str:
        return f"{self.source} {self.year}"


class SearchMark(models.Model):
    """That one place counted one search today already. Two keyed hashes that say nothing on another day, kept no longer
    than it."""

    day = models.DateField()
    visitor = models.CharField(max_length=64)
    search = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="directory_searchmark_once", fields=["day", "visitor", "search"]),
        ]

    def __str__(self) -> str:
        return f"a search of {self.day}"


class SearchGap(models.Model):
    """How often a search found nothing, by need, county and month. No words, no one."""

    class Cause(models.TextChoices):
        NOTHING = "nothing_found", "nothing was found"
        NO_ROOM = "no_room", "all that was found is full"

    community = models.ForeignKey(Community, on_delete=models.PROTECT)
    need = models.CharField(max_length=32)
    area = models.CharField(max_length=5, blank=True, default="")
    cause = models.CharField(max_length=16, choices=Cause.choices)
    month = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="directory_searchgap_once", fields=["community", "need", "area", "cause", "month"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}: {self.times}"


class Town(models.Model):
    """One ZIP code: its town as people call it, how that is searched for, its county, middle and time zone."""

    postal_code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=2)
    county_fips = models.CharField(max_length=5, blank=True, default="")
    latitude = models.FloatField()
    longitude = models.FloatField()
    zone = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(name="directory_town_by_key", fields=["key", "state"]),
            GinIndex(name="directory_town_misspelt", fields=["key"], opclasses=["gin_trgm_ops"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.state} {self.postal_code}"


class Change(models.Model):
    """The change log that the search index follows, written by triggers. Ordered by transaction, then sequence."""

    seq = models.BigAutoField(primary_key=True)
    xact = models.BigIntegerField()
    service_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(name="directory_change_in_order", fields=["xact", "seq"])]

    def __str__(self) -> str:
        return f"change {self.seq}"
