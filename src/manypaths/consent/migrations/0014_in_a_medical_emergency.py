"""In a medical emergency records are open for an hour to who wrote it down, and to nobody by a row that is not there.

`open_emergency` is the way in for who recorded it: an emergency medical worker of an organisation that takes part. The
recording itself knows both records of a person and stands in the room of requests (`record_emergency`). Each emergency
is reviewed by a privacy officer of the place that holds the record, never by who opened it (`open_emergency_review`).
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction, GuardSubjects, GuardTable

# The classes that a worker's roles open in an emergency: as wholes, or not at all.
EMERGENCY_CLASSES = """
create function emergency_classes(p_roles text[]) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(c.data_class order by c.data_class), '{}')
      from (select rc.data_class::text from network_roleclass rc
             where rc.role = any(p_roles) and rc.tie = 'emergency'
             group by rc.data_class having not bool_and(rc.named_fields)) c
$$
"""
TAKES_PART = """
create function takes_part(p_organisation uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from network_participation p
                    where p.organisation_id = p_organisation and p.agreed_at is not null and p.left_at is null)
$$
"""
IS_BLOCKED = """
create function is_blocked(p_records uuid[], p_account uuid, p_organisation uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from people_block b
                    where b.record_id = any(p_records) and b.since <= transaction_timestamp()
                      and (b.until is null or b.until > transaction_timestamp())
                      and (b.account_id = p_account or b.organisation_id = p_organisation))
$$
"""

IS_OPEN = """
e.membership_id = p_membership and e.opened_at <= v_now and v_now < e.opened_at + interval '60 minutes'
              and not f.erased and not f.blocked
