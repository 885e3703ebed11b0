"""What a person closed since a paper was signed is opened by no copy of that paper, however often it is written down.

A paper that was stopped, or of which they said that it is not theirs, could be written down once more and checked; and
an older one opened again what they had stopped or made less. What they said last counts: they can agree anew.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction, again, changed

BEFORE = import_module("manypaths.consent.migrations.0033_a_consent_comes_on_paper").IS_WHOLE
# A day is all that a paper tells: what was closed on that very day counts as closed afterwards.
SINCE = "at time zone 'utc')::date >= p.signed_on"
TO = "coalesce({0}.recipient_organisation_id, (select m.organisation_id from network_membership m where m.id = {0}.recipient_membership_id))"
OVERTAKEN = f"""
create function is_overtaken(p consent_paperconsent) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from consent_share s
         where s.held_record_id = p.held_record_id and {TO.format("s")} = {TO.format("p")} and s.classes && p.classes
           and (s.ended_at is not null and (s.ended_at {SINCE} or s.state = 'refused' and (s.written_at {SINCE}))
        or exists (
        select from consent_paperconsent q
         where q.id <> p.id and q.held_record_id = p.held_record_id and {TO.format("q")} = {TO.format("p")}
           and q.classes && p.classes and (coalesce(q.denied_at, q.stopped_at) {SINCE})
$$
"""
WHOLE = changed(again(BEFORE), ("> transaction_timestamp()), false)", "> transaction_timestamp()), false) and not is_overtaken(p)"))
# For who has the record open for its consents.
ASKED = """
create function paper_is_overtaken(p_id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from consent_paperconsent q
                    where q.id = p_id and q.held_record_id = any(opened('consent_record')) and is_overtaken(q));
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0033_a_consent_comes_on_paper")]
    operations = [
        DefinerFunction(OVERTAKEN, "is_overtaken(consent_paperconsent)", roles=()),
        DefinerFunction(ASKED, "paper_is_overtaken(uuid)"),
        migrations.RunSQL(WHOLE, reverse_sql=again(BEFORE)),
    ]
