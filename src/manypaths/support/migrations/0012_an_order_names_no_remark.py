"""What a person says beside something is not opened by an emergency, nor by an order of a court: neither names it.

A consent of the person that shows a part of what is kept shows what they say beside it too.
"""

from importlib import import_module

from django.db import migrations

TENTH = import_module("manypaths.support.migrations.0010_the_person_says_how_they_see_it")
BEFORE = TENTH.OPENED_PARTS.replace("create function", "create or replace function", 1)
OPEN = "o.basis not like '%/named')"
NOW = BEFORE.replace(OPEN, "o.basis not like '%/named'\n               and o.basis !~ '^(emergency|order):')")
assert NOW != BEFORE


class Migration(migrations.Migration):
    dependencies = [("support", "0011_one_check_in_is_shown_to_one_worker")]
    operations = [migrations.RunSQL(NOW, reverse_sql=BEFORE)]
