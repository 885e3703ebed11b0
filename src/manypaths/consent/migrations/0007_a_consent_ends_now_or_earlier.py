"""A consent ends by the database's own clock, whoever ends it: an end in the future would be no end.

The gate decides by that clock. The clock of another machine may be ahead, and a stop counts from the next request.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("manypaths.consent.migrations.0002_open_records").END_GRANTS
BEFORE = FIRST.replace("create", "create or replace", 1)

END_GRANTS = """
create or replace function end_grants_of_request(p_account uuid, p_membership uuid, p_subject uuid, p_at timestamptz)
returns integer language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    ended integer;
begin
    update consent_grant g
       set ended_at = greatest(least(p_at, transaction_timestamp()), g.starts_at), ending = 'request_closed'
      from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
     where g.subject_id = p_subject and g.ended_at is null
       and m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and m.organisation_id = g.recipient_organisation_id;
    get diagnostics ended = row_count;
    return ended;
end $$
"""

ENDS_NOW = """
create function consent_ends_now() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.ended_at := greatest(transaction_timestamp(), new.starts_at);
    return new;
end $$
"""
TRIGGER = """
create trigger consent_grant_ends_now before update of ended_at on consent_grant
for each row when (new.ended_at > transaction_timestamp()) execute function consent_ends_now()
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_a_consent_is_given_once_and_only_ends")]
    operations = [
        migrations.RunSQL(END_GRANTS, reverse_sql=BEFORE),
        migrations.RunSQL([ENDS_NOW, TRIGGER], reverse_sql="drop function consent_ends_now() cascade"),
    ]
