"""A consent opens what hangs on the request it was given for, and the facts of a decision leave only with its log row.

Before, one active consent opened every request of that person, stopped and ended ones too; and the facts could be
asked for without a trace.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

ACCESS_FACTS = """
create function access_facts(p_account uuid, p_hat text, p_membership uuid, p_ids uuid[])
returns json language plpgsql stable security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    v_facts json;
begin
    with reader as (
        select u.id as account_id, p.id as person_id, m.id as membership_id, m.organisation_id,
               coalesce(m.roles::text[], '{}') as roles, coalesce(m.answers_requests, false) as answers_requests,
               (p_hat = 'person' and p.id is not null) or (p_hat = 'member' and m.id is not null) as active
          from accounts_user u
          left join people_person p on p_hat = 'person' and p.account_id = u.id
          left join network_membership m
            on p_hat = 'member' and m.id = p_membership and m.account_id = u.id and m.ended_at is null
         where u.id = p_account and u.is_active
    )
    select json_build_object(
        'at', transaction_timestamp(),
        'reader', (select row_to_json(reader) from reader),
        'records', (
            select coalesce(json_agg(json_build_object(
                'id', r.id, 'holder', r.holder, 'person_id', r.person_id, 'organisation_id', r.organisation_id,
                'erased', r.erased_at is not null,
                'assigned', exists (
                    select from people_assignment a
                     where a.record_id = r.id and a.membership_id = d.membership_id
                       and (a.until is null or a.until > transaction_timestamp())),
                'supervised', exists (
                    select from people_assignment a join network_membership s on s.id = a.membership_id
                     where a.record_id = r.id and s.supervisor_id = d.membership_id
                       and (a.until is null or a.until > transaction_timestamp())),
                'blocked', exists (
                    select from people_block b
                     where b.record_id = r.id and b.since <= transaction_timestamp()
                       and (b.until is null or b.until > transaction_timestamp())
                       and (b.account_id = d.account_id or b.organisation_id = d.organisation_id)),
                'grants', (
                    select coalesce(json_agg(json_build_object(
                        'id', g.id, 'subject', g.subject_id, 'recipient_organisation', g.recipient_organisation_id,
                        'classes', g.classes, 'purpose', g.purpose, 'starts_at', g.starts_at, 'until', g.until,
                        'ended_at', g.ended_at)), '[]')
                      from consent_grant g
                     where g.record_id = r.id and g.recipient_organisation_id = d.organisation_id))), '[]')
              from reader d, people_record r where r.id = any(p_ids)))
      into v_facts;
    return v_facts;
end $$
"""

OPEN_RECORDS = """
create function open_records(p_account uuid, p_hat text, p_membership uuid, p_ids uuid[], p_classes text[], p_purpose text,
                             p_subjects uuid[] default '{}')
returns json language plpgsql volatile security definer set search_path = public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_person uuid;
    v_roles text[] := '{}';
    v_answers boolean := false;
    v_active boolean := false;
    v_open json;
