"""Who is concerned by a breach is told, and reads of it: only here stands whose a record of a place is.

A record that was tied to two persons by mistake is told to neither. A safety block does not keep it from the person.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# To whom a record belongs: the person's own, or the one that a place made from a request of theirs and of nobody else.
OWNER = """
create function whose_record(p_record uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(
        (select r.id from people_record r where r.id = p_record and r.holder = 'person'),
        (select min(f.record_id::text)::uuid from referrals_referral f where f.org_record_id = p_record
         having count(distinct f.record_id) = 1))
$$
"""
TELLS = """
create function referrals_breach_tells() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    select distinct md5('breach' || new.incident_id::text || own.id::text)::uuid, own.id, 'breach_told', new.incident_id,
           new.at
      from consent_affected a
     cross join lateral whose_record(a.record_id) as own(id)
     where a.incident_id = new.incident_id and own.id is not null
    on conflict (id) do nothing;
    return null;
end $$
"""
OPEN_OWN = """
create function open_own_breaches(p_account uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_own uuid;
    v_found uuid[];
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select p.record_id into v_own
      from accounts_user u join people_person p on p.account_id = u.id
      join people_record r on r.id = p.record_id and r.erased_at is null
     where u.id = p_account and u.is_active;
    v_found := array(
        select distinct l.incident_id
          from (select v_own as id union
                select f.org_record_id from referrals_referral f where f.record_id = v_own) t
          join consent_affected a on a.record_id = t.id
          join consent_breachletter l on l.incident_id = a.incident_id
         where v_own is not null and whose_record(a.record_id) = v_own
         order by 1);
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'person', null, null, v_found,
            array(select 'breach:' || i::text from unnest(v_found) as i),
            array_fill(null::uuid, array[cardinality(v_found)]), '{}', array['access_log'], 'own');
    return json_build_object('own', v_own, 'found', v_found, 'keys', (
        select coalesce(json_agg(json_build_array(k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
          from vault_recordkey k where k.record_id = any(v_found)));
end $$
"""
TRIGGER = (
    "create trigger consent_breach_tells after insert on consent_breachletter "
    "for each row execute function referrals_breach_tells()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0026_looks_that_nothing_explains_are_flagged"),
        ("consent", "0022_a_register_of_what_went_wrong"),
    ]
    operations = [
        DefinerFunction(OWNER, "whose_record(uuid)", roles=()),
        DefinerFunction(TELLS, "referrals_breach_tells()", roles=("owner",)),
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger consent_breach_tells on consent_breachletter"),
        DefinerFunction(OPEN_OWN, "open_own_breaches(uuid)"),
    ]
