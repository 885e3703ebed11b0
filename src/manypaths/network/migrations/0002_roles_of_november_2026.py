"""Loads what each role may open. The file is immutable; another version is another file and another migration."""

import json
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "roles-2026-11.json"


def load(apps, schema_editor):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    model = apps.get_model("network", "RoleClass")
    rows = [
        model(
            role=role,
            tie=tie,
            data_class=data_class.removesuffix("/named"),
            named_fields=data_class.endswith("/named"),
            version=data["version"],
        )
        for role, ties in data["roles"].items()
        for tie, classes in ties.items()
        for data_class in classes
    ]
    model.objects.bulk_create(rows)
    assert model.objects.count() == len(rows), "every cell of the role table must be loaded"


def unload(apps, schema_editor):
    apps.get_model("network", "RoleClass").objects.filter(version="2026-11").delete()


class Migration(migrations.Migration):
    dependencies = [("network", "0001_first_tables")]
    operations = [
        migrations.RunPython(load, unload),
        migrations.RunSQL(
            ["revoke insert, update, delete on network_roleclass from app"], reverse_sql=migrations.RunSQL.noop
        ),
    ]
