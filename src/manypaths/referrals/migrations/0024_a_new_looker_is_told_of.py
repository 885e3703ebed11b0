"""Who asked for it is told, once, when somebody looks who had not looked before they asked.

Only here stands which records are of one person. What is told says nothing: a line on their own page. A look that an
order of a court forbids to tell is not told. Told twice is told once, so the looks of some hours can be gone through again.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

TELL = """
create function tell_of_new_lookers(p_since timestamptz) returns int
language sql volatile security definer set search_path = public, pg_temp as $$
    with theirs as (
        select w.record_id, w.since, p.account_id as own_account, t.id
          from consent_lookalert w
          join people_record r on r.id = w.record_id and r.erased_at is null
          join people_person p on p.id = r.person_id
          cross join lateral (
              select w.record_id as id
               union
              select f.org_record_id from referrals_referral f
               where f.record_id = w.record_id and f.org_record_id is not null) t
    ), lately as (
        select distinct t.record_id, t.since, a.account_id
          from audit_access a
          cross join lateral unnest(a.opened) as o(id)
          join theirs t on t.id = o.id
         where a.at >= p_since and a.at >= t.since and a.account_id <> t.own_account
           and not is_silent(a.bases::text[])
    ), told as (
        insert into notices_personnotice (id, record_id, template, subject_id, written_at)
        select md5('new looker' || l.record_id::text || l.account_id::text || l.since::text)::uuid, l.record_id,
               'new_looker', md5('looker' || l.record_id::text || l.account_id::text)::uuid, transaction_timestamp()
          from lately l
         where not exists (
             select from theirs t join audit_access b on b.opened @> array[t.id]
              where t.record_id = l.record_id and b.account_id = l.account_id and b.at < l.since)
        on conflict (id) do nothing
        returning 1
    )
    select count(*)::int from told
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0023_a_page_is_opened_to_a_desk_by_whom_it_is_about"),
        ("consent", "0019_a_person_can_be_told_of_new_lookers"),
        ("audit", "0014_looks_of_the_last_hours_are_found"),
    ]
    operations = [DefinerFunction(TELL, "tell_of_new_lookers(timestamptz)")]
