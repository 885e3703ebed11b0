"""That the letters of an incident were mailed, or its people told another way, can be noted (45 CFR 164.404(d))."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

DROP = "alter table consent_breachstep drop constraint consent_breachstep_on_a_day"
ADD = (
    "alter table consent_breachstep add constraint consent_breachstep_on_a_day check ("
    "done_on between '2000-01-01' and '2200-01-01' and step in ({steps}))"
)
NOW = ADD.format(steps="'secretary', 'media', 'mail', 'other_way'")
BEFORE = f"""{ADD.format(steps="'secretary', 'media'")} not valid"""  # what was noted meanwhile stays
FITS = """
create function consent_step_fits() returns trigger
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    if new.step in ('mail', 'other_way')
       and not exists (select from consent_breachletter l where l.incident_id = new.incident_id and l.at is not null)
    then
        raise exception 'no letter goes out that was not told' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
TRIGGER = (
    "create trigger consent_step_fits before insert on consent_breachstep "
    "for each row execute function consent_step_fits()"
)
NO_TRIGGER = "drop trigger consent_step_fits on consent_breachstep"


class Migration(migrations.Migration):
    dependencies = [("consent", "0031_who_is_stopped_finds_nobody")]
    operations = [
        migrations.RunSQL([DROP, NOW], reverse_sql=[DROP, BEFORE]),
        DefinerFunction(FITS, "consent_step_fits()", roles=("owner",)),
        migrations.RunSQL(TRIGGER, reverse_sql=NO_TRIGGER),
    ]
