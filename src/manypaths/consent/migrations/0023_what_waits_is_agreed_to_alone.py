"""What was asked beside somebody with power over the person waits an hour before it can be agreed to."""

from importlib import import_module

from django.db import migrations


BEFORE = import_module("manypaths.consent.migrations.0011_consents_to_show_what_a_place_keeps").MOVES
ANSWERED = "    if old.state = 'draft' and new.state in ('given', 'refused') and new.ended_at is null then\n"
WAITED = f"""{ANSWERED}        if new.state = 'given' and v_now < old.written_at + interval '1 hour' then
            raise exception 'what waits is agreed to an hour later' using errcode = 'check_violation';
        end if;
        if new.state = 'given' and old.until <= v_now then
            raise exception 'what waits is over' using errcode = 'check_violation';
        end if;
        if new.state = 'given' then
            new.signed_at := least(new.signed_at, v_now);
        end if;
"""
NOW = BEFORE.replace("create function", "create or replace function", 1).replace(ANSWERED, WAITED, 1)


class Migration(migrations.Migration):
    dependencies = [("consent", "0022_a_register_of_what_went_wrong")]
    operations = [
        migrations.RunSQL(NOW, BEFORE.replace("create function", "create or replace function", 1)),
    ]
