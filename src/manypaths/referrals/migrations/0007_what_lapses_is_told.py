"""A request that may no longer be seen is taken back by the night, and both sides are told: it was silent before.

The database's own clock says what is late: the night may ask for an earlier day, never for a later one.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

FIRST = import_module("manypaths.referrals.migrations.0002_walls_lists_and_facts").SWEEP
BEFORE = FIRST.replace("create", "create or replace", 1)

# It takes back only what nobody there may open.
LAPSE = """
create function lapse_requests(p_at timestamptz)
returns table(referral_id uuid, record_id uuid, organisation_id uuid)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_at timestamptz := least(p_at, transaction_timestamp());
begin
    if not isfinite(v_at) then
        raise exception 'no such day' using errcode = 'datetime_field_overflow';
    end if;
    return query
    with lapsed as (
        update referrals_referral r set status = 'cancelled', reason = 'sharing_ended', closed_at = v_at
         where r.status = 'requested' and not exists (
               select from consent_grant g where g.subject_id = r.id and v_at < g.until and g.ended_at is null)
        returning r.id, r.record_id as record, r.org_record_id as org_record, r.organisation_id as body
    ), noted as (
        insert into referrals_move (id, referral_id, record_id, org_record_id, was, became, party, reason, at)
        select gen_random_uuid(), l.id, l.record, l.org_record, 'requested', 'cancelled', 'requester',
               'sharing_ended', v_at
          from lapsed l
    ), told as (
        insert into notices_personnotice (id, record_id, template, subject_id, written_at)
        select gen_random_uuid(), l.record, 'request_news', l.id, v_at from lapsed l
    )
    select l.id, l.record, l.body from lapsed l;
end $$
"""

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
    dependencies = [("referrals", "0006_who_left_reads_and_answers_nothing")]
    operations = [
        DefinerFunction(LAPSE, "lapse_requests(timestamptz)"),
        migrations.RunSQL(SWEEP, reverse_sql=BEFORE),
    ]
