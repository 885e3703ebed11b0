"""Whoever leads a clinician is not told of their notes; to be so, a lead need not be somebody who writes such notes."""

from importlib import import_module

from django.db import migrations

FIFTH = import_module("manypaths.network.migrations.0005_roles_know_what_was_given")
NOW = "roles-2026-11-22-2.json"


def forth(apps, schema_editor):
    FIFTH.put(apps, NOW)


def back(apps, schema_editor):
    FIFTH.put(apps, FIFTH.NOW)


class Migration(migrations.Migration):
    dependencies = [("network", "0005_roles_know_what_was_given")]
    operations = [migrations.RunPython(forth, back)]
