"""What a place agreed with bodies that do a service for it (42 CFR 2.11). Kept for ever; it is ended, never edited."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from manypaths.network.models import Membership, Organisation


class ServiceAgreement(models.Model):
    """One agreement, as a paper that both sides signed says it. Nothing about a person stands in it.

    `server` is an organization here, which says yes itself; or `server_name` names one outside. `until` is its last
    day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    server = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    server_name = models.CharField(max_length=120, blank=True, default="")
    version = models.CharField(max_length=20)
    service = models.CharField(max_length=24)
    elements = ArrayField(models.CharField(max_length=16), default=list)
    starts_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    signed_here = models.CharField(max_length=120)
    signed_there = models.CharField(max_length=120)
    evidence = models.CharField(max_length=200)
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(name="consent_agreement_of_program", fields=["program", "-at"]),
            models.Index(name="consent_agreement_of_server", fields=["server", "-at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_agreement_with_one",
                condition=Q(server__isnull=True) & ~Q(server_name="")
                | Q(server__isnull=False, server_name="") & ~Q(server=F("program")),
            ),
            models.CheckConstraint(
                name="consent_agreement_days",
                condition=Q(starts_on__gte="2000-01-01", starts_on__lt="2200-01-01")
                & (Q(until__isnull=True) | Q(until__gte=F("starts_on"), until__lt="2200-01-01")),
            ),
            models.CheckConstraint(
                name="consent_agreement_confirmed_whole",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, server__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_agreement_ended_whole",
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ending="")
                | Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(ending=""),
            ),
        ]

    def __str__(self) -> str:
        return f"agreement of {self.at:%Y-%m-%d}"