"""

OPEN_EMERGENCY = f"""
create function open_emergency(p_account uuid, p_membership uuid, p_opening uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_roles text[] := '{{}}';
    v_takes_part boolean := false;
    v_classes text[] := '{{}}';
    v_facts json;
    v_all uuid[];
    v_open uuid[];
    v_bases text[];
begin
    perform set_config('app.nonce', v_nonce::text, true), set_config('app.held', 'yes', true);
    select m.organisation_id, m.roles::text[], takes_part(m.organisation_id), emergency_classes(m.roles::text[])
      into v_org, v_roles, v_takes_part, v_classes
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    with found as (
        select e.*, f.erased, f.blocked, coalesce({IS_OPEN.strip()}, false) as is_open
          from consent_emergency e
          join people_record own on own.id = e.record_id
          join people_record held on held.id = e.org_record_id
          cross join lateral (
              select own.erased_at is not null or held.erased_at is not null as erased,
                     is_blocked(array[e.record_id, e.org_record_id], p_account, v_org) as blocked) f
         where e.opening = p_opening
    )
    select coalesce(json_agg(json_build_array(
               f.id, f.org_record_id, f.membership_id = p_membership and v_org is not null, f.opened_at, f.erased,
               f.blocked) order by f.org_record_id), '[]'),
           coalesce(array_agg(f.org_record_id order by f.org_record_id), '{{}}'),
           coalesce(array_agg(f.org_record_id order by f.org_record_id) filter (where f.is_open), '{{}}'),
           coalesce(array_agg('emergency:' || f.id order by f.org_record_id) filter (where f.is_open), '{{}}')
      into v_facts, v_all, v_open, v_bases
      from found f;
    if v_org is null or not coalesce(v_takes_part, false) or cardinality(v_classes) = 0 then
        v_open := '{{}}';
        v_bases := '{{}}';
    end if;
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    select clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
           v_open, v_bases, array_fill(null::uuid, array[cardinality(v_open)]),
           case when cardinality(v_open) = 0 then v_all else '{{}}' end,
           case when cardinality(v_open) = 0 then array['presence'] else v_classes end, 'emergency';
    return json_build_object(
        'at', v_now, 'roles', coalesce(v_roles, '{{}}'), 'takes_part', coalesce(v_takes_part, false), 'facts', v_facts,
        'open', to_json(v_open),
        'holders', (select coalesce(json_agg(json_build_array(r.id, r.organisation_id)), '[]')
                      from people_record r where r.id = any(v_open)),
        'bases', to_json(v_bases), 'classes', to_json(coalesce(v_classes, '{{}}')),
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where k.record_id = any(v_open)));
end $$
"""

MAY_REVIEW = """
v_officer and v_organisation = v_org and v_opener <> p_account and not v_erased and not v_blocked
"""

# The same facts as for a look that was not right, and the same rule in Python. `taken back` cannot be.
OPEN_REVIEW = f"""
create function open_emergency_review(p_account uuid, p_membership uuid, p_emergency uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid;
    v_officer boolean := false;
    v_record uuid;
    v_held uuid;
    v_organisation uuid;
    v_opener uuid;
    v_erased boolean := true;
    v_blocked boolean := true;
    v_may boolean;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select m.organisation_id, 'privacy_officer' = any(m.roles) into v_org, v_officer
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    select e.record_id, e.org_record_id, e.organisation_id, o.account_id, r.erased_at is not null,
           is_blocked(array[e.record_id, e.org_record_id], p_account, v_org)
      into v_record, v_held, v_organisation, v_opener, v_erased, v_blocked
      from consent_emergency e
      join people_record r on r.id = e.record_id
      join network_membership o on o.id = e.membership_id
     where e.id = p_emergency;
    v_may := coalesce({MAY_REVIEW.strip()}, false);
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array[v_record] else '{{}}' end,
            case when v_may then array['emergencyreview:' || p_emergency::text] else '{{}}' end,
            case when v_may then array[p_emergency] else '{{}}' end,
            case when v_may or v_record is null then '{{}}' else array[v_record] end,
            array['access_log'], 'privacy');
    return json_build_object(
        'open', v_may,
        'facts', json_build_array(v_officer, v_organisation = v_org, v_opener = p_account, v_erased, v_blocked, false),
        'held', case when v_may then v_held end,
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = v_record));
end $$
"""

# Finding is not opening: ids and days, no name and no word. What waits comes first by its day.
EMERGENCIES_FOR = """
create function emergencies_for(p_account uuid, p_membership uuid, p_waiting boolean, p_limit int, p_offset int)
returns table(id uuid, opened_at timestamptz, due_at timestamptz, finding text, answered_at timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select e.id, e.opened_at, e.due_at, e.finding::text, e.answered_at, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join consent_emergency e on e.organisation_id = m.organisation_id
      join people_record r on r.id = e.record_id and r.erased_at is null
      join network_membership o on o.id = e.membership_id and o.account_id <> m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and 'privacy_officer' = any(m.roles) and (e.finding = '') = p_waiting
       and not is_blocked(array[e.record_id, e.org_record_id], m.account_id, m.organisation_id)
     order by case when p_waiting then e.due_at end, e.answered_at desc, e.id
     limit p_limit offset p_offset
$$
"""

MOVES = """
create function consent_emergency_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if old.finding = '' and new.finding <> '' and new.id = any(opened_subjects('access_log'))
       and exists (
           select from audit_access a
            where a.xid = pg_current_xact_id()::text::bigint
              and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
              and a.at >= transaction_timestamp()
              and new.id = any(a.subjects) and a.membership_id = new.answered_by_id) then
        return new;
    end if;
    raise exception 'an emergency is reviewed once, by who may' using errcode = 'check_violation';
end $$
"""

WALLS = [
    "revoke insert, update, delete on consent_emergency from app",
    "grant update (finding, deed, answer, answered_at, answered_by_id) on consent_emergency to app",
    "grant select, insert on consent_emergency to gate",
    "grant select on consent_emergencycard, network_participation to gate",
    "create policy consent_emergencycard_is_the_persons on consent_emergencycard as restrictive to app "
    "using (record_id = any((select opened_own('consent_record'))::uuid[])) "
    "with check (record_id = any((select opened_own('consent_record'))::uuid[]))",
    "create trigger consent_emergency_moves before update on consent_emergency "
    "for each row when (current_user = 'app') execute function consent_emergency_moves()",
    "alter table consent_emergency add constraint consent_emergency_on_days check ("
    "opened_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00' and due_at > opened_at "
    "and (answered_at is null or answered_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00'))",
    "alter table consent_emergencycard add constraint consent_emergencycard_on_days "
    "check (made_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')",
]
NO_WALLS = [
    "alter table consent_emergencycard drop constraint consent_emergencycard_on_days",
    "alter table consent_emergency drop constraint consent_emergency_on_days",
    "drop trigger consent_emergency_moves on consent_emergency",
    "drop policy consent_emergencycard_is_the_persons on consent_emergencycard",
]


def sealed(name: str, **more: bool) -> tuple[str, manypaths.vault.models.SealedText]:
    return name, manypaths.vault.models.SealedText(label=f"consent.emergency.{name}", **more)


def towards(table: str, **more: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=table, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0013_texts_for_what_is_shown_outside"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
        ("people", "0004_records_change_through_doors_only"),
        ("audit", "0011_an_emergency_and_an_order_are_only_read"),
        ("vault", "0002_keys_behind_the_wall"),
    ]
    operations = [
        migrations.CreateModel(
            name="EmergencyCard",
            fields=[
                ("record_id", models.UUIDField(primary_key=True, serialize=False)),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Emergency",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
                ("opening", models.UUIDField()),
                ("record_id", models.UUIDField()),
                ("org_record_id", models.UUIDField()),
                ("organisation", towards("network.organisation", related_name="+")),
                ("membership", towards("network.membership", related_name="+")),
                ("by_card", models.BooleanField()),
                *(sealed(name) for name in ("recipient", "affiliation", "discloser", "nature")),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("finding", models.CharField(blank=True, default="", max_length=24)),
                ("deed", models.CharField(blank=True, default="", max_length=24)),
                sealed("answer", null=True),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by_id", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "emergencies",
                "indexes": [
                    models.Index(name="consent_emergency_by_record", fields=["record_id", "opened_at"]),
                    models.Index(name="consent_emergency_by_place", fields=["organisation", "due_at"]),
                    models.Index(name="consent_emergency_by_opening", fields=["opening"]),
                    models.Index(
                        name="consent_emergency_not_right",
                        fields=["organisation", "answered_at"],
                        condition=Q(finding="should_not"),
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(name="consent_emergency_once", fields=["opening", "org_record_id"]),
                    models.CheckConstraint(
                        name="consent_emergency_answered_whole",
                        condition=(
                            Q(finding="", deed="", answer__isnull=True, answered_at__isnull=True)
                            & Q(answered_by_id__isnull=True)
                            | ~Q(finding="")
                            & Q(answer__isnull=False, answered_at__isnull=False, answered_by_id__isnull=False)
                        ),
                    ),
                ],
            },
        ),
        GuardTable("consent_emergencycard", "consent_record"),
        GuardTable("consent_emergency", "access_log"),
        GuardSubjects("consent_emergency", "access_log", ("record_id",), "id"),
        DefinerFunction(EMERGENCY_CLASSES, "emergency_classes(text[])", roles=()),
        DefinerFunction(TAKES_PART, "takes_part(uuid)", roles=()),
        DefinerFunction(IS_BLOCKED, "is_blocked(uuid[], uuid, uuid)", roles=()),
        DefinerFunction(MOVES, "consent_emergency_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(OPEN_EMERGENCY, "open_emergency(uuid, uuid, uuid)"),
        DefinerFunction(OPEN_REVIEW, "open_emergency_review(uuid, uuid, uuid)"),
        DefinerFunction(EMERGENCIES_FOR, "emergencies_for(uuid, uuid, boolean, int, int)"),
    ]
