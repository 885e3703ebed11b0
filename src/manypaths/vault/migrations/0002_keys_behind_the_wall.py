"""A record's key is readable when the record was opened for any class; only definer functions make or destroy keys."""

from django.db import migrations

from manypaths.audit.guards import ANY_CLASS, GuardTable


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_record_keys"), ("audit", "0002_append_only_and_opened")]
    operations = [
        GuardTable("vault_recordkey", ANY_CLASS),
        migrations.RunSQL(
            [
                "revoke insert, update, delete on vault_recordkey from app",
                "grant select, insert, delete on vault_recordkey to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
