"""For a list outside the database: the ids of consents that ended, and when. A copy of the database from before does
not know of it, and would open again what the person stopped.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

ENDED = """
create function consents_ended(p_since timestamptz) returns table(id uuid, ended_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select g.id, g.ended_at from consent_grant g where g.ended_at >= p_since
    union all
    select s.id, s.ended_at from consent_share s where s.ended_at >= p_since
     order by 2, 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0034_an_older_paper_opens_nothing_again")]
    operations = [DefinerFunction(ENDED, "consents_ended(timestamptz)")]
