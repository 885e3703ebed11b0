"""Every table of a plan behind the wall for `recovery_plan`; the application adds and changes, and deletes nothing."""

from django.db import migrations

from manypaths.audit.guards import GuardTable

TABLES = [
    "plans_ownwords",
    "plans_strength",
    "plans_goal",
    "plans_step",
    "plans_steprequest",
    "plans_choice",
    "plans_option",
    "plans_earlier",
]


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0001_plan_in_own_words"),
        ("consent", "0002_open_records"),
    ]
    operations = [
        *[GuardTable(table, "recovery_plan") for table in TABLES],
        migrations.RunSQL(
            [
                f"revoke delete on {', '.join(TABLES)} from app",
                "revoke update on plans_earlier, plans_option, plans_steprequest from app",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
