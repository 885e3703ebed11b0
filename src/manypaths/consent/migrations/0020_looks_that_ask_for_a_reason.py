"""Looks that nothing known explains wait for a privacy officer of the place, never for the one who looked.

The night writes them (room of requests, which knows whose record it is). Each is answered by whoever opened that very
record for privacy in the same request; the database itself looks for that row, for the role, and for who looked.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import manypaths.vault.models
from manypaths.audit.guards import DefinerFunction, GuardTable

FLAGS_FOR = """
create function flags_for(p_account uuid, p_membership uuid, p_waiting boolean, p_flag uuid, p_limit int, p_offset int)
returns table(id uuid, record_id uuid, membership_id uuid, on_day date, kinds text[], times int, state text,
              answered_at timestamptz, answered_by_id uuid, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select f.id, f.record_id, f.membership_id, f.on_day, f.kinds::text[], f.times, f.state::text, f.answered_at,
           f.answered_by_id, count(*) over ()
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join consent_lookflag f on f.organisation_id = m.organisation_id
      join people_record r on r.id = f.record_id and r.erased_at is null
      join network_membership l on l.id = f.membership_id and l.account_id <> m.account_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and 'privacy_officer' = any(m.roles) and (f.state in ('waits', 'review')) = p_waiting
       and (p_flag is null or f.id = p_flag)
       and not is_blocked(array[f.record_id], m.account_id, m.organisation_id)
     order by case when p_waiting then f.on_day end, f.answered_at desc, f.id
     limit p_limit offset p_offset
$$
"""

MOVES = """
create function consent_lookflag_moves() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if (old.state, new.state) in (('waits', 'work'), ('waits', 'review'), ('review', 'right'), ('review', 'wrong'))
       and exists (
           select from audit_access a
             join network_membership m on m.id = a.membership_id and m.ended_at is null
              and m.organisation_id = new.organisation_id and 'privacy_officer' = any(m.roles)
             join network_membership l on l.id = new.membership_id and l.account_id <> m.account_id
            where a.xid = pg_current_xact_id()::text::bigint
              and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
              and a.at >= transaction_timestamp() and a.membership_id = new.answered_by_id
              and new.record_id = any(a.opened) and 'access_log' = any(a.classes) and a.purpose = 'privacy') then
        new.answered_at := transaction_timestamp();
        return new;
    end if;
    raise exception 'looks are explained by a privacy officer who did not look' using errcode = 'check_violation';
end $$
"""
WALLS = [
    "revoke insert, update, delete on consent_lookflag from app",
    "grant update (state, reason, answered_at, answered_by_id) on consent_lookflag to app",
    "grant select, insert on consent_lookflag to gate",
    "create trigger consent_lookflag_moves before update on consent_lookflag "
    "for each row when (current_user = 'app') execute function consent_lookflag_moves()",
    "alter table consent_lookflag add constraint consent_lookflag_on_days check ("
    "on_day between '2000-01-01' and '2200-01-01' and raised_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00' "
    "and (answered_at is null or answered_at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00'))",
]
NO_WALLS = [
    "alter table consent_lookflag drop constraint consent_lookflag_on_days",
    "drop trigger consent_lookflag_moves on consent_lookflag",
]


def towards(table: str) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=table)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0019_a_person_can_be_told_of_new_lookers"),
        ("people", "0010_same_family_names_are_found"),
    ]
    operations = [
        migrations.CreateModel(
            name="LookFlag",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False)),
                ("record_id", models.UUIDField()),
                ("organisation", towards("network.organisation")),
                ("membership", towards("network.membership")),
                ("on_day", models.DateField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                ("times", models.PositiveIntegerField()),
                ("raised_at", models.DateTimeField()),
                ("state", models.CharField(default="waits", max_length=8)),
                ("reason", manypaths.vault.models.SealedText(label="consent.lookflag.reason", null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by_id", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(name="consent_lookflag_by_place", fields=["organisation", "state", "on_day"])
                ],
                "constraints": [
                    models.UniqueConstraint(name="consent_lookflag_once", fields=["record_id", "membership", "on_day"]),
                    models.CheckConstraint(
                        name="consent_lookflag_answered_whole",
                        condition=Q(state="waits", reason__isnull=True, answered_by_id__isnull=True)
                        | Q(state__in=["work", "review", "right", "wrong"], reason__isnull=False, answered_at__isnull=False)
                        & Q(answered_by_id__isnull=False),
                    ),
                ],
            },
        ),
        GuardTable("consent_lookflag", "access_log"),
        DefinerFunction(MOVES, "consent_lookflag_moves()", roles=("owner",)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        DefinerFunction(FLAGS_FOR, "flags_for(uuid, uuid, boolean, uuid, int, int)"),
    ]
