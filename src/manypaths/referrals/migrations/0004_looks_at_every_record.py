"""Who looked, at the person's own record and at every record that came from their requests, a bounded part at a time."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# One line for each reader, day, reason and ground. A look that opened two records of one person at once is one look.
WHO_LOOKED = """
create function who_looked(p_record uuid, p_account uuid, p_zone text, p_limit int, p_offset int)
returns table(on_day date, membership_id uuid, organisation_id uuid, purpose text, basis text, classes text[],
              times bigint, first_at timestamptz, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened('access_log')) then
        return;
    end if;
    return query
    with theirs as (
        select p_record as id
         union
        select r.org_record_id from referrals_referral r where r.record_id = p_record and r.org_record_id is not null
    ), looks as (
        select distinct on (a.seq) a.seq, a.at, a.membership_id, a.organisation_id, a.purpose, a.classes,
               substring(a.bases[array_position(a.opened, t.id)] from '^[a-z]+') as basis
          from theirs t join audit_access a on a.opened @> array[t.id]
         where a.account_id is distinct from p_account
         order by a.seq, t.id <> p_record
    )
    select (l.at at time zone p_zone)::date, l.membership_id, l.organisation_id, l.purpose::text, l.basis,
           array_agg(distinct c.one::text), count(distinct l.seq), min(l.at), max(l.at)
      from looks l cross join lateral unnest(l.classes) as c(one)
     group by 1, 2, 3, 4, 5
     order by max(l.at) desc, 2
     limit p_limit offset p_offset;
end $$
"""

LOOKS_ON_GRANT = """
create function looks_on_grant(p_record uuid, p_account uuid, p_grant uuid)
returns table(times bigint, first_at timestamptz, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened('access_log')) then
        return;
    end if;
    return query
    select count(*), min(a.at), max(a.at)
      from audit_access a
     where a.opened @> array[p_record] and a.account_id is distinct from p_account
       and exists (select from unnest(a.opened, a.bases) as o(id, basis)
                    where o.id = p_record and split_part(o.basis, '/', 1) = 'granted:' || p_grant::text);
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_blocks_on_every_record"),
        ("consent", "0004_the_list_of_looks_moves_up"),
        ("audit", "0002_append_only_and_opened"),
    ]
    operations = [
        DefinerFunction(WHO_LOOKED, "who_looked(uuid, uuid, text, int, int)"),
        DefinerFunction(LOOKS_ON_GRANT, "looks_on_grant(uuid, uuid, uuid)"),
    ]
