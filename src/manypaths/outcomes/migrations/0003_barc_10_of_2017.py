"""Loads the Brief Assessment of Recovery Capital as published. Another wording is another file and another migration."""

import hashlib
import uuid
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "instruments" / "data" / "barc-10-2017.json"


def load(apps, schema_editor):
    body = FILE.read_bytes()
    model = apps.get_model("outcomes", "InstrumentVersion")
    model.objects.create(
        id=uuid.uuid4(),
        instrument="barc-10",
        version="2017",
        sha256=hashlib.sha256(body).hexdigest(),
        file=body.decode(),
    )
    assert model.objects.filter(instrument="barc-10").count() == 1, "the instrument must be loaded once"


def unload(apps, schema_editor):
    apps.get_model("outcomes", "InstrumentVersion").objects.filter(instrument="barc-10", version="2017").delete()


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0002_behind_the_wall")]
    operations = [
        migrations.RunPython(load, unload),
        migrations.RunSQL(
            ["revoke insert, update, delete on outcomes_instrumentversion from app"], reverse_sql=migrations.RunSQL.noop
        ),
    ]
