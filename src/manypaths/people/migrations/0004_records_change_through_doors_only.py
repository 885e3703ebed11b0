"""Records and persons are made and erased by functions that check; an assignment ends and is never unwritten.

Who is assigned is written with the record. A safety block is the person's alone: on their own record, and the copies of
it that stand on records of organisations are neither read nor lifted by whoever works with these.
"""

from django.db import migrations

OWN_BLOCKS = """
create policy people_block_is_the_persons on people_block as restrictive to app
using (record_id = any((select opened_own('safe_contact'))::uuid[]))
with check (record_id = any((select opened_own('safe_contact'))::uuid[]))
"""

# The gate decides by the database's clock: a block that another machine dates a moment ahead counts from now too.
SINCE_NOW = """
create function people_block_since_now() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.since := transaction_timestamp();
    return new;
end $$
"""
TRIGGER = """
create trigger people_block_counts_from_now before insert on people_block
for each row when (current_user = 'app' and new.since > transaction_timestamp())
execute function people_block_since_now()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_a_visit_is_known_by_its_session"),
        ("audit", "0004_what_a_consent_was_for"),
    ]
    operations = [
        migrations.RunSQL(
            [
                "revoke update on people_record, people_person from app",
                "revoke insert, delete, update on people_assignment from app",
                "grant update (until) on people_assignment to app",
                "revoke delete on people_profile, people_safecontact from app",
                "revoke delete, update on people_block from app",
                "grant update (until) on people_block to app",
                OWN_BLOCKS,
                SINCE_NOW,
                TRIGGER,
            ],
            reverse_sql=[
                "grant update on people_record, people_person to app",
                "grant insert, delete, update on people_assignment to app",
                "grant delete on people_profile, people_safecontact to app",
                "grant delete, update on people_block to app",
                "drop policy people_block_is_the_persons on people_block",
                "drop function people_block_since_now() cascade",
            ],
        )
    ]
