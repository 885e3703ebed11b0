"""The list of who looked is told by `referrals`, which knows every record that came from the person's requests."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("manypaths.consent.migrations.0002_open_records").WHO_LOOKED
OWNED = [
    "alter function who_looked(uuid, uuid) owner to gate",
    "revoke all on function who_looked(uuid, uuid) from public, app",
    "grant execute on function who_looked(uuid, uuid) to app",
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_texts_of_november_2026")]
    operations = [
        migrations.RunSQL("drop function who_looked(uuid, uuid)", reverse_sql=[BEFORE, *OWNED]),
    ]
