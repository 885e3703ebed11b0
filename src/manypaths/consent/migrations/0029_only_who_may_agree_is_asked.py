"""Whoever somebody concerned keeps away, and whose look it was, is not told that a letter waits."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

WHO = """
create function who_may_agree(p_incident uuid) returns uuid[]
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_incident = any(opened_incidents('incident')) then
        return '{}';
    end if;
    return array(
        select distinct o.account_id from consent_incident i
          join network_membership o on o.organisation_id = i.organisation_id and o.ended_at is null
           and 'privacy_officer' = any(o.roles)
          join accounts_user u on u.id = o.account_id and u.is_active
         where i.id = p_incident and not looked_wrongly(o.account_id, i.organisation_id, i.source, i.source_id)
           and not incident_kept_from(o.account_id, i.id)
           and not exists (select from network_membership m
                            where m.id = any(opened_incident_by()) and m.account_id = o.account_id));
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0028_what_follows_a_consent_is_less")]
    operations = [DefinerFunction(WHO, "who_may_agree(uuid)")]
