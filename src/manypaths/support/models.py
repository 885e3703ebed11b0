"""What was given to someone, as their organisation's own record keeps it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from manypaths.consent.models import Authorship
from manypaths.network.models import Community, Membership, Organisation
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


class Kept(models.Model):
    """What every entry has. It is never edited: a correction is another entry that replaces it, and an entry that
    should not be there is struck, once, and stays readable as struck."""

    record_id = models.UUIDField()
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    written_at = models.DateTimeField()
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    struck_at = models.DateTimeField(null=True, blank=True)
    strike = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_struck_for_a_reason",
                condition=Q(struck_at__isnull=True, strike="") | (Q(struck_at__isnull=False) & ~Q(strike="")),
            ),
        ]
        indexes = [models.Index(name="support_%(class)s_by_day", fields=["record_id", "happened_on"])]


class Entry(Kept):
    """An entry of a record, with the worker who wrote it down and the one who struck it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    struck_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Kept.Meta):
        abstract = True


class Treatment(Entry):
    """One service of treatment that somebody received on a day."""

    service = models.CharField(max_length=24)
    words = SealedText(label="support.treatment.words", null=True)

    def __str__(self) -> str:
        return "an entry of treatment"


class Screen(Entry):
    """One drug screen: what was looked for, what came of it, and who had asked for it."""

    panel = models.CharField(max_length=16)
    result = models.CharField(max_length=16)
    found = ArrayField(models.CharField(max_length=24), default=list)
    ordered_by = models.CharField(max_length=24)
    words = SealedText(label="support.screen.words", null=True)

    def __str__(self) -> str:
        return "a drug screen"


class Attendance(Entry):
    """Whether somebody came on a day. No words: there is nothing to say about it."""

    session = models.CharField(max_length=24)
    presence = models.CharField(max_length=16)

    def __str__(self) -> str:
        return "an entry of attendance"


class CounsellingNote(Kept):
    """A note about a session of counselling, kept apart from everything else. Only its author reads it.

    Who that is stands with the gate, not here.
    """

    authorship = models.OneToOneField(Authorship, primary_key=True, on_delete=models.PROTECT, related_name="+")
    words = SealedText(label="support.counsellingnote.words")

    def __str__(self) -> str:
        return "a counselling note"


class Thread(models.Model):
    """A person and one worker who walks with them, and what they write to each other. It carries both records: the
    person's own, where the words are sealed, and the organisation's, through which the worker is assigned.

    `earlier` is what was written with somebody before, as far as the person lets this worker read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    org_record_id = models.UUIDField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    earlier = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(name="support_thread_of_person", fields=["record_id"])]
        constraints = [
            models.UniqueConstraint(name="support_thread_once", fields=["org_record_id", "membership"]),
            models.CheckConstraint(name="support_thread_not_its_own_past", condition=~Q(earlier=F("id"))),
        ]

    def __str__(self) -> str:
        return "a thread"


class Message(models.Model):
    """One message. It is never edited; the person can take theirs back until it was read, and then its words go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    party = models.CharField(max_length=8)
    words = SealedText(label="support.message.words", null=True)
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="support_message_by_thread", fields=["thread", "written_at"])]
        constraints = [
            models.CheckConstraint(name="support_message_by_a_party", condition=Q(party__in=["person", "worker"])),
            models.CheckConstraint(
                name="support_message_read_or_taken_back",
                condition=Q(taken_back_at__isnull=True, words__isnull=False)
                | Q(taken_back_at__isnull=False, words__isnull=True, read_at__isnull=True, party="person"),
            ),
        ]

    def __str__(self) -> str:
        return "a message"


