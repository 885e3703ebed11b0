"""Requests for support, what goes along with them, and each move. Two parties; the plan is not here."""

import uuid

from django.db import models
from django.db.models import Q

from manypaths.network.models import Community, Membership, Organisation
from manypaths.vault.models import SealedText


class Referral(models.Model):
    """One request from a person to an organisation. It carries both records, and no word that was written freely.

    `person_answer` stands beside `outcome`; neither ever overwrites the other. There is no urgency and no rank.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    org_record_id = models.UUIDField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    community = models.ForeignKey(Community, on_delete=models.PROTECT)
    service_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    area = models.CharField(max_length=5, blank=True, default="")
    need = models.CharField(max_length=24, blank=True, default="")
    status = models.CharField(max_length=12)
    reason = models.CharField(max_length=24, blank=True, default="")
    outcome = models.CharField(max_length=24, blank=True, default="")
    person_answer = models.CharField(max_length=16, blank=True, default="")
    person_answered_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    requested_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    grant_id = models.UUIDField(null=True, blank=True)
    step_id = models.UUIDField(null=True, blank=True)
    again_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        indexes = [
            models.Index(name="referrals_by_record", fields=["record_id"]),
            models.Index(name="referrals_by_org_record", fields=["org_record_id"]),
            models.Index(name="referrals_by_organisation", fields=["organisation", "status", "due_at"]),
            models.Index(name="referrals_waiting", fields=["due_at"], condition=Q(status="requested")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="referrals_one_draft", fields=["record_id", "service_id"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="referrals_sent_with_clock_and_consent",
                condition=Q(status="draft", requested_at__isnull=True)
                | Q(requested_at__isnull=False, due_at__isnull=False, grant_id__isnull=False) & ~Q(status="draft"),
            ),
            models.CheckConstraint(
                name="referrals_reason_required",
                condition=~Q(status__in=["rejected", "failed", "cancelled", "on_hold"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="referrals_outcome_required", condition=~Q(status="completed") | ~Q(outcome="")
            ),
            models.CheckConstraint(
                name="referrals_closed_at_its_end",
                condition=Q(status__in=["completed", "rejected", "failed", "cancelled"], closed_at__isnull=False)
                | Q(status__in=["draft", "requested", "accepted", "in_progress", "on_hold"], closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"a request, {self.status}"


class Move(models.Model):
    """One change of state: from where to where, by which party, for which typed reason. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT)
    record_id = models.UUIDField()
    org_record_id = models.UUIDField(null=True, blank=True)
    was = models.CharField(max_length=12)
    became = models.CharField(max_length=12)
    party = models.CharField(max_length=10)
    reason = models.CharField(max_length=24, blank=True, default="")
    membership = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="referrals_move_by_request", fields=["referral", "at"])]

    def __str__(self) -> str:
        return f"{self.was} to {self.became}"


class Packet(models.Model):
    """What goes along with one request: a name to use, a safe way to be reached. Sealed under the person's own key.

    `service_name` is what the place called its offer when it was asked; it stays readable when the listing is gone.
    """

    referral = models.OneToOneField(Referral, primary_key=True, on_delete=models.PROTECT)
    record_id = models.UUIDField()
    service_name = SealedText(label="referrals.packet.service_name")
    name = SealedText(label="referrals.packet.name")
    way = models.CharField(max_length=16, blank=True, default="")
    number = SealedText(label="referrals.packet.number")
    hours = SealedText(label="referrals.packet.hours")
    may_leave_message = models.BooleanField(default=False)
    words = SealedText(label="referrals.packet.words")
    language = models.CharField(max_length=8, default="en")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a packet"


class SharedPart(models.Model):
    """A copy of one part of the plan, picked by the person for one request. The plan itself is never opened by it.

    Held back, only the person can still read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT)
    record_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    title = SealedText(label="referrals.sharedpart.title")
    body = SealedText(label="referrals.sharedpart.body")
    position = models.PositiveSmallIntegerField()
    held_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="referrals_part_by_request", fields=["referral", "position"])]

    def __str__(self) -> str:
        return f"a shared {self.kind}"
