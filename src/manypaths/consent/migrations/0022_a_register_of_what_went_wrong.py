"""A place writes down what went wrong with what it keeps, weighs it by four factors, and tells the people concerned.

Every incident has a key of its own, wrapped by the key of the place: its words are of no single record.
`record_incident` is the only way in, for a privacy officer, and only about records of the place itself, or about what one
of its reviews found that should not have happened. `open_incident` opens one of them to the officers of that place. What
is written is never changed: an assessment is followed by another, a letter and a step are written once.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction

THIS_REQUEST = """
a.xid = pg_current_xact_id()::text::bigint
       and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
       and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()
"""
# `incident`: as who keeps the register; `breach`: as the person concerned.
OPENED_INCIDENTS = f"""
create function opened_incidents(p_word text) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
declare
    found_rows bigint;
    found_ids uuid[];
begin
    select count(*), coalesce(array_agg(split_part(b.one, ':', 2)::uuid) filter (
               where b.one like p_word || ':%' and p_word in ('incident', 'breach')), '{{}}')
      into found_rows, found_ids
      from audit_access a left join lateral unnest(a.bases) as b(one) on true
     where {THIS_REQUEST};
    if found_rows = 0 then
        raise exception 'nobody opened an incident in this request' using errcode = 'insufficient_privilege';
    end if;
    return found_ids;
end $$
"""  # noqa: S608  our own words
OPENED_BY = f"""
create function opened_incident_by() returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
begin
    return array(select distinct a.membership_id from audit_access a
                  where {THIS_REQUEST} and a.membership_id is not null and 'incident' = any(
                        array(select split_part(b, ':', 1) from unnest(a.bases) as b)));
