"""Who an account is, told to its own session only: the session and its visitor in one statement.

The caller brings the key itself, which only the visitor's device has. What the table keeps of it opens nothing here.
"""

from importlib import import_module

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

FIRST = import_module("manypaths.people.migrations.0002_walls_and_doors_to_them").VISITOR
BEFORE = DefinerFunction(FIRST, "visitor(uuid)")

VISIT = """
create function visit(p_key text)
returns table(session_data text, account_id uuid, kind text, language text, password text, person_id uuid,
              record_id uuid, membership_id uuid, organisation_id uuid, roles text[], answers_requests boolean,
              display_name text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
        select s.session_data, u.id, u.kind::text, u.language::text, u.password::text, p.id, p.record_id, m.id,
               m.organisation_id, m.roles::text[], coalesce(m.answers_requests, false), coalesce(m.display_name, '')::text
          from accounts_session s
          left join accounts_user u on u.id = s.account_id and u.is_active
          left join people_person p on p.account_id = u.id
          left join network_membership m on m.account_id = u.id and m.ended_at is null
         where s.session_key = left(encode(sha256(convert_to(p_key, 'utf8')), 'hex'), 40) and s.expire_date > statement_timestamp()
         order by m.started_at;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_walls_and_doors_to_them"),
        ("accounts", "0002_sessions_codes_and_ways_back"),
    ]
    operations = [
        migrations.RunSQL("grant select on accounts_session to gate", reverse_sql=migrations.RunSQL.noop),
        DefinerFunction(VISIT, "visit(text)"),
        migrations.RunSQL(BEFORE.reverse_sql, reverse_sql=BEFORE.sql),
    ]