begin
    if coalesce(cardinality(p_ids), 0) > 1000 or coalesce(cardinality(p_classes), 0) = 0 or p_purpose is null then
        raise exception 'ask for at most 1000 records, at least one class, and say why' using errcode = 'check_violation';
    end if;
    perform set_config('app.nonce', v_nonce::text, true);

    if p_hat = 'person' then
        select p.id, true into v_person, v_active
          from people_person p join accounts_user u on u.id = p.account_id
         where p.account_id = p_account and u.is_active;
    elsif p_hat = 'member' then
        select m.organisation_id, m.roles::text[], m.answers_requests, true
          into v_org, v_roles, v_answers, v_active
          from network_membership m join accounts_user u on u.id = m.account_id
         where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    end if;

    with wanted as (
        select r.id, r.person_id, r.organisation_id,
               exists (select from people_block b
                        where b.record_id = r.id and b.since <= transaction_timestamp()
                          and (b.until is null or b.until > transaction_timestamp())
                          and (b.account_id = p_account or b.organisation_id = v_org)) as blocked
          from people_record r
         where r.id = any(p_ids) and r.erased_at is null and coalesce(v_active, false)
    ), allowed as (
        select rc.data_class, rc.tie, case when bool_and(rc.named_fields) then '/named' else '' end as part
          from network_roleclass rc
         where rc.role = any(v_roles) and rc.data_class = any(p_classes)
         group by rc.data_class, rc.tie
    ), ties as (
        select w.id, c.data_class, null::uuid as subject, 'own'::text as basis, 0 as rank
          from wanted w cross join unnest(p_classes) as c(data_class)
         where v_person is not null and w.person_id = v_person and p_purpose = 'own'
        union all
        select w.id, al.data_class, null, 'assigned' || al.part, 1
          from wanted w join allowed al on al.tie = 'assigned'
         where w.organisation_id = v_org and not w.blocked and p_purpose in ('care', 'referral')
           and exists (select from people_assignment a
                        where a.record_id = w.id and a.membership_id = p_membership
                          and (a.until is null or a.until > transaction_timestamp()))
        union all
        select w.id, al.data_class, null, 'supervised' || al.part, 2
          from wanted w join allowed al on al.tie = 'supervised'
         where w.organisation_id = v_org and not w.blocked and p_purpose = 'supervision'
           and exists (select from people_assignment a join network_membership s on s.id = a.membership_id
                        where a.record_id = w.id and s.supervisor_id = p_membership
                          and (a.until is null or a.until > transaction_timestamp()))
        union all
        select w.id, al.data_class, null, 'organisation' || al.part, 3
          from wanted w join allowed al on al.tie = 'organisation'
         where w.organisation_id = v_org and not w.blocked and p_purpose in ('desk', 'privacy')
        union all
        select w.id, al.data_class, g.subject_id, 'granted:' || min(g.id::text) || al.part, 4
          from wanted w
          join allowed al on al.tie = 'granted'
          join consent_grant g on g.record_id = w.id and g.recipient_organisation_id = v_org
           and g.subject_id = any(p_subjects)
           and al.data_class = any(g.classes) and g.purpose = p_purpose
           and g.starts_at <= transaction_timestamp() and transaction_timestamp() < g.until
           and (g.ended_at is null or transaction_timestamp() < g.ended_at)
         where v_answers and not w.blocked
         group by w.id, al.data_class, al.part, g.subject_id
    ), whole as (
        select distinct on (id, data_class) id, data_class, subject, basis
          from ties where subject is null order by id, data_class, rank, basis
    ), best as (
        select * from whole
        union all
        select t.id, t.data_class, t.subject, t.basis from ties t
         where t.subject is not null
           and not exists (select from whole w where w.id = t.id and w.data_class = t.data_class)
    ), units as (
        select id, subject, array_agg(data_class order by data_class) as classes, min(basis) as basis
          from best group by id, subject
    ), groups as (
        select classes, array_agg(id order by id, subject) as opened, array_agg(basis order by id, subject) as bases,
               array_agg(subject order by id, subject) as subjects
          from units group by classes
    ), written as (
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        select clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, p_hat, p_membership, v_org,
               opened, bases, subjects, '{}', classes, p_purpose
          from groups
        union all
        select clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, p_hat, p_membership, v_org,
               '{}', '{}', '{}', coalesce((select array_agg(d) from unnest(p_ids) as d
                                     where d not in (select id from units)), '{}'), p_classes, p_purpose
         where exists (select from unnest(p_ids) as d where d not in (select id from units))
            or coalesce(cardinality(p_ids), 0) = 0
            or exists (select from unnest(p_classes) as c where c not in (select data_class from best))
        returning 1
    )
    select coalesce(json_agg(json_build_array(id, data_class, subject, basis)), '[]') into v_open from best;
    return json_build_object(
        'facts', access_facts(p_account, p_hat, p_membership, p_ids), 'open', v_open);
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0005_the_list_of_looks_moves_up"), ("audit", "0004_what_a_consent_was_for")]
    operations = [
        migrations.RunSQL(
            [
                "drop function open_records(uuid, text, uuid, uuid[], text[], text)",
                "drop function access_facts(uuid, text, uuid, uuid[])",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(ACCESS_FACTS, "access_facts(uuid, text, uuid, uuid[])", roles=()),
        DefinerFunction(OPEN_RECORDS, "open_records(uuid, text, uuid, uuid[], text[], text, uuid[])"),
    ]
