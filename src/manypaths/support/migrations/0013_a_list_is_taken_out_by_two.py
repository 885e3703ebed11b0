"""A supervisor takes a list of their team's people out of the house; over fifty people somebody else says yes first.

Nobody but these functions touches the tables: the application asks, says yes and fetches through them, and can neither
forge a yes nor add a person to a list. Of a list only ids are kept, and only until it expires; the file never is.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction, GuardTable

NOT_BLOCKED = """not exists (
           select from people_block b
            where b.record_id = a.record_id and b.since <= transaction_timestamp()
              and (b.until is null or b.until > transaction_timestamp())
              and (b.account_id = p_account or b.organisation_id = m.organisation_id))"""

# Who is on the list is settled now. What expired of other lists goes with it.
ASK = f"""
create function ask_for_export(p_account uuid, p_membership uuid, p_export uuid, p_why text)
returns int language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_now timestamptz := transaction_timestamp();
    v_people int;
begin
    delete from support_exportrow x using support_export e where e.id = x.export_id and e.expires_at <= v_now;
    insert into support_export (id, membership_id, organisation_id, why, people, asked_at, expires_at)
    select p_export, m.id, m.organisation_id, p_why, 0, v_now, v_now + interval '24 hours'
      from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null and 'supervisor' = any(m.roles);
    if not found then
        return null;
    end if;
    insert into support_exportrow (export_id, place, record_id, worker_id)
    select p_export, row_number() over (order by s.display_name, a.since desc, a.record_id), a.record_id, s.id
      from network_membership m
      join network_membership s on s.supervisor_id = m.id
      join people_assignment a on a.membership_id = s.id and (a.until is null or a.until > v_now)
      join people_record r on r.id = a.record_id and r.organisation_id = m.organisation_id and r.erased_at is null
     where m.id = p_membership and {NOT_BLOCKED};
    get diagnostics v_people = row_count;
    update support_export set people = v_people where id = p_export;
    return v_people;
end $$
"""

SAY_YES = """
create function say_yes_to_export(p_account uuid, p_membership uuid, p_export uuid)
returns boolean language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    update support_export e
       set approved_by_id = m.id, approved_at = transaction_timestamp(),
           expires_at = transaction_timestamp() + interval '24 hours'
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
     where e.id = p_export and e.approved_at is null and e.people > 50 and transaction_timestamp() < e.expires_at
       and m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and m.organisation_id = e.organisation_id and m.roles && array['supervisor', 'privacy_officer']::varchar[]
       and not exists (
           select from network_membership o where o.id = e.membership_id and o.account_id = p_account);
    return found;
end $$
"""

# Finding is not opening. Fetched by whom it was made for, while it lasts, and not before a second yes where one is needed.
ROWS = """
create function export_rows(p_account uuid, p_membership uuid, p_export uuid, p_after int, p_limit int)
returns table(place int, record_id uuid, worker_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select x.place, x.record_id, x.worker_id
      from support_export e
      join network_membership m on m.id = e.membership_id and m.account_id = p_account and m.ended_at is null
      join accounts_user u on u.id = m.account_id and u.is_active
      join support_exportrow x on x.export_id = e.id and x.place > p_after
     where e.id = p_export and e.membership_id = p_membership and transaction_timestamp() < e.expires_at
       and (e.people <= 50 or e.approved_at is not null)
     order by x.place limit p_limit
$$
"""

# One's own lists, and those of others in the same place that wait for a second yes. Ids, days and how many; nobody.
FOUND = """
create function exports_for(p_account uuid, p_membership uuid)
returns table(id uuid, is_own boolean, asked_by text, why text, people int, asked_at timestamptz, expires_at timestamptz,
              approved_by text, ready boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select e.id, o.id = m.id, o.display_name::text, e.why::text, e.people, e.asked_at, e.expires_at,
           coalesce(y.display_name::text, ''), e.people <= 50 or e.approved_at is not null
      from network_membership m
      join accounts_user u on u.id = m.account_id and u.is_active
      join support_export e on e.organisation_id = m.organisation_id and transaction_timestamp() < e.expires_at
      join network_membership o on o.id = e.membership_id
      left join network_membership y on y.id = e.approved_by_id
     where m.id = p_membership and m.account_id = p_account and m.ended_at is null
       and (o.id = m.id
            or (e.people > 50 and e.approved_at is null and o.account_id <> p_account
                and m.roles && array['supervisor', 'privacy_officer']::varchar[]))
     order by e.asked_at desc, e.id limit 100
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0012_an_order_names_no_remark"),
        ("people", "0008_a_desk_finds_the_people_of_its_house"),
    ]
    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=24)),
                ("people", models.PositiveIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.membership"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.organisation"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="network.membership",
                    ),
                ),
            ],
            options={"indexes": [models.Index(name="support_export_by_place", fields=["organisation", "expires_at"])]},
        ),
        migrations.CreateModel(
            name="ExportRow",
            fields=[
                ("pk", models.CompositePrimaryKey("export_id", "place", blank=True, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveIntegerField()),
                ("record_id", models.UUIDField()),
                ("worker_id", models.UUIDField()),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="support.export"
                    ),
                ),
            ],
        ),
        GuardTable("support_exportrow", "presence"),
        migrations.RunSQL(
            [
                "revoke all on support_export, support_exportrow from app",
                "grant select, insert, update on support_export to gate",
                "grant select, insert, delete on support_exportrow to gate",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(ASK, "ask_for_export(uuid, uuid, uuid, text)"),
        DefinerFunction(SAY_YES, "say_yes_to_export(uuid, uuid, uuid)"),
        DefinerFunction(ROWS, "export_rows(uuid, uuid, uuid, int, int)"),
        DefinerFunction(FOUND, "exports_for(uuid, uuid)"),
    ]  # fmt: skip
