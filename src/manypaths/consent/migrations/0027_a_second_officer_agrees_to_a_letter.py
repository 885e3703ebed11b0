"""A letter about a breach waits for a second officer of the place, where there is one; nothing else of it is the person's.

`at` is when it was told, and empty while it waits. Who agrees changes no word of it; who writes it anew has it wait anew.
Where nobody else there may open the incident it is told at once, and the register says that one officer told it alone.

A person who reads what they were told opens the letter and nothing else: days and kinds come by `incidents_told`. Of one
review there is one incident, also where two officers write it down in the same moment.
"""

from importlib import import_module

from django.db import migrations, models

from manypaths.audit.guards import DefinerFunction, again, changed

REGISTER = import_module("manypaths.consent.migrations.0022_a_register_of_what_went_wrong")


OTHERS = """
create function others_may_agree(p_account uuid, p_incident uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from consent_incident i
          join network_membership o on o.organisation_id = i.organisation_id and o.ended_at is null
           and 'privacy_officer' = any(o.roles) and o.account_id <> p_account
          join accounts_user u on u.id = o.account_id and u.is_active
         where i.id = p_incident and not looked_wrongly(o.account_id, i.organisation_id, i.source, i.source_id)
           and not incident_kept_from(o.account_id, i.id))
$$
"""
NEEDS_TWO = """
create function letter_needs_two(p_incident uuid) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    return p_incident = any(opened_incidents('incident')) and exists (
        select from network_membership m
         where m.id = any(opened_incident_by()) and others_may_agree(m.account_id, p_incident));
end $$
"""
FITS = """
create or replace function consent_letter_fits() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    v_here uuid := coalesce(new.agreed_by_id, new.membership_id);
    v_author uuid := (select m.account_id from network_membership m where m.id = new.membership_id);
    v_account uuid := (select m.account_id from network_membership m where m.id = v_here);
begin
    if (select s.decision from consent_assessment s where s.incident_id = new.incident_id
         order by s.at desc, s.id desc limit 1) = 'low' then
        raise exception 'what is no breach is not told as one' using errcode = 'check_violation';
    end if;
    if incident_kept_from(v_account, new.incident_id) then
        raise exception 'somebody concerned keeps this officer away' using errcode = 'check_violation';
    end if;
    if not v_here = any(opened_incident_by()) then
        raise exception 'nobody opened an incident in this name' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'UPDATE' and (old.at is not null or new.incident_id <> old.incident_id) then
        raise exception 'what was told stays as it is' using errcode = 'check_violation';
    end if;
    if new.agreed_by_id is null then
        new.written_at := clock_timestamp();
        new.at := case when not others_may_agree(v_author, new.incident_id) then new.written_at end;
        return new;
    end if;
    if tg_op = 'INSERT' or v_account = v_author
       or (new.membership_id, new.written_at, new.what, new.done, new.you, new.ask)
          is distinct from (old.membership_id, old.written_at, old.what, old.done, old.you, old.ask) then
        raise exception 'another officer agrees to a letter as it is' using errcode = 'check_violation';
    end if;
    new.at := clock_timestamp();
    return new;
end $$
"""
TOLD = """
create function incidents_told()
returns table(id uuid, organisation_id uuid, found_at timestamptz, happened_from date, happened_until date, receiver text,
              classes text[])
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    return query
    select i.id, i.organisation_id, i.found_at, i.happened_from, i.happened_until, i.receiver::text, i.classes::text[]
      from consent_incident i where i.id = any(opened_incidents('breach'));
end $$
"""
THEIRS = "{} = any((select opened_incidents('incident'))::uuid[])"
READS = " or incident_id = any((select opened_incidents('breach'))::uuid[])"
SIGNED = "membership_id = any((select opened_incident_by())::uuid[])"
ANEW = ("what", "done", "you", "ask", "membership_id", "written_at", "agreed_by_id", "at")


def policy(table, using, check):
    return [f"drop policy {table}_app on {table}", f"create policy {table}_app on {table} to app using ({using}) with check ({check})"]


