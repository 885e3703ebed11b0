"""A person sees when their own sign-in opened what is theirs: a day they do not know is somebody with their passphrase."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

OWN_LOOKS = """
create function own_looks(p_record uuid, p_zone text, p_limit int, p_offset int)
returns table(on_day date, classes text[], times bigint, first_at timestamptz, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    with me as (
        select p.account_id, p.record_id from people_person p where p.record_id = p_record
    ), theirs as (
        select m.record_id as id from me m
         union
        select f.org_record_id from me m join referrals_referral f on f.record_id = m.record_id
         where f.org_record_id is not null and not exists (
             select from referrals_referral o where o.org_record_id = f.org_record_id and o.record_id <> f.record_id)
    )
    select (a.at at time zone p_zone)::date, array_agg(distinct c.one::text), count(distinct a.seq), min(a.at), max(a.at)
      from me m join theirs t on true
      join audit_access a on a.opened @> array[t.id] and a.account_id = m.account_id and a.hat = 'person'
     cross join lateral unnest(a.classes) as c(one)
     group by 1
     order by 1 desc
     limit p_limit offset p_offset;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0027_people_are_told_of_a_breach")]
    operations = [DefinerFunction(OWN_LOOKS, "own_looks(uuid, text, int, int)")]
