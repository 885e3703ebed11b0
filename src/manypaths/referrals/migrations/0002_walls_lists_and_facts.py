"""Requests behind the wall, the functions that find them without opening them, the nightly sweep, and the facts."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, FactView, GuardTable

# Which records a request touches, for a worker of the organisation that was asked. Ids only; the gate decides the rest.
KEYS = """
create function referral_keys(p_account uuid, p_membership uuid, p_referrals uuid[])
returns table(referral_id uuid, record_id uuid, org_record_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.record_id, r.org_record_id
      from referrals_referral r
      join network_membership m on m.organisation_id = r.organisation_id
      join accounts_user u on u.id = m.account_id
     where r.id = any(p_referrals) and r.status <> 'draft'
       and m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active
$$
"""

# Finding is not opening: ids, state and clock of open requests whose consent is active, for those who answer them.
INBOX = """
create function referrals_inbox(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(referral_id uuid, record_id uuid, org_record_id uuid, status text, due_at timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.record_id, r.org_record_id, r.status::text, r.due_at, count(*) over ()
      from referrals_referral r
      join network_membership m on m.organisation_id = r.organisation_id
      join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active and m.answers_requests
       and r.status in ('requested', 'accepted', 'in_progress', 'on_hold')
       and exists (
           select from network_roleclass rc
            where rc.role = any(m.roles) and rc.tie = 'granted' and rc.data_class = 'referral_task')
       and exists (
           select from consent_grant g
            where g.subject_id = r.id and g.recipient_organisation_id = m.organisation_id
              and 'referral_task' = any(g.classes) and g.purpose = 'referral'
              and g.starts_at <= transaction_timestamp() and transaction_timestamp() < g.until
              and (g.ended_at is null or transaction_timestamp() < g.ended_at))
       and not exists (
           select from people_block b
            where b.record_id = r.record_id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))
     order by (r.status <> 'requested'), r.due_at, r.id
     limit p_limit offset p_offset
$$
"""

# A line for the one who asked, left by whoever has the request open. The worker never needs the person's record for it.
TELL_REQUESTER = """
create function tell_requester(p_notice uuid, p_referral uuid, p_template text, p_at timestamptz)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_open uuid[] := opened('referral_task');
begin
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    select p_notice, r.record_id, p_template, r.id, p_at
      from referrals_referral r
     where r.id = p_referral and (r.record_id = any(v_open) or r.org_record_id = any(v_open))
        on conflict (id) do nothing;
end $$
"""

# The night: old drafts go, requests that may no longer be seen are taken back, and the clock is called out once.
SWEEP = """
create function sweep_requests(p_at timestamptz)
returns table(referral_id uuid, organisation_id uuid)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_drafts uuid[];
begin
    select coalesce(array_agg(r.id), '{}') into v_drafts
      from referrals_referral r where r.status = 'draft' and r.started_at < p_at - interval '30 days';
    delete from referrals_sharedpart s where s.referral_id = any(v_drafts);
    delete from referrals_packet p where p.referral_id = any(v_drafts);
    delete from referrals_referral r where r.id = any(v_drafts) and r.status = 'draft';

    with lapsed as (
        update referrals_referral r set status = 'cancelled', reason = 'sharing_ended', closed_at = p_at
         where r.status = 'requested' and not exists (
               select from consent_grant g where g.subject_id = r.id and p_at < g.until and g.ended_at is null)
        returning r.id, r.record_id, r.org_record_id
    )
    insert into referrals_move (id, referral_id, record_id, org_record_id, was, became, party, reason, at)
    select gen_random_uuid(), l.id, l.record_id, l.org_record_id, 'requested', 'cancelled', 'requester',
           'sharing_ended', p_at
      from lapsed l;

    return query
    with late as (
        update referrals_referral r set reminded_at = p_at
         where r.status = 'requested' and r.due_at <= p_at and r.reminded_at is null
        returning r.id, r.record_id, r.organisation_id as body
    ), told as (
        insert into notices_personnotice (id, record_id, template, subject_id, written_at)
        select gen_random_uuid(), l.record_id, 'request_late', l.id, p_at from late l
        returning 1
    )
    select l.id, l.body from late l;
end $$
"""

FACTS = """
select r.community_id as community,
       date_trunc('month', r.requested_at at time zone c.zone)::date as month_requested,
       r.kind,
       nullif(r.area, '') as area,
       r.status,
       nullif(r.reason, '') as reason,
       r.answered_at is null and r.due_at <= coalesce(r.closed_at, transaction_timestamp()) as silent,
       (r.answered_at at time zone c.zone)::date - (r.requested_at at time zone c.zone)::date as days_to_answer,
       (r.first_contact_at at time zone c.zone)::date - (r.requested_at at time zone c.zone)::date
           as days_to_first_contact,
       (r.closed_at at time zone c.zone)::date - (r.requested_at at time zone c.zone)::date as days_open,
       nullif(r.outcome, '') as worker_outcome,
       nullif(r.person_answer, '') as person_answer,
       exists (select from referrals_referral n where n.again_of_id = r.id and n.status <> 'draft') as asked_again,
       encode(sha256(convert_to(current_setting('manypaths.night_salt') || r.record_id::text, 'UTF8')), 'hex') as who
  from referrals_referral r join network_community c on c.id = r.community_id
 where r.status <> 'draft'
"""

CHANGING = (
    "status, reason, outcome, person_answer, person_answered_at, org_record_id, need, requested_at, due_on, due_at, "
    "answered_at, first_contact_at, closed_at, grant_id"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_requests"),
        ("consent", "0002_open_records"),
        ("notices", "0002_persons_notices_behind_the_wall"),
    ]
    operations = [
        GuardTable("referrals_referral", "referral_task", ("record_id", "org_record_id")),
        GuardTable("referrals_move", "referral_task", ("record_id", "org_record_id")),
        GuardTable("referrals_packet", "referral_task"),
        GuardTable("referrals_sharedpart", "referral_task"),
        migrations.RunSQL(
            [
                "revoke update, delete on referrals_referral, referrals_move from app",
                f"grant update ({CHANGING}) on referrals_referral to app",
                "revoke delete on referrals_packet from app",
                "revoke update on referrals_sharedpart from app",
                "grant select, insert, update, delete on referrals_referral, referrals_move, referrals_packet, "
                "referrals_sharedpart to gate",
                "grant select on network_community, network_participation to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(KEYS, "referral_keys(uuid, uuid, uuid[])"),
        DefinerFunction(INBOX, "referrals_inbox(uuid, uuid, int, int)"),
        DefinerFunction(TELL_REQUESTER, "tell_requester(uuid, uuid, text, timestamptz)"),
        DefinerFunction(SWEEP, "sweep_requests(timestamptz)"),
        FactView("referrals_facts", FACTS, ("referrals_referral", "network_community")),
    ]
