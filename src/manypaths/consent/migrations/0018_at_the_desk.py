"""A person who stands at a desk opens the page that the place keeps of them to whoever works there, until it closes.

`open_at_desk` is the way in for workers of that place whose role has the tie `present`: named fields, to read. Only the
person opens, and only they end; the times are the database's, and nothing stays open longer than twelve hours. Whose
record it is only the room of requests knows: there a trigger asks.
"""

import uuid

from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import DefinerFunction, GuardTable

OWN = "record_id = any((select opened_own('consent_record'))::uuid[])"

IS_OPEN = """
f.here and d.opened_at <= v_now and v_now < d.until and d.ended_at is null and not f.erased and not f.blocked
"""

OPEN_AT_DESK = f"""
create function open_at_desk(p_account uuid, p_membership uuid, p_openings uuid[], p_classes text[])
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_roles text[] := '{{}}';
    v_classes text[] := '{{}}';
    v_facts json;
    v_all uuid[];
    v_open uuid[];
    v_bases text[];
begin
    if coalesce(cardinality(p_openings), 0) not between 1 and 50 or coalesce(cardinality(p_classes), 0) = 0 then
        raise exception 'ask for 1 to 50 pages, and for at least one class' using errcode = 'check_violation';
    end if;
    perform set_config('app.nonce', v_nonce::text, true), set_config('app.held', 'yes', true);
    select m.organisation_id, m.roles::text[],
           array(select distinct rc.data_class::text from network_roleclass rc
                  where rc.role = any(m.roles) and rc.tie = 'present' and rc.data_class = any(p_classes) order by 1)
      into v_org, v_roles, v_classes
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    with found as (
        select d.*, f.here, f.erased, f.blocked, coalesce({IS_OPEN.strip()}, false) as is_open
          from consent_deskopening d
          join people_record own on own.id = d.record_id
          join people_record held on held.id = d.held_record_id
          cross join lateral (
              select coalesce(held.organisation_id = v_org, false) as here,
                     own.erased_at is not null or held.erased_at is not null as erased,
                     is_blocked(array[d.record_id, d.held_record_id], p_account, v_org) as blocked) f
         where d.id = any(p_openings)
    )
    select coalesce(json_agg(json_build_array(
               f.id, f.held_record_id, f.here, f.opened_at, f.until, f.ended_at is not null, f.erased, f.blocked)
               order by f.opened_at, f.id), '[]'),
           coalesce(array_agg(f.held_record_id order by f.id), '{{}}'),
           coalesce(array_agg(f.held_record_id order by f.id) filter (where f.is_open), '{{}}'),
           coalesce(array_agg('desk:' || f.id || '/named' order by f.id) filter (where f.is_open), '{{}}')
      into v_facts, v_all, v_open, v_bases
      from found f;
    if v_org is null or cardinality(coalesce(v_classes, '{{}}')) = 0 then
        v_open := '{{}}';
        v_bases := '{{}}';
    end if;
    if cardinality(v_open) > 0 then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
                v_open, v_bases, array_fill(null::uuid, array[cardinality(v_open)]), '{{}}', v_classes, 'desk');
    end if;
    if cardinality(v_open) < cardinality(p_openings) then
        insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                                  opened, bases, subjects, denied, classes, purpose)
        values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
                '{{}}', '{{}}', '{{}}', array(select a from unnest(v_all) as a where a <> all(v_open)), p_classes, 'desk');
    end if;
    return json_build_object(
        'at', v_now, 'roles', coalesce(v_roles, '{{}}'), 'facts', v_facts, 'open', to_json(v_open),
        'bases', to_json(v_bases), 'classes', to_json(coalesce(v_classes, '{{}}')),
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where k.record_id = any(v_open)));
end $$
"""

# Finding is not opening: ids, no name. The newest first, so that who has just come stands on top.
NOW = """
create function open_at_desk_now(p_account uuid, p_membership uuid, p_limit int)
returns table(id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select d.id
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join people_record held on held.organisation_id = m.organisation_id and held.erased_at is null
      join consent_deskopening d on d.held_record_id = held.id and d.ended_at is null
      join people_record own on own.id = d.record_id and own.erased_at is null
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and d.opened_at <= transaction_timestamp() and transaction_timestamp() < d.until
       and exists (select from network_roleclass rc where rc.role = any(m.roles) and rc.tie = 'present')
       and not is_blocked(array[own.id, held.id], m.account_id, m.organisation_id)
     order by d.opened_at desc, d.id
     limit p_limit
$$
"""

