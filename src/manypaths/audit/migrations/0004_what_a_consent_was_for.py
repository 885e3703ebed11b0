"""A consent is for one request: the access row says for which, and rows that hang on a request ask for it."""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction

THIS_REQUEST = """
a.xid = pg_current_xact_id()::text::bigint
       and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
       and a.at >= transaction_timestamp()
       and wanted = any(a.classes)
"""


def _opened(name: str, value: str, kept: str) -> Any:
    """A function like `opened`: it gives one of the columns that run side by side, and raises where nobody asked."""
    return f"""
create function {name}(wanted text) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_ids uuid[];
begin
    select count(*), coalesce(array_agg(o.{value}) filter (where {kept}), '{{}}')
      into found_rows, found_ids
      from audit_access a left join lateral unnest(a.opened, a.subjects, a.bases) as o(record, subject, basis) on true
     where {THIS_REQUEST};
    if found_rows = 0 then
        raise exception 'nobody opened % in this request', wanted using errcode = 'insufficient_privilege';
    end if;
    return found_ids;
end $$
"""


OPENED_WHOLE = _opened("opened_whole", "record", "o.record is not null and o.subject is null")
OPENED_SUBJECTS = _opened("opened_subjects", "subject", "o.subject is not null")
OPENED_OWN = _opened("opened_own", "record", "o.basis = 'own'")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_answered_forms_unreadable")]
    operations = [
        migrations.AddField(
            model_name="access",
            name="subjects",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(null=True), default=list, size=None
            ),
        ),
        DefinerFunction(OPENED_WHOLE, "opened_whole(text)"),
        DefinerFunction(OPENED_SUBJECTS, "opened_subjects(text)"),
        DefinerFunction(OPENED_OWN, "opened_own(text)"),
    ]
