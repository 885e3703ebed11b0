"""A privacy officer who works on what a person asked, or on an incident that touched them, looks at them for that work."""

from importlib import import_module

from django.db import migrations

# The day of the look is not before the work came, nor long after it was done.
DURING = (
    "({since} at time zone l.zone)::date <= l.on_day "
    "and l.on_day <= coalesce((({until} at time zone l.zone)::date + 7), l.on_day)"
)
FIRST = import_module("manypaths.referrals.migrations.0026_looks_that_nothing_explains_are_flagged").FLAG
BEFORE = FIRST.replace("create function", "create or replace function", 1)
KNOWN = """
               exists (select from consent_lookflag k where k.record_id = l.record)
               or exists (select from consent_review v where v.org_record_id = l.record)
               or exists (select from consent_emergency e where e.org_record_id = l.record)
               or exists (select from consent_legalpaper q where q.org_record_id = l.record)))"""
# Work explains a look while it waits and some days after; never work that is about the looker's own looks, nor an
# incident that they wrote down by hand, or about everybody of the house.
MORE = f"""
               exists (select from consent_lookflag k
                        where k.record_id = l.record and k.membership_id <> l.worker
                          and {DURING.format(since="k.raised_at", until="k.answered_at")})
               or exists (select from consent_review v
                           where v.org_record_id = l.record and v.membership_id <> l.worker
                             and {DURING.format(since="v.asked_at", until="v.answered_at")})
               or exists (select from consent_emergency e
                           where e.org_record_id = l.record and e.membership_id <> l.worker
                             and {DURING.format(since="e.opened_at", until="e.answered_at")})
               or exists (select from consent_legalpaper q where q.org_record_id = l.record)
               or exists (select from support_petition y
                           where y.record_id = l.record
                             and {DURING.format(since="y.asked_at", until="y.answered_at")})
               or exists (select from consent_affected b join consent_incident i on i.id = b.incident_id
                            left join consent_breachletter t on t.incident_id = i.id
                           where b.record_id = l.record and not i.everyone
                             and (i.source <> '' or i.membership_id <> l.worker)
                             and {DURING.format(since="i.written_at", until="t.at")})))"""
FLAG = BEFORE.replace(KNOWN, MORE, 1)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0028_a_person_sees_when_their_own_sign_in_opened_it"),
        ("consent", "0024_a_look_that_nobody_else_can_answer_rests"),
        ("support", "0014_a_person_asks_the_privacy_desk"),
    ]
    operations = [migrations.RunSQL(FLAG, reverse_sql=BEFORE)]
