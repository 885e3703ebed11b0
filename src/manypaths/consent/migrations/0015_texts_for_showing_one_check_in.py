"""Loads the words for showing one check-in to one worker. Immutable; other words are another file."""

import json
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "texts-2026-11-22.2.json"


def load(apps, schema_editor):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    model = apps.get_model("consent", "Text")
    rows = [
        model(
            key=text["key"],
            version=data["version"],
            language=text["language"],
            title=text["title"],
            body="\n\n".join(f"{heading}\n{words}" for heading, words in text["sections"].values()),
            source=data["source"],
            licence=data["licence"],
        )
        for text in data["texts"]
    ]
    model.objects.bulk_create(rows)
    assert model.objects.filter(version=data["version"]).count() == len(rows), "every text must be loaded"


def unload(apps, schema_editor):
    apps.get_model("consent", "Text").objects.filter(version="2026-11-22.2").delete()


class Migration(migrations.Migration):
    dependencies = [("consent", "0014_in_a_medical_emergency")]
    operations = [migrations.RunPython(load, unload)]
