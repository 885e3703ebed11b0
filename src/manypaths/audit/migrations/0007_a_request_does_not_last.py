"""An opening ends with its request, and a request does not last: half an hour after it began nothing opens any more.

The gate decides by the time at which the transaction began. Whoever kept one open would keep that hour, and with it a
consent that was stopped since. How many looks there were at everybody together is nobody's to read either.
"""

from importlib import import_module

from django.db import migrations

SECOND = import_module("manypaths.audit.migrations.0002_append_only_and_opened")
FOURTH = import_module("manypaths.audit.migrations.0004_what_a_consent_was_for")
BEFORE = (SECOND.OPENED, SECOND.OPENED_ANY, FOURTH.OPENED_WHOLE, FOURTH.OPENED_SUBJECTS, FOURTH.OPENED_OWN)
STARTED = "a.at >= transaction_timestamp()"
NOT_LONG_AGO = f"{STARTED} and clock_timestamp() < transaction_timestamp() + longest_request()"

LONGEST = """
create function longest_request() returns interval language sql immutable as $$ select interval '30 minutes' $$
"""
NOTHING_LATE = """
create function audit_nothing_late() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if clock_timestamp() >= transaction_timestamp() + longest_request() then
        raise exception 'this request has lasted too long' using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$
"""
TRIGGER = (
    "create trigger audit_access_nothing_late before insert on audit_access "
    "for each statement when (current_user = 'gate') execute function audit_nothing_late()"
)


def again(sql: str) -> str:
    """The same function once more, in the place of the one that is there."""
    return sql.replace("create function", "create or replace function", 1)


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_what_ran_when_a_block_was_sealed")]
    operations = [
        migrations.RunSQL(
            [LONGEST, "grant execute on function longest_request() to gate", NOTHING_LATE],
            reverse_sql=["drop function audit_nothing_late()", "drop function longest_request()"],
        ),
        *(migrations.RunSQL(again(sql).replace(STARTED, NOT_LONG_AGO), reverse_sql=again(sql)) for sql in BEFORE),
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger audit_access_nothing_late on audit_access"),
        migrations.RunSQL(
            "revoke all on sequence audit_access_seq_seq from app",
            reverse_sql="grant usage, select on sequence audit_access_seq_seq to app",
        ),
    ]
