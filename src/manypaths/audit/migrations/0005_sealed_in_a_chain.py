"""Both logs are sealed in a chain of blocks. Only the role `sealer` adds to the chain, and nobody changes it.

Rows from before count as rows of the transaction that runs this step; the first sealing takes them all.
"""

from django.db import migrations, models

import manypaths.audit.models

ROLE_IS_THERE = """
do $$ begin
    if not exists (select from pg_roles where rolname = 'sealer') then
        raise exception 'the role sealer is not there: run what ./manypaths database-sql prints, then start again';
    end if;
end $$
"""
ACT_COLUMNS = "id, at, what, account_id, hat, membership_id, organisation_id, subject_id, record_id"


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_what_a_consent_was_for")]
    operations = [
        migrations.RunSQL(ROLE_IS_THERE, reverse_sql=migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("form", models.PositiveSmallIntegerField()),
                ("horizon", models.BigIntegerField()),
                ("accesses", models.BigIntegerField()),
                ("acts", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("head", models.BinaryField()),
                ("mac", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "block", "place", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("block", models.BigIntegerField()),
                ("place", models.PositiveSmallIntegerField()),
                ("access_seq", models.BigIntegerField(null=True, unique=True)),
                ("act_id", models.UUIDField(null=True, unique=True)),
                ("secret", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="leaf",
            constraint=models.CheckConstraint(
                name="audit_leaf_is_one_row",
                condition=models.Q(access_seq__isnull=False, act_id__isnull=True)
                | models.Q(access_seq__isnull=True, act_id__isnull=False),
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="xid",
            field=models.BigIntegerField(db_default=manypaths.audit.models.ThisTransaction(), editable=False),
        ),
        migrations.AddIndex(
            model_name="act", index=models.Index(fields=["xid"], name="audit_act_by_transaction")
        ),
        migrations.RunSQL(
            [
                *[
                    f"create trigger {table}_only_grows before update or delete or truncate on {table} "
                    "for each statement execute function audit_refuse()"
                    for table in ("audit_block", "audit_leaf")
                ],
                "revoke all on audit_block, audit_leaf from app",
                "grant select on audit_block, audit_leaf to gate",
                "grant select, insert on audit_block, audit_leaf to sealer",
                "grant select on audit_access, audit_act to sealer",
                # The application does not say in which transaction it acts: the database does.
                "revoke insert on audit_act from app",
                f"grant insert ({ACT_COLUMNS}) on audit_act to app",
            ],
            reverse_sql=[
                f"revoke insert ({ACT_COLUMNS}) on audit_act from app",
                "grant insert on audit_act to app",
                "revoke select on audit_access, audit_act from sealer",
            ],
        ),
    ]
