"""Both sides of a decision with a plan that is kept. A plain SQL function is planned at every call; so is a statement
over an array of ids whose length the planner guesses too high, unless it is told to keep the plan it has.
"""

from importlib import import_module

from django.db import migrations

ACCESS_FACTS = """
create or replace function access_facts(p_account uuid, p_hat text, p_membership uuid, p_ids uuid[])
returns jsonb language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    v_facts jsonb;
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
    select jsonb_build_object(
        'at', transaction_timestamp(),
        'reader', (select to_jsonb(reader) from reader),
        'records', (
            select coalesce(jsonb_agg(jsonb_build_object(
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
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'id', g.id, 'recipient_organisation', g.recipient_organisation_id, 'classes', to_jsonb(g.classes),
                        'purpose', g.purpose, 'starts_at', g.starts_at, 'until', g.until, 'ended_at', g.ended_at)), '[]')
                      from consent_grant g
                     where g.record_id = r.id and g.recipient_organisation_id = d.organisation_id))), '[]')
              from reader d, people_record r where r.id = any(p_ids)))
      into v_facts;
    return v_facts;
end $$
"""
BEFORE = (
    "create or replace"
    + import_module("manypaths.consent.migrations.0002_open_records").ACCESS_FACTS[len("\ncreate") :]
)
DECIDING = (
    "access_facts(uuid, text, uuid, uuid[])",
    "open_records(uuid, text, uuid, uuid[], text[], text)",
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_texts_of_november_2026")]
    operations = [
        migrations.RunSQL(ACCESS_FACTS, reverse_sql=BEFORE),
        *[
            migrations.RunSQL(
                f"alter function {one} set plan_cache_mode = force_generic_plan",
                reverse_sql=f"alter function {one} reset plan_cache_mode",
            )
            for one in DECIDING
        ],
    ]
