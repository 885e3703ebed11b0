"""A subpoena, a warrant and a letter open nothing, ever. A recorded order of a court opens what it names.

`open_by_order` is the way in, for who the role table opens something by the tie `ordered`: the record that the order
names, of the place that recorded it, its classes, until its end, one person at a time. A paper is recorded once and
never changed (`record_paper`, in the room of requests, which alone knows both records of a person).
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction, GuardSubjects, GuardTable

ORDER_CLASSES = """
create function order_classes(p_roles text[]) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(c.data_class order by c.data_class), '{}')
      from (select rc.data_class::text from network_roleclass rc
             where rc.role = any(p_roles) and rc.tie = 'ordered'
             group by rc.data_class having not bool_and(rc.named_fields)) c
$$
"""

# The order itself says until when the person is not told; then nothing of it stands in what they read.
IS_SILENT = """
create function is_silent(p_bases text[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from consent_legalpaper q
                    where q.silent_until > transaction_timestamp() and 'order:' || q.id::text = any(p_bases))
$$
"""

IS_OPEN = """
v_found.kind = 'order' and v_found.mandate <> '' and v_found.organisation_id = v_org and v_found.org_record_id = p_held
         and v_found.recorded_at <= v_now and v_now < v_found.until and not v_erased and not v_blocked
"""

OPEN_BY_ORDER = f"""
create function open_by_order(p_account uuid, p_membership uuid, p_paper uuid, p_held uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_now timestamptz := transaction_timestamp();
    v_org uuid;
    v_roles text[] := '{{}}';
    v_found consent_legalpaper%rowtype;
    v_erased boolean := true;
    v_blocked boolean := true;
    v_classes text[] := '{{}}';
    v_may boolean;
begin
    perform set_config('app.nonce', v_nonce::text, true), set_config('app.held', 'yes', true);
    select m.organisation_id, m.roles::text[] into v_org, v_roles
      from network_membership m join accounts_user u on u.id = m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and u.is_active;
    select q.* into v_found from consent_legalpaper q where q.id = p_paper;
    select own.erased_at is not null or held.erased_at is not null,
           is_blocked(array[own.id, held.id], p_account, v_org)
      into v_erased, v_blocked
      from people_record own, people_record held
     where own.id = v_found.record_id and held.id = v_found.org_record_id;
    v_may := coalesce({IS_OPEN.strip()}, false);
    if v_may then
        v_classes := array(select c from unnest(order_classes(v_roles)) as c where c = any(v_found.classes) order by c);
        v_may := cardinality(v_classes) > 0;
    end if;
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array[p_held] else '{{}}' end,
            case when v_may then array['order:' || p_paper::text] else '{{}}' end,
            case when v_may then array[null::uuid] else '{{}}' end,
            case when v_may then '{{}}' else array[p_held] end,
            case when v_may then v_classes else array['presence'] end, 'legal');
    return json_build_object(
        'at', v_now, 'roles', coalesce(v_roles, '{{}}'),
        'facts', case when v_found.id is not null and v_org is not null then json_build_array(
            v_found.id, p_held, v_found.kind = 'order', v_found.mandate <> '', v_found.organisation_id = v_org,
            v_found.org_record_id = p_held, v_found.classes, v_found.recorded_at, v_found.until,
            coalesce(v_erased, true), coalesce(v_blocked, true)) end,
        'classes', to_json(case when v_may then v_classes else '{{}}' end),
        'kind', case when v_found.organisation_id = v_org and cardinality(order_classes(v_roles)) > 0
                     then v_found.kind end,
        'until', case when v_may then v_found.until end,
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = p_held));
end $$
"""

# Finding is not opening: ids, kinds and days, no name and no word.
PAPERS_FOR = """
create function papers_for(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(id uuid, held uuid, kind text, section text, classes text[], recorded_at timestamptz,
              until timestamptz, silent_until timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select q.id, q.org_record_id, q.kind::text, q.section::text, q.classes::text[], q.recorded_at, q.until,
           q.silent_until, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join consent_legalpaper q on q.organisation_id = m.organisation_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and cardinality(order_classes(m.roles::text[])) > 0
     order by q.recorded_at desc, q.id
     limit p_limit offset p_offset
$$
"""

WALLS = [
    "revoke insert, update, delete on consent_legalpaper from app",
    "grant select, insert on consent_legalpaper to gate",
    "create policy consent_legalpaper_not_yet on consent_legalpaper as restrictive for select to app "
    "using (silent_until is null or silent_until <= transaction_timestamp())",
    "alter table consent_legalpaper add constraint consent_legalpaper_on_days check ("
    + " and ".join(
        f"({day} is null or {day} between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')"
        for day in ("recorded_at", "until", "silent_until")
    )
    + " and (ordered_on is null or ordered_on between '1900-01-01' and '2200-01-01'))",
]
NO_WALLS = [
    "alter table consent_legalpaper drop constraint consent_legalpaper_on_days",
    "drop policy consent_legalpaper_not_yet on consent_legalpaper",
]


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0015_texts_for_showing_one_check_in"),
        ("audit", "0011_an_emergency_and_an_order_are_only_read"),
        ("network", "0009_roles_for_what_is_shared_and_for_emergencies"),
    ]
    operations = [
        migrations.CreateModel(
            name="LegalPaper",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
                ("record_id", models.UUIDField()),
                ("org_record_id", models.UUIDField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.organisation"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.membership"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("court", manypaths.vault.models.SealedText(label="consent.legalpaper.court", null=True)),
                ("case_number", manypaths.vault.models.SealedText(label="consent.legalpaper.case_number", null=True)),
                ("section", models.CharField(blank=True, default="", max_length=8)),
                ("mandate", models.CharField(blank=True, default="", max_length=10)),
                ("ordered_on", models.DateField(blank=True, null=True)),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), default=list, size=None
                    ),
                ),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("silent_until", models.DateTimeField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(name="consent_legalpaper_by_record", fields=["record_id", "recorded_at"]),
                    models.Index(name="consent_legalpaper_by_place", fields=["organisation", "recorded_at"]),
                ],
                "constraints": [
                    models.CheckConstraint(
                        name="consent_legalpaper_order_is_whole",
                        condition=(
                            Q(kind="order", court__isnull=False, case_number__isnull=False, ordered_on__isnull=False)
                            & Q(until__isnull=False, until__gt=F("recorded_at"))
                            & ~Q(section="")
                            & ~Q(mandate="")
                            & ~Q(classes=[])
                            | Q(kind__in=["subpoena", "warrant", "letter"], court__isnull=True)
                            & Q(case_number__isnull=True)
                            & Q(section="", mandate="", ordered_on__isnull=True, classes=[], until__isnull=True)
                            & Q(silent_until__isnull=True)
                        ),
                    )
                ],
            },
        ),
        GuardTable("consent_legalpaper", "access_log"),
        GuardSubjects("consent_legalpaper", "access_log", ("record_id",), "id"),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(ORDER_CLASSES, "order_classes(text[])", roles=()),
        DefinerFunction(IS_SILENT, "is_silent(text[])", roles=()),
        DefinerFunction(OPEN_BY_ORDER, "open_by_order(uuid, uuid, uuid, uuid)"),
        DefinerFunction(PAPERS_FOR, "papers_for(uuid, uuid, int, int)"),
    ]
