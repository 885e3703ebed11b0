"""Single items that only their author reads: authorship is claimed once, and the gate opens by it.

A note of counselling is open to the worker who wrote it, while they walk with the person, and to nobody else: not to
the person's other clinician, not to whoever leads its author, and not as the person's own. Authorship stands on this
floor, where the gate may read it, and is claimed through a door that asks the same questions as the gate: an item that
has an author can have no other.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction, GuardTable

FIFTH = import_module("manypaths.consent.migrations.0005_a_consent_opens_one_request")
BEFORE = [
    DefinerFunction(FIFTH.ACCESS_FACTS, "access_facts(uuid, text, uuid, uuid[])", roles=()),
    DefinerFunction(FIFTH.OPEN_RECORDS, "open_records(uuid, text, uuid, uuid[], text[], text, uuid[])"),
]

ACCESS_FACTS = """
create function access_facts(p_account uuid, p_hat text, p_membership uuid, p_ids uuid[],
                             p_subjects uuid[])
returns json language plpgsql stable security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_reader json;
    v_assigned uuid[];
    v_supervised uuid[];
    v_blocked uuid[];
    v_granted uuid[];
    v_wrote boolean;
    v_records json;
begin
    select m.organisation_id,
           json_build_array(
               u.id, p.id, m.id, m.organisation_id, coalesce(m.roles::text[], '{}'), coalesce(m.answers_requests, false),
               (p_hat = 'person' and p.id is not null) or (p_hat = 'member' and m.id is not null))
      into v_org, v_reader
      from accounts_user u
      left join people_person p on p_hat = 'person' and p.account_id = u.id
      left join network_membership m
        on p_hat = 'member' and m.id = p_membership and m.account_id = u.id and m.ended_at is null
     where u.id = p_account and u.is_active;
    if not found then
        return json_build_object('at', v_now, 'reader', null, 'records', '[]'::json);
    end if;

    v_assigned := array(
        select a.record_id from people_assignment a
         where a.record_id = any(p_ids) and v_org is not null and a.membership_id = p_membership
           and (a.until is null or a.until > v_now));
    v_supervised := array(
        select a.record_id from people_assignment a join network_membership s on s.id = a.membership_id
         where a.record_id = any(p_ids) and v_org is not null and s.supervisor_id = p_membership
           and (a.until is null or a.until > v_now));
    v_blocked := array(
        select b.record_id from people_block b
         where b.record_id = any(p_ids) and b.since <= v_now and (b.until is null or b.until > v_now)
           and (b.account_id = p_account or b.organisation_id = v_org));
    v_granted := array(
        select g.record_id from consent_grant g
         where g.record_id = any(p_ids) and g.recipient_organisation_id = v_org);

    v_wrote := cardinality(p_subjects) > 0 and exists (
        select from consent_authorship w
         where w.membership_id = p_membership and w.record_id = any(p_ids) and w.item_id = any(p_subjects));

    select coalesce(json_agg(json_build_array(
               r.id, r.holder, r.person_id, r.organisation_id, r.erased_at is not null,
               r.id = any(v_assigned), r.id = any(v_supervised), r.id = any(v_blocked),
               case when r.id = any(v_granted) then (
                   select json_agg(json_build_array(
                              g.id, g.subject_id, g.recipient_organisation_id, g.classes, g.purpose,
                              g.starts_at, g.until, g.ended_at))
                     from consent_grant g where g.record_id = r.id and g.recipient_organisation_id = v_org)
               else '[]'::json end,
               case when v_wrote then (
                   select coalesce(json_agg(json_build_array(w.item_id, w.data_class)), '[]')
                     from consent_authorship w
                    where w.membership_id = p_membership and w.record_id = r.id and w.item_id = any(p_subjects))
               else '[]'::json end)), '[]')
      into v_records
      from people_record r where r.id = any(p_ids);
    return json_build_object('at', v_now, 'reader', v_reader, 'records', v_records);
end $$
"""

OPEN_RECORDS = """
create function open_records(p_account uuid, p_hat text, p_membership uuid, p_ids uuid[], p_classes text[],
                             p_purpose text, p_subjects uuid[] default '{}')
returns json language plpgsql volatile security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_xid bigint := pg_current_xact_id()::text::bigint;
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_roles text[];
    v_answers boolean;
    v_tie text;
    v_blocked uuid[];
    v_held uuid[];
    v_tied uuid[];
    v_walked uuid[] := '{}';
    v_classes text[];
    v_bases text[];
    v_basis text;
    v_granted json;
    v_given uuid[];
    v_given_classes text[];
    v_denied uuid[];
