"""An organisation that left a community finds no waiting request.

Work that was taken up before goes on until it is closed: the person and their coach know each other by then, and the
person can stop it at any time. A request that still waits is closed, its consent ends, and the person is told.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

FIRST = import_module("manypaths.referrals.migrations.0002_walls_lists_and_facts").KEYS
BEFORE = FIRST.replace("create", "create or replace", 1)

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


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_a_consent_opens_one_request"),
        ("consent", "0007_a_consent_ends_now_or_earlier"),
        ("network", "0004_agreement_of_november_2026"),
    ]
    operations = [
        migrations.RunSQL(KEYS, reverse_sql=BEFORE),
        DefinerFunction(CLOSE, "close_requests_where_left()"),
    ]
