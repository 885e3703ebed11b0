"""For the list outside the database of what persons stopped: check-ins that are shown no more, and since when."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

HIDDEN = """
create function check_ins_hidden(p_since timestamptz) returns table(id uuid, until timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select s.id, s.until from support_showncheckin s where s.until >= p_since order by 2, 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0016_who_wrote_a_paper_does_not_answer_for_it")]
    operations = [DefinerFunction(HIDDEN, "check_ins_hidden(timestamptz)")]
