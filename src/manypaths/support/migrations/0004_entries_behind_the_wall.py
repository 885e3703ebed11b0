"""Entries stand behind the wall, each kind for its own class, and the database keeps what an entry is.

Opened with the whole record, or one by one: a note of counselling only one by one, by who wrote it. Written by the
worker in whose name the class was opened, for care or at the desk. Never changed and never taken out: struck once, and
replaced once, by an entry of the same record.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, GuardSubjects, GuardTable

SIGNED = {
    "support_treatment": "sud_treatment_record",
    "support_screen": "drug_screen_result",
    "support_attendance": "attendance",
}
NOTES, NOTES_CLASS = "support_counsellingnote", "sud_counseling_notes"
SUBJECT = {**dict.fromkeys(SIGNED, "id"), NOTES: "authorship_id"}

OPENED_BY = """
create function opened_by(wanted text) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
begin
    return array(
        select distinct a.membership_id
          from audit_access a
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= transaction_timestamp()
           and wanted = any(a.classes) and a.opened <> '{}' and a.purpose in ('care', 'desk')
           and a.membership_id is not null);
end $$
"""

REPLACES = """
create function support_replaces() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    stands uuid;
begin
    execute format('select record_id from %I where %I = $1 and record_id = $2 and struck_at is null for update',
                   tg_table_name, tg_argv[0])
       into stands using new.replaces_id, new.record_id;
    if stands is null then
        raise exception 'only an entry of the same record that stands can be replaced' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""

STRIKES = """
create function support_strikes() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    replaced boolean;
begin
    execute format('select exists (select from %I where replaces_id = $1)', tg_table_name)
       into replaced using (to_jsonb(old) ->> tg_argv[0])::uuid;
    if replaced then
        raise exception 'this entry was replaced already' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""


def rules_of(table, subject):
    """Only struck, never edited; replaced and struck within the same record."""
    return [
        f"revoke update, delete on {table} from app",
        f"create trigger {table}_replaces before insert on {table} for each row "
        f"when (new.replaces_id is not null) execute function support_replaces('{subject}')",
        f"create trigger {table}_strikes before update of struck_at on {table} for each row "
        f"execute function support_strikes('{subject}')",
    ]


def signed(table, data_class):
    who = f"any((select opened_by('{data_class}'))::uuid[])"
    return [
        f"grant update (struck_at, strike, struck_by_id) on {table} to app",
        f"create policy {table}_signed on {table} as restrictive for insert to app with check (membership_id = {who})",
        f"create policy {table}_only_struck on {table} as restrictive for update to app "
        f"using (struck_at is null) with check (struck_at is not null and struck_by_id = {who})",
    ]


NOTES_RULES = [
    f"grant update (struck_at, strike) on {NOTES} to app",
    f"create policy {NOTES}_only_struck on {NOTES} as restrictive for update to app "
    "using (struck_at is null) with check (struck_at is not null)",
]


def back(table):
    return [
        f"drop policy if exists {table}_signed on {table}",
        f"drop policy if exists {table}_only_struck on {table}",
        f"drop trigger {table}_replaces on {table}",
        f"drop trigger {table}_strikes on {table}",
    ]


class Migration(migrations.Migration):
    dependencies = [("support", "0003_entries_of_care"), ("audit", "0004_what_a_consent_was_for")]
    operations = [
        DefinerFunction(OPENED_BY, "opened_by(text)"),
        migrations.RunSQL(REPLACES, reverse_sql="drop function support_replaces()"),
        migrations.RunSQL(STRIKES, reverse_sql="drop function support_strikes()"),
        *(GuardTable(table, data_class) for table, data_class in {**SIGNED, NOTES: NOTES_CLASS}.items()),
        *(
            GuardSubjects(table, data_class, ("record_id",), SUBJECT[table])
            for table, data_class in {**SIGNED, NOTES: NOTES_CLASS}.items()
        ),
        *(migrations.RunSQL(rules_of(table, SUBJECT[table]), reverse_sql=back(table)) for table in SUBJECT),
        *(
            migrations.RunSQL(signed(table, data_class), reverse_sql=migrations.RunSQL.noop)
            for table, data_class in SIGNED.items()
        ),
        migrations.RunSQL(NOTES_RULES, reverse_sql=migrations.RunSQL.noop),
    ]
