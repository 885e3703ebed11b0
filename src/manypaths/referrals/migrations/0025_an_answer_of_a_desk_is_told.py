"""What a privacy desk answers, or that it takes more time, is told to the person: only here stands whose record it is.

An e-mail to the desk is decided again when it runs, like every other: what was taken back or answered needs none.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

TWENTIETH = import_module("manypaths.referrals.migrations.0020_an_email_is_decided_again_when_it_runs")
BEFORE = TWENTIETH.EMAIL_GROUND.replace("create function", "create or replace function", 1)
LAST = "    elsif v_notice.template = 'review_asked' then"
PETITION = """    elsif v_notice.template = 'petition_asked' then
        select v.record_id, v.organisation_id, v.data_class, v.state = 'open' into v_record, v_org, v_class, v_holds
          from support_petition v where v.id = v_notice.subject_id;
        v_class := coalesce(v_class, 'access_log');
"""
NOW = BEFORE.replace(LAST, PETITION + LAST)
assert NOW != BEFORE

TELLS = """
create function referrals_petition_tells() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into notices_personnotice (id, record_id, template, subject_id, written_at)
    select md5('petition' || new.id::text || new.state)::uuid, f.record_id, 'petition_answered', new.id,
           coalesce(new.answered_at, new.extended_at)
      from referrals_referral f
     where f.org_record_id = new.record_id
       and not exists (select from referrals_referral o where o.org_record_id = new.record_id and o.record_id <> f.record_id)
     limit 1
    on conflict (id) do nothing;
    return null;
end $$
"""
TRIGGER = (
    "create trigger support_petition_tells after update on support_petition for each row "
    "when (old.state = 'open' and (new.state = 'answered' or old.extended_at is distinct from new.extended_at)) "
    "execute function referrals_petition_tells()"
)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0024_a_new_looker_is_told_of"),
        ("support", "0014_a_person_asks_the_privacy_desk"),
    ]
    operations = [
        DefinerFunction(TELLS, "referrals_petition_tells()", roles=("owner",)),
        migrations.RunSQL(TRIGGER, reverse_sql="drop trigger support_petition_tells on support_petition"),
        migrations.RunSQL(NOW, reverse_sql=BEFORE),
    ]
