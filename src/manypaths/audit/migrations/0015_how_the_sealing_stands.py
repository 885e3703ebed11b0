"""Who runs the machine is told when the log was sealed last, and whether a row waits for its seal too long.

Two times and a hash that the anchor repeats anyway: no row, and no number of rows.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

STATE = """
create function sealing_state(p_number bigint, out sealed_at timestamptz, out is_behind boolean, out head bytea)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    v_late timestamptz := clock_timestamp() - interval '2 minutes';
    v_look bigint;
    v_act uuid;
begin
    select b.at into sealed_at from audit_block b order by b.number desc limit 1;
    select b.head into head from audit_block b where b.number = p_number;
    select a.seq into v_look from audit_access a where a.at < v_late order by a.seq desc limit 1;
    select t.id into v_act from audit_act t where t.at < v_late order by t.xid desc limit 1;
    is_behind := (v_look is not null and not exists (select from audit_leaf l where l.access_seq = v_look))
              or (v_act is not null and not exists (select from audit_leaf l where l.act_id = v_act));
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0014_looks_of_the_last_hours_are_found")]
    operations = [DefinerFunction(STATE, "sealing_state(bigint)")]
