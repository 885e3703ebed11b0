"""Persons, and the records that persons and organisations hold. Read through `consent`, never from here."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from manypaths.network.models import Membership, Organisation
from manypaths.vault.models import SealedText


class Person(models.Model):
    """A human being as they made themself known here: only through their own account, only by themself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    record_id = models.UUIDField(unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return "a person"


class Record(models.Model):
    """One person as held by one holder: the person, or one organisation. The unit of access.

    Nobody but the person can see that two records are one person; there is no column that would tell.
    """

    class Holder(models.TextChoices):
        PERSON = "person", "the person"
        ORGANISATION = "organisation", "an organisation"

    class Law(models.TextChoices):
        PART2 = "part2", "42 CFR Part 2"
        HIPAA = "hipaa", "HIPAA"
        NEITHER = "neither", "neither"
        UNSET = "unset", "not known, counts as Part 2"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.CharField(max_length=12, choices=Holder.choices)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    origin_law = models.CharField(max_length=8, choices=Law.choices, default=Law.UNSET)
    opened_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="people_record_one_holder",
                condition=Q(holder="person", person__isnull=False, organisation__isnull=True)
                | Q(holder="organisation", person__isnull=True, organisation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "a record"


class Assignment(models.Model):
    """A worker who walks with someone, from when to when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="people_assignment_by_worker", fields=["membership", "since"]),
            models.Index(name="people_assignment_by_record", fields=["record_id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="people_assignment_open_once", fields=["record_id", "membership"], condition=Q(until__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return "an assignment"


class Profile(models.Model):
    """How a person wants to be called, in one record."""

    record_id = models.UUIDField(primary_key=True)
    name = SealedText(label="people.profile.name")
    pronouns = SealedText(label="people.profile.pronouns", null=True)
    language = models.CharField(max_length=8, default="en")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a profile"


class SafeContact(models.Model):
    """How a person can be reached without danger, in one record."""

    class Way(models.TextChoices):
        CALL = "call", "call"
        TEXT = "text", "text"
        PERSON_CALLS = "person_calls", "the person calls"
        PERSON_VISITS = "person_visits", "the person comes by"
        HERE = "here", "answer here"

    record_id = models.UUIDField(primary_key=True)
    way = models.CharField(max_length=16, choices=Way.choices)
    address = SealedText(label="people.safecontact.address", null=True)
    hours = SealedText(label="people.safecontact.hours", null=True)
    may_leave_message = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a safe way"


class Lookup(models.Model):
    """One word that a record of an organisation is found by, as a keyed hash. It goes when the record's key goes."""

    class Field(models.TextChoices):
        NAME = "name", "a word of the name"
        CONTACT = "contact", "a way to reach"

    id = models.BigAutoField(primary_key=True)
    record_id = models.UUIDField()
    key = models.CharField(max_length=48)
    field = models.CharField(max_length=8, choices=Field.choices)
    value = models.BinaryField(max_length=16)

    class Meta:
        indexes = [
            models.Index(name="people_lookup_by_value", fields=["key", "field", "value"]),
            models.Index(name="people_lookup_by_record", fields=["record_id"]),
        ]

    def __str__(self) -> str:
        return "a hidden word"


class Block(models.Model):
    """Someone a person must be safe from. It beats every consent and every role but the person's own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    account_id = models.UUIDField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="people_block_by_record", fields=["record_id"])]
        constraints = [
            models.CheckConstraint(
                name="people_block_names_someone",
                condition=Q(account_id__isnull=False) | Q(organisation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "a block"


class FamilyMark(models.Model):
    """The keyed hash of a family name in one organisation's own record. The application writes it and cannot read it.

    Only looks of workers with the same family name are found by it. It differs from place to place, so it never tells
    that two records of two places are one person.
    """

    record_id = models.UUIDField(primary_key=True)
    mark = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(name="people_familymark_by_mark", fields=["mark"])]

    def __str__(self) -> str:
        return "a mark of a name"
