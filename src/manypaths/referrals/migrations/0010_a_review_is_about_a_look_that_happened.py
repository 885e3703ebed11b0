"""Each line of who looked has a key of its own, and a review names one that is there.

The key is opaque: made of the record and the first look of the line, so that it stays while the day goes on. What a
review says of the look is filled in from the log; nobody can complain about a look that never was. The whole list is
for the person: an opening of one line of it opens no more.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

FOURTH = import_module("manypaths.referrals.migrations.0004_looks_at_every_record")
BEFORE = DefinerFunction(FOURTH.WHO_LOOKED, "who_looked(uuid, uuid, text, int, int)")
GRANT_BEFORE = FOURTH.LOOKS_ON_GRANT.replace("create", "create or replace", 1)
GRANT_NOW = GRANT_BEFORE.replace("opened('access_log')", "opened_whole('access_log')")

# One line for each reader, day, reason and ground. A look that opened two records of one person at once is one look.
LOOKS_AT = """
create function looks_at(p_record uuid, p_account uuid, p_zone text)
returns table(on_day date, membership_id uuid, organisation_id uuid, purpose text, basis text, classes text[],
              times bigint, first_at timestamptz, last_at timestamptz, look uuid, org_record uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    with theirs as (
        select p_record as id
         union
        select r.org_record_id from referrals_referral r where r.record_id = p_record and r.org_record_id is not null
    ), looks as (
        select distinct on (a.seq) a.seq, a.at, a.membership_id, a.organisation_id, a.purpose, a.classes, t.id,
               substring(a.bases[array_position(a.opened, t.id)] from '^[a-z]+') as basis
          from theirs t join audit_access a on a.opened @> array[t.id]
         where a.account_id is distinct from p_account
         order by a.seq, t.id <> p_record
    )
    select (l.at at time zone p_zone)::date, l.membership_id, l.organisation_id, l.purpose::text, l.basis,
           array_agg(distinct c.one::text), count(distinct l.seq), min(l.at), max(l.at),
           md5(p_record::text || min(l.seq)::text)::uuid, (array_agg(l.id) filter (where l.id <> p_record))[1]
      from looks l cross join lateral unnest(l.classes) as c(one)
     group by 1, 2, 3, 4, 5
$$
"""

WHO_LOOKED = """
create function who_looked(p_record uuid, p_account uuid, p_zone text, p_look uuid, p_limit int, p_offset int)
returns table(on_day date, membership_id uuid, organisation_id uuid, purpose text, basis text, classes text[],
              times bigint, first_at timestamptz, last_at timestamptz, look uuid)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    select l.on_day, l.membership_id, l.organisation_id, l.purpose, l.basis, l.classes, l.times, l.first_at, l.last_at,
           l.look
      from looks_at(p_record, p_account, p_zone) l
     where p_look is null or l.look = p_look
     order by l.last_at desc, l.membership_id
     limit p_limit offset p_offset;
end $$
"""

REVIEW_FITS = """
create function referrals_review_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_look record;
begin
    select l.* into v_look
      from people_record r join people_person p on p.id = r.person_id and r.holder = 'person'
      cross join lateral looks_at(r.id, p.account_id, new.zone) l
     where r.id = new.record_id and l.look = new.look;
    if not found or v_look.membership_id is null or v_look.organisation_id is null then
        raise exception 'a review is about a look that happened' using errcode = 'check_violation';
    end if;
    new.membership_id := v_look.membership_id;
    new.organisation_id := v_look.organisation_id;
    new.purpose := v_look.purpose;
    new.basis := v_look.basis;
    new.classes := v_look.classes;
    new.times := v_look.times;
    new.first_at := v_look.first_at;
    new.last_at := v_look.last_at;
    new.org_record_id := coalesce(v_look.org_record, (
        select r.org_record_id from referrals_referral r
         where r.record_id = new.record_id and r.organisation_id = v_look.organisation_id
           and r.org_record_id is not null limit 1));
    return new;
end $$
"""

# The demonstration and the operator write as `owner`, who is outside every wall.
TRIGGER = (
    "create trigger consent_review_fits_a_look before insert on consent_review "
    "for each row when (current_user = 'app') execute function referrals_review_fits()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0009_people_are_handed_over"),
        ("consent", "0009_a_look_that_was_not_right"),
        ("audit", "0004_what_a_consent_was_for"),
    ]
    operations = [
        migrations.RunSQL(BEFORE.reverse_sql, reverse_sql=BEFORE.sql),
        DefinerFunction(LOOKS_AT, "looks_at(uuid, uuid, text)", roles=()),
        DefinerFunction(WHO_LOOKED, "who_looked(uuid, uuid, text, uuid, int, int)"),
        migrations.RunSQL(GRANT_NOW, reverse_sql=GRANT_BEFORE),
        DefinerFunction(REVIEW_FITS, "referrals_review_fits()", roles=("owner",)),
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger consent_review_fits_a_look on consent_review"),
    ]