INCIDENT, LETTER = THEIRS.format("id"), THEIRS.format("incident_id")
WALLS = [
    *policy("consent_incident", INCIDENT, f"{INCIDENT} and {SIGNED}"),
    *policy("consent_breachletter", LETTER + READS,
            f"{LETTER} and ({SIGNED} or agreed_by_id = any((select opened_incident_by())::uuid[]))"),
    f"create policy consent_breachletter_anew on consent_breachletter as restrictive for update to app using ({LETTER})",
    "update consent_breachletter set written_at = at",
    f"grant update ({', '.join(ANEW)}) on consent_breachletter to app",
    "drop trigger consent_breachletter_now on consent_breachletter",
    "drop trigger consent_letter_fits on consent_breachletter",
    "create trigger consent_letter_fits before insert or update on consent_breachletter "
    "for each row when (current_user = 'app') execute function consent_letter_fits()",
]  # fmt: skip
NO_WALLS = [
    "drop trigger consent_letter_fits on consent_breachletter",
    "create trigger consent_letter_fits before insert on consent_breachletter "
    "for each row when (current_user = 'app') execute function consent_letter_fits()",
    "create trigger consent_breachletter_now before insert on consent_breachletter "
    "for each row when (current_user = 'app') execute function consent_of_an_incident_now()",
    f"revoke update ({', '.join(ANEW)}) on consent_breachletter from app",
    "delete from consent_breachletter where at is null",
    "drop policy consent_breachletter_anew on consent_breachletter",
    *policy("consent_incident", INCIDENT + " or id = any((select opened_incidents('breach'))::uuid[])", f"{INCIDENT} and {SIGNED}"),
    *policy("consent_breachletter", LETTER + READS, f"{LETTER} and {SIGNED}"),
]

# The key is kept only for the incident that is written: whoever comes second in the same moment finds the first.
KEY = """        insert into vault_recordkey (record_id, holder_id, ring_key, wrapped, made_at)
        values (p_id, v_org, p_ring, p_wrapped, v_now);
"""
AFFECTED = """        insert into consent_affected (id, incident_id, record_id)
        select gen_random_uuid(), p_id, r from unnest(v_records) as r;
"""
RECORD = changed(
    again(REGISTER.RECORD),
    (KEY, ""),
    ("                p_classes, p_everyone, cardinality(v_records), v_now);\n" + AFFECTED,
     "                p_classes, p_everyone, cardinality(v_records), v_now)\n"
     "        on conflict (source_id) do nothing;\n"
     "        if found then\n" + KEY + AFFECTED +
     "        else\n"
     "            select i.id into p_id from consent_incident i\n"
     "             where i.source_id = p_source_id and i.source = p_source and i.organisation_id = v_org;\n"
     "        end if;\n"),
)  # fmt: skip
INCIDENTS_FOR = changed(
    REGISTER.INCIDENTS_FOR,
    ("media_on date, total bigint", "media_on date, waits_since timestamptz, alone boolean, total bigint"),
    ("p.step = 'media'),\n", "p.step = 'media'),\n"
     "           case when l.at is null then l.written_at end, l.at is not null and l.agreed_by_id is null,\n"),
)  # fmt: skip
SIGNATURE = "incidents_for(uuid, uuid, int, int)"


class Migration(migrations.Migration):
    dependencies = [("consent", "0026_records_alike_are_told_once")]
    operations = [
        migrations.AddField("breachletter", "written_at", models.DateTimeField(null=True)),
        migrations.AddField("breachletter", "agreed_by_id", models.UUIDField(blank=True, null=True)),
        migrations.AlterField("breachletter", "at", models.DateTimeField(blank=True, null=True)),
        DefinerFunction(OTHERS, "others_may_agree(uuid, uuid)", roles=()),
        DefinerFunction(NEEDS_TWO, "letter_needs_two(uuid)"),
        DefinerFunction(TOLD, "incidents_told()"),
        migrations.RunSQL(FITS, reverse_sql=again(REGISTER.LETTER_FITS)),
        migrations.RunSQL(WALLS, reverse_sql=NO_WALLS),
        migrations.AlterField("breachletter", "written_at", models.DateTimeField()),
        migrations.RunSQL(RECORD, reverse_sql=again(REGISTER.RECORD)),
        migrations.RunSQL(
            f"drop function {SIGNATURE}", reverse_sql=DefinerFunction(REGISTER.INCIDENTS_FOR, SIGNATURE).sql
        ),
        DefinerFunction(INCIDENTS_FOR, SIGNATURE),
    ]
