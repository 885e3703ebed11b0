"""Person tables behind the wall, and the definer functions that make records and find them without opening them."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, GuardTable

# A person makes their own record, once. The caller has proved who they are; the function checks what the tables know.
CREATE_PERSON = """
create function create_person(p_account uuid, p_person uuid, p_record uuid, p_ring text, p_wrapped bytea, p_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from accounts_user u where u.id = p_account and u.kind = 'person' and u.is_active) then
        raise exception 'no such account' using errcode = 'insufficient_privilege';
    end if;
    insert into people_person (id, account_id, record_id, made_at) values (p_person, p_account, p_record, p_at);
    insert into people_record (id, holder, person_id, origin_law, opened_at)
    values (p_record, 'person', p_person, 'neither', p_at);
    insert into vault_recordkey (record_id, holder_id, ring_key, wrapped, made_at)
    values (p_record, p_person, p_ring, p_wrapped, p_at);
end $$
"""

# A worker opens their organisation's own record of someone, and is assigned to it.
CREATE_ORG_RECORD = """
create function create_org_record(p_account uuid, p_membership uuid, p_record uuid, p_ring text, p_wrapped bytea, p_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_org uuid;
    v_law text;
begin
    select m.organisation_id, case o.part2_posture when 'yes' then 'part2' when 'no' then 'neither' else 'unset' end
      into v_org, v_law
      from network_membership m
      join network_organisation o on o.id = m.organisation_id
      join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    if v_org is null then
        raise exception 'no such membership' using errcode = 'insufficient_privilege';
    end if;
    insert into people_record (id, holder, organisation_id, origin_law, opened_at)
    values (p_record, 'organisation', v_org, v_law, p_at);
    insert into vault_recordkey (record_id, holder_id, ring_key, wrapped, made_at)
    values (p_record, v_org, p_ring, p_wrapped, p_at);
    insert into people_assignment (id, record_id, membership_id, since)
    values (gen_random_uuid(), p_record, p_membership, p_at);
end $$
"""

# Finding is not opening: ids and a sort key, no names, over the reader's current assignments.
CASELOAD = """
create function caseload(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(record_id uuid, since timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.record_id, a.since, count(*) over ()
      from people_assignment a
      join network_membership m on m.id = a.membership_id
      join accounts_user u on u.id = m.account_id
      join people_record r on r.id = a.record_id and r.organisation_id = m.organisation_id and r.erased_at is null
     where a.membership_id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active
       and (a.until is null or a.until > transaction_timestamp())
       and not exists (
           select from people_block b
            where b.record_id = a.record_id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))
     order by a.since desc, a.record_id
     limit p_limit offset p_offset
$$
"""

# Who this account is when it signs in: itself, and its places of work. It tells an account about itself only.
VISITOR = """
create function visitor(p_account uuid)
returns table(kind text, language text, password text, person_id uuid, record_id uuid, membership_id uuid,
              organisation_id uuid, roles text[], answers_requests boolean, display_name text)
language sql stable security definer set search_path = public, pg_temp as $$
    select u.kind, u.language, u.password, p.id, p.record_id, m.id, m.organisation_id, m.roles::text[],
           coalesce(m.answers_requests, false), coalesce(m.display_name, '')
      from accounts_user u
      left join people_person p on p.account_id = u.id
      left join network_membership m on m.account_id = u.id and m.ended_at is null
     where u.id = p_account and u.is_active
     order by m.started_at
$$
"""

READS = "people_person, people_record, people_assignment, people_block, people_profile, people_safecontact"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_records_and_contact"),
        ("vault", "0002_keys_behind_the_wall"),
        ("network", "0002_roles_of_november_2026"),
        ("accounts", "0001_first_tables"),
    ]
    operations = [
        GuardTable("people_person", "presence"),
        GuardTable("people_record", "presence", ("id",)),
        GuardTable("people_assignment", "presence"),
        GuardTable("people_profile", "demographics"),
        GuardTable("people_safecontact", "safe_contact"),
        GuardTable("people_block", "safe_contact"),
        migrations.RunSQL(
            [
                "revoke insert, delete on people_person, people_record from app",
                f"grant select on {READS} to gate",
                "grant insert on people_person, people_record, people_assignment to gate",
                "grant select on accounts_user, network_membership, network_organisation, network_roleclass to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(CREATE_PERSON, "create_person(uuid, uuid, uuid, text, bytea, timestamptz)"),
        DefinerFunction(CREATE_ORG_RECORD, "create_org_record(uuid, uuid, uuid, text, bytea, timestamptz)"),
        DefinerFunction(CASELOAD, "caseload(uuid, uuid, int, int)"),
        DefinerFunction(VISITOR, "visitor(uuid)"),
    ]
