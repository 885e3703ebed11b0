"""A person erases their own record: its key is destroyed, and with it every sealed word. A tombstone stays."""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# The record must have been opened as one's own in this very request, so that a row of the log stands beside it.
ERASE_RECORD = """
create function erase_record(p_account uuid, p_record uuid) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not p_record = any(opened_own('presence')) or not exists (
        select from people_person p join accounts_user u on u.id = p.account_id and u.is_active
         where p.account_id = p_account and p.record_id = p_record)
    then
        raise exception 'not theirs to erase' using errcode = 'insufficient_privilege';
    end if;
    delete from vault_recordkey where record_id = p_record;
    update people_record set erased_at = transaction_timestamp() where id = p_record and erased_at is null;
    return transaction_timestamp();
end $$
"""

# When this account's own record was erased, so that its pages can say so. It tells an account about itself only.
OWN_ERASURE = """
create function own_erasure(p_account uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
    select r.erased_at from people_person p join people_record r on r.id = p.record_id where p.account_id = p_account
$$
"""

# For the list outside the database: ids that lead nowhere any more, and when.
ERASURES = """
create function erasures() returns table(record_id uuid, erased_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.erased_at from people_record r where r.erased_at is not null order by r.erased_at, r.id
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_a_desk_finds_the_people_of_its_house"),
        ("vault", "0003_every_holder_has_a_key"),
        ("audit", "0012_who_seals_can_stop_all_looks"),
    ]
    operations = [
        migrations.RunSQL(
            "grant update (erased_at) on people_record to gate",
            reverse_sql="revoke update (erased_at) on people_record from gate",
        ),
        DefinerFunction(ERASE_RECORD, "erase_record(uuid, uuid)"),
        DefinerFunction(OWN_ERASURE, "own_erasure(uuid)"),
        DefinerFunction(ERASURES, "erasures()"),
    ]
