"""A person can agree to show only what places keep of them; who said yes to them is known; and it is accounted for.

Only here stands that a record of a place is about a person. So the database asks here when a consent is written, writes
down here that a place said yes, and counts what was opened by such a consent into the account of disclosures.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

ELEVENTH = import_module("manypaths.referrals.migrations.0011_an_account_of_what_was_given")

THEIRS = """
create function referrals_share_is_theirs() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from referrals_referral f join people_record h on h.id = f.org_record_id
         where f.record_id = new.record_id and f.org_record_id = new.held_record_id and h.erased_at is null)
       or exists (
        select from referrals_referral f where f.org_record_id = new.held_record_id and f.record_id <> new.record_id)
       or not exists (
        select from people_record h where h.id = new.held_record_id
           and h.organisation_id is not distinct from coalesce(
               (to_jsonb(new) ->> 'discloser_id')::uuid, h.organisation_id)) then
        raise exception 'nothing is kept of this person there' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""

RELATED = """
create function referrals_relates() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into consent_relationship (record_id, organisation_id, since)
    values (new.record_id, new.organisation_id, transaction_timestamp())
    on conflict (record_id, organisation_id) do nothing;
    return null;
end $$
"""

TRIGGERS = [
    "create trigger consent_share_is_theirs before insert on consent_share "
    "for each row execute function referrals_share_is_theirs()",
    "create trigger consent_restriction_is_theirs before insert on consent_restriction "
    "for each row execute function referrals_share_is_theirs()",
    "create trigger referrals_relates_on_insert after insert on referrals_referral "
    "for each row when (new.org_record_id is not null) execute function referrals_relates()",
    "create trigger referrals_relates_on_update after update of org_record_id on referrals_referral "
    "for each row when (new.org_record_id is not null and new.org_record_id is distinct from old.org_record_id) "
    "execute function referrals_relates()",
    "insert into consent_relationship (record_id, organisation_id, since) "
    "select record_id, organisation_id, min(coalesce(answered_at, started_at)) from referrals_referral "
    "where org_record_id is not null group by record_id, organisation_id on conflict do nothing",
]
NO_TRIGGERS = [
    "drop trigger consent_share_is_theirs on consent_share",
    "drop trigger consent_restriction_is_theirs on consent_restriction",
    "drop trigger referrals_relates_on_insert on referrals_referral",
    "drop trigger referrals_relates_on_update on referrals_referral",
]

AGAIN = ELEVENTH.DISCLOSURES.replace("create function", "create or replace function", 1)
FIRST_PART = "        union all\n        select 0, m.at"
SHOWN = """        union all
        select a.seq, a.at, 'shown', a.organisation_id, a.membership_id, a.classes::text[], a.purpose::text,
               split_part(split_part(o.basis, '/', 1), ':', 2)::uuid, null
          from (select distinct f.org_record_id as id from referrals_referral f
                 where f.record_id = p_record and f.org_record_id is not null) t
          join audit_access a on a.opened @> array[t.id]
         cross join lateral unnest(a.opened, a.bases) as o(id, basis)
         where o.id = t.id and o.basis like 'shared:%' and a.account_id is distinct from p_account and a.at >= p_since
           and a.classes <> array['shared']::varchar[]
"""
DISCLOSURES = AGAIN.replace(FIRST_PART, SHOWN + FIRST_PART)

LOOKS_ON_SHARE = """
create function looks_on_share(p_record uuid, p_account uuid, p_share uuid)
returns table(times bigint, first_at timestamptz, last_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_whole('access_log')) then
        return;
    end if;
    return query
    select count(distinct a.seq), min(a.at), max(a.at)
      from consent_share s join audit_access a on a.opened @> array[s.held_record_id]
     cross join lateral unnest(a.opened, a.bases) as o(id, basis)
     where s.id = p_share and s.record_id = p_record and a.account_id is distinct from p_account
       and o.id = s.held_record_id and split_part(o.basis, '/', 1) = 'shared:' || s.id::text
       and a.classes <> array['shared']::varchar[];
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0015_the_person_opens_what_is_kept_of_them"),
        ("consent", "0013_texts_for_what_is_shown_outside"),
    ]
    operations = [
        DefinerFunction(THEIRS, "referrals_share_is_theirs()", roles=("owner",)),
        DefinerFunction(RELATED, "referrals_relates()", roles=("owner",)),
        migrations.RunSQL(TRIGGERS, reverse_sql=NO_TRIGGERS),
        migrations.RunSQL(DISCLOSURES, reverse_sql=AGAIN),
        DefinerFunction(LOOKS_ON_SHARE, "looks_on_share(uuid, uuid, uuid)"),
    ]
