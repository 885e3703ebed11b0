"""Notices to workers and to persons. Two tables, because a person's stand behind the wall and a worker's need not."""

import uuid

from django.db import models


class StaffNotice(models.Model):
    """One notice to a worker: a line inside, or the e-mail that says a line waits. No column for text exists."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account_id = models.UUIDField()
    way = models.CharField(max_length=8)
    address = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=8, default="en")
    template = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    state = models.CharField(max_length=10)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="notices_staff_by_account", fields=["account_id", "written_at"]),
            models.Index(name="notices_staff_to_send", fields=["written_at"], condition=models.Q(state="waiting")),
            models.Index(name="notices_staff_by_subject", fields=["subject_id"]),
        ]

    def __str__(self) -> str:
        return f"notice {self.template}"


class PersonNotice(models.Model):
    """One line that waits for a person on their own page. It is read there and goes nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    template = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="notices_person_by_record", fields=["record_id", "written_at"])]

    def __str__(self) -> str:
        return f"notice {self.template}"