class Remark(models.Model):
    """What the person says beside one thing that a place wrote of them. Theirs: nobody there can write or change it.

    Taken back, it is closed to the place, and only the person can still read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    data_class = models.CharField(max_length=32)
    item_id = models.UUIDField()
    stance = models.CharField(max_length=16)
    words = SealedText(label="support.remark.words")
    written_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="support_remark_by_record", fields=["record_id", "written_at"])]
        constraints = [
            models.UniqueConstraint(
                name="support_remark_one_now",
                fields=["record_id", "data_class", "item_id"],
                condition=Q(taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return "a remark of the person"


class Petition(models.Model):
    """What a person asks of the privacy desk of a place about the record it keeps: a correction, or a complaint.

    It stands in that record. Asked once, answered once, more time taken once; then the person may say once that they
    see it differently. Nothing it is about changes: what was agreed to, and what the person says, stand beside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    data_class = models.CharField(max_length=32)
    item_id = models.UUIDField(null=True, blank=True)
    words = SealedText(label="support.petition.words")
    why = SealedText(label="support.petition.why", null=True)
    tell_others = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by_id = models.UUIDField(null=True, blank=True)
    extension = SealedText(label="support.petition.extension", null=True)
    state = models.CharField(max_length=10, default="open")
    finding = models.CharField(max_length=16, blank=True, default="")
    ground = models.CharField(max_length=20, blank=True, default="")
    amendment = SealedText(label="support.petition.amendment", null=True)
    answer = SealedText(label="support.petition.answer", null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.UUIDField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    disagreement = SealedText(label="support.petition.disagreement", null=True)
    disagreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="support_petition_by_record", fields=["record_id", "asked_at"]),
            models.Index(name="support_petition_by_place", fields=["organisation", "state", "due_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="support_petition_in_a_state",
                condition=Q(state="open", finding="", answer__isnull=True, withdrawn_at__isnull=True)
                | Q(state="withdrawn", finding="", answer__isnull=True, withdrawn_at__isnull=False)
                | Q(state="answered", answer__isnull=False, answered_at__isnull=False)
                & Q(answered_by_id__isnull=False)
                & ~Q(finding="")
                & Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="support_petition_whole_answer",
                condition=Q(finding="agreed", amendment__isnull=False, ground="", kind="correction")
                | Q(finding="denied", amendment__isnull=True, kind="correction") & ~Q(ground="")
                | Q(amendment__isnull=True, ground="") & ~Q(finding__in=["agreed", "denied"]),
            ),
            models.CheckConstraint(
                name="support_petition_disagreed_with_a_no",
                condition=Q(disagreement__isnull=True, disagreed_at__isnull=True)
                | Q(finding="denied", disagreement__isnull=False, disagreed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.kind}"


class ShownCheckIn(models.Model):
    """A copy of one check-in that the person shows to the one worker of a thread, in the words they agreed to.

    When they stop it the copy goes; that it was shown, and from when until when, is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    sitting_id = models.UUIDField()
    words = SealedText(label="support.showncheckin.words", null=True)
    text_version = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="support_shown_once", fields=["thread", "sitting_id"], condition=Q(until__isnull=True)
            ),
            models.CheckConstraint(
                name="support_shown_while_it_lasts",
                condition=Q(until__isnull=True, words__isnull=False) | Q(until__isnull=False, words__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="support_shown_of_person", fields=["record_id"]),
            models.Index(name="support_shown_of_sitting", fields=["sitting_id"]),
        ]

    def __str__(self) -> str:
        return "a check-in that is shown"


class Export(models.Model):
    """A list of the people of a team that a supervisor takes out of the house. Who is on it, and nothing of them.

    Asked for, agreed to by somebody else where it is long, and fetched, through functions of the database alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=24)
    people = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="support_export_by_place", fields=["organisation", "expires_at"])]

    def __str__(self) -> str:
        return "a list that is taken out"


class ExportRow(models.Model):
    """One person on such a list, as it was settled when it was asked for. It goes when the list has expired."""

    pk = models.CompositePrimaryKey("export_id", "place")
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    record_id = models.UUIDField()
    worker_id = models.UUIDField()

    def __str__(self) -> str:
        return "one person on a list"
