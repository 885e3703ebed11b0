"""Work that was taken up stays on the list of whoever is beside the person after they stopped sharing, without a name.

A request that waits at an organisation that left the community is on no list. Requests that are due on the same day stand in the order in which they were asked.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("manypaths.referrals.migrations.0002_walls_lists_and_facts").INBOX
BEFORE = FIRST.replace("create", "create or replace", 1)

INBOX = """
create or replace function referrals_inbox(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(referral_id uuid, record_id uuid, org_record_id uuid, status text, due_at timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.record_id, r.org_record_id, r.status::text, r.due_at, count(*) over ()
      from referrals_referral r
      join network_membership m on m.organisation_id = r.organisation_id
      join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active
       and m.answers_requests
       and r.status in ('requested', 'accepted', 'in_progress', 'on_hold')
       and (r.status <> 'requested' or exists (
           select from network_participation p
            where p.organisation_id = r.organisation_id and p.community_id = r.community_id
              and p.agreed_at is not null and p.left_at is null))
       and exists (
           select from network_roleclass rc
            where rc.role = any(m.roles) and rc.tie = 'granted' and rc.data_class = 'referral_task')
       and (exists (
           select from consent_grant g
            where g.subject_id = r.id and g.recipient_organisation_id = m.organisation_id
              and 'referral_task' = any(g.classes) and g.purpose = 'referral'
              and g.starts_at <= transaction_timestamp() and transaction_timestamp() < g.until
              and (g.ended_at is null or transaction_timestamp() < g.ended_at))
           or exists (
           select from people_assignment a
             join people_record o on o.id = a.record_id and o.organisation_id = m.organisation_id and o.erased_at is null
            where a.record_id = r.org_record_id and a.membership_id = m.id and r.status <> 'requested'
              and (a.until is null or a.until > transaction_timestamp())
              and exists (select from network_roleclass rc where rc.role = any(m.roles) and rc.tie = 'assigned'
                             and rc.data_class = 'referral_task')))
       and not exists (
           select from people_block b
            where b.record_id = r.record_id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))
     order by (r.status <> 'requested'), r.due_at, r.requested_at, r.id
     limit p_limit offset p_offset
$$
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_what_lapses_is_told")]
    operations = [migrations.RunSQL(INBOX, reverse_sql=BEFORE)]
