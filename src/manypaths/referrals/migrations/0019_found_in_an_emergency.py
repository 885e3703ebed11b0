"""Who types the code of a card finds what places keep of its person, and nothing else finds anybody.

Only this room knows which records are of one person. `emergency_reach` is the one ground for finding and for writing
down: a worker whose role opens something in an emergency, by the code of a card, or inside the place that holds the
record by its number. Nothing is open before `record_emergency` wrote down who receives it, where they work, who gives
it out and what kind of emergency it is, and told the person; what it opens for an hour is `open_emergency`.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

BEFORE = import_module("manypaths.referrals.migrations.0016_what_is_shown_outside_is_theirs").DISCLOSURES

REACH = """
create function emergency_reach(p_account uuid, p_membership uuid, p_code_hash text, p_held uuid)
returns table(record_id uuid, org_record_id uuid, organisation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct r.record_id, held.id, held.organisation_id
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join referrals_referral r on r.org_record_id is not null
      join people_record own on own.id = r.record_id and own.erased_at is null
      join people_record held on held.id = r.org_record_id and held.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and takes_part(m.organisation_id) and cardinality(emergency_classes(m.roles::text[])) > 0
       and case when p_code_hash is null then held.id = p_held and held.organisation_id = m.organisation_id
                else exists (select from consent_emergencycard c
                              where c.code_hash = p_code_hash and c.record_id = r.record_id) end
       and not exists (select from referrals_referral o where o.org_record_id = held.id and o.record_id <> own.id)
       and not is_blocked(array[own.id, held.id], p_account, m.organisation_id)
$$
"""

# Nothing is opened: the row says what was sought. The keys that leave are to seal the four fields with.
FIND = """
create function find_in_emergency(p_account uuid, p_membership uuid, p_code_hash text, p_held uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_found json;
    v_own uuid[];
    v_held uuid[];
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select coalesce(json_agg(json_build_array(f.record_id, f.org_record_id, f.organisation_id)), '[]'),
           coalesce(array_agg(distinct f.record_id), '{}'), coalesce(array_agg(f.org_record_id), '{}')
      into v_found, v_own, v_held
      from emergency_reach(p_account, p_membership, p_code_hash, p_held) f;
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    select clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership,
           (select m.organisation_id from network_membership m where m.id = p_membership and m.account_id = p_account),
           '{}', '{}', '{}',
           case when cardinality(v_held) > 0 then v_held
                when p_held is not null then array[p_held] else '{}' end, array['presence'], 'emergency';
    return json_build_object('found', v_found, 'keys', (
        select coalesce(json_agg(json_build_array(k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
          from vault_recordkey k where k.record_id = any(v_own)));
end $$
"""

# A sealed text of no words is 29 bytes long: one for the version, 12 for the nonce, 16 for the tag.
RECORD = """
create function record_emergency(p_account uuid, p_membership uuid, p_code_hash text, p_held uuid, p_id uuid,
                                 p_opening uuid, p_recipient bytea, p_affiliation bytea, p_discloser bytea,
                                 p_nature bytea)
returns uuid language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_found record;
begin
    if least(coalesce(octet_length(p_recipient), 0), coalesce(octet_length(p_affiliation), 0),
             coalesce(octet_length(p_discloser), 0), coalesce(octet_length(p_nature), 0)) <= 29 then
        raise exception 'an emergency is written down whole before anything opens' using errcode = 'check_violation';
    end if;
    if clock_timestamp() >= v_now + longest_request() then
        raise exception 'this request has lasted too long' using errcode = 'insufficient_privilege';
    end if;
    select f.* into v_found
      from emergency_reach(p_account, p_membership, p_code_hash, p_held) f where f.org_record_id = p_held;
    if not found or exists (
        select from consent_emergency e
         where e.opening = p_opening and (e.record_id <> v_found.record_id or e.membership_id <> p_membership)) then
        raise exception 'no such record' using errcode = 'insufficient_privilege';
    end if;
    insert into consent_emergency (id, opening, record_id, org_record_id, organisation_id, membership_id, by_card,
                                   recipient, affiliation, discloser, nature, opened_at, due_at, finding, deed)
    values (p_id, p_opening, v_found.record_id, p_held, v_found.organisation_id, p_membership, p_code_hash is not null,
            p_recipient, p_affiliation, p_discloser, p_nature, v_now, v_now + interval '1 day', '', '');
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    values (md5('emergency' || p_opening::text)::uuid, v_found.record_id, 'emergency_opened', p_opening, v_now)
    on conflict (id) do nothing;
    return v_found.organisation_id;
end $$
"""

EMERGENCIES = """
        union all
        select 0, e.opened_at, 'emergency', m.organisation_id, e.membership_id, emergency_classes(m.roles::text[]),
               'emergency', null, null
          from consent_emergency e
          join network_membership m on m.id = e.membership_id and m.organisation_id <> e.organisation_id
         where e.record_id = p_record and e.opened_at >= p_since
    )
"""
AGAIN = BEFORE.replace("\n    )\n    select l.at", f"{EMERGENCIES.rstrip()}\n    select l.at", 1)
assert AGAIN != BEFORE, "the account of disclosures has another shape"


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0018_who_walks_with_somebody_can_be_written_to"),
        ("consent", "0014_in_a_medical_emergency"),
        ("notices", "0002_persons_notices_behind_the_wall"),
    ]
    operations = [
        DefinerFunction(REACH, "emergency_reach(uuid, uuid, text, uuid)", roles=()),
        DefinerFunction(FIND, "find_in_emergency(uuid, uuid, text, uuid)"),
        DefinerFunction(
            RECORD, "record_emergency(uuid, uuid, text, uuid, uuid, uuid, bytea, bytea, bytea, bytea)"
        ),
        migrations.RunSQL(AGAIN, reverse_sql=BEFORE),
    ]
