"""What each role may open of somebody who stands at the desk and opened their page to whoever works there today."""

from importlib import import_module

from django.db import migrations

FIFTH = import_module("manypaths.network.migrations.0005_roles_know_what_was_given")
BEFORE, NOW = "roles-2026-11-22-3.json", "roles-2026-11-22-4.json"


def forth(apps, schema_editor):
    FIFTH.put(apps, NOW)


def back(apps, schema_editor):
    FIFTH.put(apps, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("network", "0009_roles_for_what_is_shared_and_for_emergencies")]
    operations = [migrations.RunPython(forth, back)]
