"""What is kept of an answered form is keyed and sealed. Rows from before could be guessed from, and are deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only_and_opened")]
    operations = [
        migrations.RunSQL("delete from audit_oncekey", reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField("oncekey", "location", models.TextField(blank=True, default="")),
    ]
