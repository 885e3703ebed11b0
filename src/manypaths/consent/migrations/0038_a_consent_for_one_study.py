"""A consent for one study: a kind of its own, for one purpose that no other kind has.

It says in sealed words which study it is for, and less of it is for the same study. Nobody who watches reads by it, not
a court either. Nothing that was signed before changes.
"""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import changed

HERE = "manypaths.consent.migrations."
FOLDER = Path(__file__).resolve().parent.parent / "data"
DATA = json.loads((FOLDER / "shares-2026-11-23.2.json").read_text(encoding="utf-8"))
TEXTS, VERSION = FOLDER / "texts-2026-11-23.3.json", "2026-11-23.3"
FIRST = import_module(f"{HERE}0011_consents_to_show_what_a_place_keeps")
DOOR = import_module(f"{HERE}0012_opened_by_what_was_agreed_to_outside")
BEFORE = import_module(f"{HERE}0037_a_consent_for_one_case_in_court")

KINDS = " or ".join(FIRST.of_its_kind(key, row) for key, row in DATA["kinds"].items())
KIND_CLASSES = ", ".join(f"('{key}', '{one}')" for key, row in DATA["kinds"].items() for one in row["classes"])
OF_RESEARCH = DOOR.words(key for key, row in DATA["kinds"].items() if row["law"] == "research")
OPEN_NOW = changed(
    BEFORE.OPEN_NOW,
    (BEFORE.KIND_CLASSES, KIND_CLASSES),
    (BEFORE.NOTES, f"           and not (t.kind in {OF_RESEARCH} and t.recipient_kind in {DOOR.OF_WATCHING})\n{BEFORE.NOTES}"),
)
DESCRIBED = ["proceedings", "research"]


def load(apps, schema_editor):
    data = json.loads(TEXTS.read_text(encoding="utf-8"))
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
    dependencies = [("consent", "0037_a_consent_for_one_case_in_court")]
    operations = [
        migrations.RunPython(load, unload),
        migrations.RemoveConstraint("share", "consent_share_says_which_case"),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                name="consent_share_says_which_case",
                condition=Q(kind__in=DESCRIBED, proceeding__isnull=False)
                | ~Q(kind__in=DESCRIBED) & Q(proceeding__isnull=True),
            ),
        ),
        migrations.RunSQL(
            [BEFORE.NO_KIND, BEFORE.OF_ITS_KIND.format(KINDS)],
            reverse_sql=[BEFORE.NO_KIND, BEFORE.OF_ITS_KIND.format(BEFORE.KINDS)],
        ),
        migrations.RunSQL(OPEN_NOW, reverse_sql=BEFORE.OPEN_NOW),
    ]
