"""What a person and their worker write to each other is read by these two, and by nobody else in the house.

A person reads through their own record. The worker reads through `open_thread`: while they walk with the person, in a
role that writes to people, and never against a safety block. It writes the access row like every opening, under the
person's own record and for this one thread; so the person sees the look. A thread from before is opened beside it where
the person said so. A message is written by the party that is here, is never edited, and is taken back before it was read.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, GuardSubjects, GuardTable

# What is known of a worker and a person who write to each other: one answer for each question, none left out.
# `p_own` is the person's own record; a thread that was not begun has none yet.
FACTS = """
create function support_thread_facts(p_membership uuid, p_org_record uuid, p_own uuid) returns boolean[]
language sql stable security definer set search_path = public, pg_temp as $$
    select array[
        m.ended_at is null and u.is_active,
        exists (select from network_roleclass rc
                 where rc.role = any(m.roles) and rc.tie = 'originated' and rc.data_class = 'messages'),
        exists (select from people_assignment a join people_record r on r.id = a.record_id
                 where a.record_id = p_org_record and a.membership_id = m.id and r.organisation_id = m.organisation_id
                   and (a.until is null or a.until > transaction_timestamp())),
        not exists (select from people_record r where r.id = p_org_record)
            or exists (select from people_record r where r.id in (p_org_record, p_own) and r.erased_at is not null),
        exists (select from people_block b
                 where b.record_id in (p_org_record, p_own) and b.since <= transaction_timestamp()
                   and (b.until is null or b.until > transaction_timestamp())
                   and (b.account_id = m.account_id or b.organisation_id = m.organisation_id))]
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership
$$
"""

# Whether the worker of a thread would read what is written now.
HEARS = """
create function support_hears(p_membership uuid, p_org_record uuid, p_own uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(support_thread_facts(p_membership, p_org_record, p_own) = array[true, true, true, false, false], false)
$$
"""

OPEN_THREAD = """
create function open_thread(p_account uuid, p_membership uuid, p_org_record uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_thread uuid;
    v_earlier uuid;
    v_own uuid;
    v_facts boolean[];
    v_may boolean;
    v_subjects uuid[];
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select m.organisation_id into v_org
      from network_membership m where m.id = p_membership and m.account_id = p_account;
    select t.id, t.earlier_id, t.record_id into v_thread, v_earlier, v_own
      from support_thread t where t.org_record_id = p_org_record and t.membership_id = p_membership;
    if v_org is not null then
        v_facts := support_thread_facts(p_membership, p_org_record, v_own);
    end if;
    v_may := coalesce(v_facts = array[true, true, true, false, false], false);
    v_subjects := array_remove(array[coalesce(v_thread, p_org_record), v_earlier], null);
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array_fill(coalesce(v_own, p_org_record), array[cardinality(v_subjects)]) else '{}' end,
            case when v_may then array_fill('thread'::text, array[cardinality(v_subjects)]) else '{}' end,
            case when v_may then v_subjects else '{}' end,
            case when not v_may and exists (select from people_record r where r.id = p_org_record)
                 then array[p_org_record] else '{}' end,
            array['messages'], 'care');
    return json_build_object(
        'open', v_may, 'facts', v_facts, 'thread', case when v_may then v_thread end,
        'own', case when v_may then v_own end,
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = v_own));
end $$
"""

# For a person's own threads: whose are heard now. Whoever has not opened their own messages is told of nothing.
HEARD = """
create function support_heard() returns setof uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    return query
    select t.id from support_thread t
     where t.record_id = any(opened_own('messages')) and support_hears(t.membership_id, t.org_record_id, t.record_id);
end $$
"""

WRITTEN = """
create function support_message_written() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_thread support_thread%rowtype;
begin
    select * into v_thread from support_thread t where t.id = new.thread_id;
    if v_thread.record_id = new.record_id and new.read_at is null and new.taken_back_at is null
       and support_hears(v_thread.membership_id, v_thread.org_record_id, v_thread.record_id)
       and ((new.party = 'person' and new.record_id = any(opened_own('messages')))
            or (new.party = 'worker' and support_opened_by(v_thread.id, v_thread.membership_id))) then
        return new;
    end if;
    raise exception 'a message is written by one of the two, to one who hears it' using errcode = 'check_violation';
