"""Words of their own for a consent by which less is opened: no page says then that a first yes is asked for.

The database wants exactly these: a yes to less is signed in the words for less of the same kind.
"""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "texts-2026-11-23.json"
VERSION = "2026-11-23"
BEFORE = import_module("manypaths.consent.migrations.0028_what_follows_a_consent_is_less").NARROWS.replace(
    "create function", "create or replace function", 1
)
SAME_WORDS = "new.purpose, new.text_key,"
OLD_WORDS = "v_old.purpose, v_old.text_key,"
NOW = BEFORE.replace(OLD_WORDS, "v_old.purpose, regexp_replace(v_old.text_key, '-less$', '') || '-less',", 1)
assert SAME_WORDS in BEFORE and NOW != BEFORE, "the words must be compared"


def load(apps, schema_editor):
    data = json.loads(FILE.read_text(encoding="utf-8"))
    model = apps.get_model("consent", "Text")
    rows = [
        model(
            key=text["key"],
            version=VERSION,
            language=text["language"],
            title=text["title"],
            body="\n\n".join(f"{heading}\n{words}" for heading, words in text["sections"].values()),
            source=data["source"],
            licence=data["licence"],
        )
        for text in data["texts"]
    ]
    model.objects.bulk_create(rows)
    assert model.objects.filter(version=VERSION).count() == len(rows), "every text must be loaded"


def unload(apps, schema_editor):
    apps.get_model("consent", "Text").objects.filter(version=VERSION).delete()


class Migration(migrations.Migration):
    dependencies = [("consent", "0029_only_who_may_agree_is_asked")]
    operations = [migrations.RunPython(load, unload), migrations.RunSQL(NOW, BEFORE)]