# Whoever types the code of who stands there opens it for their desk, once. Nothing is read by it; the row says that it
# was sought. For every other code, and for whoever must not know, there is none.
TYPE_CODE = """
create function type_desk_code(p_account uuid, p_membership uuid, p_code_hash text) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_opening uuid;
    v_held uuid;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select m.organisation_id into v_org
      from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and exists (select from network_roleclass rc where rc.role = any(m.roles) and rc.tie = 'present');
    update consent_deskopening d set opened_at = v_now, opened_by_id = p_membership, code_hash = null
      from people_record own, people_record held
     where d.code_hash = p_code_hash and d.ended_at is null and v_now < least(d.code_until, d.until)
       and own.id = d.record_id and own.erased_at is null
       and held.id = d.held_record_id and held.erased_at is null and held.organisation_id = v_org
       and not is_blocked(array[own.id, held.id], p_account, v_org)
    returning d.id, d.held_record_id into v_opening, v_held;
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            '{}', '{}', '{}', case when v_held is null then '{}' else array[v_held] end, array['presence'], 'desk');
    return v_opening;
end $$
"""

# What the person wrote is what they wish; when it began and ended is the clock's.
TIMES = """
create function consent_deskopening_times() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
begin
    if tg_op = 'UPDATE' then
        if old.ended_at is not null or new.ended_at is null then
            raise exception 'a page at a desk is ended once' using errcode = 'check_violation';
        end if;
        new.ended_at := v_now;
        return new;
    end if;
    new.made_at := v_now;
    new.opened_at := case when new.code_hash is null then v_now end;
    new.code_until := case when new.code_hash is not null then v_now + interval '10 minutes' end;
    new.until := least(new.until, v_now + interval '12 hours');
    new.opened_by_id := null;
    new.ended_at := null;
    return new;
end $$
"""

WALLS = [
    f"create policy consent_deskopening_is_the_persons on consent_deskopening as restrictive to app "
    f"using ({OWN}) with check ({OWN})",
    "revoke update, delete on consent_deskopening from app",
    "grant update (ended_at) on consent_deskopening to app",
    "grant select, update (opened_at, opened_by_id, code_hash) on consent_deskopening to gate",
    "alter table consent_deskopening add constraint consent_deskopening_not_long check ("
    "made_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00' "
    "and until > made_at and until <= made_at + interval '12 hours' "
    "and (code_until is null or code_until <= made_at + interval '10 minutes') "
    "and (opened_at is null or opened_at >= made_at) and (ended_at is null or ended_at >= made_at))",
    "create trigger consent_deskopening_times before insert or update on consent_deskopening "
    "for each row when (current_user = 'app') execute function consent_deskopening_times()",
]
NO_WALLS = [
    "drop trigger consent_deskopening_times on consent_deskopening",
    "alter table consent_deskopening drop constraint consent_deskopening_not_long",
    "drop policy consent_deskopening_is_the_persons on consent_deskopening",
]


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0017_a_part_is_shown_to_somebody_else"),
        ("network", "0010_roles_for_who_stands_at_the_desk"),
        ("audit", "0013_a_page_opened_at_a_desk_is_only_read"),
        ("people", "0008_a_desk_finds_the_people_of_its_house"),
    ]
    operations = [
        migrations.CreateModel(
            name="DeskOpening",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
                ("record_id", models.UUIDField()),
                ("held_record_id", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                ("code_hash", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("code_until", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("opened_by_id", models.UUIDField(blank=True, null=True)),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(name="consent_deskopening_by_record", fields=["record_id", "until"])],
                "constraints": [
                    models.UniqueConstraint(
                        name="consent_deskopening_one", fields=["held_record_id"], condition=Q(ended_at__isnull=True)
                    ),
                    models.CheckConstraint(
                        name="consent_deskopening_by_tap_or_code",
                        condition=(
                            Q(code_hash__isnull=True, opened_at__isnull=False)
                            | Q(code_hash__isnull=False, opened_at__isnull=True, code_until__isnull=False)
                        ),
                    ),
                ],
            },
        ),
        GuardTable("consent_deskopening", "consent_record"),
        DefinerFunction(TIMES, "consent_deskopening_times()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(OPEN_AT_DESK, "open_at_desk(uuid, uuid, uuid[], text[])"),
        DefinerFunction(NOW, "open_at_desk_now(uuid, uuid, int)"),
        DefinerFunction(TYPE_CODE, "type_desk_code(uuid, uuid, text)"),
    ]
