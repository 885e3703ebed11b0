"""How many people each worker walks with, workers who left included: a number for whoever leads there, and no name."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

WALKED = """
create function walked_with(p_account uuid, p_membership uuid)
returns table(membership_id uuid, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.membership_id, count(*)
      from network_membership m
      join accounts_user u on u.id = m.account_id
      join network_membership w on w.organisation_id = m.organisation_id
      join people_assignment a on a.membership_id = w.id
      join people_record r on r.id = a.record_id and r.organisation_id = m.organisation_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active
       and 'org_admin' = any(m.roles) and (a.until is null or a.until > transaction_timestamp())
     group by a.membership_id
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_records_change_through_doors_only"),
        ("network", "0004_agreement_of_november_2026"),
    ]
    operations = [DefinerFunction(WALKED, "walked_with(uuid, uuid)")]
