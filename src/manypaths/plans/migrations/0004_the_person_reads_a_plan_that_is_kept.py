"""The person reads the plan that a place keeps with them. What they chose themself stands in their own plan only."""

from django.db import migrations

from manypaths.audit.guards import ReadHeld

READ = ("plans_ownwords", "plans_strength", "plans_goal", "plans_step", "plans_earlier")


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0003_what_helps_on_a_hard_day"),
        ("audit", "0009_what_is_held_is_only_read"),
    ]
    operations = [
        *(ReadHeld(table, "recovery_plan") for table in READ),
        ReadHeld("plans_hardday", "safety_plan"),
    ]
