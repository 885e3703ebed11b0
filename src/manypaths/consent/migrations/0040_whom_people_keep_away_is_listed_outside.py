"""For a list outside the database: whom a person keeps away, and from which place nothing goes. Ids and times, as lines.

A copy of the database from before knows nothing of a block that was made after it. Only the role that seals the log
reads this: with it, it could be told who keeps whom away, and the application has no use for that.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# Who seals reads with row security off, so that a wall is a fault and not an empty answer; this asks as the gate does.
# What the person made themself: the database puts it on the records of places again.
KEPT_OUTSIDE = """
create function kept_outside(p_since timestamptz) returns table(line text)
language sql stable security definer set search_path = public, pg_temp set row_security = on as $$
    with own as (
        select b.id, 'block' as what, b.record_id, b.account_id as other, b.organisation_id, b.since, b.until
          from people_block b join people_record r on r.id = b.record_id and r.holder = 'person'
        union all
        select k.id, 'restriction', k.record_id, k.held_record_id, k.organisation_id, k.since, k.until
          from consent_restriction k
    ), said as (
        select o.since as at, format('%s %s %s %s %s', o.what, o.id, o.record_id, coalesce(o.other::text, '-'),
                                     coalesce(o.organisation_id::text, '-')) as words
          from own o where o.since >= p_since
        union all
        select o.until, format('end %s', o.id) from own o where o.until >= p_since
    )
    select to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') || ' ' || s.words
      from said s order by s.at, s.words
$$
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0039_what_an_opening_asks_is_asked_at_once")]
    operations = [DefinerFunction(KEPT_OUTSIDE, "kept_outside(timestamptz)", roles=("sealer",))]
