"""When the database itself changes a word of an organisation, as `gate`, its services are listed as changed as well."""

from django.db import migrations

GRANTS = (
    "select on directory_service",
    "insert on directory_change",
    "usage on sequence directory_change_seq_seq",
)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0007_checked_by_the_organisation"),
        ("network", "0007_whether_part_2_binds_a_place"),
    ]
    operations = [
        migrations.RunSQL(
            [f"grant {what} to gate" for what in GRANTS], reverse_sql=migrations.RunSQL.noop
        )
    ]
