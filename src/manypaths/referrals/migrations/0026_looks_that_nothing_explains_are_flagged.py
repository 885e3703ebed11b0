"""The night finds looks that nothing known explains. Only here stands which records are of one person.

Looks at one record by itself, not lists. Unexplained: the worker neither walks with the person nor leads who does, and of
that day nobody of the place wrote anything down about them. Besides, whatever the ground: the same family name, or an
account that the person once showed something to as somebody close. No content, no name leaves the database by it.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

FLAG = """
create function flag_looks(p_since timestamptz, p_members uuid[], p_marks text[])
returns table(id uuid, organisation_id uuid, membership_id uuid)
language sql volatile security definer set search_path = public, pg_temp as $$
    with looks as (
        select a.opened[1] as record, a.membership_id as worker, a.account_id, a.organisation_id as place, a.purpose,
               (a.at at time zone z.zone)::date as on_day, z.zone,
               split_part(a.bases[1], '/', 1) = 'organisation' as at_desk
          from audit_access a
          join people_record h on h.id = a.opened[1] and h.organisation_id = a.organisation_id and h.erased_at is null
          cross join lateral (
              select coalesce((select c.zone from network_participation p join network_community c on c.id = p.community_id
                                where p.organisation_id = a.organisation_id order by p.left_at is not null, p.id limit 1),
                              'UTC') as zone) z
         where a.at >= p_since and a.hat = 'member' and cardinality(a.opened) = 1 and not is_silent(a.bases::text[])
    ), kinds as (
        select l.record, l.worker, l.place, l.on_day, 'unexplained' as kind
          from looks l
         where l.at_desk
           and not exists (
               select from audit_act t
                where (t.record_id = l.record or t.record_id in (
                           select f.record_id from referrals_referral f where f.org_record_id = l.record))
                  and t.organisation_id = l.place and t.what <> 'web.refused'
                  and (t.at at time zone l.zone)::date = l.on_day)
           and not exists (
               select from consent_deskopening d
                where d.held_record_id = l.record and (d.opened_at at time zone l.zone)::date = l.on_day)
           and not (l.purpose = 'privacy' and (
               exists (select from consent_lookflag k where k.record_id = l.record)
               or exists (select from consent_review v where v.org_record_id = l.record)
               or exists (select from consent_emergency e where e.org_record_id = l.record)
               or exists (select from consent_legalpaper q where q.org_record_id = l.record)))
        union
        select l.record, l.worker, l.place, l.on_day, 'same_name'
          from looks l
          join unnest(p_members, p_marks) as w(member, mark) on w.member = l.worker
          join people_familymark f on f.record_id = l.record and f.mark = w.mark
        union
        select l.record, l.worker, l.place, l.on_day, 'close'
          from looks l
          join consent_share s on s.held_record_id = l.record and s.kind = 'ally' and s.recipient_account_id = l.account_id
    ), days as (
        select k.record, k.worker, k.place, k.on_day, array_agg(distinct k.kind order by k.kind) as kinds,
               (select count(*) from looks l
                 where l.record = k.record and l.worker = k.worker and l.on_day = k.on_day)::int as times
          from kinds k
         where k.on_day < (transaction_timestamp() at time zone (
                   select l.zone from looks l where l.place = k.place limit 1))::date
         group by k.record, k.worker, k.place, k.on_day
    )
    insert into consent_lookflag (id, record_id, organisation_id, membership_id, on_day, kinds, times, raised_at, state)
    select gen_random_uuid(), d.record, d.place, d.worker, d.on_day, d.kinds, d.times, transaction_timestamp(), 'waits'
      from days d
    on conflict (record_id, membership_id, on_day) do nothing
    returning consent_lookflag.id, consent_lookflag.organisation_id, consent_lookflag.membership_id
$$
"""

# Found not right: the person is told, by the database, and reads it on their own page.
TELL = """
create function tell_of_flag() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    select distinct md5('flag' || new.id::text)::uuid, f.record_id, 'look_not_right', new.id, transaction_timestamp()
      from referrals_referral f
      join people_record own on own.id = f.record_id and own.erased_at is null
     where f.org_record_id = new.record_id
       and not exists (
           select from referrals_referral o where o.org_record_id = new.record_id and o.record_id <> f.record_id)
    on conflict (id) do nothing;
    return null;
end $$
"""
TRIGGER = (
    "create trigger consent_lookflag_tells after update of state on consent_lookflag "
    "for each row when (new.state = 'wrong') execute function tell_of_flag()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0025_an_answer_of_a_desk_is_told"),
        ("consent", "0020_looks_that_ask_for_a_reason"),
    ]
    operations = [
        DefinerFunction(FLAG, "flag_looks(timestamptz, uuid[], text[])"),
        DefinerFunction(TELL, "tell_of_flag()", roles=("owner",)),
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger consent_lookflag_tells on consent_lookflag"),
    ]
