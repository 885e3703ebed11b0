"""What a person agreed to share: with whom, what, why, until when, in which words. Never edited, only ended."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.lookups import LessThanOrEqual

from manypaths.consent.agreed import ServiceAgreement
from manypaths.consent.breaches import Affected, Assessment, BreachLetter, BreachStep, Incident
from manypaths.consent.grounds import (
    DeskOpening,
    Emergency,
    EmergencyCard,
    LegalPaper,
    LookFlag,
    PaperConsent,
    ReadAlarm,
)
from manypaths.network.models import Membership, Organisation
from manypaths.vault.models import SealedText

__all__ = [
    "Affected",
    "Assessment",
    "Authorship",
    "BreachLetter",
    "BreachStep",
    "DeskOpening",
    "Emergency",
    "EmergencyCard",
    "Grant",
    "Incident",
    "LegalPaper",
    "LookAlert",
    "LookFlag",
    "PaperConsent",
    "ReadAlarm",
    "Relationship",
    "Restriction",
    "Review",
    "ServiceAgreement",
    "Share",
    "Text",
]

# As time that passes: 90 days of the calendar are an hour more or less where the clocks change.
SPAN = ExpressionWrapper(F("until") - F("starts_at"), DurationField())


class Grant(models.Model):
    """One consent. A stop writes `ended_at`; nothing else changes. Every basis for a look across is one of these."""

    class Kind(models.TextChoices):
        REQUEST = "request", "for one request for support"

    class Ending(models.TextChoices):
        STOPPED = "stopped", "the person stopped it"
        REQUEST_CLOSED = "request_closed", "the request it was for is closed"
        REPLACED = "replaced", "the person agreed anew"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    recipient_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    classes = ArrayField(models.CharField(max_length=32))
    purpose = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    given_at = models.DateTimeField()
    text_key = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=16, choices=Ending.choices, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(name="consent_grant_by_record", fields=["record_id"]),
            models.Index(name="consent_grant_by_recipient", fields=["recipient_organisation", "until"]),
            models.Index(name="consent_grant_by_subject", fields=["subject_id"]),
            models.Index(name="consent_grant_ended", fields=["ended_at"], condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_grant_for_what_is_shared", condition=Q(purpose__in=["referral", "care"])
            ),
            models.CheckConstraint(name="consent_grant_ends_after_start", condition=Q(until__gt=F("starts_at"))),
            models.CheckConstraint(
                name="consent_grant_at_most_90_days", condition=LessThanOrEqual(SPAN, timedelta(days=90))
            ),
            models.CheckConstraint(
                name="consent_grant_ended_with_cause",
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} consent"


class Authorship(models.Model):
    """Who wrote one item that only its author reads. The room of the item keeps what it says; here is whose it is.

    Claimed once, through a door of the database, before the item exists; never changed and never read by a page.
    """

    item_id = models.UUIDField(primary_key=True, editable=False)
    record_id = models.UUIDField()
    data_class = models.CharField(max_length=32)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="consent_author_by_record", fields=["membership", "record_id"])]

    def __str__(self) -> str:
        return f"authorship of {self.data_class}"


class Text(models.Model):
    """The exact words a person agreed to, by key, language and version. Immutable."""

    key = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    body = models.TextField()
    source = models.CharField(max_length=200)
    licence = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(name="consent_text_once", fields=["key", "version", "language"])]

    def __str__(self) -> str:
        return f"{self.key} {self.version} ({self.language})"


class Review(models.Model):
    """A look of which the person says that it was not right, and what came of it.

    What was looked at, by whom and when is read from the log by the database, not believed. `answer` is to the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    org_record_id = models.UUIDField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    look = models.UUIDField()
    zone = models.CharField(max_length=64)
    membership_id = models.UUIDField()
    purpose = models.CharField(max_length=24)
    basis = models.CharField(max_length=24)
    classes = ArrayField(models.CharField(max_length=32))
    times = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    wish = models.CharField(max_length=16)
    words = SealedText(label="consent.review.words")
    state = models.CharField(max_length=10, default="open")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finding = models.CharField(max_length=24, blank=True, default="")
    deed = models.CharField(max_length=24, blank=True, default="")
    answer = SealedText(label="consent.review.answer", null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(name="consent_review_by_record", fields=["record_id", "asked_at"]),
            models.Index(name="consent_review_by_place", fields=["organisation", "state", "due_at"]),
            models.Index(
                name="consent_review_should_not_have",
                fields=["organisation", "answered_at"],
                condition=Q(finding="should_not"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="consent_review_once", fields=["record_id", "look"], condition=~Q(ending="withdrawn")
            ),
            models.CheckConstraint(name="consent_review_answer_after_asking", condition=Q(due_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="consent_review_in_a_state",
                condition=(
                    Q(state="open", finding="", answer__isnull=True, closed_at__isnull=True, ending="")
                    | Q(state="answered", answer__isnull=False, answered_at__isnull=False, ending="")
                    & ~Q(finding="")
                    & Q(answered_by_id__isnull=False, closed_at__isnull=True)
                    | Q(state="closed", ending="withdrawn", finding="", answer__isnull=True)
                    & Q(closed_at__isnull=False)
                    | Q(state="closed", ending="read", answer__isnull=False, closed_at__isnull=False) & ~Q(finding="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} review"


class Share(models.Model):
    """One consent by which a person lets somebody outside see a part of a record that a place keeps of them.

    `record_id` is the person's own record, `held_record_id` the one that is shown. A refusal is kept too, and looks to
    everyone else like nothing. Never edited: it is answered once, taken up once by whom it names, and ended once. One
    that opens less follows it, and ends it; only what waits unsigned can lose parts where it stands. Its days are the
    clock of the database. `kept_at`: it was asked while somebody stood beside the person. `on_paper`: it was signed on
    paper, which a second person checked; then the name is sealed with the key of the record that is shown.
    `proceeding`: what the person calls the case or study it is for; each consent for either has that, and no other one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "not answered yet"
        GIVEN = "given", "the person said yes"
        REFUSED = "refused", "the person said no"

    class Ending(models.TextChoices):
        STOPPED = "stopped", "the person stopped it"
        REPLACED = "replaced", "the person agreed anew"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    held_record_id = models.UUIDField()
    discloser = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    recipient_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient_membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient_account_id = models.UUIDField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    classes = ArrayField(models.CharField(max_length=32))
    purpose = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=State.choices)
    written_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    firm_until = models.DateTimeField(null=True, blank=True)
    name = SealedText(label="consent.share.name", null=True)
    proceeding = SealedText(label="consent.share.proceeding", null=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    text_key = models.CharField(max_length=40)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    on_paper = models.BooleanField(default=False, db_default=False)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=16, choices=Ending.choices, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(name="consent_share_by_record", fields=["record_id"]),
            models.Index(name="consent_share_by_held", fields=["held_record_id"]),
            models.Index(name="consent_share_by_recipient", fields=["recipient_organisation", "until"]),
            models.Index(name="consent_share_by_account", fields=["recipient_account_id"]),
            models.Index(name="consent_share_ended", fields=["ended_at"], condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="consent_share_ends_after_start", condition=Q(until__gt=F("starts_at"))),
            models.CheckConstraint(
                name="consent_share_signed_when_given",
                condition=Q(state="given", signed_at__isnull=False, name__isnull=False)
                | ~Q(state="given") & Q(signed_at__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="consent_share_ended_with_cause",
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
            ),
            models.UniqueConstraint(name="consent_share_followed_once", fields=["replaces"]),
            models.CheckConstraint(
                name="consent_share_says_which_case",
                condition=Q(kind__in=["proceedings", "research"], proceeding__isnull=False)
                | ~Q(kind__in=["proceedings", "research"]) & Q(proceeding__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.kind} consent"


class Restriction(models.Model):
    """A place to which nothing of one held record goes, whatever the person agreed to before or agrees to later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    held_record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="consent_restriction_by_held", fields=["held_record_id"])]

    def __str__(self) -> str:
        return "a restriction"


class Relationship(models.Model):
    """An organisation that said yes to a person: the recorded relationship that one yes for care asks for.

    Written by the database when a request is taken up, and by nobody else.
    """

    record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="consent_relationship_once", fields=["record_id", "organisation"]),
        ]

    def __str__(self) -> str:
        return "a relationship"


class LookAlert(models.Model):
    """The wish of a person to be told when somebody looks who never looked before. Since when; no row means no."""

    record_id = models.UUIDField(primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return "a wish to be told"
