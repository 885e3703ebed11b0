"""The person reads how a place that keeps a record of them calls and reaches them, and who walks with them there."""

from django.db import migrations

from manypaths.audit.guards import ReadHeld


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_who_is_supervised_is_found"),
        ("audit", "0009_what_is_held_is_only_read"),
    ]
    operations = [
        ReadHeld("people_profile", "demographics"),
        ReadHeld("people_safecontact", "safe_contact"),
        ReadHeld("people_assignment", "presence"),
    ]
