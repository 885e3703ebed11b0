"""Grounds beside a consent, and what was written down of it: emergencies, legal papers, and consents on paper."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from manypaths.network.models import Membership, Organisation
from manypaths.vault.models import SealedText


class EmergencyCard(models.Model):
    """The code on the card that a person keeps for a medical emergency. Only its keyed hash; one for each person."""

    record_id = models.UUIDField(primary_key=True)
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a card for an emergency"


class Emergency(models.Model):
    """One medical emergency in which a record was opened without a consent: what was written down, and its review.

    Stands under the person's own record, and its words are sealed with that key: they read all of it. One `opening` may
    have opened several records of them, each with a row and a reviewer of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opening = models.UUIDField()
    record_id = models.UUIDField()
    org_record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    by_card = models.BooleanField()
    recipient = SealedText(label="consent.emergency.recipient")
    affiliation = SealedText(label="consent.emergency.affiliation")
    discloser = SealedText(label="consent.emergency.discloser")
    nature = SealedText(label="consent.emergency.nature")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finding = models.CharField(max_length=24, blank=True, default="")
    deed = models.CharField(max_length=24, blank=True, default="")
    answer = SealedText(label="consent.emergency.answer", null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "emergencies"
        indexes = [
            models.Index(name="consent_emergency_by_record", fields=["record_id", "opened_at"]),
            models.Index(name="consent_emergency_by_place", fields=["organisation", "due_at"]),
            models.Index(name="consent_emergency_by_opening", fields=["opening"]),
            models.Index(
                name="consent_emergency_not_right",
                fields=["organisation", "answered_at"],
                condition=Q(finding="should_not"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="consent_emergency_once", fields=["opening", "org_record_id"]),
            models.CheckConstraint(
                name="consent_emergency_answered_whole",
                condition=(
                    Q(finding="", deed="", answer__isnull=True, answered_at__isnull=True)
                    & Q(answered_by_id__isnull=True)
                    | ~Q(finding="") & Q(answer__isnull=False, answered_at__isnull=False, answered_by_id__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return "an emergency"


class LegalPaper(models.Model):
    """A legal paper about one person that came to the place that holds a record of them: a subpoena, a warrant, a
    letter, which open nothing; or an order of a court, with what it names. Recorded once, never changed.

    Stands under the person's own record, and its words are sealed with that key: they read it, unless the order forbids
    to tell them until a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    org_record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    court = SealedText(label="consent.legalpaper.court", null=True)
    case_number = SealedText(label="consent.legalpaper.case_number", null=True)
    section = models.CharField(max_length=8, blank=True, default="")
    mandate = models.CharField(max_length=10, blank=True, default="")
    ordered_on = models.DateField(null=True, blank=True)
    classes = ArrayField(models.CharField(max_length=32), default=list)
    until = models.DateTimeField(null=True, blank=True)
    silent_until = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="consent_legalpaper_by_record", fields=["record_id", "recorded_at"]),
            models.Index(name="consent_legalpaper_by_place", fields=["organisation", "recorded_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_legalpaper_order_is_whole",
                condition=(
                    Q(kind="order", court__isnull=False, case_number__isnull=False, ordered_on__isnull=False)
                    & Q(until__isnull=False, until__gt=F("recorded_at"))
                    & ~Q(section="")
                    & ~Q(mandate="")
                    & ~Q(classes=[])
                    | Q(kind__in=["subpoena", "warrant", "letter"], court__isnull=True)
                    & Q(case_number__isnull=True)
                    & Q(section="", mandate="", ordered_on__isnull=True, classes=[], until__isnull=True)
                    & Q(silent_until__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"a {self.kind}"


class DeskOpening(models.Model):
    """A page that a place keeps of a person, opened by them to whoever works at its desk, until closing that day; or a
    code of theirs that does so once it is typed there. Ended once, never changed.

    Stands under the person's own record. Only the keyed hash of a code is kept, until it was typed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    held_record_id = models.UUIDField()
    made_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    code_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by_id = models.UUIDField(null=True, blank=True)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="consent_deskopening_by_record", fields=["record_id", "until"])]
        constraints = [
            models.UniqueConstraint(
                name="consent_deskopening_one", fields=["held_record_id"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="consent_deskopening_by_tap_or_code",
                condition=(
                    Q(code_hash__isnull=True, opened_at__isnull=False)
                    | Q(code_hash__isnull=False, opened_at__isnull=True, code_until__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return "a page opened to a desk"


class LookFlag(models.Model):
    """The looks of one worker at one record of their place on one day, which nothing that is known explains.

    Written by the night, with no word of what was read. A privacy officer who did not look answers it. The person reads
    of it where it was found not right.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    on_day = models.DateField()
    kinds = ArrayField(models.CharField(max_length=16))
    times = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waits")
    reason = SealedText(label="consent.lookflag.reason", null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="consent_lookflag_by_place", fields=["organisation", "state", "on_day"])]
        constraints = [
            models.UniqueConstraint(name="consent_lookflag_once", fields=["record_id", "membership", "on_day"]),
            models.CheckConstraint(
                name="consent_lookflag_answered_whole",
                condition=Q(state__in=["waits", "alone"], reason__isnull=True, answered_by_id__isnull=True)
                | Q(state__in=["work", "review", "right", "wrong"], reason__isnull=False, answered_at__isnull=False)
                & Q(answered_by_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "a look to explain"


class ReadAlarm(models.Model):
    """A worker opened far more than their role usually does, in ten minutes or in a day. `shown`: different people in
    all, lists included. `stops`: no look of theirs can be added until somebody else of the place closes it. About a
    worker; no record and no person stands in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    account_id = models.UUIDField()
    span = models.CharField(max_length=4)
    raised_at = models.DateTimeField()
    persons = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    shown = models.PositiveIntegerField(default=0)
    stops = models.BooleanField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_readalarm_one_open",
                fields=["membership", "span"],
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return "much was opened"


class PaperConsent(models.Model):
    """A consent that was signed on paper, as a worker of the place that keeps the record wrote it down.

    Held until a second person checked every element; it opens nothing itself. What was found whole becomes a `Share`
    in the same moment. `read`: the elements that the writer read on the paper; `found`: those that the checker found.
    `until` is empty where the paper says: until I stop it. Written, checked and answered through doors of the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    held_record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    recipient_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient_membership = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    classes = ArrayField(models.CharField(max_length=32))
    purpose = models.CharField(max_length=24)
    until = models.DateTimeField(null=True, blank=True)
    signed_on = models.DateField()
    minor = models.BooleanField(default=False)
    signer = models.CharField(max_length=16)
    capacity = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=8)
    read = ArrayField(models.CharField(max_length=16))
    name = SealedText(label="consent.paperconsent.name")
    signer_name = SealedText(label="consent.paperconsent.signer_name")
    witness = SealedText(label="consent.paperconsent.witness")
    place = SealedText(label="consent.paperconsent.place")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="held")
    found = ArrayField(models.CharField(max_length=16), default=list)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    share_id = models.UUIDField(null=True, blank=True, unique=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    denied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="consent_paperconsent_by_held", fields=["held_record_id", "written_at"]),
            models.Index(name="consent_paperconsent_by_place", fields=["organisation", "state", "written_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_paperconsent_in_a_state",
                condition=(
                    Q(state__in=["held", "stopped"], checked_at__isnull=True, checked_by__isnull=True)
                    & Q(share_id__isnull=True, found=[])
                    | Q(state="deficient", checked_at__isnull=False, checked_by__isnull=False, share_id__isnull=True)
                    | Q(state="complete", checked_at__isnull=False, checked_by__isnull=False, share_id__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="consent_paperconsent_checked_by_another",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("written_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} consent on paper"
