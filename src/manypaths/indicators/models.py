"""What was published, and what the nights did. No column here can hold anything about a person."""

import uuid

from django.db import models

from manypaths.network.models import Community


class Release(models.Model):
    """All figures of one topic and period, published together. The database lets nobody change or remove one."""

    class Topic(models.TextChoices):
        REQUESTS = "requests", "requests for support"
        SEARCHES = "searches", "searches that found nothing"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    community = models.ForeignKey(Community, on_delete=models.PROTECT)
    topic = models.CharField(max_length=12, choices=Topic.choices)
    first_month = models.DateField()
    months = models.PositiveSmallIntegerField()
    counted_on = models.DateField()
    published_at = models.DateTimeField()
    rule_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="indicators_release_once", fields=["community", "topic", "first_month"]),
        ]

    def __str__(self) -> str:
        return f"{self.topic} from {self.first_month:%Y-%m}, {self.months} months"


class Figure(models.Model):
    """One count in one table of a release. `value` is null where it is kept back: the true one is not stored."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="figures")
    table = models.CharField(max_length=20)
    row = models.CharField(max_length=60)
    column = models.CharField(max_length=60)
    value = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="indicators_figure_once", fields=["release", "table", "row", "column"]),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.column}"


class Wait(models.Model):
    """How many days the typical person of one kind waited for a first contact; null where too few were reached."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="waits")
    kind = models.CharField(max_length=60)
    typical_days = models.PositiveSmallIntegerField(null=True)
    nine_in_ten_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="indicators_wait_once", fields=["release", "kind"])]

    def __str__(self) -> str:
        return f"wait for {self.kind}"


class NightStep(models.Model):
    """One step of a night: begun, and perhaps ended. A step that ended is not done again that night.

    A step for the whole installation has no community.
    """

    id = models.BigAutoField(primary_key=True)
    community = models.ForeignKey(Community, null=True, on_delete=models.PROTECT)
    night = models.DateField()
    step = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="indicators_nightstep_once", fields=["community", "night", "step"])]

    def __str__(self) -> str:
        return f"{self.step} in the night of {self.night}"
