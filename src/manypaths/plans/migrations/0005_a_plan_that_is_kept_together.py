"""A place keeps a plan with somebody: written by workers who walk with them, for care, and by nobody else there.

Before, whoever had a plan open could have written in it: who leads a worker reads it to help, and writes nothing. The
plan for a bad day is a table of its own.
"""

import uuid

from django.db import migrations, models
from django.db.models import Q

from manypaths.audit.guards import DefinerFunction, GuardTable, ReadHeld
from manypaths.vault.models import SealedText

CLASSES = {
    "plans_hardday": "safety_plan",
    "plans_safetyplan": "safety_plan",
    **dict.fromkeys(
        ("plans_ownwords", "plans_strength", "plans_goal", "plans_step", "plans_earlier", "plans_steprequest",
         "plans_choice", "plans_option"),
        "recovery_plan",
    ),
}  # fmt: skip
ONLY_ADDED = ("plans_earlier", "plans_option", "plans_steprequest")
# Opened as one's own, or by a worker who is assigned, for care.
OPENED_TO_PLAN = """
create function opened_to_plan(wanted text) returns uuid[] language plpgsql volatile security definer
set search_path = public, pg_temp as $$
begin
    return array(
        select distinct o.id
          from audit_access a cross join lateral unnest(a.opened, a.bases) as o(id, basis)
         where a.xid = pg_current_xact_id()::text::bigint
           and a.nonce = nullif(current_setting('app.nonce', true), '')::uuid
           and a.at >= transaction_timestamp() and clock_timestamp() < transaction_timestamp() + longest_request()
           and wanted = any(a.classes)
           and (o.basis = 'own' or (o.basis = 'assigned' and a.purpose = 'care')));
end $$
"""


def written_by_who_plans(table: str, data_class: str) -> migrations.RunSQL:
    test = f"record_id = any((select opened_to_plan('{data_class}'))::uuid[])"
    ways = {"insert": f"with check ({test})"}
    if table not in ONLY_ADDED:
        ways["update"] = f"using ({test}) with check ({test})"
    return migrations.RunSQL(
        [
            f"create policy {table}_{way}s on {table} as restrictive for {way} to app {clause}"
            for way, clause in ways.items()
        ],
        reverse_sql=[f"drop policy {table}_{way}s on {table}" for way in ways],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0004_the_person_reads_a_plan_that_is_kept"),
        ("audit", "0009_what_is_held_is_only_read"),
    ]
    operations = [
        migrations.CreateModel(
            name="SafetyPlan",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("signs", SealedText(label="plans.safetyplan.signs")),
                ("helps", SealedText(label="plans.safetyplan.helps")),
                ("people", SealedText(label="plans.safetyplan.people")),
                ("written_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(name="plans_safetyplan_by_record", fields=["record_id", "written_at"])],
                "constraints": [
                    models.UniqueConstraint(
                        name="plans_safetyplan_one_now", fields=["record_id"], condition=Q(replaced_at__isnull=True)
                    ),
                ],
            },
        ),
        GuardTable("plans_safetyplan", "safety_plan"),
        ReadHeld("plans_safetyplan", "safety_plan"),
        migrations.RunSQL(
            [
                "revoke update, delete on plans_safetyplan from app",
                "grant update (replaced_at) on plans_safetyplan to app",
                "alter table plans_safetyplan add constraint plans_safetyplan_on_days check ("
                "written_at between '2000-01-01' and '2200-01-01' "
                "and (replaced_at is null or replaced_at between '2000-01-01' and '2200-01-01'))",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        DefinerFunction(OPENED_TO_PLAN, "opened_to_plan(text)"),
        *(written_by_who_plans(table, data_class) for table, data_class in CLASSES.items()),
    ]
