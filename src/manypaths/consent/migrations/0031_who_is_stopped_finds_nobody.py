"""Who is stopped from reading looks for nobody either: that nobody fits is an answer too, and no line of the log.

What a stop is stays said once: the trigger of the log asks the same function.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# What asks without opening, and would tell something by its answer, asks this first.
GOES_ON = """
create function reading_goes_on(p_membership uuid) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if exists (select from consent_readalarm k
                where k.membership_id = p_membership and k.stops and k.closed_at is null
                  and (k.raised_at > clock_timestamp() - interval '1 day' or exists (
                      select from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
                       where m.organisation_id = k.organisation_id and m.ended_at is null and m.account_id <> k.account_id
                         and m.roles && array['privacy_officer', 'org_admin']::varchar[]))) then
        raise exception 'reading is stopped for this worker' using errcode = 'MP429';
    end if;
    return true;
end $$
"""
BEFORE = """
create or replace function consent_reading_stopped() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if exists (select from consent_readalarm k
                where k.membership_id = new.membership_id and k.stops and k.closed_at is null
                  and (k.raised_at > clock_timestamp() - interval '1 day' or exists (
                      select from network_membership m join accounts_user u on u.id = m.account_id and u.is_active
                       where m.organisation_id = k.organisation_id and m.ended_at is null and m.account_id <> k.account_id
                         and m.roles && array['privacy_officer', 'org_admin']::varchar[]))) then
        raise exception 'reading is stopped for this worker' using errcode = 'MP429';
    end if;
    return new;
end $$
"""
NOW = """
create or replace function consent_reading_stopped() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    perform reading_goes_on(new.membership_id);
    return new;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0030_words_for_a_yes_to_less")]
    operations = [
        DefinerFunction(GOES_ON, "reading_goes_on(uuid)"),
        migrations.RunSQL(NOW, reverse_sql=BEFORE),
    ]
