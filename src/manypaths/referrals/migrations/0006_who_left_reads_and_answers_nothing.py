"""An organisation that left a community finds no waiting request, and the database's own clock says what is late.

Work that was taken up before goes on until it is closed: the person and their coach know each other by then, and the
person can stop it at any time. A request that still waits is closed, its consent ends, and the person is told.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

KEYS = """
create or replace function referral_keys(p_account uuid, p_membership uuid, p_referrals uuid[])
returns table(referral_id uuid, record_id uuid, org_record_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.record_id, r.org_record_id
      from referrals_referral r
      join network_membership m on m.organisation_id = r.organisation_id
      join accounts_user u on u.id = m.account_id
     where r.id = any(p_referrals) and r.status <> 'draft'
       and (r.status <> 'requested' or exists (
           select from network_participation p
            where p.organisation_id = r.organisation_id and p.community_id = r.community_id
              and p.agreed_at is not null and p.left_at is null))
       and m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active
$$
"""

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

# It takes no argument, so whoever calls it can close nothing but what waits where nobody may answer any more.
CLOSE = """
create function close_requests_where_left()
returns table(referral_id uuid, record_id uuid)
language sql volatile security definer set search_path = public, pg_temp as $$
    with gone as (
        update referrals_referral r
           set status = 'cancelled', reason = 'left_community', closed_at = transaction_timestamp()
         where r.status = 'requested' and not exists (
               select from network_participation p
                where p.organisation_id = r.organisation_id and p.community_id = r.community_id
                  and p.agreed_at is not null and p.left_at is null)
        returning r.id, r.record_id as record, r.org_record_id as org_record
    ), noted as (
        insert into referrals_move (id, referral_id, record_id, org_record_id, was, became, party, reason, at)
        select gen_random_uuid(), g.id, g.record, g.org_record, 'requested', 'cancelled', 'target', 'left_community',
               transaction_timestamp()
          from gone g
    ), told as (
        insert into notices_personnotice (id, record_id, template, subject_id, written_at)
        select gen_random_uuid(), g.record, 'request_news', g.id, transaction_timestamp() from gone g
    ), ended as (
        update consent_grant c set ended_at = greatest(transaction_timestamp(), c.starts_at), ending = 'request_closed'
          from gone g where c.subject_id = g.id and c.ended_at is null
    )
    select g.id, g.record from gone g
$$
"""

# Whoever calls it may ask for an earlier day, never for a later one: nothing is late before it is.
SWEEP = """
create or replace function sweep_requests(p_at timestamptz)
returns table(referral_id uuid, organisation_id uuid)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_at timestamptz := least(p_at, transaction_timestamp());
    v_drafts uuid[];
begin
    select coalesce(array_agg(r.id), '{}') into v_drafts
      from referrals_referral r where r.status = 'draft' and r.started_at < v_at - interval '30 days';
    delete from referrals_sharedpart s where s.referral_id = any(v_drafts);
    delete from referrals_packet p where p.referral_id = any(v_drafts);
    delete from referrals_referral r where r.id = any(v_drafts) and r.status = 'draft';

    with lapsed as (
        update referrals_referral r set status = 'cancelled', reason = 'sharing_ended', closed_at = v_at
         where r.status = 'requested' and not exists (
               select from consent_grant g where g.subject_id = r.id and v_at < g.until and g.ended_at is null)
        returning r.id, r.record_id, r.org_record_id
    )
    insert into referrals_move (id, referral_id, record_id, org_record_id, was, became, party, reason, at)
    select gen_random_uuid(), l.id, l.record_id, l.org_record_id, 'requested', 'cancelled', 'requester',
           'sharing_ended', v_at
      from lapsed l;

    return query
    with late as (
        update referrals_referral r set reminded_at = v_at
         where r.status = 'requested' and r.due_at <= v_at and r.reminded_at is null
        returning r.id, r.record_id, r.organisation_id as body
    ), told as (
        insert into notices_personnotice (id, record_id, template, subject_id, written_at)
        select gen_random_uuid(), l.record_id, 'request_late', l.id, v_at from late l
        returning 1
    )
    select l.id, l.body from late l;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_a_consent_opens_one_request"),
        ("consent", "0008_a_consent_ends_now_or_earlier"),
        ("network", "0004_agreement_of_november_2026"),
    ]
    operations = [
        DefinerFunction(KEYS, "referral_keys(uuid, uuid, uuid[])"),
        DefinerFunction(INBOX, "referrals_inbox(uuid, uuid, int, int)"),
        DefinerFunction(CLOSE, "close_requests_where_left()"),
        DefinerFunction(SWEEP, "sweep_requests(timestamptz)"),
    ]
