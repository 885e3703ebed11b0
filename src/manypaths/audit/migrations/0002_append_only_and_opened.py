"""The logs can only grow, the application can neither write a look nor read one, and `opened` is the key to rows."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

REFUSE = """
create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the log only grows' using errcode = 'insufficient_privilege';
end $$
"""

OPENED = """
create function opened(wanted text) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_ids uuid[];
begin
    select count(*), coalesce(array_agg(o.id) filter (where o.id is not null), '{}')
      into found_rows, found_ids
      from audit_access a left join lateral unnest(a.opened) as o(id) on true
     where a.xid = pg_current_xact_id()::text::bigint
       and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
       and a.at >= transaction_timestamp()
       and wanted = any(a.classes);
    if found_rows = 0 then
        raise exception 'nobody opened % in this request', wanted using errcode = 'insufficient_privilege';
    end if;
    return found_ids;
end $$
"""

OPENED_ANY = """
create function opened_any() returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_ids uuid[];
begin
    select count(*), coalesce(array_agg(o.id) filter (where o.id is not null), '{}')
      into found_rows, found_ids
      from audit_access a left join lateral unnest(a.opened) as o(id) on true
     where a.xid = pg_current_xact_id()::text::bigint
       and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
       and a.at >= transaction_timestamp();
    if found_rows = 0 then
        raise exception 'nobody opened a record in this request' using errcode = 'insufficient_privilege';
    end if;
    return found_ids;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_logs_and_once_keys")]
    operations = [
        migrations.RunSQL(
            [
                REFUSE,
                *[
                    f"create trigger {table}_only_grows before update or delete or truncate on {table} "
                    "for each statement execute function audit_refuse()"
                    for table in ("audit_access", "audit_act")
                ],
                "revoke all on audit_access, audit_act from app",
                "grant insert on audit_act to app",
                "grant select, insert on audit_access to gate",
                "grant select on audit_act to gate",
                "grant usage, select on all sequences in schema public to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(OPENED, "opened(text)"),
        DefinerFunction(OPENED_ANY, "opened_any()"),
    ]
