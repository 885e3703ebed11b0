"""What was published stays: the application adds releases and figures, and changes and removes none."""

from django.db import migrations

TABLES = "indicators_release, indicators_figure, indicators_wait"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_releases_and_nights")]
    operations = [
        migrations.RunSQL(
            [f"revoke update, delete on {TABLES} from app", "revoke delete on indicators_nightstep from app"],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
