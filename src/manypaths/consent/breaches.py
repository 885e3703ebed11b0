"""The register of what went wrong with what a place keeps. Its words are sealed with a key of each incident's own."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from manypaths.network.models import Membership, Organisation
from manypaths.vault.models import SealedText


class Incident(models.Model):
    """One incident: what, when, whose information, which kinds, who got it. Written once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, blank=True, default="")
    source_id = models.UUIDField(null=True, blank=True, unique=True)
    what = SealedText(label="consent.incident.what")
    found_at = models.DateTimeField()
    happened_from = models.DateField()
    happened_until = models.DateField(null=True, blank=True)
    receiver = models.CharField(max_length=12)
    classes = ArrayField(models.CharField(max_length=32))
    everyone = models.BooleanField()
    people = models.PositiveIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="consent_incident_by_place", fields=["organisation", "found_at"])]
        constraints = [
            models.CheckConstraint(name="consent_incident_of_somebody", condition=Q(people__gt=0)),
        ]

    def __str__(self) -> str:
        return "an incident"


class Affected(models.Model):
    """One record that an incident is about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    record_id = models.UUIDField()

    class Meta:
        verbose_name_plural = "affected"
        indexes = [models.Index(name="consent_affected_by_record", fields=["record_id"])]
        constraints = [models.UniqueConstraint(name="consent_affected_once", fields=["incident", "record_id"])]

    def __str__(self) -> str:
        return "a record an incident is about"


class Assessment(models.Model):
    """One weighing of an incident: four factors and a decision. A later one is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    nature = models.CharField(max_length=8)
    nature_words = SealedText(label="consent.assessment.nature_words")
    recipient = models.CharField(max_length=8)
    recipient_words = SealedText(label="consent.assessment.recipient_words")
    acquired = models.CharField(max_length=8)
    acquired_words = SealedText(label="consent.assessment.acquired_words")
    mitigated = models.CharField(max_length=8)
    mitigated_words = SealedText(label="consent.assessment.mitigated_words")
    decision = models.CharField(max_length=8)
    reason = SealedText(label="consent.assessment.reason")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="consent_assessment_by_incident", fields=["incident", "at"])]

    def __str__(self) -> str:
        return f"weighed as {self.decision}"


class BreachLetter(models.Model):
    """What the people concerned are told, once: what happened, what the place does, what they can do, whom to ask.

    `at` is when they were told. Empty: it waits for a second officer of the place to agree.
    """

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    what = SealedText(label="consent.breachletter.what")
    done = SealedText(label="consent.breachletter.done")
    you = SealedText(label="consent.breachletter.you")
    ask = SealedText(label="consent.breachletter.ask")
    written_at = models.DateTimeField()
    agreed_by_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return "a letter about a breach"


class BreachStep(models.Model):
    """That the Secretary, or the media, were told of an incident, or letters were mailed, and on which day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10)
    done_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="consent_breachstep_once", fields=["incident", "step"])]

    def __str__(self) -> str:
        return f"{self.step} told"
