"""Load the words an organisation agrees to, in English and Spanish."""

import json
import uuid
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "participation-2026-11.json"


def load(apps, schema_editor):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    agreements = apps.get_model("network", "Agreement").objects
    for language, text in data["texts"].items():
        agreements.create(
            id=uuid.uuid4(),
            key=data["key"],
            version=data["version"],
            language=language,
            title=text["title"],
            body=text["body"],
        )
    kept = agreements.filter(key=data["key"], version=data["version"]).count()
    assert kept == len(data["texts"]), f"{kept} agreements loaded, {len(data['texts'])} shipped"


class Migration(migrations.Migration):
    dependencies = [("network", "0003_where_leaving_leads")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
