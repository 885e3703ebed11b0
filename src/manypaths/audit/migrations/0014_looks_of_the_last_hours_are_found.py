"""The looks of the last hours are found by when they were. Rows come in order of time, so one mark for many is enough:
writing a look costs nothing more that could be measured."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0013_a_page_opened_at_a_desk_is_only_read")]
    operations = [
        migrations.AddIndex(
            model_name="access",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="audit_access_by_time"),
        )
    ]
