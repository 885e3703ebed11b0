"""An entry is signed by whoever opened this very record to write in it, and its days are days that a page can show.

Before, one record opened for care let its worker sign in every record that the same request opened, also in those they
may only read.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

FOURTH = import_module("manypaths.support.migrations.0004_entries_behind_the_wall")
DAYS = ("happened_on", "written_at", "struck_at")
CAN_BE_SHOWN = " and ".join(f"({day} is null or {day} between '2000-01-01' and '2200-01-01')" for day in DAYS)

OPENED_TO_SIGN = """
create function opened_to_sign(wanted text, signer uuid) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
begin
    return array(
        select distinct o.id
          from audit_access a cross join lateral unnest(a.opened) as o(id)
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()
           and wanted = any(a.classes) and a.purpose in ('care', 'desk')
           and a.membership_id = signer);
end $$
"""


def signed(table, data_class):
    here = "record_id = any(opened_to_sign('{}', {}))"
    return migrations.RunSQL(
        [
            f"create policy {table}_signed_here on {table} as restrictive for insert to app "
            f"with check ({here.format(data_class, 'membership_id')})",
            f"create policy {table}_struck_here on {table} as restrictive for update to app "
            f"using (true) with check ({here.format(data_class, 'struck_by_id')})",
        ],
        reverse_sql=[f"drop policy {table}_{what}_here on {table}" for what in ("signed", "struck")],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0004_entries_behind_the_wall"),
        ("audit", "0007_a_request_does_not_last"),
    ]
    operations = [
        DefinerFunction(OPENED_TO_SIGN, "opened_to_sign(text, uuid)"),
        *(signed(table, data_class) for table, data_class in FOURTH.SIGNED.items()),
        *(
            migrations.RunSQL(
                f"alter table {table} add constraint {table}_on_days check ({CAN_BE_SHOWN})",
                reverse_sql=f"alter table {table} drop constraint {table}_on_days",
            )
            for table in FOURTH.SUBJECT
        ),
    ]
