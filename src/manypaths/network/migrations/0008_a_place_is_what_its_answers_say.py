"""The database draws the conclusion from the five answers too: the application cannot write another word beside them."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("manypaths.network.migrations.0007_whether_part_2_binds_a_place").FOLLOW.replace(
    "create", "create or replace", 1
)
FOLLOW = """
create or replace function posture_follows_review() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    v_says text := new.answers ->> 'says_so';
    v_unit text := new.answers ->> 'unit';
    v_needed text[] := array[new.answers ->> 'assisted', new.answers ->> 'serves'];
    v_known text[] := case new.answers ->> 'general'
                      when 'yes' then array[v_unit] when 'no' then array[v_says] else array[v_unit, v_says] end;
    v_found text := case when 'no' = any(v_needed) or v_known <@ array['no'] then 'no'
                         when (v_needed || v_known) <@ array['yes'] then 'yes' else 'unset' end;
begin
    if not exists (select from network_membership m
                    where m.id = new.membership_id and m.organisation_id = new.organisation_id and m.ended_at is null
                      and m.roles && array['org_admin', 'privacy_officer']::varchar[]) then
        raise exception 'nobody who leads there reviewed it' using errcode = 'insufficient_privilege';
    end if;
    if new.found <> v_found or exists (
           select from unnest(array['assisted', 'serves', 'says_so', 'general', 'unit']) as question
            where coalesce(new.answers ->> question, '') not in ('yes', 'no', 'unsure')) then
        raise exception 'this does not follow from the answers' using errcode = 'check_violation';
    end if;
    update network_organisation set part2_posture = new.decided where id = new.organisation_id;
    return new;
end $$
"""
DAY = """
alter table network_posturereview add constraint network_posture_on_a_day
check (at between '2000-01-01 00:00+00' and '2200-01-01 00:00+00')
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0007_whether_part_2_binds_a_place")]
    operations = [
        migrations.RunSQL(FOLLOW, reverse_sql=BEFORE),
        migrations.RunSQL(
            DAY, reverse_sql="alter table network_posturereview drop constraint network_posture_on_a_day"
        ),
    ]