end $$
"""

# Whether the worker of a thread has opened it in this request, by walking with the person.
OPENED_BY = """
create function support_opened_by(p_thread uuid, p_membership uuid) returns boolean
language sql volatile security definer set search_path = public, pg_temp as $$
    select exists (
        select from audit_access a
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()
           and a.membership_id = p_membership and 'messages' = any(a.classes) and p_thread = any(a.subjects))
$$
"""

MOVES = """
create function support_message_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_own boolean := new.record_id = any(opened_own('messages'));
    v_worker uuid := (select t.membership_id from support_thread t where t.id = new.thread_id);
    v_reader boolean := case when old.party = 'worker' then v_own else support_opened_by(new.thread_id, v_worker) end;
begin
    if v_reader and old.read_at is null and new.read_at is not null
       and old.taken_back_at is null and new.taken_back_at is null and new.words is not distinct from old.words then
        return new;
    end if;
    if v_own and old.party = 'person' and old.read_at is null and new.read_at is null
       and old.taken_back_at is null and new.taken_back_at is not null and new.words is null then
        return new;
    end if;
    raise exception 'a message is read once by the other, or taken back by its person' using errcode = 'check_violation';
end $$
"""

EARLIER = """
create function support_thread_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if new.record_id = any(opened_own('messages')) and (new.earlier_id is null or exists (
           select from support_thread t
            where t.id = new.earlier_id and t.record_id = new.record_id and t.org_record_id = new.org_record_id)) then
        return new;
    end if;
    raise exception 'only the person lets another read what was written before' using errcode = 'check_violation';
end $$
"""

WALLS = [
    "revoke all on support_thread, support_message from app",
    "grant select, update (earlier_id) on support_thread to app",
    "grant select, insert, update (words, read_at, taken_back_at) on support_message to app",
    "grant select, insert on support_thread to gate",
    "grant select on support_message to gate",
    "create trigger support_message_written before insert on support_message "
    "for each row when (current_user = 'app') execute function support_message_written()",
    "create trigger support_message_moves before update on support_message "
    "for each row when (current_user = 'app') execute function support_message_moves()",
    "create trigger support_thread_moves before update on support_thread "
    "for each row when (current_user = 'app') execute function support_thread_moves()",
    "alter table support_thread add constraint support_thread_on_days "
    "check (begun_at between '2000-01-01' and '2200-01-01')",
    "alter table support_message add constraint support_message_on_days "
    "check (written_at between '2000-01-01' and '2200-01-01' "
    "and (read_at is null or read_at between '2000-01-01' and '2200-01-01') "
    "and (taken_back_at is null or taken_back_at between '2000-01-01' and '2200-01-01'))",
]
NO_WALLS = [
    "drop trigger support_message_written on support_message",
    "drop trigger support_message_moves on support_message",
    "drop trigger support_thread_moves on support_thread",
    "alter table support_thread drop constraint support_thread_on_days",
    "alter table support_message drop constraint support_message_on_days",
]


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0008_threads_and_messages"),
        ("audit", "0007_a_request_does_not_last"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
        ("people", "0004_records_change_through_doors_only"),
        ("vault", "0002_keys_behind_the_wall"),
    ]
    operations = [
        GuardTable("support_thread", "messages"),
        GuardSubjects("support_thread", "messages", ("record_id",), "id"),
        GuardTable("support_message", "messages"),
        GuardSubjects("support_message", "messages", ("record_id",), "thread_id"),
        DefinerFunction(FACTS, "support_thread_facts(uuid, uuid, uuid)", roles=()),
        DefinerFunction(HEARS, "support_hears(uuid, uuid, uuid)", roles=()),
        DefinerFunction(OPENED_BY, "support_opened_by(uuid, uuid)", roles=()),
        DefinerFunction(WRITTEN, "support_message_written()", roles=("owner",)),
        DefinerFunction(MOVES, "support_message_moves()", roles=("owner",)),
        DefinerFunction(EARLIER, "support_thread_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(OPEN_THREAD, "open_thread(uuid, uuid, uuid)"),
        DefinerFunction(HEARD, "support_heard()"),
    ]
