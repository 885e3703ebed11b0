"""Opens a part of a held record to somebody outside, by one consent that names them: decided here, written down first.

A door of its own beside `open_records`, for a reader who has no tie to the record. `consent.rules.shares.parts_open` is
the first reading. What is told of a consent is told to whom it names, and to nobody else who knows its id.
"""

import json
from pathlib import Path

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

DATA = json.loads((Path(__file__).resolve().parent.parent / "data" / "shares-2026-11.json").read_text(encoding="utf-8"))
WATCHING = ("court", "probation", "child_protection", "immigration", "employer", "landlord", "law_enforcement")
HIPAA = ("covered_entity", "health_plan", "business_associate")


def words(found):
    return "(" + ", ".join(f"'{one}'" for one in sorted(found)) + ")"



def kinds_where(field, value=True):
    return words(key for key, row in DATA["kinds"].items() if row[field] == value)


KIND_CLASSES = ", ".join(f"('{key}', '{one}')" for key, row in DATA["kinds"].items() for one in row["classes"])
OF_HIPAA = words(key for key, one in DATA["recipients"].items() if one in HIPAA)
OF_WATCHING = words(key for key, one in DATA["recipients"].items() if one in WATCHING)

OPEN_SHARED = f"""
create function open_shared(p_account uuid, p_hat text, p_membership uuid, p_shares uuid[], p_classes text[])
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_xid bigint := pg_current_xact_id()::text::bigint;
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_roles text[] := '{{}}';
    v_answers boolean := false;
    v_worker boolean := p_hat = 'member';
    v_facts json;
    v_units json;
    v_opened uuid[];
    v_open_classes text[];
begin
    if coalesce(cardinality(p_shares), 0) = 0 or cardinality(p_shares) > 100 or coalesce(cardinality(p_classes), 0) = 0 then
        raise exception 'ask for 1 to 100 consents, and for at least one class' using errcode = 'check_violation';
    end if;
    perform set_config('app.nonce', v_nonce::text, true), set_config('app.held', 'yes', true);
    if v_worker then
        select m.organisation_id, m.roles::text[], m.answers_requests into v_org, v_roles, v_answers
          from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
         where m.id = p_membership and m.account_id = p_account and m.ended_at is null;
    elsif p_hat = 'person' then
        perform 1 from accounts_user u join people_person p on p.account_id = u.id where u.id = p_account and u.is_active;
        if not found then
            p_account := null;
        end if;
    end if;

    with theirs as (
        select s.*, o.erased_at is not null or h.erased_at is not null as erased, h.origin_law,
               coalesce(b.kind, '') as recipient_kind,
               exists (select from people_block k
                        where k.record_id in (s.record_id, s.held_record_id) and k.since <= v_now
                          and (k.until is null or k.until > v_now)
                          and (k.account_id = p_account or k.organisation_id = v_org)) as blocked,
               exists (select from consent_restriction r
                        where r.held_record_id = s.held_record_id and r.organisation_id = v_org and r.since <= v_now
                          and (r.until is null or r.until > v_now)) as restricted,
               exists (select from consent_relationship e
                        where e.record_id = s.record_id and e.organisation_id = v_org) as related,
               exists (select from consent_authorship w
                        where w.record_id = s.held_record_id and w.data_class = 'sud_counseling_notes') as noted
          from consent_share s
          join people_record o on o.id = s.record_id
          join people_record h on h.id = s.held_record_id
          left join network_organisation b on b.id = v_org
         where s.id = any(p_shares)
           and case when not v_worker then p_hat = 'person' and s.recipient_account_id = p_account
                    when s.recipient_membership_id is not null then v_org is not null and s.recipient_membership_id = p_membership
                    else s.recipient_organisation_id = v_org and (v_answers or 'monitor' = any(v_roles)) end
    ), tie as (
        select rc.data_class::text as one, case when bool_and(rc.named_fields) then '/named' else '' end as part
          from network_roleclass rc
         where v_worker and rc.role = any(v_roles) and rc.tie = 'shared'
         group by rc.data_class
    ), units as (
        select t.id as share, t.held_record_id as held, t.purpose, c.one as data_class,
               'shared:' || t.id::text || case when t.kind in {kinds_where("named_fields")} then '/named'
                                               else coalesce(tie.part, '') end as basis
          from theirs t
          cross join unnest(p_classes) as c(one)
          join (values {KIND_CLASSES}, ('*', 'shared')) as k(kind, one) on k.one = c.one and k.kind in (t.kind, '*')
          left join tie on tie.one = c.one
         where not t.erased and not t.blocked and not t.restricted
           and t.state = 'given' and t.starts_at <= v_now and v_now < t.until
           and (t.ended_at is null or v_now < t.ended_at)
           and (c.one = 'shared' or (c.one = any(t.classes) and (not v_worker or tie.one is not null)))
           and (t.kind not in {kinds_where("law", "tpo_single")}
                or (t.recipient_kind in {OF_HIPAA} and (t.related or t.origin_law = 'hipaa')))
           and not ('sud_counseling_notes' = any(t.classes) and t.recipient_kind in {OF_WATCHING})
           and (c.one <> 'sud_counseling_notes' or t.noted)
    ), looks as (
        select share, held, purpose, min(basis) as basis, array_agg(data_class order by data_class) as classes
          from units group by share, held, purpose
    ), written as (
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        select clock_timestamp(), v_xid, v_nonce, p_account, p_hat, case when v_worker then p_membership end, v_org,
               array_agg(held order by held), array_agg(basis order by held), array_agg(null::uuid), '{{}}', classes, purpose
          from looks group by classes, purpose
        returning 1
    )
    select (select json_agg(json_build_array(
                       t.id, t.record_id, t.held_record_id, t.discloser_id, t.kind, t.state, t.classes, t.purpose,
                       t.starts_at, t.until, t.ended_at, t.recipient_organisation_id, t.recipient_membership_id,
                       t.recipient_account_id, t.origin_law, t.recipient_kind, t.erased, t.blocked, t.restricted,
                       t.related, t.noted, encode(t.name, 'hex'), t.signed_at)) from theirs t),
           (select json_agg(json_build_array(share, held, data_class, basis)) from units),
           (select array_agg(held) from units),
           (select array_agg(distinct data_class) from units)
      into v_facts, v_units, v_opened, v_open_classes;

    if cardinality(p_shares) > (select count(distinct x ->> 0) from json_array_elements(coalesce(v_units, '[]')) x)
       or not p_classes <@ coalesce(v_open_classes, '{{}}') then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        select clock_timestamp(), v_xid, v_nonce, p_account, p_hat, case when v_worker then p_membership end, v_org,
               '{{}}', '{{}}', '{{}}',
               coalesce(array_agg(s.held_record_id) filter (where s.held_record_id <> all(coalesce(v_opened, '{{}}'))),
                        '{{}}'), p_classes, 'shared'
          from consent_share s where s.id = any(p_shares);
    end if;
    return json_build_object(
        'at', v_now, 'reader', json_build_array(v_org, v_roles, v_answers),
        'facts', coalesce(v_facts, '[]'), 'units', coalesce(v_units, '[]'),
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k
                  where k.record_id = any(v_opened)
                     or k.record_id in (select s.record_id from consent_share s
                                         where s.id = any(p_shares) and s.held_record_id = any(v_opened))));
end $$
"""

