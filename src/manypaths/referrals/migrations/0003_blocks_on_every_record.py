"""A safety block holds on every record that came from the person's requests, whoever wrote it and whichever came first.

The gate asks for blocks on the very record that is opened. The organisation's record is another row than the person's
own, and only a request knows of both. So the database copies: a block to the records that exist, its end to the
copies, and the blocks that stand to a record that is made later. A block of one place says nothing at another.
"""

from django.db import migrations

from manypaths.audit.guards import DefinerFunction

# The requests are locked first: a yes that is being given at this moment is waited for, or waits and finds the block.
SPREAD = """
create function referrals_spread_block() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    perform 1 from referrals_referral r where r.record_id = new.record_id order by r.id for update;
    insert into people_block (id, record_id, account_id, organisation_id, since, until)
    select gen_random_uuid(), r.org_record_id, new.account_id, new.organisation_id, new.since, new.until
      from (select distinct f.org_record_id, f.organisation_id from referrals_referral f
             where f.record_id = new.record_id and f.org_record_id is not null) r
     where new.account_id is not null or new.organisation_id = r.organisation_id;
    return null;
end $$
"""

LIFT = """
create function referrals_lift_block() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    update people_block b set until = new.until
      from referrals_referral r
     where r.record_id = new.record_id and b.record_id = r.org_record_id and b.since = new.since
       and b.account_id is not distinct from new.account_id
       and b.organisation_id is not distinct from new.organisation_id;
    return null;
end $$
"""

INHERIT = """
create function referrals_inherit_blocks() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into people_block (id, record_id, account_id, organisation_id, since, until)
    select gen_random_uuid(), new.org_record_id, b.account_id, b.organisation_id, b.since, b.until
      from people_block b
     where b.record_id = new.record_id and (b.until is null or b.until > transaction_timestamp())
       and (b.account_id is not null or b.organisation_id = new.organisation_id)
       and not exists (
           select from people_block c
            where c.record_id = new.org_record_id and c.since = b.since
              and c.account_id is not distinct from b.account_id
              and c.organisation_id is not distinct from b.organisation_id);
    return null;
end $$
"""

TRIGGERS = [
    "create trigger people_block_is_spread after insert on people_block "
    "for each row execute function referrals_spread_block()",
    "create trigger people_block_is_lifted after update of until on people_block "
    "for each row when (new.until is distinct from old.until) execute function referrals_lift_block()",
    "create trigger referrals_record_inherits_on_insert after insert on referrals_referral "
    "for each row when (new.org_record_id is not null) execute function referrals_inherit_blocks()",
    "create trigger referrals_record_inherits_on_update after update of org_record_id on referrals_referral "
    "for each row when (new.org_record_id is not null and new.org_record_id is distinct from old.org_record_id) "
    "execute function referrals_inherit_blocks()",
]
NO_TRIGGERS = [
    "drop trigger people_block_is_spread on people_block",
    "drop trigger people_block_is_lifted on people_block",
    "drop trigger referrals_record_inherits_on_insert on referrals_referral",
    "drop trigger referrals_record_inherits_on_update on referrals_referral",
]

# Blocks that stood before this migration reach the records that were made before it.
CATCH_UP = """
do $$
declare
    v_missing bigint;
begin
    insert into people_block (id, record_id, account_id, organisation_id, since, until)
    select gen_random_uuid(), m.org_record_id, m.account_id, m.organisation_id, m.since, m.until
      from (select distinct r.org_record_id, b.account_id, b.organisation_id, b.since, b.until
              from people_block b join referrals_referral r on r.record_id = b.record_id
             where r.org_record_id is not null and b.until is null
               and (b.account_id is not null or b.organisation_id = r.organisation_id)) m;
    select count(*) into v_missing
      from people_block b join referrals_referral r on r.record_id = b.record_id
     where r.org_record_id is not null and b.until is null
       and (b.account_id is not null or b.organisation_id = r.organisation_id)
       and not exists (select from people_block c where c.record_id = r.org_record_id and c.since = b.since
                          and c.account_id is not distinct from b.account_id
                          and c.organisation_id is not distinct from b.organisation_id);
    if v_missing > 0 then
        raise exception '% blocks are missing on records of organisations', v_missing;
    end if;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0002_walls_lists_and_facts"),
        ("people", "0002_walls_and_doors_to_them"),
    ]
    operations = [
        migrations.RunSQL(
            ["grant insert, update (until) on people_block to gate"], reverse_sql=migrations.RunSQL.noop
        ),
        *[
            DefinerFunction(sql, f"{name}()", roles=("owner",))
            for name, sql in (
                ("referrals_spread_block", SPREAD),
                ("referrals_lift_block", LIFT),
                ("referrals_inherit_blocks", INHERIT),
            )
        ],
        migrations.RunSQL(CATCH_UP, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, reverse_sql=NO_TRIGGERS),
    ]
