"""The person reads what a place wrote of them: contacts, treatment, drug screens, attendance. Notes of counselling stay
apart."""

from django.db import migrations

from manypaths.audit.guards import ReadHeld


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0005_signed_where_it_was_opened"),
        ("audit", "0009_what_is_held_is_only_read"),
    ]
    operations = [
        ReadHeld("support_contact", "contact_log"),
        ReadHeld("support_treatment", "sud_treatment_record"),
        ReadHeld("support_screen", "drug_screen_result"),
        ReadHeld("support_attendance", "attendance"),
    ]
