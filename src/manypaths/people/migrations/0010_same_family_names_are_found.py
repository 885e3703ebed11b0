"""A keyed hash of a family name stands beside an organisation's own record: written with the name, read by nobody.

The application may put it there and take it away while the name is open to it; only a function of the database compares.
"""

from django.db import migrations, models

from manypaths.audit.guards import GuardTable


class Migration(migrations.Migration):
    dependencies = [("people", "0009_a_record_is_erased_with_its_key")]
    operations = [
        migrations.CreateModel(
            name="FamilyMark",
            fields=[
                ("record_id", models.UUIDField(primary_key=True, serialize=False)),
                ("mark", models.CharField(max_length=64)),
            ],
            options={"indexes": [models.Index(fields=["mark"], name="people_familymark_by_mark")]},
        ),
        GuardTable("people_familymark", "demographics"),
        migrations.RunSQL(
            [
                "revoke select, update on people_familymark from app",
                "grant select (record_id) on people_familymark to app",
                "grant select on people_familymark to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
