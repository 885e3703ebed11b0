"""Remembers for a day which place on the network counted which search, as keyed hashes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_towns_found_at_once")]
    operations = [
        migrations.CreateModel(
            name="SearchMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("visitor", models.CharField(max_length=64)),
                ("search", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(name="directory_searchmark_once", fields=("day", "visitor", "search"))
                ],
            },
        ),
    ]
