"""A person's notices stand behind the wall. The application writes one only for a record it has just opened."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, GuardTable

TELL_PERSON = """
create function tell_person(p_id uuid, p_record uuid, p_template text, p_subject uuid, p_at timestamptz)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_any()) then
        raise exception 'the record was not opened' using errcode = 'insufficient_privilege';
    end if;
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    values (p_id, p_record, p_template, p_subject, p_at) on conflict (id) do nothing;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_outbox"), ("audit", "0002_append_only_and_opened")]
    operations = [
        GuardTable("notices_personnotice", "presence"),
        migrations.RunSQL(
            [
                "revoke insert, delete, update on notices_personnotice from app",
                "grant update (read_at) on notices_personnotice to app",
                "revoke delete on notices_staffnotice from app",
                "grant select, insert, update on notices_personnotice to gate",
                "grant select, insert on notices_staffnotice to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(TELL_PERSON, "tell_person(uuid, uuid, text, uuid, timestamptz)"),
    ]
