"""The night goes through looks of some days, whatever it is asked: never of all time, and never half.

What a line says is joined: whoever asked before with fewer marks did not settle what the looks ask a reason for. A line
that was answered, or is looked into, stays as it was read.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import changed

FLAG = import_module("manypaths.referrals.migrations.0029_what_a_desk_works_on_explains_a_look")
LOOKERS = import_module("manypaths.referrals.migrations.0024_a_new_looker_is_told_of").TELL
LONGEST = "interval '8 days'"


AGAIN = LOOKERS.replace("create function", "create or replace function", 1)
BOUNDED = changed(AGAIN, ("a.at >= p_since and", f"a.at >= greatest(p_since, transaction_timestamp() - {LONGEST}) and"))
JOINED = changed(
    FLAG.FLAG,
    ("where a.at >= p_since and", f"where a.at >= greatest(p_since, transaction_timestamp() - {LONGEST}) and"),
    ("    on conflict (record_id, membership_id, on_day) do nothing\n", """    on conflict (record_id, membership_id, on_day) do update
       set kinds = array(select distinct one from unnest(consent_lookflag.kinds || excluded.kinds) as one order by one),
           times = greatest(consent_lookflag.times, excluded.times)
     where consent_lookflag.state in ('waits', 'alone') and not consent_lookflag.kinds @> excluded.kinds
"""),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0029_what_a_desk_works_on_explains_a_look"),
        ("consent", "0025_the_database_says_when_and_counts_lists"),
    ]
    operations = [
        migrations.RunSQL(
            "grant update (kinds, times) on consent_lookflag to gate",
            reverse_sql="revoke update (kinds, times) on consent_lookflag from gate",
        ),
        migrations.RunSQL(JOINED, reverse_sql=FLAG.FLAG),
        migrations.RunSQL(BOUNDED, reverse_sql=AGAIN),
    ]
