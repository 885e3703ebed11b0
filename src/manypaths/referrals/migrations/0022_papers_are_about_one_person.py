"""A legal paper is about one person: recorded for one record of the place, told to its person, or told when it may be.

While an order forbids to tell, no look by it stands in the person's list, in its proofs or in the count of them; from
that instant on all of it does.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

TENTH = import_module("manypaths.referrals.migrations.0010_a_review_is_about_a_look_that_happened")
TWELFTH = import_module("manypaths.referrals.migrations.0012_a_look_can_be_proved")
OTHERS = "a.account_id is distinct from p_account"
BEFORE = [sql.replace("create", "create or replace", 1) for sql in (TENTH.LOOKS_AT, TWELFTH.PROOFS, TWELFTH.SEAL)]

REACH = """
create function paper_reach(p_account uuid, p_membership uuid, p_held uuid)
returns table(record_id uuid, organisation_id uuid, roles text[])
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct r.record_id, held.organisation_id, m.roles::text[]
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join people_record held on held.id = p_held and held.organisation_id = m.organisation_id and held.erased_at is null
      join referrals_referral r on r.org_record_id = held.id
      join people_record own on own.id = r.record_id and own.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and cardinality(order_classes(m.roles::text[])) > 0
       and not exists (select from referrals_referral o where o.org_record_id = held.id and o.record_id <> own.id)
$$
"""

FIND = """
create function find_for_paper(p_account uuid, p_membership uuid, p_held uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_own uuid;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select f.record_id into v_own from paper_reach(p_account, p_membership, p_held) f;
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    select clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership,
           (select m.organisation_id from network_membership m where m.id = p_membership and m.account_id = p_account),
           '{}', '{}', '{}', case when p_held is null then '{}' else array[p_held] end, array['presence'], 'legal';
    return json_build_object('own', v_own, 'keys', (
        select coalesce(json_agg(json_build_array(k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
          from vault_recordkey k where k.record_id = v_own));
end $$
"""

# A sealed text of no words is 29 bytes long.
RECORD = """
create function record_paper(p_account uuid, p_membership uuid, p_held uuid, p_id uuid, p_kind text, p_court bytea,
                             p_case bytea, p_section text, p_mandate text, p_ordered_on date, p_classes text[],
                             p_until timestamptz, p_silent_until timestamptz)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_found record;
begin
    select f.* into v_found from paper_reach(p_account, p_membership, p_held) f;
    if not found or clock_timestamp() >= v_now + longest_request() then
        raise exception 'no such record' using errcode = 'insufficient_privilege';
    end if;
    if p_kind = 'order' and (
        least(coalesce(octet_length(p_court), 0), coalesce(octet_length(p_case), 0)) <= 29
        or not p_classes <@ order_classes(v_found.roles) or p_until > v_now + interval '366 days'
        or p_silent_until > v_now + interval '366 days') then
        raise exception 'an order is written down whole' using errcode = 'check_violation';
    end if;
    insert into consent_legalpaper (id, record_id, org_record_id, organisation_id, membership_id, kind, court,
                                    case_number, section, mandate, ordered_on, classes, until, silent_until, recorded_at)
    values (p_id, v_found.record_id, p_held, v_found.organisation_id, p_membership, p_kind, p_court, p_case, p_section,
            p_mandate, p_ordered_on, p_classes, p_until, p_silent_until, v_now);
    if p_silent_until is null or p_silent_until <= v_now then
        perform tell_of_paper(p_id, v_found.record_id, v_now);
    end if;
end $$
"""
TELL = """
create function tell_of_paper(p_id uuid, p_record uuid, p_at timestamptz) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    values (md5('paper' || p_id::text)::uuid, p_record, 'paper_came', p_id, p_at) on conflict (id) do nothing
$$
"""
# Told on the day on which it may be told, by the database's own clock, however late the night comes.
TELL_DUE = """
create function tell_of_papers() returns int
language sql volatile security definer set search_path = public, pg_temp as $$
    with due as (
        select q.id, q.record_id from consent_legalpaper q
         where q.silent_until <= transaction_timestamp()
           and not exists (select from notices_personnotice n where n.id = md5('paper' || q.id::text)::uuid)
    ), told as (
        select tell_of_paper(d.id, d.record_id, transaction_timestamp()) from due d
    )
    select count(*)::int from told
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0021_who_walks_is_told_to_who_opened"),
        ("consent", "0016_legal_papers"),
    ]
    operations = [
        DefinerFunction(REACH, "paper_reach(uuid, uuid, uuid)", roles=()),
        DefinerFunction(FIND, "find_for_paper(uuid, uuid, uuid)"),
        DefinerFunction(TELL, "tell_of_paper(uuid, uuid, timestamptz)", roles=()),
        DefinerFunction(
            RECORD,
            "record_paper(uuid, uuid, uuid, uuid, text, bytea, bytea, text, text, date, text[], timestamptz, timestamptz)",
        ),
        DefinerFunction(TELL_DUE, "tell_of_papers()"),
        *(
            migrations.RunSQL(sql.replace(OTHERS, f"{OTHERS} and not is_silent(a.bases::text[])"), reverse_sql=sql)
            for sql in BEFORE
        ),
    ]
