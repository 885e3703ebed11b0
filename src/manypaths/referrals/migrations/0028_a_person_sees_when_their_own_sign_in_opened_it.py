"""A person sees when their own sign-in opened what is theirs: a day they do not know is somebody with their passphrase."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

OWN_LOOKS = """
create function own_looks(p_record uuid, p_account uuid, p_zone text, p_limit int, p_offset int)
returns table(on_day date, classes text[], times bigint, first_at timestamptz, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    select (a.at at time zone p_zone)::date, array_agg(distinct c.one::text), count(distinct a.seq), min(a.at), max(a.at)
      from audit_access a cross join lateral unnest(a.classes) as c(one)
     where a.opened @> array[p_record] and a.account_id = p_account
     group by 1
     order by 1 desc
     limit p_limit offset p_offset;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0027_people_are_told_of_a_breach")]
    operations = [DefinerFunction(OWN_LOOKS, "own_looks(uuid, uuid, text, int, int)")]
