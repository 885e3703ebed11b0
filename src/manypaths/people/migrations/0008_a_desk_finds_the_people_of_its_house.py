"""Whoever sits at a desk of a place finds the records it keeps: ids and days, no name, nothing opened."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# Those whose role the table lets know, by the place alone, that somebody is served here: front desk, privacy officer.
OF_HOUSE = """
create function people_of_house(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(record_id uuid, since timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.opened_at, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join people_record r on r.organisation_id = m.organisation_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and exists (
           select from network_roleclass rc
            where rc.role = any(m.roles) and rc.tie = 'organisation' and rc.data_class = 'presence')
       and not exists (
           select from people_block b
            where b.record_id = r.id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))
     order by r.opened_at desc, r.id
     limit p_limit offset p_offset
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_the_person_reads_what_is_kept"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
    ]
    operations = [DefinerFunction(OF_HOUSE, "people_of_house(uuid, uuid, int, int)")]
