"""Questionnaires as loaded, and what a person answered. Answers stand behind the wall for `outcome_answers`."""

import uuid

from django.db import models
from django.db.models import Q

from manypaths.vault.models import SealedText


class InstrumentVersion(models.Model):
    """One instrument file as it was loaded, word for word. It is never changed and never removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    file = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outcomes_instrument_once", fields=["instrument", "version", "sha256"]),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.version}"


class Sitting(models.Model):
    """One time a person answered an instrument. Without `finished_at` it waits for them to come back.

    There is no worker here and no reason: answers are the person's, for the person. `may_be_counted` is their own
    choice to let the numbers, without a name, into the counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    language = models.CharField(max_length=8)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(null=True, blank=True)
    note = SealedText(label="outcomes.sitting.note", null=True)
    may_be_counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outcomes_sitting_one_open",
                fields=["record_id", "instrument"],
                condition=Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="outcomes_sitting_finished_together",
                condition=Q(finished_at__isnull=True, answered_on__isnull=True, total__isnull=True)
                | Q(finished_at__isnull=False, answered_on__isnull=False),
            ),
        ]
        indexes = [models.Index(name="outcomes_sitting_by_record", fields=["record_id", "finished_at"])]

    def __str__(self) -> str:
        return "a sitting"


class Answer(models.Model):
    """What a person said to one item: a value, or that they would rather not say. Not asked has no row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=24)
    value = models.SmallIntegerField(null=True, blank=True)
    rather_not_say = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outcomes_answer_once", fields=["sitting", "item"]),
            models.CheckConstraint(
                name="outcomes_answer_one_of_two",
                condition=Q(value__isnull=False, rather_not_say=False) | Q(value__isnull=True, rather_not_say=True),
            ),
        ]

    def __str__(self) -> str:
        return "an answer"
