"""Keys of records, wrapped by the key of who holds them, and the field type for sealed words."""

from typing import Any

from django.db import models


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


class RecordKey(models.Model):
    """The data key of one record, wrapped. Destroying this row erases every sealed word of the record."""

    record_id = models.UUIDField(primary_key=True)
    holder_id = models.UUIDField()
    ring_key = models.CharField(max_length=16)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a wrapped key"
