"""Whoever leads an organisation gives the people of one worker into the hands of another, without a name or a look.

The one who takes over is a worker there whose role may walk with someone. A person who must be safe from them stays
where they are. Each person reads on their own page that someone else is with them now.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

HAND_OVER = """
create function hand_over(p_account uuid, p_membership uuid, p_from uuid, p_to uuid)
returns setof uuid language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_taker uuid;
begin
    select m.organisation_id into v_org
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active
       and 'org_admin' = any(m.roles);
    select m.account_id into v_taker
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_to and m.organisation_id = v_org and m.ended_at is null and u.is_active
       and m.roles && array['peer', 'clinician']::varchar[];
    if v_taker is null or p_from = p_to or not exists (
           select from network_membership f where f.id = p_from and f.organisation_id = v_org) then
        return;
    end if;
    return query
    with ended as (
        update people_assignment a set until = greatest(v_now, a.since)
          from people_record o
         where a.membership_id = p_from and (a.until is null or a.until > v_now)
           and o.id = a.record_id and o.organisation_id = v_org and o.erased_at is null
           and not exists (
               select from people_block b
                where b.record_id = a.record_id and b.since <= v_now and (b.until is null or b.until > v_now)
                  and (b.account_id = v_taker or b.organisation_id = v_org))
        returning a.record_id as record
    ), begun as (
        insert into people_assignment (id, record_id, membership_id, since)
        select gen_random_uuid(), e.record, p_to, v_now from ended e
            on conflict (record_id, membership_id) where until is null do nothing
    ), told as (
        insert into notices_personnotice (id, record_id, template, subject_id, written_at)
        select gen_random_uuid(), r.record_id, 'walks_anew', r.id, v_now
          from ended e join referrals_referral r on r.org_record_id = e.record
    )
    select e.record from ended e;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0008_work_goes_on_without_a_name"),
        ("people", "0005_how_many_each_worker_walks_with"),
    ]
    operations = [
        migrations.RunSQL(
            "grant update (until) on people_assignment to gate",
            reverse_sql="revoke update (until) on people_assignment from gate",
        ),
        DefinerFunction(HAND_OVER, "hand_over(uuid, uuid, uuid, uuid)"),
    ]
