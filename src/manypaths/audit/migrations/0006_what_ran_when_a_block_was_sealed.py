"""A block keeps the whole snapshot it was sealed in: which transactions had ended, also beyond the oldest that ran."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_sealed_in_a_chain")]
    operations = [migrations.AddField("block", "snapshot", models.TextField(default="", db_default=""))]
