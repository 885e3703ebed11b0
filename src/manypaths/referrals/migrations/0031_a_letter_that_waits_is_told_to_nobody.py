"""A letter about a breach that waits for a second officer is told to nobody, and nobody reads it."""

from importlib import import_module

from django.db import migrations

TOLD = import_module("manypaths.referrals.migrations.0027_people_are_told_of_a_breach")
BEFORE = TOLD.OPEN_OWN.replace("create function", "create or replace function", 1)
LETTER = "join consent_breachletter l on l.incident_id = a.incident_id"
ONLY_TOLD = BEFORE.replace(LETTER, f"{LETTER} and l.at is not null", 1)
TRIGGER = (
    "create trigger consent_breach_tells after insert or update on consent_breachletter "
    "for each row when (new.at is not null) execute function referrals_breach_tells()"
)
DROP = "drop trigger consent_breach_tells on consent_breachletter"


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0030_what_the_night_asks_is_bounded"),
        ("consent", "0027_a_second_officer_agrees_to_a_letter"),
    ]
    operations = [
        migrations.RunSQL(ONLY_TOLD, reverse_sql=BEFORE),
        migrations.RunSQL([DROP, TRIGGER], reverse_sql=[DROP, TOLD.TRIGGER]),
    ]
