"""What a person opens of a record that a place keeps of them is read and never written.

An opening on the basis `held` is no key to the ordinary wall: none of its functions counts it, so no policy that lets
something be written lets anything be written by it. A table shows rows by it where it says so itself, to reading only
(`audit.guards.ReadHeld`).
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

SECOND = import_module("manypaths.audit.migrations.0002_append_only_and_opened")
FOURTH = import_module("manypaths.audit.migrations.0004_what_a_consent_was_for")
SEVENTH = import_module("manypaths.audit.migrations.0007_a_request_does_not_last")
BEFORE = [SEVENTH.again(sql).replace(SEVENTH.STARTED, SEVENTH.NOT_LONG_AGO) for sql in SEVENTH.BEFORE]

CHANGES = (
    ("unnest(a.opened) as o(id)", "unnest(a.opened, a.bases) as o(id, basis)"),
    ("filter (where o.id is not null)", "filter (where o.id is not null and o.basis is distinct from 'held')"),
    ("filter (where o.record is not null and o.subject is null)",
     "filter (where o.record is not null and o.subject is null and o.basis is distinct from 'held')"),
)  # fmt: skip

# The setting only says that there is something to look for: whoever sets it finds what the log says, and no more.
OPENED_HELD = """
create function opened_held(wanted text) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
begin
    if coalesce(current_setting('app.held', true), '') = '' then
        return '{}';
    end if;
    return array(
        select o.id
          from audit_access a cross join lateral unnest(a.opened, a.bases) as o(id, basis)
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()
           and wanted = any(a.classes) and o.basis = 'held');
end $$
"""


def without_held(sql: str) -> str:
    """The same function, for which an opening on the basis `held` opens nothing."""
    for before, after in CHANGES:
        sql = sql.replace(before, after)
    return sql


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_an_act_is_on_a_day_that_can_be_read")]
    operations = [
        *(migrations.RunSQL(without_held(sql), reverse_sql=sql) for sql in BEFORE),
        DefinerFunction(OPENED_HELD, "opened_held(text)"),
    ]
