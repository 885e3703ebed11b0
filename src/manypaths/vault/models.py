"""Keys of records, wrapped by the key of who holds them, and the field type for sealed words."""

from typing import Any

from django.db import models
from django.db.models import Q


class SealedText(models.BinaryField):  # type: ignore[type-arg]  # Django's own class takes no parts
    """Words that only an opened record's key can read. `label` is bound into the seal: a swapped value never opens."""

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        self.label = label
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "label": self.label}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)


class HolderKey(models.Model):
    """A key of an organisation, or of the house for what persons hold: its name and days, never the secret."""

    class Use(models.TextChoices):
        SEALS = "s", "wraps keys of records"
        FINDS = "i", "finds by words"

    name = models.CharField(primary_key=True, max_length=48)
    holder_id = models.UUIDField()
    use = models.CharField(max_length=1, choices=Use.choices)
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="vault_holderkey_one_in_use", fields=["holder_id", "use"], condition=Q(replaced_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecordKey(models.Model):
    """The data key of one record, wrapped by the key that `ring_key` names.

    Destroying this row erases every sealed word of the record.
    """

    record_id = models.UUIDField(primary_key=True)
    holder_id = models.UUIDField()
    ring_key = models.CharField(max_length=48)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="vault_recordkey_by_its_key", fields=["ring_key"])]

    def __str__(self) -> str:
        return "a wrapped key"