# Finding is not opening: ids and days of the consents that name this reader and hold now.
SHARED_WITH = """
create function shared_with(p_account uuid, p_hat text, p_membership uuid, p_limit int, p_offset int)
returns table(id uuid, discloser_id uuid, kind text, classes text[], signed_at timestamptz, until timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id, s.discloser_id, s.kind::text, s.classes::text[], s.signed_at, s.until, count(*) over ()
      from accounts_user u
      left join network_membership m
        on p_hat = 'member' and m.id = p_membership and m.account_id = u.id and m.ended_at is null
      join consent_share s
        on case when p_hat = 'person' then s.recipient_account_id = u.id
                when s.recipient_membership_id is not null then s.recipient_membership_id = m.id
                else s.recipient_organisation_id = m.organisation_id
                     and (m.answers_requests or 'monitor' = any(m.roles)) end
      join people_record o on o.id = s.record_id and o.erased_at is null
      join people_record h on h.id = s.held_record_id and h.erased_at is null
     where u.id = p_account and u.is_active and (p_hat = 'person' or m.id is not null)
       and s.state = 'given' and s.starts_at <= transaction_timestamp() and transaction_timestamp() < s.until
       and (s.ended_at is null or transaction_timestamp() < s.ended_at)
       and not exists (
           select from people_block k
            where k.record_id in (s.record_id, s.held_record_id) and k.since <= transaction_timestamp()
              and (k.until is null or k.until > transaction_timestamp())
              and (k.account_id = u.id or k.organisation_id = m.organisation_id))
       and not exists (
           select from consent_restriction r
            where r.held_record_id = s.held_record_id and r.organisation_id = m.organisation_id
              and r.since <= transaction_timestamp() and (r.until is null or r.until > transaction_timestamp()))
     order by s.signed_at desc, s.id
     limit p_limit offset p_offset
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0011_consents_to_show_what_a_place_keeps"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
        ("people", "0006_who_is_supervised_is_found"),
        ("audit", "0010_what_is_shared_is_only_read"),
    ]
    operations = [
        DefinerFunction(OPEN_SHARED, "open_shared(uuid, text, uuid, uuid[], text[])"),
        DefinerFunction(SHARED_WITH, "shared_with(uuid, text, uuid, int, int)"),
    ]
