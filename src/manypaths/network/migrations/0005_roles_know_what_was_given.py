"""What each role may open, now with the kinds of entry: treatment, screens, attendance, and notes of counselling.

The new file takes the place of the old one as a whole: a role opens what the newest version says, and nothing else.
"""

import json
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"
BEFORE, NOW = "roles-2026-11.json", "roles-2026-11-22.json"


def put(apps, name):
    data = json.loads((DATA / name).read_text(encoding="utf-8"))
    model = apps.get_model("network", "RoleClass")
    model.objects.all().delete()
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


def forth(apps, schema_editor):
    put(apps, NOW)


def back(apps, schema_editor):
    put(apps, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("network", "0004_agreement_of_november_2026")]
    operations = [migrations.RunPython(forth, back)]
