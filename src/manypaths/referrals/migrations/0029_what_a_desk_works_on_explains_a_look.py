"""A privacy officer who works on what a person asked, or on an incident that touched them, looks at them for that work."""

from importlib import import_module

from django.db import migrations

FIRST = import_module("manypaths.referrals.migrations.0026_looks_that_nothing_explains_are_flagged").FLAG
BEFORE = FIRST.replace("create function", "create or replace function", 1)
KNOWN = "               or exists (select from consent_legalpaper q where q.org_record_id = l.record)))"
MORE = """               or exists (select from consent_legalpaper q where q.org_record_id = l.record)
               or exists (select from support_petition y where y.record_id = l.record)
               or exists (select from consent_affected b where b.record_id = l.record)))"""
FLAG = BEFORE.replace(KNOWN, MORE, 1)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0028_a_person_sees_when_their_own_sign_in_opened_it"),
        ("consent", "0024_a_look_that_nobody_else_can_answer_rests"),
        ("support", "0014_a_person_asks_the_privacy_desk"),
    ]
    operations = [migrations.RunSQL(FLAG, reverse_sql=BEFORE)]