begin
    if coalesce(cardinality(p_ids), 0) > 1000 or coalesce(cardinality(p_classes), 0) = 0 or p_purpose is null then
        raise exception 'ask for at most 1000 records, at least one class, and say why' using errcode = 'check_violation';
    end if;
    perform set_config('app.nonce', v_nonce::text, true);

    if p_hat = 'person' and p_purpose = 'own' then
        select array_agg(r.id order by r.id) into v_tied
          from accounts_user u
          join people_person p on p.account_id = u.id
          join people_record r on r.person_id = p.id
         where u.id = p_account and u.is_active and r.id = any(p_ids) and r.erased_at is null;
        select array_agg(distinct c order by c) into v_classes
          from unnest(p_classes) as c where c <> 'sud_counseling_notes';
        v_bases := array_fill('own'::text, array[coalesce(cardinality(v_classes), 0)]);
    elsif p_hat = 'member' then
        select m.organisation_id, m.roles::text[], m.answers_requests into v_org, v_roles, v_answers
          from network_membership m join accounts_user u on u.id = m.account_id
         where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    end if;

    if v_org is not null then
        v_tie := case when p_purpose in ('care', 'referral') then 'assigned'
                      when p_purpose = 'supervision' then 'supervised'
                      when p_purpose in ('desk', 'privacy') then 'organisation' end;
        v_blocked := array(
            select b.record_id from people_block b
             where b.record_id = any(p_ids) and b.since <= v_now and (b.until is null or b.until > v_now)
               and (b.account_id = p_account or b.organisation_id = v_org));
        v_held := array(
            select r.id from people_record r
             where r.id = any(p_ids) and r.organisation_id = v_org and r.erased_at is null and r.id <> all(v_blocked)
             order by r.id);
        if v_tie = 'assigned' then
            select array_agg(distinct a.record_id order by a.record_id) into v_tied
              from people_assignment a
             where a.record_id = any(v_held) and a.membership_id = p_membership
               and (a.until is null or a.until > v_now);
        elsif v_tie = 'supervised' then
            select array_agg(distinct a.record_id order by a.record_id) into v_tied
              from people_assignment a join network_membership s on s.id = a.membership_id
             where a.record_id = any(v_held) and s.supervisor_id = p_membership
               and (a.until is null or a.until > v_now);
        elsif v_tie = 'organisation' then
            v_tied := v_held;
        end if;
        select array_agg(c.data_class order by c.data_class), array_agg(v_tie || c.part order by c.data_class)
          into v_classes, v_bases
          from (select rc.data_class::text, case when bool_and(rc.named_fields) then '/named' else '' end as part
                  from network_roleclass rc
                 where rc.role = any(v_roles) and rc.tie = v_tie and rc.data_class = any(p_classes)
                 group by rc.data_class) c;
    end if;

    if v_tie = 'assigned' and p_purpose = 'care' then
        v_walked := coalesce(v_tied, '{}');
    end if;
    if coalesce(cardinality(v_tied), 0) = 0 or coalesce(cardinality(v_classes), 0) = 0 then
        v_tied := '{}';
        v_classes := '{}';
        v_bases := '{}';
    end if;
    v_basis := (select min(b) from unnest(v_bases) as b);

    if v_org is not null and cardinality(p_subjects) > 0 then
        with allowed as (
            select rc.data_class::text, rc.tie, case when bool_and(rc.named_fields) then '/named' else '' end as part
              from network_roleclass rc
             where rc.role = any(v_roles) and rc.tie in ('granted', 'originated') and rc.data_class = any(p_classes)
             group by rc.data_class, rc.tie
        ), ground as (
            select g.record_id as id, al.data_class, g.subject_id as subject,
                   'granted:' || min(g.id::text) || al.part as basis
              from consent_grant g
              join people_record r on r.id = g.record_id and r.erased_at is null
              join allowed al on al.tie = 'granted' and al.data_class = any(g.classes)
             where v_answers and g.record_id = any(p_ids) and g.record_id <> all(v_blocked)
               and g.recipient_organisation_id = v_org and g.subject_id = any(p_subjects) and g.purpose = p_purpose
               and g.starts_at <= v_now and v_now < g.until and (g.ended_at is null or v_now < g.ended_at)
               and not (g.record_id = any(v_tied) and al.data_class = any(v_classes))
             group by g.record_id, al.data_class, al.part, g.subject_id
            union all
            select w.record_id, al.data_class, w.item_id, 'originated' || al.part
              from consent_authorship w
              join allowed al on al.tie = 'originated' and al.data_class = w.data_class
             where w.membership_id = p_membership and w.record_id = any(v_walked) and w.item_id = any(p_subjects)
               and not (w.record_id = any(v_tied) and al.data_class = any(v_classes))
        ), best as (
            select id, data_class, subject, max(basis) as basis from ground group by id, data_class, subject
        ), units as (
            select id, subject, array_agg(data_class order by data_class) as classes, min(basis) as basis
              from best group by id, subject
            union all
            select t, null, v_classes, v_basis from unnest(v_tied) as t
        ), written as (
            insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                      opened, bases, subjects, denied, classes, purpose)
            select clock_timestamp(), v_xid, v_nonce, p_account, p_hat, p_membership, v_org,
                   array_agg(id order by id, subject), array_agg(basis order by id, subject),
                   array_agg(subject order by id, subject), '{}', classes, p_purpose
              from units group by classes
            returning 1
        )
        select json_agg(json_build_array(id, data_class, subject, basis)), array_agg(id), array_agg(data_class)
          into v_granted, v_given, v_given_classes
          from best;
    elsif cardinality(v_tied) > 0 then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), v_xid, v_nonce, p_account, p_hat, p_membership, v_org, v_tied,
                array_fill(v_basis, array[cardinality(v_tied)]), array_fill(null::uuid, array[cardinality(v_tied)]),
                '{}', v_classes, p_purpose);
    end if;

    v_denied := array(
        select d from unnest(p_ids) as d where d <> all(v_tied) and d <> all(coalesce(v_given, '{}')));
    if cardinality(v_denied) > 0 or coalesce(cardinality(p_ids), 0) = 0
       or not p_classes <@ (v_classes || coalesce(v_given_classes, '{}')) then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), v_xid, v_nonce, p_account, p_hat, p_membership, v_org,
                '{}', '{}', '{}', v_denied, p_classes, p_purpose);
    end if;
    return json_build_object(
        'facts', access_facts(p_account, p_hat, p_membership, p_ids, p_subjects),
        'whole', json_build_array(v_tied, v_classes, v_bases), 'granted', coalesce(v_granted, '[]'),
        'keys', (
            select coalesce(json_agg(json_build_array(
                       k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
              from vault_recordkey k where k.record_id = any(v_tied || coalesce(v_given, '{}'))));
end $$
"""

CLAIM = """
create function claim_authorship(p_account uuid, p_membership uuid, p_record uuid, p_item uuid, p_class text)
returns boolean language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
begin
    insert into consent_authorship (item_id, record_id, data_class, membership_id, since)
    select p_item, r.id, p_class, m.id, v_now
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join people_record r on r.id = p_record and r.organisation_id = m.organisation_id and r.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and exists (select from network_roleclass rc
                    where rc.role = any(m.roles::text[]) and rc.tie = 'originated' and rc.data_class = p_class)
       and exists (select from people_assignment a
                    where a.record_id = r.id and a.membership_id = m.id and (a.until is null or a.until > v_now))
       and not exists (select from people_block b
                        where b.record_id = r.id and b.since <= v_now and (b.until is null or b.until > v_now)
                          and (b.account_id = p_account or b.organisation_id = m.organisation_id))
    on conflict (item_id) do nothing;
    return found;
end $$
"""

AUTHORED = """
create function authored(p_account uuid, p_membership uuid, p_record uuid, p_class text)
returns setof uuid language sql stable security definer set search_path = public, pg_temp as $$
select w.item_id
  from consent_authorship w
  join network_membership m on m.id = w.membership_id and m.account_id = p_account and m.ended_at is null
 where w.membership_id = p_membership and w.record_id = p_record and w.data_class = p_class
 order by w.since desc, w.item_id
 limit 500
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0007_a_consent_ends_now_or_earlier"),
        ("network", "0005_roles_know_what_was_given"),
        ("people", "0005_how_many_each_worker_walks_with"),
        ("audit", "0004_what_a_consent_was_for"),
    ]
    operations = [
        migrations.CreateModel(
            name="Authorship",
            fields=[
                ("item_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("data_class", models.CharField(max_length=32)),
                ("since", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="network.membership"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["membership", "record_id"], name="consent_author_by_record")],
            },
        ),
        GuardTable("consent_authorship", "sud_counseling_notes"),
        migrations.RunSQL(
            ["revoke all on consent_authorship from app", "grant select, insert on consent_authorship to gate"],
            reverse_sql=migrations.RunSQL.noop,
        ),
        *(migrations.RunSQL(before.reverse_sql, reverse_sql=before.sql) for before in reversed(BEFORE)),
        DefinerFunction(ACCESS_FACTS, "access_facts(uuid, text, uuid, uuid[], uuid[])", roles=()),
        DefinerFunction(OPEN_RECORDS, "open_records(uuid, text, uuid, uuid[], text[], text, uuid[])"),
        DefinerFunction(CLAIM, "claim_authorship(uuid, uuid, uuid, uuid, text)"),
        DefinerFunction(AUTHORED, "authored(uuid, uuid, uuid, text)"),
    ]
