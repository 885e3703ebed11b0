"""Whether a key of a holder ever locked anything: one that did not can be given a file when it has none."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# What an organisation is found with locks nothing itself: it is idle as long as the organisation holds no record.
IS_IDLE = """
create function holder_key_is_idle(p_name text) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from vault_holderkey h where h.name = p_name and h.replaced_at is null)
       and not exists (
           select from vault_holderkey h
             join vault_recordkey k on case h.use when 's' then k.ring_key = h.name else k.holder_id = h.holder_id end
            where h.name = p_name)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_every_holder_has_a_key")]
    operations = [DefinerFunction(IS_IDLE, "holder_key_is_idle(text)")]
