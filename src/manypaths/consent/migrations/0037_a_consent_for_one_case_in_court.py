"""A consent for one case before a court or an office of the state: a kind of its own, which stands alone.

It says in sealed words which case it is for, is for one purpose and no other, and less of it is for the same case. Of
those who watch, only a court reads by it. Nothing that was signed before changes.
"""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import again, changed
from manypaths.vault.models import SealedText

HERE = "manypaths.consent.migrations."
FOLDER = Path(__file__).resolve().parent.parent / "data"
DATA = json.loads((FOLDER / "shares-2026-11-23.json").read_text(encoding="utf-8"))
TEXTS, VERSION = FOLDER / "texts-2026-11-23.2.json", "2026-11-23.2"
FIRST = import_module(f"{HERE}0011_consents_to_show_what_a_place_keeps")
DOOR = import_module(f"{HERE}0012_opened_by_what_was_agreed_to_outside")
PAPER = import_module(f"{HERE}0033_a_consent_comes_on_paper")
NARROWS = import_module(f"{HERE}0030_words_for_a_yes_to_less").NOW

OF_ITS_KIND = "alter table consent_share add constraint consent_share_of_its_kind check ({})"
NO_KIND = "alter table consent_share drop constraint consent_share_of_its_kind"
KINDS = " or ".join(FIRST.of_its_kind(key, row) for key, row in DATA["kinds"].items())
KIND_CLASSES = ", ".join(f"('{key}', '{one}')" for key, row in DATA["kinds"].items() for one in row["classes"])
OF_PROCEEDINGS = DOOR.words(key for key, row in DATA["kinds"].items() if row["law"] == "proceedings")
OTHERS_WHO_WATCH = DOOR.words(
    key for key, one in DATA["recipients"].items() if one in DOOR.WATCHING and one != "court"
)

OPEN_BEFORE = changed(again(DOOR.OPEN_SHARED), (PAPER.SIGNED, f"{PAPER.SIGNED}, t.on_paper"))
NOTES = "           and not ('sud_counseling_notes' = any(t.classes)"
OPEN_NOW = changed(
    OPEN_BEFORE,
    (DOOR.KIND_CLASSES, KIND_CLASSES),
    (NOTES, f"           and not (t.kind in {OF_PROCEEDINGS} and t.recipient_kind in {OTHERS_WHO_WATCH})\n{NOTES}"),
    (f"{PAPER.SIGNED}, t.on_paper", f"{PAPER.SIGNED}, t.on_paper, encode(t.proceeding, 'hex')"),
)
LESS = "       or not new.classes <@ v_old.classes"
NARROWS_NOW = changed(NARROWS, (LESS, f"       or new.proceeding is distinct from v_old.proceeding\n{LESS}"))


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
    dependencies = [("consent", "0036_agreements_for_a_service_are_kept")]
    operations = [
        migrations.RunPython(load, unload),
        migrations.AddField("share", "proceeding", SealedText(label="consent.share.proceeding", null=True)),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                name="consent_share_says_which_case",
                condition=Q(kind="proceedings", proceeding__isnull=False)
                | ~Q(kind="proceedings") & Q(proceeding__isnull=True),
            ),
        ),
        migrations.RunSQL(
            [NO_KIND, OF_ITS_KIND.format(KINDS)], reverse_sql=[NO_KIND, OF_ITS_KIND.format(FIRST.KINDS)]
        ),
        migrations.RunSQL(OPEN_NOW, reverse_sql=OPEN_BEFORE),
        migrations.RunSQL(NARROWS_NOW, reverse_sql=NARROWS),
    ]
