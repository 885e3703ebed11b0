"""What was looked at and what was done. Rows are only ever added; the database refuses anything else."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models


class ThisTransaction(models.Func):
    """The number of the running transaction, as the database counts them."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Access(models.Model):
    """One look at one or many records. It is written before anything is read, and it is the key to the reading.

    `opened`, `bases` and `subjects` run side by side: a subject says that a consent opened no more of the record than
    what hangs on that one request. No foreign keys: the log outlives what it speaks of. No content: that, never what.
    """

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    xid = models.BigIntegerField()
    nonce = models.UUIDField()
    account_id = models.UUIDField(null=True)
    hat = models.CharField(max_length=8)
    membership_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    opened = ArrayField(models.UUIDField())
    bases = ArrayField(models.CharField(max_length=64))
    subjects = ArrayField(models.UUIDField(null=True), default=list)
    denied = ArrayField(models.UUIDField())
    classes = ArrayField(models.CharField(max_length=32))
    purpose = models.CharField(max_length=24)

    class Meta:
        indexes = [
            models.Index(name="audit_access_this_request", fields=["xid", "nonce"]),
            GinIndex(name="audit_access_by_record", fields=["opened"]),
            BrinIndex(name="audit_access_by_time", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"look {self.seq}"


class Act(models.Model):
    """One thing that was done, by whom, to what. No content. The database itself says in which transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    xid = models.BigIntegerField(db_default=ThisTransaction(), editable=False)
    what = models.CharField(max_length=64)
    account_id = models.UUIDField(null=True)
    hat = models.CharField(max_length=8)
    membership_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    record_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(name="audit_act_by_record", fields=["record_id", "at"]),
            models.Index(name="audit_act_by_time", fields=["at"]),
            models.Index(name="audit_act_by_transaction", fields=["xid"]),
        ]

    def __str__(self) -> str:
        return self.what


class Block(models.Model):
    """Rows of both logs that were sealed together, chained to the block before. Rules: `rules/chain.py`."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    form = models.PositiveSmallIntegerField()
    horizon = models.BigIntegerField()
    snapshot = models.TextField(default="", db_default="")
    accesses = models.BigIntegerField()
    acts = models.BigIntegerField()
    root = models.BinaryField()
    head = models.BinaryField()
    mac = models.BinaryField()

    def __str__(self) -> str:
        return f"block {self.number}"


class Leaf(models.Model):
    """One sealed row: its place in its block, its hash, and the secret that its salts are made from."""

    pk = models.CompositePrimaryKey("block", "place")
    block = models.BigIntegerField()
    place = models.PositiveSmallIntegerField()
    access_seq = models.BigIntegerField(null=True, unique=True)
    act_id = models.UUIDField(null=True, unique=True)
    secret = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_leaf_is_one_row",
                condition=models.Q(access_seq__isnull=False, act_id__isnull=True)
                | models.Q(access_seq__isnull=True, act_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"row {self.place} of block {self.block}"


class Stop(models.Model):
    """The head of the chain was lost: nobody looks at anybody until who runs the machine lifts it and says why."""

    number = models.BigIntegerField(primary_key=True)
    head = models.BinaryField()
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"stop at block {self.number}"


class OnceKey(models.Model):
    """A form or call that was answered once: the same key gets the same answer, whoever pressed twice.

    Every form passes here, so nothing of it is kept readable: `owner` and `request_hash` are keyed hashes,
    `location` is sealed. The door makes all three; the key never enters the database.
    """

    owner = models.CharField(max_length=64)
    key = models.UUIDField()
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="audit_oncekey_once", fields=["owner", "key"])]

    def __str__(self) -> str:
        return f"answered {self.status}"
