"""Whoever supervises a worker finds the people that worker walks with: ids and days, no name, nothing opened."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

SUPERVISED = """
create function supervised_people(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(record_id uuid, since timestamptz, worker uuid, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.record_id, a.since, s.id, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join network_membership s on s.supervisor_id = m.id
      join people_assignment a on a.membership_id = s.id
      join people_record r on r.id = a.record_id and r.organisation_id = m.organisation_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and 'supervisor' = any(m.roles)
       and (a.until is null or a.until > transaction_timestamp())
       and not exists (
           select from people_block b
            where b.record_id = a.record_id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))
     order by s.display_name, s.id, a.since desc, a.record_id
     limit p_limit offset p_offset
$$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_how_many_each_worker_walks_with")]
    operations = [DefinerFunction(SUPERVISED, "supervised_people(uuid, uuid, int, int)")]