end $$
"""  # noqa: S608  our own words

OFFICER = """
create function officer_of(p_account uuid, p_membership uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select m.organisation_id
      from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and 'privacy_officer' = any(m.roles)
$$
"""
# Whose look it was, where a review or an emergency was found wrong: they weigh it only where nobody else there can.
LOOKER = """
create function looked_wrongly(p_account uuid, p_org uuid, p_source text, p_source_id uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from (select v.membership_id from consent_review v where p_source = 'review' and v.id = p_source_id
                     union all
                     select e.membership_id from consent_emergency e where p_source = 'emergency' and e.id = p_source_id) w
          join network_membership m on m.id = w.membership_id and m.account_id = p_account)
       and exists (
        select from network_membership o join accounts_user u on u.id = o.account_id and u.is_active
         where o.organisation_id = p_org and o.ended_at is null and o.account_id <> p_account
           and 'privacy_officer' = any(o.roles))
$$
"""
# A block of somebody's account is kept: another officer writes of that person, and to them.
KEPT_AWAY = """
create function is_kept_away(p_account uuid, p_records uuid[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from people_block b
                    where b.record_id = any(p_records) and b.account_id = p_account
                      and b.since <= transaction_timestamp() and (b.until is null or b.until > transaction_timestamp()))
$$
"""
KEPT_FROM = """
create function incident_kept_from(p_account uuid, p_incident uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from consent_incident i where i.id = p_incident and not i.everyone and is_kept_away(
                       p_account, array(select f.record_id from consent_affected f where f.incident_id = i.id)))
$$
"""
LOOK = """
    insert into audit_access (at, xid, nonce, account_id, hat, membership_id, organisation_id,
                              opened, bases, subjects, denied, classes, purpose)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, v_nonce, p_account, 'member', p_membership, v_org,
            case when v_may then array[p_id] else '{{}}' end,
            case when v_may then array['incident:' || p_id::text] else '{{}}' end,
            case when v_may then array[null::uuid] else '{{}}' end,
            case when v_may then '{{}}' else array[p_id] end, array['access_log'], 'privacy');
""".replace("{{}}", "{}")

RECORD = f"""
create function record_incident(p_account uuid, p_membership uuid, p_new uuid, p_held uuid[], p_everyone boolean,
                                p_source text, p_source_id uuid, p_found_at timestamptz, p_from date, p_until date,
                                p_classes text[], p_receiver text, p_what bytea, p_ring text, p_wrapped bytea)
returns uuid language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_now timestamptz := transaction_timestamp();
    v_org uuid := officer_of(p_account, p_membership);
    v_records uuid[];
    v_may boolean := true;
    p_id uuid := p_new;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    if v_org is null or clock_timestamp() >= v_now + longest_request() then
        raise exception 'no such register' using errcode = 'insufficient_privilege';
    end if;
    if p_source not in ('', 'review', 'emergency') or (p_source = '') <> (p_source_id is null)
       or looked_wrongly(p_account, v_org, p_source, p_source_id) then
        return null;
    end if;
    if p_source = 'review' then
        select array[coalesce(v.org_record_id, v.record_id)], v.asked_at, v.first_at::date, v.last_at::date,
               v.classes::text[], 'own_worker'
          into v_records, p_found_at, p_from, p_until, p_classes, p_receiver
          from consent_review v
         where v.id = p_source_id and v.organisation_id = v_org and v.finding = 'should_not';
    elsif p_source = 'emergency' then
        select array[e.org_record_id], e.answered_at, e.opened_at::date, e.opened_at::date,
               array(select distinct c.one from audit_access a cross join lateral unnest(a.classes) as c(one)
                      where a.opened @> array[e.org_record_id] and 'emergency:' || e.id::text = any(a.bases)
                     union select 'presence' order by 1),
               (select case when m.organisation_id = v_org then 'own_worker' else 'other_place' end
                  from network_membership m where m.id = e.membership_id)
          into v_records, p_found_at, p_from, p_until, p_classes, p_receiver
          from consent_emergency e
         where e.id = p_source_id and e.organisation_id = v_org and e.finding = 'should_not';
    else
        v_records := array(select r.id from people_record r
                            where r.organisation_id = v_org and r.erased_at is null
                              and (p_everyone or r.id = any(p_held)));
        if not p_everyone and cardinality(v_records) <> (select count(distinct h) from unnest(p_held) as h) then
            v_records := '{{}}';
        end if;
    end if;
    if coalesce(cardinality(v_records), 0) = 0 or (not p_everyone and is_kept_away(p_account, v_records)) then
        return null;
    end if;
    if p_source <> '' then
        select i.id into p_id from consent_incident i
         where i.source_id = p_source_id and i.source = p_source and i.organisation_id = v_org;
        p_id := coalesce(p_id, p_new);
    end if;
    if p_id = p_new then
        if octet_length(p_what) <= 29 or p_found_at > v_now or p_from > (v_now + interval '1 day')::date
           or p_until < p_from or cardinality(p_classes) = 0 then
            raise exception 'an incident is written down whole' using errcode = 'check_violation';
        end if;
        insert into vault_recordkey (record_id, holder_id, ring_key, wrapped, made_at)
        values (p_id, v_org, p_ring, p_wrapped, v_now);
        insert into consent_incident (id, organisation_id, membership_id, source, source_id, what, found_at,
                                      happened_from, happened_until, receiver, classes, everyone, people, written_at)
        values (p_id, v_org, p_membership, p_source, p_source_id, p_what, p_found_at, p_from, p_until, p_receiver,
                p_classes, p_everyone, cardinality(v_records), v_now);
        insert into consent_affected (id, incident_id, record_id)
        select gen_random_uuid(), p_id, r from unnest(v_records) as r;
    end if;
    {LOOK}
    return p_id;
end $$
"""  # noqa: S608  our own words

OPEN = f"""
create function open_incident(p_account uuid, p_membership uuid, p_id uuid)
returns json language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_nonce uuid := coalesce(nullif(current_setting('app.nonce', true), '')::uuid, gen_random_uuid());
    v_org uuid := officer_of(p_account, p_membership);
    v_of uuid;
    v_looked boolean;
    v_kept boolean;
    v_may boolean;
begin
    perform set_config('app.nonce', v_nonce::text, true);
    select i.organisation_id, looked_wrongly(p_account, v_org, i.source, i.source_id),
           incident_kept_from(p_account, i.id)
      into v_of, v_looked, v_kept
      from consent_incident i where i.id = p_id;
    v_may := coalesce(v_of = v_org and not v_looked and not v_kept, false);
    {LOOK}
    return json_build_object(
        'open', v_may, 'facts', json_build_array(v_org is not null, v_of = v_org, v_looked, v_kept),
        'held', (select coalesce(json_agg(x.record_id), '[]')
                   from (select f.record_id from consent_affected f join people_record r on r.id = f.record_id
                          where v_may and f.incident_id = p_id and r.organisation_id = v_org and r.erased_at is null
                          order by f.record_id limit 50) x),
        'keys', (select coalesce(json_agg(json_build_array(
                            k.record_id, k.holder_id, k.ring_key, encode(k.wrapped, 'hex'))), '[]')
                   from vault_recordkey k where v_may and k.record_id = p_id));
end $$
"""  # noqa: S608  our own words

# Finding is not opening: ids, codes, days and a number, no name and no word.
INCIDENTS_FOR = """
create function incidents_for(p_account uuid, p_membership uuid, p_limit int, p_offset int)
returns table(id uuid, found_at timestamptz, people int, decision text, told_at timestamptz, secretary_on date,
              media_on date, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select i.id, i.found_at, i.people,
           coalesce((select s.decision::text from consent_assessment s where s.incident_id = i.id
                      order by s.at desc, s.id desc limit 1), ''),
           l.at, (select p.done_on from consent_breachstep p where p.incident_id = i.id and p.step = 'secretary'),
           (select p.done_on from consent_breachstep p where p.incident_id = i.id and p.step = 'media'),
           count(*) over ()
      from consent_incident i left join consent_breachletter l on l.incident_id = i.id
     where i.organisation_id = officer_of(p_account, p_membership)
       and not looked_wrongly(p_account, i.organisation_id, i.source, i.source_id)
       and not incident_kept_from(p_account, i.id)
     order by i.found_at desc, i.id
     limit p_limit offset p_offset
$$
"""
WAITING = """
create function waiting_for_incident(p_account uuid, p_membership uuid)
returns table(source text, id uuid, found_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select w.source, w.id, w.found_at
      from (select 'review' as source, v.id, v.asked_at as found_at, v.organisation_id,
                   coalesce(v.org_record_id, v.record_id) as record_id
              from consent_review v where v.finding = 'should_not'
             union all
            select 'emergency', e.id, e.answered_at, e.organisation_id, e.org_record_id
              from consent_emergency e where e.finding = 'should_not') w
     where w.organisation_id = officer_of(p_account, p_membership)
       and not exists (select from consent_incident i where i.source_id = w.id)
       and not looked_wrongly(p_account, w.organisation_id, w.source, w.id)
       and not is_kept_away(p_account, array[w.record_id])
     order by w.found_at, w.id
     limit 200
$$
"""

LETTER_FITS = """
create function consent_letter_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if (select s.decision from consent_assessment s where s.incident_id = new.incident_id
         order by s.at desc, s.id desc limit 1) = 'low' then
        raise exception 'what is no breach is not told as one' using errcode = 'check_violation';
    end if;
    if incident_kept_from((select m.account_id from network_membership m where m.id = new.membership_id),
                          new.incident_id) then
        raise exception 'somebody concerned keeps this officer away' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
# The day of an act is the database's.
AT_NOW = """
create function consent_of_an_incident_now() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.at := clock_timestamp();
    return new;
end $$
"""

TABLES = {
    "consent_incident": "id", "consent_affected": "incident_id", "consent_assessment": "incident_id",
    "consent_breachletter": "incident_id", "consent_breachstep": "incident_id",
}  # fmt: skip
DATED = ("consent_assessment", "consent_breachletter", "consent_breachstep")
OF_THE_PERSON = ("consent_incident", "consent_breachletter")


def wall(table, key):
    theirs = f"{key} = any((select opened_incidents('incident'))::uuid[])"
    own = f" or {key} = any((select opened_incidents('breach'))::uuid[])" if table in OF_THE_PERSON else ""
    signed = " and membership_id = any((select opened_incident_by())::uuid[])" if table != "consent_affected" else ""
    return [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy {table}_app on {table} to app using ({theirs}{own}) with check ({theirs}{signed})",
        f"create policy {table}_owner on {table} to owner using (true) with check (true)",
        f"create policy {table}_gate on {table} to gate using (true) with check (true)",
        f"revoke update, delete on {table} from app",
        f"grant select, insert on {table} to gate",
    ]


WALLS = [
    *(sql for table, key in TABLES.items() for sql in wall(table, key)),
    "revoke insert on consent_incident, consent_affected from app",
    "alter table consent_incident add constraint consent_incident_on_days check ("
    "found_at between '2000-01-01' and '2200-01-01' and happened_from between '2000-01-01' and '2200-01-01' "
    "and (happened_until is null or happened_until between happened_from and '2200-01-01'))",
    "alter table consent_breachstep add constraint consent_breachstep_on_a_day check ("
    "done_on between '2000-01-01' and '2200-01-01' and step in ('secretary', 'media'))",
    "alter table consent_assessment add constraint consent_assessment_decides check (decision in ('breach', 'low'))",
    "create trigger consent_letter_fits before insert on consent_breachletter "
    "for each row when (current_user = 'app') execute function consent_letter_fits()",
    *(f"create trigger {table}_now before insert on {table} "
      f"for each row when (current_user = 'app') execute function consent_of_an_incident_now()" for table in DATED),
]
NO_WALLS = [
    "drop trigger consent_letter_fits on consent_breachletter",
    *(f"drop trigger {table}_now on {table}" for table in DATED),
    *(f"drop policy {table}_{role} on {table}" for table in TABLES for role in ("app", "owner", "gate")),
]


def sealed(model, name):
    return name, manypaths.vault.models.SealedText(label=f"consent.{model}.{name}")


def towards(model):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model)


def key():
    return "id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0021_reading_far_above_the_usual"),
        ("vault", "0003_every_holder_has_a_key"),
        ("people", "0004_records_change_through_doors_only"),
    ]
    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                key(),
                ("organisation", towards("network.organisation")),
                ("membership", towards("network.membership")),
                ("source", models.CharField(blank=True, default="", max_length=10)),
                ("source_id", models.UUIDField(blank=True, null=True, unique=True)),
                sealed("incident", "what"),
                ("found_at", models.DateTimeField()),
                ("happened_from", models.DateField()),
                ("happened_until", models.DateField(blank=True, null=True)),
                ("receiver", models.CharField(max_length=12)),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("everyone", models.BooleanField()),
                ("people", models.PositiveIntegerField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(name="consent_incident_by_place", fields=["organisation", "found_at"])],
                "constraints": [
                    models.CheckConstraint(name="consent_incident_of_somebody", condition=Q(people__gt=0)),
                ],
            },
        ),
        migrations.CreateModel(
            name="Affected",
            fields=[key(), ("incident", towards("consent.incident")), ("record_id", models.UUIDField())],
            options={
                "verbose_name_plural": "affected",
                "indexes": [models.Index(name="consent_affected_by_record", fields=["record_id"])],
                "constraints": [
                    models.UniqueConstraint(name="consent_affected_once", fields=["incident", "record_id"]),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                key(),
                ("incident", towards("consent.incident")),
                ("membership", towards("network.membership")),
                *(
                    part
                    for name in ("nature", "recipient", "acquired", "mitigated")
                    for part in ((name, models.CharField(max_length=8)), sealed("assessment", f"{name}_words"))
                ),
                ("decision", models.CharField(max_length=8)),
                sealed("assessment", "reason"),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(name="consent_assessment_by_incident", fields=["incident", "at"])]},
        ),
        migrations.CreateModel(
            name="BreachLetter",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="consent.incident",
                    ),
                ),
                ("membership", towards("network.membership")),
                *(sealed("breachletter", name) for name in ("what", "done", "you", "ask")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BreachStep",
            fields=[
                key(),
                ("incident", towards("consent.incident")),
                ("membership", towards("network.membership")),
                ("step", models.CharField(max_length=10)),
                ("done_on", models.DateField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(name="consent_breachstep_once", fields=["incident", "step"]),
                ],
            },
        ),
        DefinerFunction(OPENED_INCIDENTS, "opened_incidents(text)"),
        DefinerFunction(OPENED_BY, "opened_incident_by()"),
        DefinerFunction(OFFICER, "officer_of(uuid, uuid)", roles=()),
        DefinerFunction(LOOKER, "looked_wrongly(uuid, uuid, text, uuid)", roles=()),
        DefinerFunction(KEPT_AWAY, "is_kept_away(uuid, uuid[])", roles=()),
        DefinerFunction(KEPT_FROM, "incident_kept_from(uuid, uuid)", roles=()),
        migrations.RunSQL(AT_NOW, reverse_sql="drop function consent_of_an_incident_now()"),
        DefinerFunction(LETTER_FITS, "consent_letter_fits()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(
            RECORD,
            "record_incident(uuid, uuid, uuid, uuid[], boolean, text, uuid, timestamptz, date, date, text[], text, "
            "bytea, text, bytea)",
        ),
        DefinerFunction(OPEN, "open_incident(uuid, uuid, uuid)"),
        DefinerFunction(INCIDENTS_FOR, "incidents_for(uuid, uuid, int, int)"),
        DefinerFunction(WAITING, "waiting_for_incident(uuid, uuid)"),
    ]
