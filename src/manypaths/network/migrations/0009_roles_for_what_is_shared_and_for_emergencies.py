"""Two more roles, and the grounds beside consent for a request: a shared part, an emergency, an order of a court."""

from importlib import import_module

from django.db import migrations

FIFTH = import_module("manypaths.network.migrations.0005_roles_know_what_was_given")
BEFORE, NOW = "roles-2026-11-22-2.json", "roles-2026-11-22-3.json"


def forth(apps, schema_editor):
    FIFTH.put(apps, NOW)


def back(apps, schema_editor):
    FIFTH.put(apps, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("network", "0008_a_place_is_what_its_answers_say")]
    operations = [migrations.RunPython(forth, back)]
