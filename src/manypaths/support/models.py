"""What was given to someone, as their organisation's own record keeps it."""

import uuid

from django.db import models

from manypaths.network.models import Community, Membership
from manypaths.vault.models import SealedText


class Contact(models.Model):
    """One time a worker was in touch, or tried. Three fields; no mark for the person, no list of those present."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    community = models.ForeignKey(Community, on_delete=models.PROTECT)
    happened_at = models.DateTimeField()
    way = models.CharField(max_length=24)
    deed = models.CharField(max_length=24)
    note = SealedText(label="support.contact.note", null=True)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="support_contact_by_record", fields=["record_id", "happened_at"])]

    def __str__(self) -> str:
        return "a contact"
