"""Who opens far more than their role usually does is noticed, and stopped where it is very much more.

The log is gone through set by set beside all reading. A stop is kept by the log itself: no look of that worker can be
added, so nothing opens, until somebody else of the place lifts it, and for a day where nobody else there could; what a medical emergency opens is let through. A
person's own reading is never counted and never stopped. The application reads and writes none of it by itself.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import DefinerFunction
from manypaths.consent.rules import reading

BOUNDS = ", ".join(
    f"('{role}', '{span}', {one.persons}, {one.pages}, {one.stop_persons}, {one.stop_pages})"
    for role in reading.FIGURES["usual"]
    for span in reading.SPANS
    for one in [reading.bounds(role, span)]
)

RAISE = f"""
create function raise_read_alarms(p_spans text[])
returns table(id uuid, organisation_id uuid, membership_id uuid, is_new boolean, stops boolean)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_timestamp();
begin
    -- Nobody else there can judge it: it ends after a day, so that the next one can rise and stop.
    update consent_readalarm k set closed_at = v_now
     where k.closed_at is null and k.raised_at < v_now - interval '1 day' and not exists (
         select from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
          where m.organisation_id = k.organisation_id and m.ended_at is null and m.account_id <> k.account_id
            and m.roles && array['privacy_officer', 'org_admin']::varchar[]);
    return query
    with bound(role, span, persons, pages, stop_persons, stop_pages) as (values {BOUNDS}), worker as (
        select m.id, m.account_id, m.organisation_id, b.span, max(b.persons) as persons, max(b.pages) as pages,
               max(b.stop_persons) as stop_persons, max(b.stop_pages) as stop_pages,
               greatest(v_now - case b.span when 'ten' then interval '10 minutes' else interval '1 day' end,
                        coalesce((select max(k.closed_at) from consent_readalarm k
                                   where k.membership_id = m.id and k.span = b.span), '-infinity')) as since
          from network_membership m join bound b on b.role = any(m.roles)
         where m.ended_at is null and b.span = any(p_spans)
         group by m.id, m.account_id, m.organisation_id, b.span
    ), readings as (
        select w.id as worker, w.span, count(distinct a.opened[1]) filter (where cardinality(a.opened) = 1) as persons,
               count(distinct (a.xid, a.nonce)) as pages
          from audit_access a join worker w on w.id = a.membership_id and a.at > w.since
         where a.at > v_now - case when 'day' = any(p_spans) then interval '1 day' else interval '10 minutes' end
           and a.hat = 'member' and a.purpose <> 'emergency' and cardinality(a.opened) > 0
         group by w.id, w.span
    ), above as (
        select w.*, r.persons as opened_persons, r.pages as opened_pages,
               r.persons >= w.stop_persons or r.pages >= w.stop_pages as stops
          from worker w join readings r on r.worker = w.id and r.span = w.span
         where r.persons >= w.persons or r.pages >= w.pages
    )
    insert into consent_readalarm as k (id, organisation_id, membership_id, account_id, span, raised_at, persons, pages,
                                        stops)
    select gen_random_uuid(), a.organisation_id, a.id, a.account_id, a.span, v_now, a.opened_persons, a.opened_pages,
           a.stops
      from above a
    on conflict (membership_id, span) where closed_at is null do update
       set persons = greatest(k.persons, excluded.persons), pages = greatest(k.pages, excluded.pages),
           stops = k.stops or excluded.stops,
           raised_at = case when excluded.stops and not k.stops then excluded.raised_at else k.raised_at end
    returning k.id, k.organisation_id, k.membership_id, k.raised_at = v_now, k.stops;
end $$
"""

MAY_JUDGE = """
    select m.organisation_id, m.account_id
      from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and m.roles && array['privacy_officer', 'org_admin']::varchar[]
"""
ALARMS_FOR = f"""
create function read_alarms_for(p_account uuid, p_membership uuid, p_waiting boolean, p_limit int)
returns table(id uuid, membership_id uuid, span text, raised_at timestamptz, persons int, pages int, stops boolean,
              closed_at timestamptz, closed_by_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    with judge as ({MAY_JUDGE})
    select k.id, k.membership_id, k.span::text, k.raised_at, k.persons, k.pages, k.stops, k.closed_at, k.closed_by_id
      from judge j join consent_readalarm k on k.organisation_id = j.organisation_id and k.account_id <> j.account_id
     where (k.closed_at is null) = p_waiting
     order by k.stops desc, k.raised_at desc
     limit p_limit
$$
"""
CLOSE = f"""
create function close_read_alarm(p_account uuid, p_membership uuid, p_alarm uuid) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    update consent_readalarm k set closed_at = clock_timestamp(), closed_by_id = p_membership
      from ({MAY_JUDGE}) j
     where k.id = p_alarm and k.closed_at is null and k.organisation_id = j.organisation_id
       and k.account_id <> j.account_id;
    return found;
end $$
"""

STOPPED = """
create function consent_reading_stopped() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if exists (select from consent_readalarm k
                where k.membership_id = new.membership_id and k.stops and k.closed_at is null
                  and (k.raised_at > clock_timestamp() - interval '1 day' or exists (
                      select from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
                       where m.organisation_id = k.organisation_id and m.ended_at is null and m.account_id <> k.account_id
                         and m.roles && array['privacy_officer', 'org_admin']::varchar[]))) then
        raise exception 'reading is stopped for this worker' using errcode = 'MP429';
    end if;
    return new;
end $$
"""
TRIGGER = (
    "create trigger audit_access_reading_stopped before insert on audit_access for each row "
    "when (current_user = 'gate' and new.hat = 'member' and new.purpose <> 'emergency' and cardinality(new.opened) > 0) "
    "execute function consent_reading_stopped()"
)
WALLS = [
    "revoke all on consent_readalarm from app",
    "grant select, insert, update on consent_readalarm to gate",
    "alter table consent_readalarm add constraint consent_readalarm_on_days check ("
    "raised_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')",
]


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0020_looks_that_ask_for_a_reason"),
        ("audit", "0014_looks_of_the_last_hours_are_found"),
    ]
    operations = [
        migrations.CreateModel(
            name="ReadAlarm",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
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
                ("account_id", models.UUIDField()),
                ("span", models.CharField(max_length=4)),
                ("raised_at", models.DateTimeField()),
                ("persons", models.PositiveIntegerField()),
                ("pages", models.PositiveIntegerField()),
                ("stops", models.BooleanField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by_id", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        name="consent_readalarm_one_open",
                        fields=["membership", "span"],
                        condition=Q(closed_at__isnull=True),
                    )
                ],
            },
        ),
        migrations.RunSQL(WALLS, reverse_sql=migrations.RunSQL.noop),
        DefinerFunction(RAISE, "raise_read_alarms(text[])"),
        DefinerFunction(ALARMS_FOR, "read_alarms_for(uuid, uuid, boolean, int)"),
        DefinerFunction(CLOSE, "close_read_alarm(uuid, uuid, uuid)"),
        DefinerFunction(STOPPED, "consent_reading_stopped()", roles=("gate", "owner")),
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger audit_access_reading_stopped on audit_access"),
    ]
