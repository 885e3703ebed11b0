"""What ended lately is found by its time: each minute asks for it, and the whole table was read for that."""

from django.db import migrations, models


def _ended(table: str) -> migrations.AddIndex:
    condition = models.Q(("ended_at__isnull", False))
    index = models.Index(condition=condition, fields=["ended_at"], name=f"consent_{table}_ended")
    return migrations.AddIndex(model_name=table, index=index)


class Migration(migrations.Migration):
    dependencies = [("consent", "0040_whom_people_keep_away_is_listed_outside")]
    operations = [_ended("grant"), _ended("share")]
