"""Of two who check one consent on paper in the same moment the second one is told so, before they decide anything."""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

THIS_REQUEST = import_module("manypaths.referrals.migrations.0033_a_consent_on_paper_is_about_one_person").THIS_REQUEST
# Whoever has its record open for consents waits for the other, and then reads how it stands.
TAKE = f"""
create function take_paper_consent(p_id uuid) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_state text;
begin
    select q.state into v_state from consent_paperconsent q
     where q.id = p_id and exists (
        select from audit_access a
         where {THIS_REQUEST}
           and 'consent_record' = any(a.classes) and q.held_record_id = any(a.opened))
       for update;
    return v_state;
end $$
"""  # noqa: S608  our own words


class Migration(migrations.Migration):
    dependencies = [("referrals", "0033_a_consent_on_paper_is_about_one_person")]
    operations = [DefinerFunction(TAKE, "take_paper_consent(uuid)")]
