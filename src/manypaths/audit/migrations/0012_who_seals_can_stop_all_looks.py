"""A log whose chain is broken lets nobody look: who seals writes a stop, and no access row can be added until it is lifted.

Only the roles sealer and owner write it. The application may see that there is one, and nothing more.
"""

from django.db import migrations, models

STOPPED = """
create function audit_stopped() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from audit_stop where lifted_at is null) then
        raise exception 'the log is stopped' using errcode = 'object_not_in_prerequisite_state';
    end if;
    return null;
end $$
"""
TRIGGER = (
    "create trigger audit_access_stopped before insert on audit_access "
    "for each statement when (current_user = 'gate') execute function audit_stopped()"
)
KEPT = (
    "create trigger audit_stop_is_kept before delete or truncate on audit_stop "
    "for each statement execute function audit_refuse()"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0011_an_emergency_and_an_order_are_only_read")]
    operations = [
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("head", models.BinaryField()),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, db_default="", default="", max_length=200)),
            ],
        ),
        migrations.RunSQL(
            [
                "revoke all on audit_stop from app",
                "grant select on audit_stop to app, gate",
                "grant select, insert, update on audit_stop to sealer",
                STOPPED,
                "grant execute on function audit_stopped() to gate",
                KEPT,
                TRIGGER,
            ],
            reverse_sql=[
                "drop trigger audit_access_stopped on audit_access",
                "drop trigger audit_stop_is_kept on audit_stop",
                "drop function audit_stopped()",
            ],
        ),
    ]
